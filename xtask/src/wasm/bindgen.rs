//! Makes a compiled module loadable by JavaScript (wasm-bindgen) and small (wasm-opt).

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, ensure};
use wasm_bindgen_cli_support::{Bindgen, EncodeInto};

use super::Module;
use super::names::{HELPER_TYPES, HELPERS, Names};
use crate::process::run;
use crate::progress::Step;
use crate::workspace::Workspace;

/// wasm-bindgen needs the sections that the last three remove, so they go only now.
/// Flattened and put together again the code is a fiftieth smaller.
/// A function of one caller is put into it only where it is short: of long ones come functions with so
/// many locals that their numbers take two bytes.
pub(super) const WASM_OPT: [&str; 9] = [
    "--flatten",
    "--rereloop",
    "-Oz",
    "--one-caller-inline-max-function-size=150",
    "--converge",
    // Nothing lies at the lowest addresses: they are the far end of the stack.
    "--low-memory-unused",
    "--strip-debug",
    "--strip-producers",
    "--strip-target-features",
];

/// Each access to the memory says how its place is aligned, which engines do not read: always the
/// same compresses best. Not for wasm2js, which does read it.
const SAME_ALIGNMENT: &str = "--dealign";

/// Everything besides the module that decides what is generated.
pub(crate) fn settings() -> String {
    format!("web, typescript, short names, {} {SAME_ALIGNMENT} {HELPERS}", WASM_OPT.join(" "))
}

/// Runs wasm-bindgen on the `raw` module.
pub(super) fn generate(
    workspace: &Workspace,
    Module { stem, .. }: &Module,
    raw: &Path,
    generated: &Path,
) -> Result<()> {
    let lock = workspace.path("Cargo.lock");
    let lock =
        fs::read_to_string(&lock).with_context(|| format!("cannot read {}", lock.display()))?;
    check_versions(&lock)?;
    let step = Step::start("wasm-bindgen");
    let mut bindgen = Bindgen::new();
    let mut output = bindgen
        .input_path(raw)
        .out_name(stem)
        .web(true)?
        .typescript(true)
        .remove_producers_section(true)
        // The stub knows where the module is; a guess from the script's URL would be dead code.
        .omit_default_module_path(true)
        .encode_into(EncodeInto::Always)
        .generate_output()
        .with_context(|| format!("wasm-bindgen cannot process {}", raw.display()))?;
    let mut names = Names::of(stem);
    let module = output.wasm_mut();
    for import in module.imports.iter_mut() {
        let (module, name) = names.import(&import.module, &import.name);
        (import.module, import.name) = (module.to_owned(), name);
    }
    for export in module.exports.iter_mut() {
        export.name = names.export(&export.name);
    }
    output.emit(generated)?;
    let glue = generated.join(format!("{stem}.js"));
    let text = fs::read_to_string(&glue)?;
    let is_core = *stem == super::CORE.stem;
    fs::write(&glue, if is_core { names.core_glue(&text)? } else { names.glue(&text) })?;
    if is_core {
        let types = generated.join(format!("{stem}.d.ts"));
        fs::write(&types, fs::read_to_string(&types)? + HELPER_TYPES)?;
    }
    step.done();
    Ok(())
}

/// Runs the `wasm-opt` that is among `tools` on the generated module, in place.
pub(super) fn optimise(tools: &Path, module: &Module, generated: &Path) -> Result<()> {
    let module = generated.join(format!("{}_bg.wasm", module.stem));
    let step = Step::start("wasm-opt -Oz");
    run(Command::new(program(tools, "wasm-opt")?)
        .args(WASM_OPT)
        .arg(SAME_ALIGNMENT)
        .arg(&module)
        .arg("-o")
        .arg(&module))?;
    step.done();
    Ok(())
}

/// One of binaryen's programs.
pub(super) fn program(tools: &Path, name: &str) -> Result<PathBuf> {
    let program = tools.join(".bin").join(name);
    ensure!(
        program.is_file(),
        "{} is missing: js-wrapper/package.json must have binaryen among its devDependencies",
        program.display()
    );
    Ok(program)
}

/// What wasm-bindgen's macro writes into the module only the same version's tool understands.
fn check_versions(lock: &str) -> Result<()> {
    let library = locked(lock, "wasm-bindgen")
        .context("Cargo.lock has no wasm-bindgen: sdk-wasm must depend on it")?;
    let tool = locked(lock, "wasm-bindgen-cli-support")
        .context("Cargo.lock has no wasm-bindgen-cli-support: xtask must depend on it")?;
    ensure!(
        library == tool,
        "wasm-bindgen is {library} in Cargo.lock, but wasm-bindgen-cli-support is {tool}: set it \
         to \"={library}\" in xtask/Cargo.toml"
    );
    Ok(())
}

fn locked<'a>(lock: &'a str, package: &str) -> Option<&'a str> {
    let wanted = format!("name = \"{package}\"");
    let mut lines = lock.lines().skip_while(|line| *line != wanted).skip(1);
    lines.next()?.strip_prefix("version = \"")?.strip_suffix('"')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lock(library: &str, tool: &str) -> String {
        format!(
            "[[package]]\nname = \"wasm-bindgen\"\nversion = \"{library}\"\n\n\
             [[package]]\nname = \"wasm-bindgen-cli-support\"\nversion = \"{tool}\"\n"
        )
    }

    #[test]
    fn equal_versions_pass() {
        check_versions(&lock("0.2.130", "0.2.130")).unwrap();
    }

    #[test]
    fn different_versions_say_what_to_change() {
        let error = check_versions(&lock("0.2.131", "0.2.130")).unwrap_err().to_string();
        assert!(error.contains("\"=0.2.131\" in xtask/Cargo.toml"), "{error}");
    }

    #[test]
    fn an_absent_package_is_named() {
        let error = check_versions("").unwrap_err().to_string();
        assert!(error.contains("no wasm-bindgen"), "{error}");
    }
}
