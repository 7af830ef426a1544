//! `cargo xtask demo`: the whole chain on this machine, from one command.

pub(crate) mod backend;
pub(crate) mod config;
pub(crate) mod nginx;
pub(crate) mod ports;
pub(crate) mod redis;
pub(crate) mod visitors;

use std::path::Path;
use std::process::Command;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Duration;

use anyhow::{Context, Result, bail};
use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};

use crate::progress::note;
use crate::services::{self, Service};
use crate::wasm;
use crate::workspace::Workspace;
use visitors::Visitors;

const BANK_PORT: u16 = 8600;
const INGEST_PORT: u16 = 8601;
const DATAVIEW_PORT: u16 = 8602;
/// What DataView says before the password of its first administrator.
const FIRST_PASSWORD: &str = "first administrator: ";
/// How often signals and servers are looked at.
const POLL: Duration = Duration::from_millis(100);

/// Arguments of `cargo xtask demo`.
#[derive(clap::Args)]
pub(crate) struct Args {
    /// Buffer in Redis instead of the embedded journal: in the one at URL, or without a URL in
    /// one that the demo starts (and installs if need be).
    #[arg(long, value_name = "URL", num_args = 0..=1)]
    redis: Option<Option<String>>,
    /// Ingest's port; 0 takes any free one [default: 8601].
    #[arg(long, value_name = "N")]
    port_ingest: Option<u16>,
    /// Without the bank's back end: a Python and a Node service, whose packages are installed first.
    #[arg(long)]
    no_backend: bool,
    /// Without scripted visitors.
    #[arg(long)]
    no_visitors: bool,
    /// DataView's port; 0 takes any free one [default: 8602].
    #[arg(long, value_name = "N")]
    port_dataview: Option<u16>,
    /// The bank's port; 0 takes any free one [default: 8600].
    #[arg(long, value_name = "N")]
    port_bank: Option<u16>,
}

/// Runs `cargo xtask demo`.
pub(crate) fn main(workspace: &Workspace, args: &Args) -> Result<()> {
    let sdk = wasm::build(workspace)?;
    services::build(workspace)?;
    let stopped = stop_signal()?;
    let data = workspace.target().join("demo-data");
    // Servers stop in the reverse order of their start: the buffer last.
    let mut running = Vec::new();
    let redis = match &args.redis {
        None => None,
        Some(Some(url)) => Some(url.clone()),
        Some(None) => {
            let (server, url) = redis::start(&data.join("redis"))?;
            running.push(server);
            Some(url)
        }
    };
    let bank_port = ports::choose("the bank", args.port_bank, BANK_PORT)?;
    let ingest_port = ports::choose("ingest", args.port_ingest, INGEST_PORT)?;
    let dataview_port = ports::choose("DataView", args.port_dataview, DATAVIEW_PORT)?;
    let nginx = nginx::found();
    let syslog = match &nginx {
        Some(_) => Some(format!("127.0.0.1:{}", ports::any_free()?)),
        None => None,
    };
    let settings = config::Settings {
        bank_port,
        ingest_port,
        dataview_port,
        syslog: syslog.as_deref(),
        redis,
        data: &data,
    };
    let (config, dataview_config) = settings.write()?;
    let mut ingest = Command::new(services::binary(workspace, services::INGEST));
    let (ingest, ingest_url) =
        Service::start(services::INGEST, ingest.args(["serve", "--config"]).arg(&config))?;
    running.push(ingest);
    let mut dataview = Command::new(services::binary(workspace, services::DATAVIEW));
    dataview.args(["serve", "--config"]).arg(&dataview_config);
    let (dataview, dataview_url, words) =
        Service::start_and_hear(services::DATAVIEW, &mut dataview)?;
    running.push(dataview);
    let core = match args.no_backend {
        true => None,
        false => back_end(workspace, &data, &dataview_url, &mut running),
    };
    let mut bank = Command::new(services::binary(workspace, services::DEMO_SITE));
    // nginx takes the bank's port, where it is in front.
    let listen = if nginx.is_some() { 0 } else { bank_port };
    bank.args(["--listen", &format!("127.0.0.1:{listen}"), "--ingest", &ingest_url]);
    bank.args(core.iter().flat_map(|url| ["--core", url]));
    let (bank, mut bank_url) =
        Service::start(services::DEMO_SITE, bank.arg("--sdk-dir").arg(&sdk))?;
    running.push(bank);
    if let (Some(program), Some(syslog)) = (&nginx, &syslog) {
        let folder = data.join("nginx");
        let ends = (bank_url.as_str(), syslog.as_str());
        running.push(nginx::start(program, workspace, &folder, bank_port, ends)?);
        bank_url = format!("http://127.0.0.1:{bank_port}");
    }
    announce(workspace, &bank_url, &ingest_url, &config);
    announce_dataview(&dataview_url, &words);
    let visitors = (!args.no_visitors).then(|| Visitors::start(&bank_url, &ingest_url));
    let result = wait(&mut running, &stopped);
    drop(visitors);
    while let Some(server) = running.pop() {
        drop(server);
    }
    result
}

/// The bank's back end; without one the bank does everything by itself, so a machine that cannot
/// install it shows the rest.
fn back_end(
    workspace: &Workspace,
    data: &Path,
    dataview: &str,
    running: &mut Vec<Service>,
) -> Option<String> {
    let started = running.len();
    match backend::start(workspace, &data.join("backend"), Some(dataview), running) {
        Ok(url) => Some(url),
        Err(error) => {
            running.truncate(started);
            note(&format!("{error:#}: the bank goes on without its back end"));
            None
        }
    }
}

fn announce(workspace: &Workspace, bank: &str, ingest: &str, config: &Path) {
    let program = services::binary(workspace, services::INGEST);
    println!();
    println!("  The bank        {bank}");
    println!("  The live view   {ingest}{}", config::LIVE_PATH);
    println!();
    println!(
        "  A mini program  node demo-site/miniprogram/port/main.js wechat FOLDER --api {bank} --ingest {ingest}"
    );
    println!("  In a terminal   {} tail --config {}", program.display(), config.display());
}

fn announce_dataview(url: &str, words: &[String]) {
    let first = words.iter().find_map(|line| line.strip_prefix(FIRST_PASSWORD));
    let login = first.unwrap_or("admin, with the password that you have chosen");
    println!("  DataView        {url}");
    println!("                  log in as {login}");
    println!("  Ctrl-C stops all of it.");
    println!();
}

/// A flag that is raised when somebody wants the demo to end.
fn stop_signal() -> Result<Arc<AtomicBool>> {
    let stopped = Arc::new(AtomicBool::new(false));
    for signal in [SIGINT, SIGTERM, SIGHUP] {
        signal_hook::flag::register(signal, Arc::clone(&stopped))
            .context("cannot listen for Ctrl-C")?;
    }
    Ok(stopped)
}

/// Returns when asked to stop; fails when a server ends by itself.
fn wait(running: &mut [Service], stopped: &AtomicBool) -> Result<()> {
    while !stopped.load(Ordering::Relaxed) {
        for server in &mut *running {
            if let Some(status) = server.ended()? {
                bail!(server.obituary(status));
            }
        }
        thread::sleep(POLL);
    }
    Ok(())
}
