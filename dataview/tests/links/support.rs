//! A store that keeps, and waiting.

use dataview::model::{Hop, LogLine, SessionId, Span, TraceId};
use dataview::store::{
    Answer, AppKey, Appended, Batch, Breakdown, Bucket, ErrorGroup, ErrorOccurrence, Listed, Range,
    SeriesAsk, SessionRow, SessionsAsk, Store, StoreError, StoredDay, StoredFrame, TraceParts,
};
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

/// A store of what it was given, without questions; it can be told to be away.
#[derive(Default)]
pub(crate) struct Kept {
    given: Mutex<Batch>,
    away: AtomicBool,
    refused: AtomicU64,
}

impl Kept {
    /// Takes nothing from now on, or all.
    pub(crate) fn away(&self, away: bool) {
        self.away.store(away, Ordering::Relaxed);
    }

    /// How often it took nothing.
    pub(crate) fn refused(&self) -> u64 {
        self.refused.load(Ordering::Relaxed)
    }

    pub(crate) fn hops(&self) -> Vec<Hop> {
        self.given.lock().expect("no panic").hops.clone()
    }

    pub(crate) fn logs(&self) -> Vec<LogLine> {
        self.given.lock().expect("no panic").logs.clone()
    }

    pub(crate) fn spans(&self) -> Vec<Span> {
        self.given.lock().expect("no panic").spans.clone()
    }

    fn nothing<T: Send + 'static>(&self) -> Answer<'_, T> {
        self.refused.fetch_add(1, Ordering::Relaxed);
        Box::pin(async { Err(StoreError::Unavailable("it only keeps".to_owned())) })
    }
}

impl Store for Kept {
    fn append(&self, batch: Batch) -> Answer<'_, Appended> {
        if self.away.load(Ordering::Relaxed) {
            return self.nothing();
        }
        let mut given = self.given.lock().expect("no panic");
        given.hops.extend(batch.hops);
        given.spans.extend(batch.spans);
        given.logs.extend(batch.logs);
        Box::pin(async { Ok(Appended::default()) })
    }
    fn apps(&self, _: Range) -> Answer<'_, Vec<String>> {
        self.nothing()
    }
    fn series(&self, _: SeriesAsk) -> Answer<'_, Vec<Bucket>> {
        self.nothing()
    }
    fn breakdown(&self, _: Breakdown) -> Answer<'_, Vec<(String, Bucket)>> {
        self.nothing()
    }
    fn sessions(&self, _: SessionsAsk) -> Answer<'_, Listed<SessionRow>> {
        self.nothing()
    }
    fn session(
        &self,
        _: AppKey,
        _: SessionId,
        _: usize,
    ) -> Answer<'_, Option<(SessionRow, Vec<StoredFrame>)>> {
        self.nothing()
    }
    fn errors(&self, _: AppKey, _: Range) -> Answer<'_, Vec<ErrorGroup>> {
        self.nothing()
    }
    fn occurrences(
        &self,
        _: AppKey,
        _: u64,
        _: Range,
        _: usize,
    ) -> Answer<'_, Vec<ErrorOccurrence>> {
        self.nothing()
    }
    fn trace(&self, _: TraceId, _: u64) -> Answer<'_, TraceParts> {
        self.nothing()
    }
    fn days(&self) -> Answer<'_, Vec<StoredDay>> {
        self.nothing()
    }
}

/// Waits until `holds`; a test that waits longer than anything takes fails.
#[track_caller]
pub(crate) fn wait_for(what: &str, mut holds: impl FnMut() -> bool) {
    let begun = Instant::now();
    while !holds() {
        assert!(begun.elapsed() < Duration::from_secs(30), "waited in vain until {what}");
        std::thread::sleep(Duration::from_millis(10));
    }
}

pub(crate) fn now_seconds() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).expect("after 1970").as_secs()
}

pub(crate) fn now_us() -> u64 {
    now_seconds() * 1_000_000
}
