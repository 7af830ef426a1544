//! `cargo xtask bench NAME`: a Markdown table for people on stdout, and the same figures for
//! programs in target/bench/NAME.json.

mod baselines;
mod causes;
mod dataview;
mod incidents;
mod ingest;
mod mini;
mod sdk;

use anyhow::Result;
use clap::ValueEnum;

use crate::workspace::Workspace;

/// Arguments of `cargo xtask bench`.
#[derive(clap::Args)]
pub(crate) struct Args {
    /// What to measure.
    #[arg(value_enum)]
    name: Name,
    /// Turns of each peer, in the place of each case's own number.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=1000))]
    turns: Option<u32>,
    /// Only these cases, separated by commas.
    #[arg(long, value_name = "CASE", value_delimiter = ',')]
    only: Vec<String>,
    /// Only these peers beside ours, separated by commas.
    #[arg(long, value_name = "PEER", value_delimiter = ',')]
    peers: Vec<String>,
    /// Events that `dataview` generates, 1 million by itself; 50 million are what its targets speak of.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(10_000..))]
    events: Option<u64>,
    /// The folder of data to judge by. For `causes`: cases.json and the files it names. For `baselines`:
    /// `data/<group>/<series>.csv` and `labels/combined_windows.json`, as the Numenta Anomaly Benchmark
    /// has them.
    #[arg(long, value_name = "DIR")]
    data: Option<std::path::PathBuf>,
}

#[derive(Clone, Copy, ValueEnum)]
enum Name {
    /// The browser SDK beside its peers, in Chromium.
    Sdk,
    /// The package for mini programs beside its peers: bytes, and its line at the start.
    Mini,
    /// The ingest service beside its peers, on one core.
    Ingest,
    /// Root causes: sets of dimension values, on a folder of labelled cases.
    Causes,
    /// A made bank: incidents found, false alarms, first causes right.
    Incidents,
    /// DataView: how soon a beacon is visible, a large store, what is joined, its peers.
    Dataview,
    /// What is normal: NAB's rules on a folder of its form, and what 10,000 series cost.
    Baselines,
}

/// Runs `cargo xtask bench`.
pub(crate) fn main(workspace: &Workspace, args: &Args) -> Result<()> {
    match args.name {
        Name::Sdk => sdk::run(workspace, args),
        Name::Mini => mini::run(workspace, args),
        Name::Ingest => ingest::run(workspace, args),
        Name::Causes => causes::run(workspace, args),
        Name::Incidents => incidents::run(workspace, args),
        Name::Dataview => dataview::run(workspace, args),
        Name::Baselines => baselines::run(workspace, args),
    }
}
