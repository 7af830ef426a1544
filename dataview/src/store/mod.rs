//! Where everything is kept, behind one trait.

mod ask;
pub mod clickhouse;
mod error;
mod feed;
pub mod sqlite;

pub use ask::{
    AppKey, Breakdown, Bucket, DayState, ErrorGroup, ErrorOccurrence, Filter, Listed, Range,
    SeriesAsk, SessionRow, SessionsAsk, StoredDay, StoredFrame, TraceParts,
};
pub use error::StoreError;
pub use feed::{FedFrame, Feed, FeedCursor, Feeder, NoCursor};

use crate::model::{FrameFacts, Hop, LogLine, SessionId, Span, TraceId};
use futures_util::future::BoxFuture;

/// What is stored in one step: all of it or nothing.
#[derive(Debug, Clone, Default)]
pub struct Batch {
    /// Frames of clients.
    pub frames: Vec<FrameFacts>,
    /// Spans of services.
    pub spans: Vec<Span>,
    /// Lines of services' logs.
    pub logs: Vec<LogLine>,
    /// Requests that proxies have seen.
    pub hops: Vec<Hop>,
}

/// What became of a batch.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Appended {
    /// Frames that are new.
    pub frames: u64,
    /// Events in them.
    pub events: u64,
    /// Frames that were there already, by (application, session, sequence).
    pub duplicates: u64,
    /// Spans, log lines and hops that are new.
    pub others: u64,
    /// Frames whose day has let go of its raw data, and with them of the marks by which a repeat is
    /// known. They may be counted already and are not stored.
    pub too_old: u64,
}

/// What the store answers, when it has looked.
pub type Answer<'a, T> = BoxFuture<'a, Result<T, StoreError>>;

/// The store. Every answer is of what was committed before the question.
pub trait Store: Send + Sync {
    /// Stores `batch` durably. A frame that is there already, and a span, changes nothing, and no
    /// roll-up either: counts are exact however often a batch comes again. Nor does a measure that
    /// counts [`once`](crate::model::Measure::once) and did already. Frames that are
    /// [too old](Appended::too_old) are left out.
    ///
    /// # Errors
    /// When it is not stored; then nothing of it is.
    fn append(&self, batch: Batch) -> Answer<'_, Appended>;

    /// The applications that have sent something in `range`.
    ///
    /// # Errors
    /// When the store cannot be read.
    fn apps(&self, range: Range) -> Answer<'_, Vec<String>>;

    /// Roll-ups of one metric in steps, for one value of a dimension.
    ///
    /// # Errors
    /// When the store cannot be read.
    fn series(&self, ask: SeriesAsk) -> Answer<'_, Vec<Bucket>>;

    /// Roll-ups over the whole range, by the values of a dimension, the most frequent first.
    ///
    /// # Errors
    /// When the store cannot be read.
    fn breakdown(&self, ask: Breakdown) -> Answer<'_, Vec<(String, Bucket)>>;

    /// Sessions, the newest first.
    ///
    /// # Errors
    /// When the store cannot be read.
    fn sessions(&self, ask: SessionsAsk) -> Answer<'_, Listed<SessionRow>>;

    /// One session, with its frames in their order, at most `frames_max` of them.
    ///
    /// # Errors
    /// When the store cannot be read.
    fn session(
        &self,
        app: AppKey,
        id: SessionId,
        frames_max: usize,
    ) -> Answer<'_, Option<(SessionRow, Vec<StoredFrame>)>>;

    /// Errors by fingerprint, the most frequent first.
    ///
    /// # Errors
    /// When the store cannot be read.
    fn errors(&self, app: AppKey, range: Range) -> Answer<'_, Vec<ErrorGroup>>;

    /// The occurrences of one fingerprint, the newest first.
    ///
    /// # Errors
    /// When the store cannot be read.
    fn occurrences(
        &self,
        app: AppKey,
        fingerprint: u64,
        range: Range,
        limit: usize,
    ) -> Answer<'_, Vec<ErrorOccurrence>>;

    /// Everything that is known of a trace that was made about `near_ms`.
    ///
    /// # Errors
    /// When the store cannot be read.
    fn trace(&self, id: TraceId, near_ms: u64) -> Answer<'_, TraceParts>;

    /// The parts that the store is kept in, the oldest first.
    ///
    /// # Errors
    /// When the store cannot be read.
    fn days(&self) -> Answer<'_, Vec<StoredDay>>;

    /// Days of `range`, e.g. 2026-11-26 (UTC), of which something is damaged and was passed over: the
    /// newest, at most 100, in their order. None where the store looks after that by itself.
    fn damaged_days(&self, range: Range) -> Vec<String> {
        let _ = range;
        Vec::new()
    }

    /// Why old days could not be rolled up or let go the last time; `None` when they could, or where
    /// the store does that by itself.
    fn untidy(&self) -> Option<String> {
        None
    }
}
