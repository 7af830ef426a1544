//! Python and the packages of the demo bank's core service, in an environment of their own.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result};

use super::apt;
use crate::process::{find_program, run};
use crate::progress::Step;
use crate::stamp::{Inputs, Stamp};
use crate::workspace::Workspace;

/// Makes sure that the environment of the demo bank's core service is there; gives back the folder
/// of its programs. It lies in the target folder, where tests look for it.
pub(crate) fn environment(workspace: &Workspace) -> Result<PathBuf> {
    let wanted = workspace.path("demo-site/backend/core/requirements.txt");
    let folder = workspace.target().join("demo-backend/venv");
    let stamp = Stamp::new(folder.join(".xtask-stamp"));
    let inputs = Inputs::new().file(&wanted)?.hash();
    if !stamp.is(inputs) {
        make(&folder, &wanted)?;
        stamp.set(inputs)?;
    }
    Ok(folder.join("bin"))
}

fn make(folder: &Path, wanted: &Path) -> Result<()> {
    let can_make = || {
        let check = ["-c", "import ensurepip, venv"];
        let found = find_program(&["python3"]).map(|path| Command::new(path).args(check).output());
        found.is_some_and(|output| output.is_ok_and(|output| output.status.success()))
    };
    if !can_make() {
        apt::install(&["python3", "python3-venv"])?;
    }
    let step = Step::start("install the packages of the demo bank's core service");
    run(Command::new("python3").args(["-m", "venv", "--clear"]).arg(folder))?;
    let mut pip = Command::new(folder.join("bin/python"));
    pip.args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--requirement"]);
    run(pip.arg(wanted))
        .with_context(|| format!("cannot install {}; is PyPI reachable?", wanted.display()))?;
    step.done();
    Ok(())
}
