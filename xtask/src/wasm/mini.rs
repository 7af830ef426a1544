//! The core for mini programs: strict WebAssembly 1.0 without exported Globals, because older
//! clients take no more, and the same as JavaScript for platforms without any.
//!
//! There is no wasm-bindgen in it: `sdk-wasm/src/mini/abi.rs` says what it imports and exports.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result, ensure};
use walrus::{ExportItem, ImportKind, Module};

use super::bindgen::{WASM_OPT, program};
use super::translate::LOWERED;
use crate::process::run;
use crate::progress::Step;

/// The first WebAssembly, and nothing that came later; SHA-256 as a loop, not written out.
pub(super) const FLAGS: &[&str] = &["-Ctarget-cpu=mvp", "--cfg=sha2_backend_soft=\"compact\""];

/// What a standard library that was compiled before may use; it is lowered.
const READ: [&str; 3] =
    ["--enable-sign-ext", "--enable-bulk-memory", "--enable-nontrapping-float-to-int"];

/// Everything besides the module that decides what is generated.
pub(super) fn settings() -> String {
    format!("mini {} {}", FLAGS.join(" "), READ.join(" "))
}

/// Makes `dna.wasm` and `dna-wasm2js.js` of the `raw` module.
pub(super) fn generate(tools: &Path, raw: &Path, generated: &Path) -> Result<()> {
    let step = Step::start("wasm-opt, wasm2js");
    let module = generated.join("dna.wasm");
    let bytes = without_globals(&fs::read(raw)?)
        .with_context(|| format!("cannot read the module {}", raw.display()))?;
    fs::write(&module, bytes)?;
    let optimise = || -> Result<Command> {
        let mut command = Command::new(program(tools, "wasm-opt")?);
        command.arg(&module).arg("-o").arg(&module);
        Ok(command)
    };
    run(optimise()?.args(READ).args(LOWERED))?;
    // Fails when something is left that is not of the first WebAssembly.
    run(optimise()?.arg("--mvp-features").args(WASM_OPT))?;
    let script = generated.join("dna-wasm2js.js");
    run(Command::new(program(tools, "wasm2js")?).arg("-Oz").arg(&module).arg("-o").arg(&script))?;
    step.done();
    Ok(())
}

/// The module without the Globals that the linker exports (where the heap begins): iOS has clients
/// that cannot load one that has any.
fn without_globals(bytes: &[u8]) -> Result<Vec<u8>> {
    let mut module = Module::from_buffer(bytes)?;
    let globals: Vec<_> = module
        .exports
        .iter()
        .filter(|export| matches!(export.item, ExportItem::Global(_)))
        .map(walrus::Export::id)
        .collect();
    for global in globals {
        module.exports.delete(global);
    }
    check(&module)?;
    Ok(module.emit_wasm())
}

/// Only functions are imported, all from `h`; each function is exported once.
fn check(module: &Module) -> Result<()> {
    for import in module.imports.iter() {
        let is_function = matches!(import.kind, ImportKind::Function(_));
        ensure!(
            is_function && import.module == "h",
            "the module imports {}.{}; allowed are functions of h",
            import.module,
            import.name
        );
    }
    let mut functions = BTreeSet::new();
    for export in module.exports.iter() {
        match export.item {
            ExportItem::Function(function) => ensure!(
                functions.insert(function),
                "the module exports a function more than once, as {}",
                export.name
            ),
            ExportItem::Memory(_) => {}
            _ => anyhow::bail!("the module exports {}, which is no function", export.name),
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use walrus::{ConstExpr, FunctionBuilder, ValType, ir::Value};

    fn module() -> (Module, walrus::FunctionId) {
        let mut module = Module::default();
        let body = FunctionBuilder::new(&mut module.types, &[], &[]);
        let function = body.finish(Vec::new(), &mut module.funcs);
        module.exports.add("push", function);
        (module, function)
    }

    #[test]
    fn exported_globals_go_and_functions_stay() {
        let (mut module, _) = module();
        let zero = ConstExpr::Value(Value::I32(0));
        let global = module.globals.add_local(ValType::I32, false, false, zero);
        module.exports.add("__heap_base", global);
        let bytes = without_globals(&module.emit_wasm()).unwrap();
        let left = Module::from_buffer(&bytes).unwrap();
        let names: Vec<_> = left.exports.iter().map(|export| export.name.as_str()).collect();
        assert_eq!(names, ["push"]);
    }

    #[test]
    fn two_names_of_a_function_are_refused() {
        let (mut module, function) = module();
        module.exports.add("again", function);
        let error = without_globals(&module.emit_wasm()).unwrap_err().to_string();
        assert!(error.contains("more than once, as again"), "{error}");
    }
}
