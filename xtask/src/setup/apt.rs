//! Installs Debian packages, or says which command would.

use std::process::Command;
use std::sync::Once;

use anyhow::{Context, Result, bail};
use rustix::process::geteuid;

use crate::process::{find_program, run};
use crate::progress::{Step, note};

/// Installs `packages`: unasked as root, otherwise the error names the command to run.
pub(crate) fn install(packages: &[&str]) -> Result<()> {
    let list = packages.join(" ");
    if find_program(&["apt-get"]).is_none() {
        bail!("{list} is missing and this is no Debian: install it with this system's own tools");
    }
    let by_hand = format!("sudo apt-get install --no-install-recommends {list}");
    if !geteuid().is_root() {
        bail!("{list} is missing: run `{by_hand}` (apt-get needs root), then try again");
    }
    let step = Step::start(format!("apt-get install {list}"));
    update_lists();
    run(apt_get("install").args(packages))
        .with_context(|| format!("cannot install {list}; to see more run `{by_hand}`"))?;
    step.done();
    Ok(())
}

/// Fetches the lists of packages, once a run: an image's own lists name versions that are too old
/// for us, or are gone.
fn update_lists() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        // One source of many may be down, and what is wanted may come from another.
        if let Err(error) = run(&mut apt_get("update")) {
            note(&format!("{error:#}; going on with the lists that are here"));
        }
    });
}

fn apt_get(action: &str) -> Command {
    let mut command = Command::new("apt-get");
    command.env("DEBIAN_FRONTEND", "noninteractive").args([
        // Another apt-get, such as the nightly upgrade, may hold the lock for a while.
        "--option=DPkg::Lock::Timeout=120",
        "--quiet",
        action,
    ]);
    if action == "install" {
        // Never at the price of something that the machine's owner installed.
        command.args(["--yes", "--no-install-recommends", "--no-remove"]);
    }
    command
}
