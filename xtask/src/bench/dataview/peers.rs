//! The same events as rows in what a bank could take instead of a store of ours: DuckDB and plain
//! SQLite, asked the same in this run (tests/bench/dataview/peers.py).

use std::fs;
use std::path::Path;
use std::process::Command;
use std::time::Duration;

use anyhow::{Context, Result};
use serde_json::{Value, json};

use super::store;
use crate::process;
use crate::progress::Step;
use crate::setup;
use crate::workspace::Workspace;

/// Events at most: the peers load them as text, a row each.
pub(super) const EVENTS_MAX: u64 = 1_000_000;
const LIMIT: Duration = Duration::from_secs(30 * 60);

/// Measures ours and the peers with at most `events`.
pub(super) fn measure(workspace: &Workspace, folder: &Path, events: u64) -> Result<Value> {
    let python = setup::peers_of_dataview(workspace)?;
    let rows = folder.join("rows.csv");
    let events = events.min(EVENTS_MAX);
    let ours = store::measure(workspace, folder, events, Some(&rows))?;
    let step = Step::start("the same in DuckDB and SQLite");
    let out = folder.join("peers.json");
    let mut peers = Command::new(python.join("python"));
    peers.arg(workspace.path("tests/bench/dataview/peers.py")).args([&rows, folder, &out]);
    process::run_limited(&mut peers, LIMIT)?;
    let text = fs::read_to_string(&out).with_context(|| format!("cannot read {out:?}"))?;
    step.done();
    let mut peers: Value = serde_json::from_str(&text)?;
    let of = |name: &str| {
        let asked = &ours["asked"][name];
        json!({"p50_ms": asked["p50_ms"], "p95_ms": asked["p95_ms"]})
    };
    peers["dna"] = json!({
        "title": "**DNA**",
        "user_history": of("user_history"),
        "overview_30_days": of("overview_30_days"),
        "bytes": ours["store_bytes"],
        "fill_seconds": ours["fill"]["seconds"],
    });
    Ok(json!({"events": events, "of": peers}))
}
