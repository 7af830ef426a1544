//! `ingest serve`.

use super::config_args::ConfigArgs;
use super::{Failure, logging, open_files, reload};
use crate::buffer::limits::COMMITTER_MOVES_WITHIN;
use crate::buffer::{self, BufferCounters, Keeper};
use crate::config::{Config, Reloader};
use crate::http::Door;
use crate::http::server::{self, Bound};
use crate::live::LiveSource;
use crate::telemetry::Exporter;
use actix_web::web;
use std::io::Write;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::SystemTime;
use tokio::signal::unix::{SignalKind, signal};
use tokio::time::timeout;

#[derive(Debug, clap::Args)]
pub(super) struct Args {
    #[command(flatten)]
    config: ConfigArgs,
}

pub(super) fn run(args: &Args) -> Result<ExitCode, Failure> {
    let (reloader, config) = Reloader::start(args.config.reading())?;
    logging::start(config.log_format)?;
    open_files::raise(&config);
    // Not actix's own runtime: its tasks would each be woken twice, by way of a set of tasks.
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(serve(config, reloader))
}

/// Serves until a signal, then stops in the order that loses nothing: no new connections, the
/// requests in flight, what the buffer still holds.
async fn serve(config: Config, reloader: Reloader) -> Result<ExitCode, Failure> {
    if !config.idle_variables.is_empty() {
        let names = config.idle_variables.join(", ");
        tracing::warn!(names, "these environment variables set nothing here");
    }
    let counters = Arc::new(BufferCounters::default());
    let keeper = buffer::open(config.buffer.settings.clone(), Arc::clone(&counters)).await?;
    let door = Door::new(&config, keeper.clone(), counters, now);
    let door = web::Data::new(match Exporter::new(&config.telemetry) {
        Some((tracer, exporter)) => {
            tokio::spawn(exporter.run());
            door.traced(tracer)
        }
        None => door,
    });
    let live = config.live.enabled.then(|| {
        let (source, maps) = (config.buffer.settings.source(), config.source_maps.maps());
        web::Data::new(LiveSource::new(source, maps))
    });
    // Before the address is printed: who reads it may signal at once.
    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    let hangup = signal(SignalKind::hangup())?;
    let reloading = tokio::spawn(reload::run(door.clone(), reloader, hangup));
    let bound = server::bind(&config, door.clone(), live.clone());
    let bound = bound.map_err(|source| Failure::Listen { address: config.listen, source })?;
    announce(&keeper, &bound)?;
    let server = bound.server;
    let handle = server.handle();
    let delay = config.http.drain_delay;
    let committing = keeper.clone();
    let stop = async move {
        tokio::select! {
            _ = terminate.recv() => {
                tracing::info!(signal = "SIGTERM", ?delay, "stopping: not ready from now on");
                door.drain();
                // A second signal is from somebody who does not want to wait.
                tokio::select! {
                    () = tokio::time::sleep(delay) => {}
                    _ = terminate.recv() => {}
                    _ = interrupt.recv() => {}
                }
            }
            // Typed by somebody who looks on.
            _ = interrupt.recv() => door.drain(),
        }
        tracing::info!("stopping: finishing the requests in flight");
        if let Some(live) = live {
            live.close();
        }
        // The worker's thread, which may have had the committer, ends now. A group in its hands is
        // written first, as long as a store that hangs may take.
        let here = timeout(COMMITTER_MOVES_WITHIN, committing.commit_here()).await;
        if here.is_err() {
            tracing::warn!("a group is still being written; if that does not end it is refused");
        }
        handle.stop(true).await;
    };
    let (served, ()) = tokio::join!(server, stop);
    reloading.abort();
    keeper.close().await;
    tracing::info!("stopped");
    served?;
    Ok(ExitCode::SUCCESS)
}

/// Tells programs, by a line for each address on stdout, and people that requests are taken now.
fn announce(keeper: &Keeper, bound: &Bound) -> Result<(), Failure> {
    let status = keeper.status();
    tracing::info!(buffer = status.kind, durability = status.durability, "listening");
    let mut out = std::io::stdout();
    let tls = bound.tls_address;
    let tls = tls.map(|address| format!("ingest listening on https://{address}\n"));
    write!(out, "ingest listening on http://{}\n{}", bound.address, tls.unwrap_or_default())?;
    out.flush()?;
    Ok(())
}

/// Milliseconds since the Unix epoch; 0 on a clock that stands before it.
fn now() -> u64 {
    let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
    u64::try_from(since.as_millis()).unwrap_or(u64::MAX)
}
