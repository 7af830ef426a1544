//! `cargo xtask bench baselines [--data DIR]`: the detector of one series by the rules of the Numenta
//! Anomaly Benchmark, beside simple peers, and what a minute of 10,000 series costs. The measuring
//! itself is baselines/examples/bench_baselines.

use std::fmt::Write as _;
use std::fs;
use std::time::Duration;

use anyhow::{Context, Result, bail};
use serde_json::{Value, json};

use super::Args;
use crate::process::{self, cargo};
use crate::progress::{Step, note};
use crate::workspace::Workspace;

/// Far more than it takes.
const LIMIT: Duration = Duration::from_secs(20 * 60);
const MIB: f64 = 1024.0 * 1024.0;

/// Measures, prints the Markdown and leaves target/bench/baselines.json.
pub(crate) fn run(workspace: &Workspace, args: &Args) -> Result<()> {
    if let Some(data) = args.data.as_ref().filter(|data| !data.join("labels").is_dir()) {
        bail!("{} has no folder `labels`; expected a folder of NAB's form", data.display());
    }
    let step = Step::start("build the baselines' benchmark for release");
    let mut build = cargo();
    build.current_dir(workspace.root());
    build.args(["build", "--release", "--package", "dna-baselines", "--example"]);
    build.arg("bench_baselines");
    process::run(&mut build)?;
    step.done();
    let folder = workspace.target().join("bench");
    fs::create_dir_all(&folder)?;
    let raw = folder.join("baselines.raw.json");
    let load_before = load()?;
    let step = Step::start("bench baselines");
    let mut bench =
        std::process::Command::new(workspace.target().join("release/examples/bench_baselines"));
    bench.arg(&raw).args(&args.data);
    process::run_limited(&mut bench, LIMIT)?;
    step.done();
    let text = fs::read_to_string(&raw).with_context(|| format!("cannot read {raw:?}"))?;
    let measured: Value = serde_json::from_str(&text)?;
    fs::remove_file(&raw)?;
    let targets = targets(&measured);
    let mut rows = vec![json!({"name": "cost", "figures": measured["cost"]})];
    rows.extend(measured["detectors"].as_array().into_iter().flatten().cloned());
    let report = json!({
        "machine": {
            "cores": std::thread::available_parallelism()?.get(),
            "load_before": load_before,
        },
        "rows": rows,
        "targets": targets.iter().map(Target::json).collect::<Vec<_>>(),
    });
    let path = folder.join("baselines.json");
    fs::write(&path, serde_json::to_string_pretty(&report)? + "\n")?;
    let text = markdown(&measured, &targets, load_before);
    fs::write(folder.join("baselines.md"), &text)?;
    print!("{text}");
    note(&path.display().to_string());
    Ok(())
}

struct Target {
    name: &'static str,
    at_least: bool,
    bound: f64,
    measured: Option<f64>,
}

impl Target {
    /// What was not measured does not hold.
    fn holds(&self) -> bool {
        self.measured.is_some_and(|measured| {
            if self.at_least { measured >= self.bound } else { measured <= self.bound }
        })
    }

    fn words(&self) -> String {
        format!("{} {}", if self.at_least { "≥" } else { "≤" }, self.bound)
    }

    fn json(&self) -> Value {
        json!({
            "name": self.name,
            "target": self.words(),
            "measured": self.measured,
            "holds": self.holds(),
        })
    }
}

/// Processes that want a core, over the last minute.
fn load() -> Result<f64> {
    let text = fs::read_to_string("/proc/loadavg").context("cannot read /proc/loadavg")?;
    Ok(text.split_whitespace().next().unwrap_or_default().parse()?)
}

/// Of NAB only what was measured on series that the threshold does not come from.
fn targets(measured: &Value) -> Vec<Target> {
    let figure = |path: &str| measured.pointer(path).and_then(Value::as_f64);
    let at_most = |name, bound, measured| Target { name, at_least: false, bound, measured };
    let mut targets = vec![
        at_most("CPU s a minute of 10,000 series", 60.0, figure("/cost/cpu_seconds_a_minute")),
        at_most("MiB of 10,000 series", 256.0, figure("/cost/bytes").map(|bytes| bytes / MIB)),
    ];
    if measured["detectors"].is_array() {
        let at_least =
            |name, bound, path| Target { name, at_least: true, bound, measured: figure(path) };
        targets.push(at_least(
            "NAB standard, half to half",
            60.0,
            "/detectors/0/profiles/0/half_to_half",
        ));
        targets.push(at_least(
            "NAB low FP, half to half",
            55.0,
            "/detectors/0/profiles/1/half_to_half",
        ));
    }
    targets
}

fn markdown(measured: &Value, targets: &[Target], load_before: f64) -> String {
    let figure = |path: &str| measured.pointer(path).and_then(Value::as_f64).unwrap_or(f64::NAN);
    let mut text = String::new();
    // Writing to a string cannot fail.
    let _ = writeln!(
        text,
        "{:.0} series a minute: {:.3} s of CPU, {:.1} µs a figure; {:.0} bytes a series in memory, \
         {:.0} in a snapshot.\n",
        figure("/cost/series"),
        figure("/cost/cpu_seconds_a_minute"),
        figure("/cost/cpu_us_a_figure"),
        figure("/cost/bytes_a_series"),
        figure("/cost/snapshot_bytes_a_series"),
    );
    match measured["detectors"].as_array() {
        Some(detectors) => scores(&mut text, measured, detectors),
        None => {
            text.push_str("NAB's rules: skipped, because no folder was given (`--data DIR`).\n");
        }
    }
    text.push_str("\n| target | to reach | measured | holds |\n| --- | ---: | ---: | --- |\n");
    for target in targets {
        let measured = target.measured.map_or("not measured".to_owned(), |it| format!("{it:.2}"));
        let holds = if target.holds() { "yes" } else { "**no**" };
        let _ = writeln!(text, "| {} | {} | {measured} | {holds} |", target.name, target.words());
    }
    let _ = writeln!(
        text,
        "\n{load_before:.1} processes wanted a core before it began; CPU times suffer from that a \
         little, scores do not."
    );
    text
}

fn scores(text: &mut String, measured: &Value, detectors: &[Value]) {
    let _ = writeln!(
        text,
        "NAB's rules on {} series, {} rows, {} windows. One configuration for all series, the \
         detector's own. One threshold for all series of a profile: the best one (in sample), the \
         best one of all other groups (by group), the best one of the other half (30 halves by \
         lot), or the one that the detector documents (0.5).\n\n\
         | | profile | in sample | by group | half to half | at 0.5 | found | false alarms |\n\
         | --- | --- | ---: | ---: | ---: | ---: | ---: | ---: |",
        measured["series"], measured["rows"], measured["windows"],
    );
    for (at, detector) in detectors.iter().enumerate() {
        for profile in detector["profiles"].as_array().into_iter().flatten() {
            let figure = |name: &str| profile[name].as_f64().unwrap_or(f64::NAN);
            // The peers' scores have no such threshold.
            let published = match at {
                0 => format!("{:.1}", figure("at_published_threshold")),
                _ => "–".to_owned(),
            };
            let _ = writeln!(
                text,
                "| {} | {} | {:.1} | {:.1} | {:.1} | {published} | {} of {} | {} |",
                detector["name"].as_str().unwrap_or_default(),
                profile["name"].as_str().unwrap_or_default(),
                figure("in_sample"),
                figure("without_one_group"),
                figure("half_to_half"),
                profile["found"],
                measured["windows"],
                profile["false_alarms"],
            );
        }
    }
}
