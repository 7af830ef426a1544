//! The journal of an ingest on the same machine, read from where we had come to.

mod position;
mod registered;

use super::counters::{DropReason, ShardHealth, WaitingCode};
use super::keep::Keeping;
use super::limits::{BLOCK, ENTRIES_READ_MAX, REPLAY_EVERY, RETRY_MIN};
use super::prepare::Arrived;
use super::settings::JournalSource;
use super::stop::Stopped;
use dna_buffer::journal::{Identity, JournalReader, Place};
use position::Position;
use registered::Registered;
use std::convert::Infallible;
use std::time::{Duration, SystemTime};
use tokio::time::Instant;

/// Who waits, in health and logs.
const WHO: &str = "journal";

/// Why reading ended for now.
enum Ended {
    Stopped,
    Failed(String),
    /// Another journal is there than the one that was read.
    Another,
}

impl From<Stopped> for Ended {
    fn from(_: Stopped) -> Self {
        Self::Stopped
    }
}

/// Reads until it is told to stop.
pub(super) async fn run(source: JournalSource, keeping: Keeping) {
    let mut pause = RETRY_MIN;
    while !keeping.stop.is_told() {
        let why = match consume(&source, &keeping, &mut pause).await {
            Ended::Stopped => return,
            Ended::Another => continue,
            Ended::Failed(why) => why,
        };
        if keeping.wait(WHO, WaitingCode::Buffer, &why, &mut pause).await.is_err() {
            return;
        }
    }
}

async fn consume(source: &JournalSource, keeping: &Keeping, pause: &mut Duration) -> Ended {
    let Err(ended) = read(source, keeping, pause).await;
    ended
}

async fn read(
    source: &JournalSource,
    keeping: &Keeping,
    pause: &mut Duration,
) -> Result<Infallible, Ended> {
    let journal = identity(source)?;
    let position = begin(source, keeping, journal.as_ref())?;
    let place = Place { segment: position.segment, offset: position.offset };
    let reader = JournalReader::open_at(source.dir.clone(), place, position.records).await;
    let mut reader = reader.map_err(|error| Ended::Failed(error.to_string()))?;
    let mut registered = Registered::new(source, journal.as_ref().map(|it| &*it.id));
    // Where our segment is gone we begin with the first one that is there, which may have a lower
    // number: nothing is safe with us yet.
    registered.tell(reader.place().map_or(0, |(place, _)| place.segment));
    let (mut damage, mut replay_at) = (reader.damage().runs, Instant::now());
    loop {
        if Instant::now() >= replay_at {
            replay(keeping).await?;
            replay_at = Instant::now() + REPLAY_EVERY;
        }
        let read = keeping.stop.unless(reader.next(ENTRIES_READ_MAX, BLOCK)).await?;
        let read = read.map_err(|error| Ended::Failed(error.to_string()))?;
        if let Some(last) = read.last() {
            let lag_ms = now_ms().saturating_sub(last.kept_at_ms);
            let arrived = read.into_iter().map(|kept| Arrived {
                shard: kept.shard,
                origin: kept.id,
                bytes: kept.bytes,
            });
            keeping.keep(WHO, arrived.collect()).await?;
            // The place may be one of a journal that is gone, and is none then.
            is_still(source, journal.as_ref())?;
            write_position(source, &reader, journal.as_ref(), &mut registered)?;
            tell_lag(keeping, lag_ms);
        } else {
            is_still(source, journal.as_ref())?;
            tell_lag(keeping, 0);
        }
        if keeping.counters.goes_on(WHO) {
            tracing::info!("reads the journal again");
        }
        let runs = reader.damage().runs;
        keeping.counters.dropped(DropReason::JournalDamage, runs.saturating_sub(damage));
        damage = runs;
        *pause = RETRY_MIN;
    }
}

/// Where reading begins: where we had come to, or at the beginning of a journal that is another.
/// Of what is stored already nothing is counted twice; passed over, it would be lost.
fn begin(
    source: &JournalSource,
    keeping: &Keeping,
    journal: Option<&Identity>,
) -> Result<Position, Ended> {
    let position = Position::read(&source.state_dir).map_err(Ended::Failed)?;
    if position.is_of(journal) || position.is_beginning() {
        return Ok(position);
    }
    let (dir, segment) = (source.dir.display(), position.segment);
    tracing::warn!(%dir, segment, "it is another journal than the one that was read up to this \
        segment: it is read from its beginning");
    let position = Position { journal: journal.map(|it| it.id.clone()), ..Position::default() };
    position.write(&source.state_dir).map_err(Ended::Failed)?;
    keeping.counters.begins_journal();
    Ok(position)
}

fn identity(source: &JournalSource) -> Result<Option<Identity>, Ended> {
    let failed = |error| Ended::Failed(format!("{}: {error}", source.dir.display()));
    Identity::read(&source.dir).map_err(failed)
}

/// Ends reading when another journal has been put where `journal` was.
fn is_still(source: &JournalSource, journal: Option<&Identity>) -> Result<(), Ended> {
    if identity(source)?.as_ref() == journal { Ok(()) } else { Err(Ended::Another) }
}

fn write_position(
    source: &JournalSource,
    reader: &JournalReader,
    journal: Option<&Identity>,
    registered: &mut Registered<'_>,
) -> Result<(), Ended> {
    let Some((place, records)) = reader.place() else { return Ok(()) };
    let journal = journal.map(|it| it.id.clone());
    let position = Position { segment: place.segment, offset: place.offset, records, journal };
    position.write(&source.state_dir).map_err(Ended::Failed)?;
    // Only now: what is before is gone as soon as we say that we have it.
    registered.tell(place.segment);
    Ok(())
}

fn tell_lag(keeping: &Keeping, lag_ms: u64) {
    keeping.counters.lags(ShardHealth { lag_ms, ..ShardHealth::default() });
    if let Some(Ok(count)) = keeping.dead.files().map(super::dead::Files::count) {
        keeping.counters.keeps_dead_letters(count);
    }
}

/// Stores what is to be replayed. What fails once more is a dead letter once more.
async fn replay(keeping: &Keeping) -> Result<(), Ended> {
    let Some(files) = keeping.dead.files() else { return Ok(()) };
    let failed = |error: super::DeadLettersError| Ended::Failed(error.to_string());
    let (letters, unreadable) = files.to_replay(ENTRIES_READ_MAX).map_err(failed)?;
    keeping.counters.dropped(DropReason::ReplayUnreadable, unreadable);
    let (ids, arrived): (Vec<_>, Vec<_>) = letters.into_iter().unzip();
    if ids.is_empty() {
        return Ok(());
    }
    keeping.keep(WHO, arrived).await?;
    ids.iter().try_for_each(|id| files.replayed(id)).map_err(failed)
}

fn now_ms() -> u64 {
    let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
    u64::try_from(since.as_millis()).unwrap_or(u64::MAX)
}
