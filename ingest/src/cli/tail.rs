//! `ingest tail`.

use super::Failure;
use super::config_args::load;
use crate::config::LogFormat;
use crate::tail::{self, Options};
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;

#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// Read the buffer that this configuration names
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
    /// Show stacks as the source maps in this folder have them (default: the configured one)
    #[arg(long, value_name = "DIR")]
    source_maps: Option<PathBuf>,
    #[command(flatten)]
    options: Options,
}

pub(super) fn run(args: &Args) -> Result<ExitCode, Failure> {
    super::logging::start(LogFormat::Text)?;
    let config = args.config.as_ref().map(|file| load(file)).transpose()?;
    let source = match (args.options.source(), &config) {
        (Some(source), _) => source,
        (None, Some(config)) => config.buffer.settings.source(),
        (None, None) => return Err(Failure::NoSource),
    };
    let mut maps = config.map(|config| config.source_maps).unwrap_or_default();
    maps.folder = args.source_maps.clone().or(maps.folder);
    let options = Options { maps: maps.maps().map(Arc::new), ..args.options.clone() };
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    Ok(runtime.block_on(tail::run(&options, &source)))
}
