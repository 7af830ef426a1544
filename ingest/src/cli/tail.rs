//! `ingest tail`.

use super::Failure;
use super::config_args::load;
use crate::tail::{self, Options};
use std::path::PathBuf;
use std::process::ExitCode;

#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// Read the buffer that this configuration names
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
    #[command(flatten)]
    options: Options,
}

pub(super) fn run(args: &Args) -> Result<ExitCode, Failure> {
    super::logging::start()?;
    let source = match (args.options.source(), &args.config) {
        (Some(source), _) => source,
        (None, Some(file)) => load(file, |layers| layers)?.buffer.settings.source(),
        (None, None) => return Err(Failure::NoSource),
    };
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    Ok(runtime.block_on(tail::run(&args.options, &source)))
}
