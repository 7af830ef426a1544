//! Builds js-wrapper/dist, what pages download and the npm package, from the generated core.

use anyhow::{Result, ensure};

use super::GENERATED;
use crate::process::run;
use crate::progress::Step;
use crate::setup;
use crate::stamp::{Inputs, Stamp};
use crate::workspace::Workspace;

/// What a page downloads, in that order: the stub, the loader, the core.
pub(crate) const DOWNLOADS: [&str; 3] = ["dna.js", "dna-core.js", "dna.wasm"];

/// What only some pages download: the core where Wasm is refused, what few options ask for, the
/// debug mode, and what deals with a filter of events and plug-ins of the page's own.
pub(crate) const ON_DEMAND: [&str; 5] =
    ["dna-wasm2js.js", "dna-extras.js", "dna-debug.js", "dna-debug.wasm", "dna-extend.js"];

/// What the package for mini programs has, in js-wrapper/mini/dist: the hooks, the core, the core
/// packed, and the core as JavaScript.
pub(crate) const MINI: [&str; 5] =
    ["index.js", "index.d.ts", "dna.wasm", "dna.wasm.br", "dna-wasm2js.js"];

/// Makes js-wrapper/dist and js-wrapper/mini/dist current.
pub(crate) fn build(workspace: &Workspace) -> Result<()> {
    let folder = workspace.path("js-wrapper");
    let generated = workspace.path(GENERATED);
    let dist = workspace.sdk_dist();
    let inputs = Inputs::new().folder(&folder)?.folder(&generated)?.hash();
    // Not in dist itself, which is published as it is.
    let stamp = Stamp::new(generated.join(".js-stamp"));
    let files = || DOWNLOADS.iter().chain(&ON_DEMAND);
    let mini = workspace.mini_dist();
    let complete = || {
        files().all(|file| dist.join(file).is_file())
            && MINI.iter().all(|file| mini.join(file).is_file())
    };
    if stamp.is(inputs) && complete() {
        return Ok(());
    }
    let step = Step::start("npm run build in js-wrapper");
    run(setup::npm(&folder).args(["run", "build"]))?;
    ensure!(
        complete(),
        "`npm run build` ended well, but not all of {:?} are in {}, or of {MINI:?} in {}",
        files().collect::<Vec<_>>(),
        dist.display(),
        mini.display()
    );
    stamp.set(inputs)?;
    step.done();
    Ok(())
}
