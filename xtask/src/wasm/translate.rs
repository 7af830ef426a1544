//! The same core as JavaScript (binaryen's wasm2js), for pages where WebAssembly is missing or
//! their Content-Security-Policy refuses it.
//!
//! wasm2js knows one table and no references to objects, so wasm-bindgen runs again and keeps the
//! objects in an array of the glue's own. What the linker left is the same for both.

use std::fs;
use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result, ensure};
use wasm_bindgen_cli_support::{Bindgen, EncodeInto};

use super::bindgen::{WASM_OPT, program};
use crate::process::run;
use crate::progress::Step;

/// The name of the generated files.
const STEM: &str = "dna_sdk_wasm2js";
/// How the compiler says that the module may hold references, and how that it must not.
const REFERENCES: [&[u8]; 2] = [b"+\x0freference-types", b"-\x0freference-types"];
/// What wasm2js cannot express; the nesting that its own passes make flat again stays.
pub(super) const LOWERED: [&str; 3] = [
    "--signext-lowering",
    "--llvm-memory-copy-fill-lowering",
    "--llvm-nontrapping-fptoint-lowering",
];
/// The glue asks whether its view of the memory is detached; wasm2js makes a new memory when one
/// grows and leaves the old one as it is.
const STALE: [(&str, &str); 2] = [
    (
        "cachedUint8ArrayMemory0.byteLength === 0",
        "cachedUint8ArrayMemory0.buffer !== wasm.memory.buffer",
    ),
    ("cachedDataViewMemory0.buffer.detached === true", "false"),
];

/// The runtime was compiled to hold references and asks which of them it must not drop: here those
/// of the array's fixed part.
const FIXED: (&str, &str) = (
    "import * as __wbindgen_externref_xform__ from '__wbindgen_externref_xform__';",
    "const __wbindgen_externref_xform__ = { __wbindgen_externref_statics_end: () => 1028 };",
);

/// Everything besides the module that decides what is generated.
pub(crate) fn settings() -> String {
    format!("wasm2js {} {STALE:?} {FIXED:?}", LOWERED.join(" "))
}

/// Makes the translation of the `raw` module, with its glue.
pub(crate) fn generate(tools: &Path, raw: &Path, generated: &Path) -> Result<()> {
    let step = Step::start("wasm2js");
    let bytes = without_references(fs::read(raw)?)?;
    Bindgen::new()
        .input_bytes(STEM, bytes)
        .out_name(STEM)
        .bundler(true)?
        .typescript(true)
        .remove_producers_section(true)
        .encode_into(EncodeInto::Always)
        .generate(generated)
        .context("wasm-bindgen cannot process the core without references")?;
    let module = generated.join(format!("{STEM}_bg.wasm"));
    let script = generated.join(format!("{STEM}_bg.wasm.js"));
    run(Command::new(program(tools, "wasm-opt")?)
        .args(LOWERED)
        .args(WASM_OPT)
        .arg(&module)
        .arg("-o")
        .arg(&module))?;
    run(Command::new(program(tools, "wasm2js")?).arg("-Oz").arg(&module).arg("-o").arg(&script))?;
    fs::remove_file(&module)?;
    rewrite(&generated.join(format!("{STEM}.js")), &[("_bg.wasm\"", "_bg.wasm.js\"")])?;
    rewrite(&generated.join(format!("{STEM}_bg.js")), &STALE)?;
    rewrite(&script, &[FIXED])?;
    step.done();
    Ok(())
}

fn without_references(mut module: Vec<u8>) -> Result<Vec<u8>> {
    let [with, without] = REFERENCES;
    let at = module.windows(with.len()).position(|bytes| bytes == with);
    let at = at.context("the module does not say whether it may hold references")?;
    module[at..at + without.len()].copy_from_slice(without);
    Ok(module)
}

/// Replaces each first by its second, which must be there: what is generated may change.
fn rewrite(file: &Path, changes: &[(&str, &str)]) -> Result<()> {
    let mut text = fs::read_to_string(file)?;
    for (from, to) in changes {
        ensure!(text.contains(from), "{} has no `{from}` any more", file.display());
        text = text.replace(from, to);
    }
    fs::write(file, text).with_context(|| format!("cannot write {}", file.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_module_says_that_it_holds_no_references() {
        let module = without_references(b"\0asm+\x0freference-types+\x08sign-ext".to_vec());
        assert_eq!(module.unwrap(), b"\0asm-\x0freference-types+\x08sign-ext");
        assert!(without_references(b"\0asm".to_vec()).is_err());
    }

    #[test]
    fn glue_that_has_changed_is_not_taken_for_the_old() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("glue.js");
        fs::write(&file, "import \"./a_bg.wasm\";").unwrap();
        rewrite(&file, &[("_bg.wasm\"", "_bg.wasm.js\"")]).unwrap();
        assert_eq!(fs::read_to_string(&file).unwrap(), "import \"./a_bg.wasm.js\";");
        assert!(rewrite(&file, &[("_bg.wasm\"", "")]).is_err());
    }
}
