//! `ingest tail`: what is kept, as lines. It reads the buffer itself, so what it shows has been
//! kept and nothing else.
//!
//! Exit codes: 0 when everything asked for was printed, or whoever read the output has gone;
//! 1 when the buffer cannot be read; 2 when an option is wrong.

mod describe;
mod escape;
mod line;
mod stack;

use self::escape::EscapedJson;
use crate::buffer::show;
use dna_buffer::ReadError;
use dna_buffer::read::{BufferReader, Kept, Source, Start};
use dna_buffer::redis::RedisAddress;
use dna_source_maps::{Maps, resolve};
use jiff::tz::TimeZone;
use std::io::{self, Write};
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

/// Entries of the past that a follower begins with, for context.
const CONTEXT: usize = 10;

/// Entries that are read at once.
const BATCH: usize = 256;

/// How long one look for new entries waits.
const FOLLOW_WAIT: Duration = Duration::from_secs(5);

/// How long the one look without following waits: what is there is there at once.
const NO_WAIT: Duration = Duration::from_millis(1);

/// The pause before a follower tries again to read a buffer that is away.
const RETRY_PAUSE: Duration = Duration::from_secs(1);

/// What to show, and how. The buffer is the configured one, unless `--journal` or `--redis`
/// names another.
#[derive(Debug, Clone, Default, clap::Args)]
#[command(after_help = "Exit codes: 0 all printed, or the reader of the output is gone; \
    1 the buffer cannot be read; 2 an option is wrong.")]
pub struct Options {
    /// Read the journal in this folder
    #[arg(long, value_name = "DIR", conflicts_with = "redis")]
    pub journal: Option<PathBuf>,
    /// Read the streams of this Redis, redis://[USER[:PASSWORD]@]HOST[:PORT][/DB]
    #[arg(long, value_name = "URL")]
    pub redis: Option<String>,
    /// Begin with the oldest entry; without it, with the last ten
    #[arg(long)]
    pub from_start: bool,
    /// Go on with what is kept from now on (the default)
    #[arg(long, overrides_with = "no_follow")]
    pub follow: bool,
    /// Print all that is there and end
    #[arg(long, overrides_with = "follow")]
    pub no_follow: bool,
    /// Print each entry as a JSON object on a line of its own
    #[arg(long)]
    pub json: bool,
    /// End after this many entries
    #[arg(long, value_name = "N")]
    pub limit: Option<u64>,
    /// Shows stacks as the source has them.
    #[arg(skip)]
    pub maps: Option<Arc<Maps>>,
}

impl Options {
    /// The buffer that the options name, if they name one.
    #[must_use]
    pub fn source(&self) -> Option<Source> {
        let journal = self.journal.clone().map(|dir| Source::Journal { dir });
        journal.or_else(|| self.redis_source())
    }

    fn redis_source(&self) -> Option<Source> {
        let address = RedisAddress::single(self.redis.clone()?);
        Some(Source::Redis { address, shards: None })
    }

    fn start(&self) -> Start {
        if self.from_start || self.no_follow { Start::Beginning } else { Start::Last(CONTEXT) }
    }
}

/// Why printing ended early.
#[derive(Debug, thiserror::Error)]
pub enum TailError {
    /// The buffer cannot be read.
    #[error("the buffer cannot be read: {0}")]
    Read(#[from] ReadError),
    /// The output cannot be written.
    #[error("the output cannot be written: {0}")]
    Write(#[from] io::Error),
}

/// Shows `source` on the standard output, in colours where it is a terminal that takes them.
pub async fn run(options: &Options, source: &Source) -> ExitCode {
    let outcome = if options.json {
        print(options, source, &mut io::stdout()).await
    } else {
        print(options, source, &mut anstream::stdout()).await
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(TailError::Write(error)) if error.kind() == io::ErrorKind::BrokenPipe => {
            ExitCode::SUCCESS
        }
        Err(error) => {
            notice(&format!("ingest tail: {error}"));
            ExitCode::FAILURE
        }
    }
}

/// Writes what the options ask for to `out`.
///
/// # Errors
/// When the buffer cannot be read or `out` not written. A follower waits for a buffer that goes
/// away later.
pub async fn print(
    options: &Options,
    source: &Source,
    out: &mut impl Write,
) -> Result<(), TailError> {
    let mut left = options.limit.unwrap_or(u64::MAX);
    let mut reader = BufferReader::open(source, options.start()).await?;
    let zone = TimeZone::system();
    let wait = if options.no_follow { NO_WAIT } else { FOLLOW_WAIT };
    let mut away = false;
    while left > 0 {
        let batch = match reader.next(BATCH, wait).await {
            Ok(batch) => batch,
            Err(error) if options.no_follow => return Err(error.into()),
            Err(error) => {
                if !std::mem::replace(&mut away, true) {
                    notice(&format!("ingest tail: the buffer is away, waiting: {error}"));
                }
                tokio::time::sleep(RETRY_PAUSE).await;
                continue;
            }
        };
        if std::mem::take(&mut away) {
            notice("ingest tail: the buffer is back");
        }
        if batch.is_empty() && options.no_follow {
            break;
        }
        for kept in batch.iter().take(usize::try_from(left).unwrap_or(usize::MAX)) {
            write_entry(options, kept, &zone, out)?;
            left -= 1;
        }
        out.flush()?;
    }
    let damage = reader.damage();
    if damage.runs > 0 {
        let (runs, bytes) = (damage.runs, damage.bytes);
        notice(&format!("ingest tail: passed over {runs} damaged places of {bytes} bytes"));
    }
    Ok(())
}

fn write_entry(
    options: &Options,
    kept: &Kept,
    zone: &TimeZone,
    out: &mut impl Write,
) -> io::Result<()> {
    let maps = options.maps.as_deref();
    if options.json {
        return writeln!(out, "{}", EscapedJson(&show::resolved_json(kept, maps).to_string()));
    }
    match show::entry(kept) {
        Ok(entry) => entry.frame.events.iter().try_for_each(|event| {
            line::write(out, &entry, event, zone)?;
            match maps.and_then(|maps| resolve(maps, &entry, event)) {
                Some(stack) => stack::write(out, &stack),
                None => Ok(()),
            }
        }),
        Err(problem) => writeln!(out, "{}: unreadable entry: {problem}", kept.id),
    }
}

/// Says something beside the output.
fn notice(text: &str) {
    // A standard error that is closed leaves nobody to tell.
    let _ = writeln!(io::stderr(), "{text}");
}
