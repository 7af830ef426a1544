//! The embedded store: SQLite, a file a day.
//!
//! A day's file has everything that was received on that day (UTC), and its roll-ups, so that a
//! frame, the mark by which its repeat is known and what it counted are one transaction. One thread
//! writes; readers have connections of their own and wait for nobody.
//!
//! Where to look: `kept.sql` and `raw.sql` for the tables, `write` for what a frame becomes, `read`
//! for the questions, `tidy` for hours, days and retention, `limits` for the bounds.

mod catalog;
mod day;
mod fault;
mod file;
mod limits;
mod lock;
mod making;
mod read;
mod schema;
mod sessions;
mod tidy;
mod write;

use super::{
    Answer, AppKey, Appended, Batch, Breakdown, Bucket, ErrorGroup, ErrorOccurrence, Feed,
    FeedCursor, Feeder, Listed, Range, SeriesAsk, SessionRow, SessionsAsk, Store, StoreError,
    StoredDay, StoredFrame, TraceParts,
};
use crate::model::{SessionId, TraceId};
use catalog::Catalog;
use day::Day;
use limits::{READ_TIME_MAX, READERS_MAX};
use lock::Lock;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Instant, SystemTime, UNIX_EPOCH};
use tokio::sync::{Semaphore, watch};
use write::Writer;

/// How the store is kept.
#[derive(Debug, Clone)]
pub struct Options {
    /// Its folder; made when it is not there.
    pub folder: PathBuf,
    /// What a batch that was appended survives.
    pub durability: Durability,
    /// How long things are kept.
    pub retention: Retention,
    /// The time, in ms since the Unix epoch.
    pub clock: fn() -> u64,
}

/// What a batch that was appended survives.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Durability {
    /// The process being killed, but not the machine losing power, which may take the last seconds:
    /// they must come again from the buffer then.
    Process,
    /// The machine losing power as well: forced to the disk before it is answered.
    #[default]
    Power,
}

/// How long things are kept. Raw data go first, roll-ups stay: sessions, frames, traces and minutes
/// are raw; hours, days and groups of errors are not.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Retention {
    /// Whole days that raw data are kept beside today.
    pub raw_days: u16,
    /// Whole days that roll-ups are kept beside today; not less than the raw data.
    pub rollup_days: u16,
    /// Bytes of all days together. When there are more, raw data go earlier, the oldest day first,
    /// then roll-ups; never today's.
    pub bytes_max: Option<u64>,
}

impl Default for Retention {
    fn default() -> Self {
        Self { raw_days: 30, rollup_days: 400, bytes_max: None }
    }
}

impl Retention {
    /// The oldest day whose raw data are kept.
    fn oldest_raw(&self, today: Day) -> Day {
        Day(today.0 - i32::from(self.raw_days))
    }
}

impl Options {
    /// The defaults, in `folder`.
    #[must_use]
    pub fn new(folder: PathBuf) -> Self {
        let clock = || {
            let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
            u64::try_from(since.as_millis()).unwrap_or(u64::MAX)
        };
        Self { folder, durability: Durability::default(), retention: Retention::default(), clock }
    }
}

/// The store in a folder.
#[derive(Debug)]
pub struct SqliteStore {
    catalog: Arc<Catalog>,
    writer: Writer,
    /// Counts what is appended.
    changes: watch::Sender<u64>,
    readers: Arc<Semaphore>,
    // Last, so that the folder is free when everything is closed.
    _lock: Lock,
}

impl SqliteStore {
    /// Opens the store, and makes it when it is not there. Blocks: it looks at every file.
    ///
    /// # Errors
    /// When the folder cannot be used, another process has it, or a newer version has written a
    /// file. A damaged file is none: the others serve, and [`Store::days`] tells which it is.
    pub fn open(options: Options) -> Result<Self, StoreError> {
        let unavailable =
            |error| StoreError::Unavailable(format!("{}: {error}", options.folder.display()));
        std::fs::create_dir_all(&options.folder).map_err(unavailable)?;
        let lock = Lock::take(&options.folder)?;
        let catalog = Arc::new(Catalog::open(&options.folder)?);
        let writer = Writer::start(Arc::clone(&catalog), options)?;
        let (changes, readers) = (watch::Sender::new(0), Arc::new(Semaphore::new(READERS_MAX)));
        Ok(Self { catalog, writer, changes, readers, _lock: lock })
    }

    /// Rolls up the hours and days that are over and lets go of what is too old, as it does by
    /// itself every 20 s.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub async fn tidy(&self) -> Result<(), StoreError> {
        self.writer.tidy().await
    }

    fn look<T: Send + 'static>(
        &self,
        ask: impl Fn(&Catalog, Instant) -> Result<T, StoreError> + Send + 'static,
    ) -> Answer<'_, T> {
        let catalog = Arc::clone(&self.catalog);
        Box::pin(async move {
            let closed = |_| StoreError::Unavailable("it is being closed".to_owned());
            let _turn = self.readers.acquire().await.map_err(closed)?;
            let deadline = Instant::now() + READ_TIME_MAX;
            let answer = move || {
                let files = catalog.generation();
                match ask(&catalog, deadline) {
                    // A day was let go or rolled up in between: what is there now has the answer.
                    Err(StoreError::Unavailable(_)) if catalog.generation() != files => {
                        ask(&catalog, deadline)
                    }
                    answer => answer,
                }
            };
            tokio::task::spawn_blocking(answer).await.unwrap_or_else(|error| {
                Err(StoreError::Unavailable(format!("a question failed: {error}")))
            })
        })
    }
}

impl Store for SqliteStore {
    fn append(&self, batch: Batch) -> Answer<'_, Appended> {
        Box::pin(async move {
            let appended = self.writer.append(batch).await?;
            self.changes.send_modify(|count| *count += 1);
            Ok(appended)
        })
    }

    fn apps(&self, range: Range) -> Answer<'_, Vec<String>> {
        self.look(move |catalog, deadline| read::apps(catalog, deadline, range))
    }

    fn series(&self, ask: SeriesAsk) -> Answer<'_, Vec<Bucket>> {
        self.look(move |catalog, deadline| read::series(catalog, deadline, &ask))
    }

    fn breakdown(&self, ask: Breakdown) -> Answer<'_, Vec<(String, Bucket)>> {
        self.look(move |catalog, deadline| read::breakdown(catalog, deadline, &ask))
    }

    fn sessions(&self, ask: SessionsAsk) -> Answer<'_, Listed<SessionRow>> {
        self.look(move |catalog, deadline| read::sessions(catalog, deadline, &ask))
    }

    fn session(
        &self,
        app: AppKey,
        id: SessionId,
        frames_max: usize,
    ) -> Answer<'_, Option<(SessionRow, Vec<StoredFrame>)>> {
        self.look(move |catalog, deadline| read::session(catalog, deadline, &app, id, frames_max))
    }

    fn errors(&self, app: AppKey, range: Range) -> Answer<'_, Vec<ErrorGroup>> {
        self.look(move |catalog, deadline| read::errors(catalog, deadline, &app, range))
    }

    fn occurrences(
        &self,
        app: AppKey,
        fingerprint: u64,
        range: Range,
        limit: usize,
    ) -> Answer<'_, Vec<ErrorOccurrence>> {
        self.look(move |catalog, deadline| {
            read::occurrences(catalog, deadline, &app, fingerprint, range, limit)
        })
    }

    fn trace(&self, id: TraceId, near_ms: u64) -> Answer<'_, TraceParts> {
        self.look(move |catalog, deadline| read::trace(catalog, deadline, id, near_ms))
    }

    fn days(&self) -> Answer<'_, Vec<StoredDay>> {
        self.look(|catalog, _| Ok(read::days(catalog)))
    }

    fn damaged_days(&self, range: Range) -> Vec<String> {
        read::damaged_days(&self.catalog, range)
    }

    fn untidy(&self) -> Option<String> {
        self.writer.untidy()
    }
}

impl Feeder for SqliteStore {
    fn feed(&self, after: FeedCursor, limit: usize) -> Answer<'_, Feed> {
        self.look(move |catalog, deadline| read::feed(catalog, deadline, &after, limit))
    }

    fn feed_end(&self) -> Answer<'_, FeedCursor> {
        self.look(|catalog, _| Ok(read::feed_end(catalog)))
    }

    fn changes(&self) -> watch::Receiver<u64> {
        self.changes.subscribe()
    }
}
