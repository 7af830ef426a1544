//! Who runs where: the server alone on one core; the load and Redis share the other.

use std::ffi::OsStr;
use std::process::Command;

/// Of the server that is measured.
pub(super) const SERVER_CORE: usize = 0;
/// Of the load, and of Redis.
pub(super) const LOAD_CORE: usize = 1;

/// `program`, held on `core`.
pub(super) fn on_core(core: usize, program: impl AsRef<OsStr>) -> Command {
    let mut command = Command::new("taskset");
    command.args(["--cpu-list", &core.to_string()]).arg(program);
    command
}
