//! `dataview serve`.

use super::config_args::ConfigArgs;
use super::{Failure, logging};
use crate::startup::{self, Started};
use std::io::Write;
use std::process::ExitCode;
use tokio::signal::unix::{SignalKind, signal};

#[derive(Debug, clap::Args)]
pub(super) struct Args {
    #[command(flatten)]
    config: ConfigArgs,
}

pub(super) fn run(args: &Args) -> Result<ExitCode, Failure> {
    let config = args.config.load()?;
    logging::start(config.log_format)?;
    if !config.idle_variables.is_empty() {
        let names = config.idle_variables.join(", ");
        tracing::warn!(names, "these environment variables set nothing here");
    }
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    runtime.block_on(async {
        // Before the address is printed: who reads it may signal at once.
        let mut terminate = signal(SignalKind::terminate())?;
        let mut interrupt = signal(SignalKind::interrupt())?;
        let stop = async move {
            tokio::select! {
                _ = terminate.recv() => tracing::info!(signal = "SIGTERM", "stopping"),
                _ = interrupt.recv() => tracing::info!(signal = "SIGINT", "stopping"),
            }
        };
        let announce = |started: Started| {
            let mut out = std::io::stdout();
            if let Some(password) = started.first_password {
                // On the standard output, not in the log, which is kept.
                writeln!(out, "first administrator: admin, password {password}")?;
                writeln!(out, "(shown this once; another must be chosen at the first login)")?;
            }
            writeln!(out, "dataview listening on http://{}", started.address)?;
            out.flush()
        };
        startup::serve(config, announce, stop).await?;
        tracing::info!("stopped");
        Ok(ExitCode::SUCCESS)
    })
}
