//! Compiles a module for wasm32, in a target folder of its own.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, ensure};

use super::Module;
use crate::process::{cargo, run};
use crate::progress::{Step, note};
use crate::setup::Toolchain;
use crate::workspace::Workspace;

const PROFILE: &str = "wasm";
/// Where the standard library's files are when Debian's compiler builds it.
const DEBIAN_SOURCE: &str = "/usr/lib/rustlib/src/rust";
const TARGET: &str = "wasm32-unknown-unknown";

/// Bytes of a module's stack: the linker's own default is 1 MiB, which every page would reserve. What
/// is used of it `js-wrapper/test/memory.test.js` measures; running out of it traps, because
/// the stack ends at address 0.
pub(super) const STACK_BYTES: usize = 32 * 1024;

/// A panic traps at once. Its message, and all that would format it, is a third of the Wasm, and
/// nobody would read it: the page's own console is not ours.
const WITHOUT_MESSAGES: [&str; 4] =
    ["-Zunstable-options", "-Cpanic=immediate-abort", "-Zlocation-detail=none", "-Zfmt-debug=none"];

/// The compiler's own inlining, before LLVM's, takes out more than it puts in: small functions of the
/// standard library are known to be small before they are translated. Off by default for size; the
/// threshold is the best of 25 to 100 for the packed module (docs/decisions/0023).
const INLINED_EARLY: [&str; 2] = ["-Zinline-mir=yes", "-Zinline-mir-threshold=65"];

/// Compiles a module; gives it back as the linker left it.
pub(super) fn compile(
    workspace: &Workspace,
    toolchain: &Toolchain,
    module: &Module,
) -> Result<PathBuf> {
    let Module { what, package, stem, features, flags, .. } = module;
    let folder = workspace.wasm_target(features);
    let step = Step::start(format!("compile {what} for Wasm ({toolchain})"));
    if !folder.is_dir() {
        note("the first time takes a minute or two");
    }
    let outputs = folder.join(TARGET).join(PROFILE);
    forget_other_clone(workspace, &folder)?;
    let mut command = cargo();
    command
        .current_dir(workspace.root())
        .args(["build", "--package", package, "--lib", "--features", features])
        .args(["--profile", PROFILE, "--target", TARGET])
        .arg("--target-dir")
        .arg(&folder)
        .arg("--config")
        .arg(rust_flags(cargo_home(), toolchain.builds_std(), flags));
    toolchain.apply(&mut command);
    run(&mut command)?;
    let module = outputs.join(format!("{stem}.wasm"));
    ensure!(
        module.is_file(),
        "{package} was compiled, but {} is not there: its Cargo.toml needs [lib] crate-type = \
         [\"cdylib\", \"rlib\"]",
        module.display()
    );
    step.done();
    Ok(module)
}

/// Paths of the build machine end up in panic messages: they are nobody's business and cost
/// bytes. Cargo names the workspace's own files relative to it already.
fn rust_flags(cargo_home: Option<PathBuf>, builds_std: bool, more: &[&str]) -> String {
    let remapped = [(cargo_home, "cargo"), (Some(PathBuf::from(DEBIAN_SOURCE)), "rust")];
    let mut flags: Vec<String> = remapped
        .iter()
        .filter_map(|(path, name)| Some((path.as_ref()?, name)))
        .map(|(path, name)| format!("\"--remap-path-prefix={}={name}\"", path.display()))
        .collect();
    flags.push(format!("\"-Clink-arg=-zstack-size={STACK_BYTES}\""));
    flags.extend(more.iter().map(|flag| format!("{flag:?}")));
    if builds_std {
        let more = WITHOUT_MESSAGES.iter().chain(&INLINED_EARLY);
        flags.extend(more.map(|flag| format!("\"{flag}\"")));
    }
    format!("target.{TARGET}.rustflags=[{}]", flags.join(", "))
}

fn cargo_home() -> Option<PathBuf> {
    let home = || Some(PathBuf::from(env::var_os("HOME")?).join(".cargo"));
    env::var_os("CARGO_HOME").map(PathBuf::from).or_else(home)
}

/// Cargo tells what changed by time stamps and by paths inside the workspace, so when clones
/// share a target folder it may take the other clone's crates for this one's.
fn forget_other_clone(workspace: &Workspace, folder: &Path) -> Result<()> {
    let note = folder.join("built-from");
    let root = workspace.root().display().to_string();
    if fs::read_to_string(&note).is_ok_and(|last| last == root) {
        return Ok(());
    }
    if folder.is_dir() {
        let mut command = cargo();
        command.current_dir(workspace.root()).args(["clean", "--quiet", "--target", TARGET]);
        command.args(["--profile", PROFILE, "--package", super::CORE.package]);
        command.args(["--package", super::DEBUG.package, "--package", "dna-protocol"]);
        run(command.arg("--target-dir").arg(folder))?;
    }
    fs::create_dir_all(folder)?;
    fs::write(&note, root).with_context(|| format!("cannot write {}", note.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_of_this_machine_are_remapped() {
        let flags = rust_flags(Some(PathBuf::from("/home/a/.cargo")), true, &["-Ca"]);
        assert!(flags.starts_with("target.wasm32-unknown-unknown.rustflags=["), "{flags}");
        assert!(flags.contains("\"--remap-path-prefix=/home/a/.cargo=cargo\", "), "{flags}");
        assert!(flags.contains("immediate-abort") && flags.contains("\"-Ca\""), "{flags}");
        let flags = rust_flags(None, false, &[]);
        assert!(!flags.contains("=cargo") && !flags.contains("-Z"), "{flags}");
    }
}
