//! The store past one machine: ClickHouse, over its HTTP interface.
//!
//! The same questions as of the SQLite store, answered by ClickHouse from rows of single measures:
//! it reads what SQLite must have rolled up before. `tables.sql` says how counts stay exact.
//! One DataView writes; ClickHouse's own replication is behind it.

mod http;
mod limits;
mod read;
mod register;
mod rows;
mod write;

use super::{
    Answer, AppKey, Appended, Batch, Breakdown, Bucket, ErrorGroup, ErrorOccurrence, Feed,
    FeedCursor, Feeder, Listed, Range, SeriesAsk, SessionRow, SessionsAsk, Store, StoreError,
    StoredDay, StoredFrame, TraceParts,
};
use crate::model::{SessionId, TraceId};
use http::Http;
use tokio::sync::{Mutex, watch};
use write::Places;

/// A day, in ms.
const DAY_MS: u64 = 24 * 3600 * 1000;

const TABLES: &str = include_str!("tables.sql");

/// Where ClickHouse is, and how long it keeps things.
#[derive(Clone)]
pub struct Options {
    /// Its HTTP interface: `http://HOST:8123` or `https://HOST:8443`.
    pub url: String,
    /// The database: letters, digits and `_`. Made when it is not there.
    pub database: String,
    /// Who we are there.
    pub user: String,
    /// The password.
    pub password: String,
    /// Days that sessions, frames, traces and errors are kept.
    pub raw_days: u16,
    /// Days that figures are kept.
    pub rollup_days: u16,
    /// Now, in ms since the Unix epoch.
    pub clock: fn() -> u64,
}

impl std::fmt::Debug for Options {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Options").field("database", &self.database).finish_non_exhaustive()
    }
}

/// The store in a database of ClickHouse.
pub struct ClickHouseStore {
    http: Http,
    /// One batch is written at a time: what is told in the order in which it was stored has one.
    places: Mutex<Places>,
    changes: watch::Sender<u64>,
    raw_days: u16,
    /// Now, in ms since the Unix epoch.
    clock: fn() -> u64,
}

impl std::fmt::Debug for ClickHouseStore {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("ClickHouseStore")
    }
}

impl ClickHouseStore {
    /// Opens the database, and makes it and its tables when they are not there.
    ///
    /// # Errors
    /// When ClickHouse cannot be used.
    pub async fn open(options: &Options) -> Result<Self, StoreError> {
        let named = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_';
        if options.database.is_empty() || !options.database.bytes().all(named) {
            let found = &options.database;
            return Err(StoreError::Wrong(format!(
                "the database {found:?} is not allowed; expected letters, digits and `_`"
            )));
        }
        let outside = Options { database: "default".to_owned(), ..options.clone() };
        let make = format!("CREATE DATABASE IF NOT EXISTS {}", options.database);
        Http::new(&outside)?.run(&make).await?;
        let http = Http::new(options)?;
        let tables = TABLES
            .replace("{raw_days}", &options.raw_days.to_string())
            .replace("{rollup_days}", &options.rollup_days.to_string());
        for table in statements(&tables) {
            http.run(&table).await?;
        }
        let places = Mutex::new(Places::after(read::last_place(&http).await?));
        let (raw_days, clock) = (options.raw_days, options.clock);
        Ok(Self { http, places, changes: watch::Sender::new(0), raw_days, clock })
    }
}

/// The statements of a script, without its comments.
fn statements(script: &str) -> Vec<String> {
    let lines = script.lines().filter(|line| !line.trim_start().starts_with("--"));
    let script: Vec<&str> = lines.collect();
    let script = script.join("\n");
    script.split(';').map(str::trim).filter(|one| !one.is_empty()).map(str::to_owned).collect()
}

impl Store for ClickHouseStore {
    fn append(&self, batch: Batch) -> Answer<'_, Appended> {
        Box::pin(async move {
            let mut places = self.places.lock().await;
            // From then on the tables' TTL removes them.
            let kept_ms = u64::from(self.raw_days) * DAY_MS;
            let oldest_ms = (self.clock)().saturating_sub(kept_ms);
            let appended = write::append(&self.http, &mut places, batch, oldest_ms).await?;
            self.changes.send_modify(|count| *count += 1);
            Ok(appended)
        })
    }

    fn apps(&self, range: Range) -> Answer<'_, Vec<String>> {
        Box::pin(read::apps(&self.http, range))
    }

    fn series(&self, ask: SeriesAsk) -> Answer<'_, Vec<Bucket>> {
        Box::pin(read::series(&self.http, ask))
    }

    fn breakdown(&self, ask: Breakdown) -> Answer<'_, Vec<(String, Bucket)>> {
        Box::pin(read::breakdown(&self.http, ask))
    }

    fn sessions(&self, ask: SessionsAsk) -> Answer<'_, Listed<SessionRow>> {
        Box::pin(read::sessions(&self.http, ask))
    }

    fn session(
        &self,
        app: AppKey,
        id: SessionId,
        frames_max: usize,
    ) -> Answer<'_, Option<(SessionRow, Vec<StoredFrame>)>> {
        Box::pin(read::session(&self.http, app, id, frames_max))
    }

    fn errors(&self, app: AppKey, range: Range) -> Answer<'_, Vec<ErrorGroup>> {
        Box::pin(read::errors(&self.http, app, range))
    }

    fn occurrences(
        &self,
        app: AppKey,
        fingerprint: u64,
        range: Range,
        limit: usize,
    ) -> Answer<'_, Vec<ErrorOccurrence>> {
        Box::pin(read::occurrences(&self.http, app, fingerprint, range, limit))
    }

    fn trace(&self, id: TraceId, near_ms: u64) -> Answer<'_, TraceParts> {
        Box::pin(read::trace(&self.http, id, near_ms))
    }

    fn days(&self) -> Answer<'_, Vec<StoredDay>> {
        Box::pin(read::days(&self.http))
    }
}

impl Feeder for ClickHouseStore {
    fn feed(&self, after: FeedCursor, limit: usize) -> Answer<'_, Feed> {
        Box::pin(read::feed(&self.http, after, limit))
    }

    fn feed_end(&self) -> Answer<'_, FeedCursor> {
        Box::pin(read::feed_end(&self.http))
    }

    fn changes(&self) -> watch::Receiver<u64> {
        self.changes.subscribe()
    }
}
