//! The store with a generated population of visitors: filling, keeping up, and what people ask of
//! it. The measuring itself is dataview/examples/bench_store.

use std::fs;
use std::path::Path;
use std::process::Command;
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use rustix::fs::statvfs;
use serde_json::Value;

use crate::process;
use crate::progress::Step;
use crate::workspace::Workspace;

/// Far more than 50 million events take.
const LIMIT: Duration = Duration::from_secs(3 * 60 * 60);
/// Bytes that an event takes on the disk, and its part of the logs while they are written.
const EVENT_BYTES: u64 = 350;

/// Fills a store with `events` in `folder` and asks it; the events as rows for others go to `rows`.
pub(super) fn measure(
    workspace: &Workspace,
    folder: &Path,
    events: u64,
    rows: Option<&Path>,
) -> Result<Value> {
    let step = Step::start(format!("a store of {:.1} million events", events as f64 / 1e6));
    check_room(folder, events)?;
    let (store, out) = (folder.join("store"), folder.join("store.json"));
    let mut bench = Command::new(workspace.target().join("release/examples/bench_store"));
    bench.args(["--events", &events.to_string(), "--out"]).arg(&out);
    bench.arg("--folder").arg(&store);
    if let Some(rows) = rows {
        bench.arg("--rows").arg(rows);
    }
    process::run_limited(&mut bench, LIMIT)?;
    // Gigabytes that nobody needs while others are measured.
    fs::remove_dir_all(&store).with_context(|| format!("cannot remove {}", store.display()))?;
    let text = fs::read_to_string(&out).with_context(|| format!("cannot read {out:?}"))?;
    step.done();
    Ok(serde_json::from_str(&text)?)
}

/// Before a quarter of an hour's work, not at its end.
fn check_room(folder: &Path, events: u64) -> Result<()> {
    let disk = statvfs(folder).with_context(|| format!("cannot ask the disk of {folder:?}"))?;
    let (free, needed) = (disk.f_bavail * disk.f_frsize, events * EVENT_BYTES);
    let gib = |bytes: u64| bytes as f64 / f64::from(1 << 30);
    ensure!(
        free > needed,
        "{events} events take {:.1} GiB and {} has {:.1}: free some, or ask for fewer (--events)",
        gib(needed),
        folder.display(),
        gib(free)
    );
    Ok(())
}
