//! `cargo xtask wasm`: Rust core, then wasm-bindgen, then wasm-opt, then wasm2js, then the
//! JavaScript.
//!
//! Each stage is skipped while what it is made from is unchanged.

mod bindgen;
mod compile;
mod javascript;
mod names;
mod translate;

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

use crate::progress::note;
use crate::setup::{self, Toolchain};
use crate::stamp::{Inputs, Stamp};
use crate::workspace::Workspace;

pub(crate) use javascript::{DOWNLOADS, ON_DEMAND};

/// What the JavaScript imports: the core's loader, its types, and the Wasm itself.
const GENERATED: &str = "js-wrapper/generated";
/// The name of the generated files, which is the core's crate name.
const STEM: &str = "dna_sdk_wasm";

/// Arguments of `cargo xtask wasm`.
#[derive(clap::Args)]
pub(crate) struct Args {
    /// Stop after js-wrapper/generated, without building the JavaScript.
    #[arg(long)]
    no_js: bool,
}

/// Runs `cargo xtask wasm`.
pub(crate) fn main(workspace: &Workspace, args: &Args) -> Result<()> {
    let made = if args.no_js {
        generate(workspace)?;
        workspace.path(GENERATED)
    } else {
        build(workspace)?
    };
    note(&format!("{} is current", made.display()));
    Ok(())
}

/// Makes js-wrapper/dist current; gives back its path.
pub(crate) fn build(workspace: &Workspace) -> Result<PathBuf> {
    generate(workspace)?;
    javascript::build(workspace)?;
    Ok(workspace.sdk_dist())
}

/// The compiler that makes the Wasm here, in words: sizes depend on it.
pub(crate) fn compiler(workspace: &Workspace) -> Result<String> {
    Ok(setup::wasm_toolchain(workspace)?.to_string())
}

/// Makes js-wrapper/generated current.
fn generate(workspace: &Workspace) -> Result<()> {
    let toolchain = setup::wasm_toolchain(workspace)?;
    let tools = setup::node_packages(workspace, "js-wrapper")?;
    let generated = workspace.path(GENERATED);
    let sources = Stamp::new(generated.join(".sources-stamp"));
    let inputs = sources_hash(workspace, &toolchain)?;
    if sources.is(inputs) {
        return Ok(());
    }
    let raw = compile::core(workspace, &toolchain)?;
    let module = Stamp::new(generated.join(".module-stamp"));
    let module_hash = Inputs::new().value(&settings()).file(&raw)?.hash();
    if !module.is(module_hash) {
        clear(&generated)?;
        bindgen::generate(workspace, &raw, &generated)?;
        bindgen::optimise(&tools, &generated)?;
        translate::generate(&tools, &raw, &generated)?;
        module.set(module_hash)?;
    }
    sources.set(inputs)
}

/// Everything besides the sources that decides what is generated.
fn settings() -> String {
    format!("{}; {}", bindgen::settings(), translate::settings())
}

fn sources_hash(workspace: &Workspace, toolchain: &Toolchain) -> Result<u64> {
    let mut inputs = Inputs::new().value(&toolchain.to_string()).value(&settings());
    for file in ["Cargo.toml", "Cargo.lock"] {
        inputs = inputs.file(&workspace.path(file))?;
    }
    for folder in ["sdk-wasm", "protocol"] {
        inputs = inputs.folder(&workspace.path(folder))?;
    }
    Ok(inputs.hash())
}

/// Leaves an empty folder, so that no file of an earlier build is mistaken for a new one.
fn clear(folder: &Path) -> Result<()> {
    if folder.is_dir() {
        fs::remove_dir_all(folder)?;
    }
    fs::create_dir_all(folder).with_context(|| format!("cannot create {}", folder.display()))
}
