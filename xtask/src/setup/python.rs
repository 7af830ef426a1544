//! Python, and packages of PyPI in environments of their own.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result};

use super::apt;
use crate::process::{find_program, run};
use crate::progress::Step;
use crate::stamp::{Inputs, Stamp};
use crate::workspace::Workspace;

/// An environment: what it is for, the file of its packages, and its folder in the target folder.
pub(crate) struct Environment {
    pub(crate) of: &'static str,
    pub(crate) requirements: &'static str,
    pub(crate) folder: &'static str,
}

/// Makes sure that an environment is there; gives back the folder of its programs. It lies in the
/// target folder, where tests look for it.
pub(crate) fn environment(workspace: &Workspace, wanted: &Environment) -> Result<PathBuf> {
    let Environment { of, requirements, folder } = wanted;
    let wanted = workspace.path(requirements);
    let folder = workspace.target().join(folder);
    let stamp = Stamp::new(folder.join(".xtask-stamp"));
    let inputs = Inputs::new().file(&wanted)?.hash();
    if !stamp.is(inputs) {
        make(of, &folder, &wanted)?;
        stamp.set(inputs)?;
    }
    Ok(folder.join("bin"))
}

fn make(of: &str, folder: &Path, wanted: &Path) -> Result<()> {
    let can_make = || {
        let check = ["-c", "import ensurepip, venv"];
        let found = find_program(&["python3"]).map(|path| Command::new(path).args(check).output());
        found.is_some_and(|output| output.is_ok_and(|output| output.status.success()))
    };
    if !can_make() {
        apt::install(&["python3", "python3-venv"])?;
    }
    let step = Step::start(format!("install the packages of {of}"));
    run(Command::new("python3").args(["-m", "venv", "--clear"]).arg(folder))?;
    let mut pip = Command::new(folder.join("bin/python"));
    pip.args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--requirement"]);
    run(pip.arg(wanted))
        .with_context(|| format!("cannot install {}; is PyPI reachable?", wanted.display()))?;
    step.done();
    Ok(())
}
