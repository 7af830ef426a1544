//! `cargo xtask wasm`: for each module Rust, then wasm-bindgen, then wasm-opt; wasm2js for the
//! core; then the JavaScript. Mini programs get a module of their own, without wasm-bindgen.
//!
//! Each stage is skipped while what it is made from is unchanged.

mod bindgen;
mod compile;
mod javascript;
mod mini;
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

/// What the JavaScript imports: each module's loader, its types, and the Wasm itself.
const GENERATED: &str = "js-wrapper/generated";

/// A crate that becomes Wasm.
struct Module {
    /// What it is, in words.
    what: &'static str,
    package: &'static str,
    /// The name of the generated files, which is the crate's name.
    stem: &'static str,
    features: &'static str,
    /// Flags of the compiler, beside those of all.
    flags: &'static [&'static str],
    /// Folders of its sources.
    sources: &'static [&'static str],
    /// Where the generated files are.
    generated: &'static str,
}

/// What every page with the tag downloads.
const CORE: Module = Module {
    what: "the core",
    package: "dna-sdk-wasm",
    stem: "dna_sdk_wasm",
    features: "browser",
    flags: &[],
    sources: &["sdk-wasm/src", "sdk-wasm/Cargo.toml", "protocol"],
    generated: GENERATED,
};

/// What shows a page's developer what is sent, downloaded on demand. Compiled by itself: with the
/// core in one command, the core would get the features that this one needs.
const DEBUG: Module = Module {
    what: "the debug mode",
    package: "dna-sdk-debug",
    stem: "dna_sdk_debug",
    features: "",
    flags: &[],
    sources: &["sdk-wasm/debug", "protocol"],
    generated: "js-wrapper/generated/debug",
};

/// What mini programs load.
const MINI_CORE: Module = Module {
    what: "the core for mini programs",
    features: "mini",
    flags: mini::FLAGS,
    generated: "js-wrapper/generated/mini",
    ..CORE
};

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
    for module in [&CORE, &DEBUG, &MINI_CORE] {
        generate_module(workspace, &toolchain, &tools, module)?;
    }
    Ok(())
}

fn generate_module(
    workspace: &Workspace,
    toolchain: &Toolchain,
    tools: &Path,
    module: &Module,
) -> Result<()> {
    let generated = workspace.path(module.generated);
    let sources = Stamp::new(generated.join(".sources-stamp"));
    let inputs = sources_hash(workspace, toolchain, module)?;
    if sources.is(inputs) {
        return Ok(());
    }
    let raw = compile::compile(workspace, toolchain, module)?;
    let compiled = Stamp::new(generated.join(".module-stamp"));
    let compiled_hash = Inputs::new().value(&settings()).file(&raw)?.hash();
    if !compiled.is(compiled_hash) {
        clear(&generated)?;
        if module.features == MINI_CORE.features {
            mini::generate(tools, &raw, &generated)?;
        } else {
            bindgen::generate(workspace, module, &raw, &generated)?;
            bindgen::optimise(tools, module, &generated)?;
            // The debug mode says that it needs Wasm.
            if module.stem == CORE.stem {
                translate::generate(tools, &raw, &generated)?;
            }
        }
        compiled.set(compiled_hash)?;
    }
    sources.set(inputs)
}

/// Everything besides the sources that decides what is generated.
fn settings() -> String {
    format!(
        "stack {}; {}; {}; {}",
        compile::STACK_BYTES,
        bindgen::settings(),
        translate::settings(),
        mini::settings()
    )
}

fn sources_hash(workspace: &Workspace, toolchain: &Toolchain, module: &Module) -> Result<u64> {
    let mut inputs = Inputs::new().value(&toolchain.to_string()).value(&settings());
    for file in ["Cargo.toml", "Cargo.lock"] {
        inputs = inputs.file(&workspace.path(file))?;
    }
    for name in module.sources {
        let path = workspace.path(name);
        inputs = if path.is_dir() { inputs.folder(&path)? } else { inputs.file(&path)? };
    }
    Ok(inputs.hash())
}

/// Leaves a folder without files, so that none of an earlier build is mistaken for a new one.
fn clear(folder: &Path) -> Result<()> {
    fs::create_dir_all(folder).with_context(|| format!("cannot create {}", folder.display()))?;
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        // The other module's files are in a folder of their own.
        if path.is_file() {
            fs::remove_file(&path)?;
        }
    }
    Ok(())
}
