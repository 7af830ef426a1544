//! `cargo xtask bench ingest`: ours beside its peers, each alone on one core while its turn lasts,
//! the load and Redis on the other. How it measures: tests/bench/ingest/README.md.

mod cases;
mod client;
mod cores;
mod figures;
mod frames;
mod limit;
mod load;
mod results;
mod servers;
mod targets;
mod turn;
mod usage;

use std::fs;
use std::path::PathBuf;

use anyhow::{Context, Result, ensure};
use serde_json::json;

use self::cases::{ALWAYS, EVERYSEC, Full, Other, TURNS};
use self::figures::{Row, median};
use self::frames::{Form, Visit};
use self::results::{Limit, Results};
use self::servers::{Fsync, Peer, Programs};
use self::turn::Bench;
use super::Args;
use crate::process::{self, cargo};
use crate::progress::{Step, note};
use crate::setup;
use crate::workspace::Workspace;

/// Fastify's server and its lock file.
const FASTIFY: &str = "tests/bench/ingest/fastify";
/// Processes that want a core before anything is measured; more would be in its way.
const BUSY: f64 = 1.0;
/// Idle connections whose memory is looked at.
const IDLE_CONNECTIONS: usize = 10_000;
/// Recorded visits whose bytes in Redis are looked at: enough to fill many nodes of a stream.
const VISITS: u32 = 500;
/// Bytes of an event that redis-benchmark adds.
const LIMIT_BYTES: usize = 1024;

/// Measures, prints the Markdown and leaves target/bench/ingest.json.
pub(crate) fn run(workspace: &Workspace, args: &Args) -> Result<()> {
    let chosen = Chosen::of(args)?;
    ensure!(std::thread::available_parallelism()?.get() >= 2, "two cores are needed");
    let bench = prepare(workspace)?;
    let visit = Visit::read(workspace)?;
    for form in [Form::Json, Form::Single, Form::Twenty] {
        let path = visit.write_template(form, &bench.folder)?;
        note(&format!("{}: {} bytes", form.title(), fs::metadata(path)?.len()));
    }
    let load = usage::system_load()?;
    let mut results = measure(&bench, &visit, &chosen)?;
    if load > BUSY {
        results.notes.push(format!(
            "**The machine had other work ({load:.1} processes wanted a core before it began): \
             rates and waits above are not to be believed, CPU a request only roughly.**"
        ));
    }
    let folder = workspace.target().join("bench");
    let cores = std::thread::available_parallelism()?.get();
    let machine =
        json!({"cores": cores, "server_cores": 1, "turns": chosen.turns, "load_before": load});
    let text = serde_json::to_string_pretty(&results.json(&machine))?;
    let path = folder.join("ingest.json");
    fs::write(&path, text + "\n").with_context(|| format!("cannot write {}", path.display()))?;
    let text = results.markdown();
    fs::write(folder.join("ingest.md"), &text)?;
    print!("{text}");
    note(&path.display().to_string());
    Ok(())
}

/// What of everything is to be measured.
struct Chosen {
    peers: Vec<Peer>,
    full: Vec<Full>,
    other: Vec<Other>,
    turns: u32,
}

impl Chosen {
    fn of(args: &Args) -> Result<Self> {
        let names = |list: &[String], name: String| list.is_empty() || list.contains(&name);
        let mut peers = Peer::ALL.to_vec();
        peers.retain(|peer| names(&args.peers, peer.name()));
        let mut full = Full::ALL.to_vec();
        full.retain(|case| names(&args.only, case.name()));
        let mut other = Other::ALL.to_vec();
        other.retain(|case| names(&args.only, case.name().to_owned()));
        let found = full.len() + other.len();
        ensure!(args.peers.len() <= peers.len(), "no such peer; there are {}", peer_names());
        ensure!(args.only.len() <= found, "no such case; there are {}", case_names());
        Ok(Self { peers, full, other, turns: args.turns.unwrap_or(TURNS) })
    }
}

fn peer_names() -> String {
    Peer::ALL.map(Peer::name).join(", ")
}

fn case_names() -> String {
    let full = Full::ALL.map(Full::name).to_vec();
    [full, Other::ALL.map(|case| case.name().to_owned()).to_vec()].concat().join(", ")
}

/// Builds ours as it is shipped, and finds or installs the others.
fn prepare(workspace: &Workspace) -> Result<Bench> {
    let step = Step::start("build ingest for release");
    let mut build = cargo();
    build.current_dir(workspace.root());
    process::run(build.args(["build", "--release", "--package", "ingest"]))?;
    step.done();
    setup::node_packages(workspace, FASTIFY)?;
    let programs = Programs {
        ingest: workspace.target().join("release/ingest"),
        redis: setup::redis_server()?,
        nginx: setup::nginx_with_lua()?,
        webdis: setup::webdis()?,
        fastify: workspace.path(FASTIFY),
    };
    let sender = load::Sender {
        wrk: setup::wrk()?,
        script: workspace.path("tests/bench/ingest/load.lua"),
        agents: workspace.path("ingest/src/enrich/user_agents.txt"),
    };
    let folder: PathBuf = workspace.target().join("bench/ingest");
    fs::create_dir_all(&folder).with_context(|| format!("cannot make {}", folder.display()))?;
    Ok(Bench { programs, sender, folder })
}

fn measure(bench: &Bench, visit: &Visit, chosen: &Chosen) -> Result<Results> {
    let mut results = Results::default();
    for case in &chosen.full {
        let step = Step::start(format!("{}: {} turns", case.title(), chosen.turns));
        results.rows.extend(take_turns(bench, *case, chosen)?);
        step.done();
    }
    for case in &chosen.other {
        let step = Step::start(case.name());
        match case {
            Other::Half => half(bench, chosen, &mut results)?,
            Other::Idle => {
                let bytes = turn::idle_bytes(bench, IDLE_CONNECTIONS, EVERYSEC)?;
                results.idle_bytes = Some(bytes);
            }
            Other::Visit => visits(bench, visit, &mut results)?,
            Other::Limit => limits(bench, chosen, &mut results)?,
        }
        step.done();
    }
    Ok(results)
}

/// Each peer once a turn, and another one begins each turn.
fn take_turns(bench: &Bench, case: Full, chosen: &Chosen) -> Result<Vec<Row>> {
    let mut samples = vec![Vec::new(); chosen.peers.len()];
    for turn in 0..chosen.turns as usize {
        for at in 0..chosen.peers.len() {
            let at = (at + turn) % chosen.peers.len();
            let peer = chosen.peers[at];
            let sample = bench.full(peer, case)?;
            let (name, rate) = (peer.name(), sample.requests_per_second);
            note(&format!(
                "{name}: {rate:.0}/s, {:.1} µs, p99 {:.1} ms",
                sample.cpu_us, sample.p99_ms
            ));
            samples[at].push(sample);
        }
    }
    let rows = chosen.peers.iter().zip(&samples);
    Ok(rows.map(|(peer, samples)| Row::of(*peer, case, samples)).collect())
}

/// The wait at half of the load that `everysec` and `always` take with 256 connections.
fn half(bench: &Bench, chosen: &Chosen, results: &mut Results) -> Result<()> {
    let case = Full { form: Form::Json, connections: 256 };
    for peer in [EVERYSEC, ALWAYS] {
        let full = match results.row(peer, case) {
            Some(row) => row.median.requests_per_second,
            None => bench.full(peer, case)?.requests_per_second,
        };
        // So long that all connections together send half as much; wrk counts whole ms.
        let delay = (2.0 * 1000.0 * f64::from(case.connections) / full).ceil();
        let samples = (0..chosen.turns)
            .map(|_| bench.turn(peer, case, delay as u32))
            .collect::<Result<Vec<_>>>()?;
        let p99 = median(samples.iter().map(|sample| sample.p99_ms));
        let share = median(samples.iter().map(|sample| sample.requests_per_second)) / full;
        results.notes.push(format!(
            "{} at {:.0} % of its full load with 256 connections: p99 {p99:.1} ms.",
            peer.name(),
            100.0 * share
        ));
        // The slower one is what holds or not.
        results.half_p99_ms = Some(results.half_p99_ms.unwrap_or_default().max(p99));
    }
    Ok(())
}

/// Bytes in Redis of many visits beside their frames as they were sent.
fn visits(bench: &Bench, visit: &Visit, results: &mut Results) -> Result<()> {
    let session = |number: u32| {
        let mut session = *b"visit-of-bench-0";
        session[12..].copy_from_slice(&number.to_be_bytes());
        session
    };
    let bodies: Vec<_> = (0..VISITS).flat_map(|number| visit.bodies(session(number))).collect();
    let (kept, sent) = turn::visit_bytes(bench, &bodies, EVERYSEC)?;
    let each = f64::from(VISITS);
    results.notes.push(format!(
        "A recorded visit: {:.0} bytes of frames, {:.0} bytes in Redis.",
        sent / each,
        kept / each
    ));
    results.visit = Some((kept, sent));
    Ok(())
}

fn limits(bench: &Bench, chosen: &Chosen, results: &mut Results) -> Result<()> {
    for fsync in [Fsync::No, Fsync::Everysec, Fsync::Always] {
        for pipeline in limit::PIPELINES {
            let rates = (0..chosen.turns)
                .map(|_| {
                    let folder = bench.fresh()?;
                    limit::xadds(&bench.programs.redis, &folder, fsync, pipeline, LIMIT_BYTES)
                })
                .collect::<Result<Vec<_>>>()?;
            let per_second = median(rates.into_iter());
            results.limits.push(Limit { durability: fsync.name(), pipeline, per_second });
        }
    }
    Ok(())
}
