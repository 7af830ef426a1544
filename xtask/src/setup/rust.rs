//! Which compiler builds the Wasm: the ordinary one where rustup has (or gets) its wasm32
//! standard library, otherwise Debian's, which comes with the library's source.

use std::env;
use std::fmt;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use anyhow::{Context, Result, bail, ensure};

use super::apt;
use crate::process::{find_program, output_of, run_limited};
use crate::progress::{Step, note};
use crate::workspace::Workspace;

/// The one Wasm target.
pub(crate) const WASM_TARGET: &str = "wasm32-unknown-unknown";
/// Where Debian's packages put their compiler and the source of its standard library.
const DEBIAN_RUSTC: &str = "/usr/bin/rustc";
const DEBIAN_STD: &str = "/usr/lib/rustlib/src/rust/library/std/Cargo.toml";
/// `rustup target add` does not fail where Rust's download site is out of reach: it hangs.
const RUSTUP_LIMIT: Duration = Duration::from_secs(90);
/// The oldest compiler that the workspace takes, as Cargo.toml's `rust-version` says.
const RUST_VERSION_MIN: &str = env!("CARGO_PKG_RUST_VERSION");

/// A compiler for [`WASM_TARGET`].
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Toolchain {
    /// The workspace's own, with the prebuilt wasm32 standard library or, better, its source.
    Ordinary { version: String, source: bool },
    /// Debian's, which builds the standard library from source and links with `linker`.
    Debian { version: String, linker: PathBuf },
}

impl fmt::Display for Toolchain {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Ordinary { version, source: false } => {
                write!(f, "rustc {version}, prebuilt std: larger, `rustup component add rust-src`")
            }
            Self::Ordinary { version, .. } => write!(f, "rustc {version}, std built from source"),
            Self::Debian { version, .. } => {
                write!(f, "Debian's rustc {version}, std built from its source")
            }
        }
    }
}

impl Toolchain {
    /// Makes a cargo build command use this compiler.
    pub(crate) fn apply(&self, command: &mut Command) {
        if !self.builds_std() {
            return;
        }
        // -Zbuild-std is not stable yet; the compiler and the source are the same release.
        command
            .env("RUSTC_BOOTSTRAP", "1")
            .args(["-Zbuild-std=std", "-Zbuild-std-features=optimize_for_size"]);
        if let Self::Debian { linker, .. } = self {
            command
                .env("RUSTC", DEBIAN_RUSTC)
                .env("CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_LINKER", linker)
                // `cargo run` points this to the ordinary compiler's libraries.
                .env_remove("LD_LIBRARY_PATH");
        }
    }

    /// Whether the standard library is compiled with the core, by the same flags.
    pub(crate) fn builds_std(&self) -> bool {
        !matches!(self, Self::Ordinary { source: false, .. })
    }
}

/// Finds a compiler for Wasm, installs one when there is none.
pub(crate) fn wasm_toolchain(workspace: &Workspace) -> Result<Toolchain> {
    if let Some(toolchain) = ordinary(workspace)? {
        return Ok(toolchain);
    }
    if let Some(toolchain) = debian()? {
        return Ok(toolchain);
    }
    if add_target(workspace)
        && let Some(toolchain) = ordinary(workspace)?
    {
        return Ok(toolchain);
    }
    install_debian()
        .with_context(|| format!("no compiler for Wasm: try `rustup target add {WASM_TARGET}`"))
}

fn ordinary(workspace: &Workspace) -> Result<Option<Toolchain>> {
    let rustc = || {
        let mut command = Command::new("rustc");
        command.current_dir(workspace.root()).env("RUSTUP_AUTO_INSTALL", "0");
        command
    };
    let arguments = ["--print", "target-libdir", "--target", WASM_TARGET];
    let libraries = PathBuf::from(output_of(rustc().args(arguments))?);
    let has_std = libraries.read_dir().is_ok_and(|mut files| files.next().is_some());
    if !has_std {
        return Ok(None);
    }
    let version = field(&output_of(rustc().arg("-vV"))?, "release")?;
    let root = PathBuf::from(output_of(rustc().args(["--print", "sysroot"]))?);
    let source = root.join("lib/rustlib/src/rust/library/std/Cargo.toml").is_file();
    Ok(Some(Toolchain::Ordinary { version, source }))
}

/// Debian's compiler, when all that it needs is there.
fn debian() -> Result<Option<Toolchain>> {
    if !Path::new(DEBIAN_RUSTC).is_file() || !Path::new(DEBIAN_STD).is_file() {
        return Ok(None);
    }
    let about = debian_about()?;
    if !is_recent(&field(&about, "release")?) {
        return Ok(None);
    }
    let Some(linker) = find_program(&[&format!("wasm-ld-{}", llvm_major(&about)?)]) else {
        return Ok(None);
    };
    Ok(Some(Toolchain::Debian { version: field(&about, "release")?, linker }))
}

/// Asks rustup for the target, and gives back whether it came.
fn add_target(workspace: &Workspace) -> bool {
    if env::var_os("RUSTUP_AUTO_INSTALL").is_some_and(|value| value == "0") {
        note(&format!("RUSTUP_AUTO_INSTALL=0: rustup is not asked for {WASM_TARGET}"));
        return false;
    }
    let Some(rustup) = find_program(&["rustup"]) else { return false };
    let step = Step::start(format!("rustup target add {WASM_TARGET}"));
    let mut command = Command::new(rustup);
    command
        .args(["target", "add", WASM_TARGET])
        .current_dir(workspace.root())
        // Only this one component: a toolchain that is updated must not be interrupted.
        .env("RUSTUP_AUTO_INSTALL", "0");
    match run_limited(&mut command, RUSTUP_LIMIT) {
        Ok(()) => {
            step.done();
            true
        }
        Err(error) => {
            note(&format!("{error:#}; Debian's packages do instead"));
            false
        }
    }
}

fn install_debian() -> Result<Toolchain> {
    apt::install(&["rustc-web", "rust-web-src"])?;
    let about = debian_about()?;
    let release = field(&about, "release")?;
    ensure!(
        is_recent(&release),
        "Debian's rustc-web is {release}, but {RUST_VERSION_MIN} or newer is needed: are the \
         security updates among apt's sources?"
    );
    // The linker must understand the compiler's LLVM, whose number Debian moves now and then.
    let linker = format!("lld-{}", llvm_major(&about)?);
    apt::install(&[&linker])?;
    match debian()? {
        Some(toolchain) => Ok(toolchain),
        None => bail!("rustc-web, rust-web-src and {linker} are installed, but do not fit"),
    }
}

fn debian_about() -> Result<String> {
    output_of(Command::new(DEBIAN_RUSTC).arg("-vV").env_remove("LD_LIBRARY_PATH"))
}

/// Whether a compiler's release, such as `1.96.0`, is one that the workspace takes.
fn is_recent(release: &str) -> bool {
    let numbers = |version: &str| -> Vec<u32> {
        version.split(['.', '-']).map_while(|part| part.parse().ok()).collect()
    };
    numbers(release) >= numbers(RUST_VERSION_MIN)
}

fn llvm_major(about: &str) -> Result<u32> {
    let version = field(about, "LLVM version")?;
    let major = version.split('.').next().unwrap_or_default();
    major.parse().with_context(|| format!("rustc -vV says `LLVM version: {version}`"))
}

/// The value of a line such as `release: 1.96.0` in what `rustc -vV` prints.
fn field(about: &str, name: &str) -> Result<String> {
    about
        .lines()
        .find_map(|line| line.strip_prefix(name)?.strip_prefix(": "))
        .map(str::to_owned)
        .with_context(|| format!("rustc -vV does not say its `{name}`"))
}

#[cfg(test)]
mod tests {
    use super::*;

    const ABOUT: &str = "rustc 1.96.0 (ac68faa20 2026-05-25) (built from a source tarball)\n\
        binary: rustc\nhost: x86_64-unknown-linux-gnu\nrelease: 1.96.0\nLLVM version: 22.1.8";

    #[test]
    fn the_compiler_describes_itself() {
        assert_eq!(field(ABOUT, "release").unwrap(), "1.96.0");
        assert_eq!(llvm_major(ABOUT).unwrap(), 22);
        assert!(field("rustc", "release").unwrap_err().to_string().contains("release"));
        assert!(llvm_major("LLVM version: new").is_err());
    }

    #[test]
    fn an_older_compiler_is_not_taken() {
        assert!(is_recent(RUST_VERSION_MIN) && is_recent("1.100.0") && is_recent("2.0.0"));
        assert!(!is_recent("1.85.0") && !is_recent("1.9.0") && !is_recent("unknown"));
    }

    #[test]
    fn the_standard_library_is_built_where_its_source_is() {
        let arguments = |toolchain: Toolchain| {
            let mut command = Command::new("cargo");
            toolchain.apply(&mut command);
            command.get_args().count()
        };
        let version = String::from("1.96.0");
        let ordinary = |source| Toolchain::Ordinary { version: version.clone(), source };
        assert_eq!((arguments(ordinary(false)), arguments(ordinary(true))), (0, 2));
        assert_eq!(arguments(Toolchain::Debian { version, linker: "wasm-ld-22".into() }), 2);
    }
}
