//! `cargo xtask bench dataview`: what DataView is to reach, in one table: how soon a beacon is
//! visible, how long questions take in a large store, how much is joined, and what it is beside.

mod chain;
mod joined;
mod peers;
mod store;
mod table;
mod targets;
mod visible;

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use serde_json::{Value, json};

use self::chain::Buffer;
use super::Args;
use crate::process::{self, cargo};
use crate::progress::{Step, note};
use crate::services::{DATAVIEW, DEMO_SITE, INGEST};
use crate::workspace::Workspace;

/// Events that are generated where nobody says how many: under two minutes.
const EVENTS: u64 = 1_000_000;
/// The parts of it, for `--only`.
const PARTS: [&str; 4] = ["visible", "joined", "store", "peers"];

/// Measures, prints the Markdown and leaves target/bench/dataview.json.
pub(crate) fn run(workspace: &Workspace, args: &Args) -> Result<()> {
    if let Some(part) = args.only.iter().find(|part| !PARTS.contains(&part.as_str())) {
        bail!("`{part}` is no part of this benchmark; its parts: {}", PARTS.join(", "));
    }
    let load_before = load()?;
    build(workspace)?;
    let folder = workspace.target().join("bench");
    let data = Data::make(folder.join("dataview-data"))?;
    let measured = measure(workspace, args, &data.0);
    let targets = targets::targets(&measured);
    let cores = std::thread::available_parallelism()?.get();
    let report = json!({
        "machine": {"cores": cores, "load_before": load_before},
        "measured": measured,
        "targets": targets.iter().map(targets::Target::json).collect::<Vec<_>>(),
    });
    let path = folder.join("dataview.json");
    fs::write(&path, serde_json::to_string_pretty(&report)? + "\n")?;
    let text = table::markdown(&measured, &targets, load_before);
    fs::write(folder.join("dataview.md"), &text)?;
    print!("{text}");
    note(&path.display().to_string());
    Ok(())
}

/// A part that fails is told of, and does not take what the others have measured with it.
fn measure(workspace: &Workspace, args: &Args, data: &Path) -> Value {
    let events = args.events.unwrap_or(EVENTS);
    let mut measured = json!({"failed": {}});
    for part in PARTS {
        if !args.only.is_empty() && !args.only.iter().any(|only| only == part) {
            continue;
        }
        let outcome = match part {
            "visible" => [Buffer::Journal, Buffer::Redis]
                .into_iter()
                .map(|by| Ok((by.name().to_owned(), visible::measure(workspace, data, by)?)))
                .collect::<Result<serde_json::Map<_, _>>>()
                .map(Value::Object),
            "joined" => joined::measure(workspace, data),
            "store" => store::measure(workspace, data, events, None),
            _ => peers::measure(workspace, data, events),
        };
        match outcome {
            Ok(figures) => measured[part] = figures,
            Err(error) => {
                note(&format!("{part}: {error:#}"));
                measured["failed"][part] = format!("{error:#}").into();
            }
        }
    }
    measured
}

fn build(workspace: &Workspace) -> Result<()> {
    let step =
        Step::start("build ingest, DataView, the bank and the store's benchmark for release");
    let mut build = cargo();
    build.current_dir(workspace.root()).args(["build", "--release"]);
    for package in [INGEST, DATAVIEW, DEMO_SITE] {
        build.args(["--package", package, "--bin", package]);
    }
    process::run(build.args(["--example", "bench_store"]))?;
    step.done();
    Ok(())
}

/// Where [`build`] leaves a program.
fn built(workspace: &Workspace, name: &str) -> PathBuf {
    workspace.target().join("release").join(name)
}

/// The folder of everything that is only there while it measures.
struct Data(PathBuf);

impl Data {
    /// Makes it anew: what a run left that was interrupted may be gigabytes.
    fn make(path: PathBuf) -> Result<Self> {
        if path.exists() {
            fs::remove_dir_all(&path)
                .with_context(|| format!("cannot remove {}", path.display()))?;
        }
        fs::create_dir_all(&path).with_context(|| format!("cannot create {}", path.display()))?;
        Ok(Self(path))
    }
}

impl Drop for Data {
    fn drop(&mut self) {
        if let Err(error) = fs::remove_dir_all(&self.0) {
            note(&format!("{} is left behind: {error}", self.0.display()));
        }
    }
}

/// The value of a quantile.
fn quantile(values: &mut [f64], q: f64) -> f64 {
    values.sort_by(f64::total_cmp);
    values.get((q * (values.len() as f64 - 1.0)) as usize).copied().unwrap_or(f64::NAN)
}

/// Processes that want a core, over the last minute.
fn load() -> Result<f64> {
    let text = fs::read_to_string("/proc/loadavg").context("cannot read /proc/loadavg")?;
    Ok(text.split_whitespace().next().unwrap_or_default().parse()?)
}
