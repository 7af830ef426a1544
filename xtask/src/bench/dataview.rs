//! `cargo xtask bench dataview`: DataView's store with a generated population of visitors: filling,
//! keeping up, and what people ask of it. The measuring itself is dataview/examples/bench_store.

use std::fmt::Write as _;
use std::fs;
use std::time::Duration;

use anyhow::{Context, Result};
use serde_json::{Value, json};

use super::Args;
use crate::process::{self, cargo};
use crate::progress::{Step, note};
use crate::workspace::Workspace;

/// Events that are generated where nobody says how many: under two minutes.
const EVENTS: u64 = 1_000_000;
/// Far more than 50 million events take.
const LIMIT: Duration = Duration::from_secs(3 * 60 * 60);
const MIB: f64 = 1024.0 * 1024.0;

/// Measures, prints the Markdown and leaves target/bench/dataview.json.
pub(crate) fn run(workspace: &Workspace, args: &Args) -> Result<()> {
    let step = Step::start("build the store's benchmark for release");
    let mut build = cargo();
    build.current_dir(workspace.root());
    build.args(["build", "--release", "--package", "dataview", "--example", "bench_store"]);
    process::run(&mut build)?;
    step.done();
    let folder = workspace.target().join("bench");
    fs::create_dir_all(&folder)?;
    let raw = folder.join("dataview.raw.json");
    let load_before = load()?;
    let step = Step::start("bench dataview");
    let mut bench =
        std::process::Command::new(workspace.target().join("release/examples/bench_store"));
    bench.args(["--events", &args.events.unwrap_or(EVENTS).to_string(), "--out"]).arg(&raw);
    process::run_limited(&mut bench, LIMIT)?;
    step.done();
    let text = fs::read_to_string(&raw).with_context(|| format!("cannot read {raw:?}"))?;
    let measured: Value = serde_json::from_str(&text)?;
    fs::remove_file(&raw)?;
    let targets = targets(&measured);
    let cores = std::thread::available_parallelism()?.get();
    let report = json!({
        "machine": {"cores": cores, "load_before": load_before},
        "rows": rows(&measured),
        "targets": targets.iter().map(Target::json).collect::<Vec<_>>(),
    });
    let path = folder.join("dataview.json");
    fs::write(&path, serde_json::to_string_pretty(&report)? + "\n")?;
    let text = markdown(&measured, &targets, load_before);
    fs::write(folder.join("dataview.md"), &text)?;
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

fn targets(measured: &Value) -> Vec<Target> {
    let figure = |path: &str| measured.pointer(path).and_then(Value::as_f64);
    let at_most =
        |name, bound, path: &str| Target { name, at_least: false, bound, measured: figure(path) };
    let uniques = figure("/accuracy/sessions_error_percent")
        .zip(figure("/accuracy/users_error_percent"))
        .map(|(sessions, users)| sessions.max(users));
    vec![
        at_most("a user's whole history, p95 ms", 200.0, "/asked/user_history/p95_ms"),
        at_most("30-day overview, p95 ms", 500.0, "/asked/overview_30_days/p95_ms"),
        at_most("percentile error, %", 1.0, "/accuracy/percentile_error_percent"),
        Target { name: "uniques error, %", at_least: false, bound: 2.0, measured: uniques },
        Target {
            name: "events a second, kept up with",
            at_least: true,
            bound: 4_950.0,
            measured: figure("/steady/events_per_second"),
        },
        at_most("cores meanwhile", 2.0, "/steady/cores"),
        Target {
            name: "MiB meanwhile",
            at_least: false,
            bound: 512.0,
            measured: figure("/steady/most_bytes").map(|bytes| bytes / MIB),
        },
    ]
}

fn rows(measured: &Value) -> Vec<Value> {
    let mut rows = vec![
        json!({"name": "store", "events": measured["events"], "sessions": measured["sessions"],
               "bytes": measured["store_bytes"], "roll_up_seconds": measured["roll_up_seconds"]}),
        json!({"name": "fill", "figures": measured["fill"]}),
        json!({"name": "steady", "figures": measured["steady"]}),
    ];
    for (name, asked) in measured["asked"].as_object().into_iter().flatten() {
        rows.push(json!({"name": name, "figures": asked}));
    }
    rows
}

fn markdown(measured: &Value, targets: &[Target], load_before: f64) -> String {
    let figure = |path: &str| measured.pointer(path).and_then(Value::as_f64).unwrap_or(f64::NAN);
    let mut text = String::new();
    // Writing to a string cannot fail.
    let _ = writeln!(
        text,
        "{:.1} million events in {:.0} sessions over {} days, {:.0} bytes each on the disk; stored \
         at {:.0} a second ({:.1} µs of CPU each, making and reading them included), peak {:.0} \
         MiB.\n",
        figure("/events") / 1e6,
        figure("/sessions"),
        measured["days"],
        figure("/store_bytes") / figure("/events"),
        figure("/fill/events_per_second"),
        figure("/fill/cpu_us_an_event"),
        figure("/fill/peak_bytes") / MIB,
    );
    text.push_str("| asked | p50 ms | p95 ms | found |\n| --- | ---: | ---: | ---: |\n");
    for (name, asked) in measured["asked"].as_object().into_iter().flatten() {
        let ms = |name: &str| asked[name].as_f64().unwrap_or(f64::NAN);
        let name = name.replace('_', " ");
        let (p50, p95, found) = (ms("p50_ms"), ms("p95_ms"), &asked["found"]);
        let _ = writeln!(text, "| {name} | {p50:.1} | {p95:.1} | {found} |");
    }
    text.push_str("\n| target | to reach | measured | holds |\n| --- | ---: | ---: | --- |\n");
    for target in targets {
        let measured = target.measured.map_or("not measured".to_owned(), |it| format!("{it:.2}"));
        let holds = if target.holds() { "yes" } else { "**no**" };
        let _ = writeln!(text, "| {} | {} | {measured} | {holds} |", target.name, target.words());
    }
    if load_before > 1.0 {
        let _ = writeln!(
            text,
            "\n**The machine had other work ({load_before:.1} processes wanted a core before it \
             began): times above are not to be believed.**"
        );
    }
    text
}

/// Processes that want a core, over the last minute.
fn load() -> Result<f64> {
    let text = fs::read_to_string("/proc/loadavg").context("cannot read /proc/loadavg")?;
    Ok(text.split_whitespace().next().unwrap_or_default().parse()?)
}
