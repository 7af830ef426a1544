//! Node and the npm packages of a folder's lock file.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, ensure};

use crate::process::{find_program, output_of, run};
use crate::progress::Step;
use crate::stamp::{Inputs, Stamp};
use crate::workspace::Workspace;

/// The oldest Node that has what the build and the tests use.
const NODE_MAJOR_MIN: u32 = 20;

/// Makes sure that the packages of `project`'s lock file are there; gives back their folder.
pub(crate) fn packages(workspace: &Workspace, project: &str) -> Result<PathBuf> {
    let folder = workspace.path(project);
    let lock = folder.join("package-lock.json");
    ensure!(
        lock.is_file(),
        "{} is missing: run `npm install` in {project} and commit it",
        lock.display()
    );
    let modules = folder.join("node_modules");
    let stamp = Stamp::new(modules.join(".xtask-stamp"));
    let inputs = Inputs::new().file(&lock)?.hash();
    if stamp.is(inputs) {
        return Ok(modules);
    }
    node()?;
    let step = Step::start(format!("npm ci in {project}"));
    let arguments = ["ci", "--no-audit", "--no-fund", "--loglevel=error"];
    run(npm(&folder).args(arguments)).with_context(|| {
        format!("cannot install {project}'s packages; is the npm registry reachable?")
    })?;
    stamp.set(inputs)?;
    step.done();
    Ok(modules)
}

/// An npm command in `folder`.
pub(crate) fn npm(folder: &Path) -> Command {
    let mut command = Command::new("npm");
    command.current_dir(folder);
    command
}

/// Makes sure that Node and npm are there and recent enough. Not installed from here: Debian's
/// own may be older than what the tools need.
fn node() -> Result<()> {
    let wanted = format!("install Node {NODE_MAJOR_MIN} or newer, e.g. from https://nodejs.org");
    for program in ["node", "npm"] {
        ensure!(find_program(&[program]).is_some(), "{program} is missing: {wanted}");
    }
    let version = output_of(Command::new("node").arg("--version"))?;
    let recent = major(&version).is_some_and(|major| major >= NODE_MAJOR_MIN);
    ensure!(recent, "node is {version}, which is too old: {wanted}");
    Ok(())
}

fn major(version: &str) -> Option<u32> {
    version.strip_prefix('v')?.split('.').next()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_major_version_is_read() {
        assert_eq!(major("v20.20.2"), Some(20));
        assert_eq!(major("v18.0.0-rc.1"), Some(18));
        assert_eq!(major("20"), None);
        assert_eq!(major(""), None);
    }
}
