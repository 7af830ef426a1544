//! `dataview dead-letters`.

use super::Failure;
use super::config_args::ConfigArgs;
use crate::consume::{DeadLetter, DeadLetters};
use clap::Subcommand;
use jiff::Timestamp;
use std::io::Write;
use std::process::ExitCode;

/// Letters that are looked at: all that a shard may have by default.
const LETTERS_MAX: usize = crate::consume::limits::DEAD_LETTERS_DEFAULT;

#[derive(Debug, clap::Args)]
pub(super) struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Show them, the oldest first: when, why, and where they were
    List {
        #[command(flatten)]
        config: ConfigArgs,
        /// Print each as a JSON object on a line of its own
        #[arg(long)]
        json: bool,
    },
    /// Give them to the running dataview once more, for instance when a damaged day is whole again
    Replay(Chosen),
    /// Remove them for good
    Remove(Chosen),
}

#[derive(Debug, clap::Args)]
struct Chosen {
    #[command(flatten)]
    config: ConfigArgs,
    /// Only these, by the names that `list` shows
    #[arg(value_name = "ID", required_unless_present = "all")]
    ids: Vec<String>,
    /// All of them
    #[arg(long, conflicts_with = "ids")]
    all: bool,
}

pub(super) fn run(args: &Args) -> Result<ExitCode, Failure> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(async {
        match &args.command {
            Command::List { config, json } => list(config, *json).await,
            Command::Replay(chosen) => {
                let (place, mut letters) = chosen.letters().await?;
                if chosen.all {
                    // They hold up none of the others; `list` names them.
                    let all = letters.len();
                    letters.retain(DeadLetter::is_readable);
                    if letters.len() < all {
                        eprintln!("{} cannot be read and stay", all - letters.len());
                    }
                }
                for letter in &letters {
                    place.replay(letter).await?;
                }
                done("to be tried again", letters.len())
            }
            Command::Remove(chosen) => {
                let (place, letters) = chosen.letters().await?;
                for letter in &letters {
                    place.remove(letter).await?;
                }
                done("removed", letters.len())
            }
        }
    })
}

async fn list(config: &ConfigArgs, json: bool) -> Result<ExitCode, Failure> {
    let mut out = std::io::stdout();
    let letters = DeadLetters::open(&config.load()?.consume)?.list(LETTERS_MAX).await?;
    for DeadLetter { id, at_ms, reason, detail, origin, entry } in &letters {
        let bytes = entry.len();
        if json {
            let told = serde_json::json!({"id": id, "at_ms": at_ms, "reason": reason,
                "detail": detail, "origin": origin, "bytes": bytes});
            writeln!(out, "{told}")?;
        } else {
            let at = i64::try_from(*at_ms).ok().and_then(|ms| Timestamp::from_millisecond(ms).ok());
            let at = at.map(|at| at.to_string()).unwrap_or_default();
            writeln!(out, "{id}  {at}  {reason}  {bytes} bytes from {origin}: {detail}")?;
        }
    }
    Ok(ExitCode::SUCCESS)
}

impl Chosen {
    /// Where they are, and those that were named.
    async fn letters(&self) -> Result<(DeadLetters, Vec<DeadLetter>), Failure> {
        let place = DeadLetters::open(&self.config.load()?.consume)?;
        let mut letters = place.list(LETTERS_MAX).await?;
        let is_known = |id: &&String| letters.iter().any(|letter| letter.id == **id);
        if let Some(unknown) = self.ids.iter().find(|id| !is_known(id)) {
            return Err(Failure::UnknownLetter(unknown.clone()));
        }
        letters.retain(|letter| self.all || self.ids.contains(&letter.id));
        Ok((place, letters))
    }
}

fn done(what: &str, count: usize) -> Result<ExitCode, Failure> {
    writeln!(std::io::stdout(), "{count} {what}")?;
    Ok(ExitCode::SUCCESS)
}
