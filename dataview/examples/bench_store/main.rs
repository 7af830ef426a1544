//! Measures the SQLite store with a population of visitors: how fast it fills, what it takes to
//! keep up, how long questions take, and how wrong sketches are. `cargo xtask bench dataview` runs
//! it.
#![allow(clippy::print_stdout, reason = "it prints its report")]

mod accuracy;
mod ask;
mod load;
mod population;
mod rows;
mod template;
mod usage;

use clap::Parser;
use dataview::store::sqlite::{Options, Retention, SqliteStore};
use dataview::store::{Range, Store};
use population::Population;
use rows::Rows;
use serde_json::json;
use std::error::Error;
use std::path::PathBuf;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

const DAY_MS: u64 = 24 * 60 * 60 * 1_000;

/// Fills a store, asks it, and tells what was measured as one line of JSON.
#[derive(Parser)]
struct Args {
    /// Events to fill it with.
    #[arg(long, default_value_t = 1_000_000)]
    events: u64,
    /// Days that they are spread over, up to now.
    #[arg(long, default_value_t = 30)]
    days: u64,
    /// Seconds of steady load after that, on today.
    #[arg(long, default_value_t = 20)]
    steady_seconds: u64,
    /// Events a second of the steady load.
    #[arg(long, default_value_t = 5_000)]
    steady_rate: u64,
    /// Questions of each kind.
    #[arg(long, default_value_t = 60)]
    questions: u32,
    /// Where the report goes; stdout when it is not said.
    #[arg(long)]
    out: Option<PathBuf>,
    /// The store's folder, which must not be there; a temporary one when it is not said.
    #[arg(long)]
    folder: Option<PathBuf>,
    /// Where the events go as rows of CSV, for other stores.
    #[arg(long)]
    rows: Option<PathBuf>,
    /// Only ask the store in the folder, which was filled before.
    #[arg(long, requires = "folder")]
    filled: bool,
}

fn main() -> Result<(), Box<dyn Error>> {
    let args = Args::parse();
    let temporary = tempfile::tempdir()?;
    let folder = args.folder.clone().unwrap_or_else(|| temporary.path().join("store"));
    // Two threads beside the writer's: what the target's two cores are for.
    let runtime =
        tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()?;
    let report = runtime.block_on(measure(&args, folder))?;
    match &args.out {
        Some(path) => std::fs::write(path, report.to_string())?,
        None => println!("{report}"),
    }
    Ok(())
}

async fn measure(args: &Args, folder: PathBuf) -> Result<serde_json::Value, Box<dyn Error>> {
    let now = u64::try_from(SystemTime::now().duration_since(UNIX_EPOCH)?.as_millis())?;
    let from = (now / DAY_MS + 1 - args.days) * DAY_MS;
    let range = Range { from_ms: from, to_ms: now };
    let mut options = Options::new(folder.clone());
    let raw_days = u16::try_from(args.days)?;
    options.retention = Retention { raw_days, ..Retention::default() };
    let store = SqliteStore::open(options)?;
    if args.filled {
        let asked = ask::measure(&store, range, args.questions).await?;
        return Ok(json!({"events": args.events, "days": args.days, "asked": asked}));
    }

    let mut population = Population::new(range, args.events);
    let mut rows = args.rows.as_deref().map(Rows::create).transpose()?;
    let fill = load::fill(&store, &mut population, args.events, &mut rows).await?;
    rows.map(Rows::finish).transpose()?;
    eprintln!("filled: {fill}");
    let began = Instant::now();
    store.tidy().await?;
    let tidied = began.elapsed();
    eprintln!("rolled up in {tidied:?}");
    // The last sessions may begin a little later than planned: how long they are is left to chance.
    let all = Range { to_ms: range.to_ms + DAY_MS, ..range };
    let accuracy = accuracy::measure(&store, &population, all).await?;
    eprintln!("accuracy: {accuracy}");
    let asked = ask::measure(&store, range, args.questions).await?;
    eprintln!("asked: {asked}");
    let before_steady = population.told.sessions;
    let bytes: u64 = store.days().await?.iter().map(|day| day.bytes).sum();
    let steady = load::steady(
        &store,
        &mut population,
        args.steady_rate,
        Duration::from_secs(args.steady_seconds),
    )
    .await?;
    eprintln!("steady: {steady}");
    Ok(json!({
        "events": args.events,
        "days": args.days,
        "sessions": before_steady,
        "store_bytes": bytes,
        "fill": fill,
        "roll_up_seconds": tidied.as_secs_f64(),
        "accuracy": accuracy,
        "asked": asked,
        "steady": steady,
        "rss_bytes": usage::peak_bytes()?,
    }))
}
