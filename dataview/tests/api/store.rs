//! A store that answers what a test has put in, or fails as a test wants.

use bytes::Bytes;
use dataview::model::{FrameFacts, Metric, SessionFacts, SessionId, TraceId, UserChange};
use dataview::store::{
    Answer, AppKey, Appended, Batch, Breakdown, Bucket, ErrorGroup, ErrorOccurrence, Listed, Range,
    SeriesAsk, SessionRow, SessionsAsk, Store, StoreError, StoredDay, StoredFrame, TraceParts,
};
use std::sync::Mutex;

/// A failure, made anew for each question.
pub(crate) type Fault = fn() -> StoreError;

/// What the double holds, and what it was asked.
#[derive(Default)]
pub(crate) struct Double {
    pub(crate) buckets: Mutex<Vec<Bucket>>,
    pub(crate) rows: Mutex<Vec<(String, Bucket)>>,
    pub(crate) sessions: Mutex<Vec<SessionRow>>,
    pub(crate) frames: Mutex<Vec<StoredFrame>>,
    pub(crate) errors: Mutex<Vec<ErrorGroup>>,
    pub(crate) occurrences: Mutex<Vec<ErrorOccurrence>>,
    pub(crate) days: Mutex<Vec<StoredDay>>,
    pub(crate) trace: Mutex<TraceParts>,
    pub(crate) fault: Mutex<Option<Fault>>,
    pub(crate) asked: Mutex<Vec<String>>,
}

impl Double {
    fn answer<T: Send + 'static>(&self, asked: String, answer: T) -> Answer<'_, T> {
        self.asked.lock().unwrap().push(asked);
        let answer = match *self.fault.lock().unwrap() {
            Some(fault) => Err(fault()),
            None => Ok(answer),
        };
        Box::pin(std::future::ready(answer))
    }
}

/// A session that was active at `at_ms`.
pub(crate) fn session(number: u8, at_ms: u64) -> SessionRow {
    let user = UserChange::Known { hash: "ab12".to_owned(), tier: Some("vip".to_owned()) };
    let facts = SessionFacts {
        first_at_ms: at_ms,
        last_at_ms: at_ms + 1_000,
        user,
        region: Some("Guangdong".to_owned()),
        events: 7,
        ..SessionFacts::default()
    };
    SessionRow { app: "bank".to_owned(), id: SessionId([number; 16]), facts }
}

/// A bucket with nothing but a count.
pub(crate) fn count(at_ms: u64, metric: Metric, count: u64) -> Bucket {
    Bucket { at_ms, metric, count, sketch: None, uniques: None }
}

/// A stored frame of `entry`.
pub(crate) fn frame(sequence: u64, entry: Vec<u8>) -> StoredFrame {
    StoredFrame { sequence, received_at_ms: crate::server::NOW, entry: Bytes::from(entry) }
}

impl Store for Double {
    fn append(&self, batch: Batch) -> Answer<'_, Appended> {
        let _frames: Vec<FrameFacts> = batch.frames;
        self.answer("append".to_owned(), Appended::default())
    }

    fn apps(&self, range: Range) -> Answer<'_, Vec<String>> {
        let apps = vec!["shop".to_owned(), "bank".to_owned()];
        self.answer(format!("apps {} {}", range.from_ms, range.to_ms), apps)
    }

    fn series(&self, ask: SeriesAsk) -> Answer<'_, Vec<Bucket>> {
        let Range { from_ms, to_ms } = ask.range;
        let (dimension, value) = (ask.filter.dimension.name(), ask.filter.value);
        let asked =
            format!("series {} {dimension}={value} {from_ms} {to_ms} {}", ask.app, ask.step_ms);
        let buckets = self.buckets.lock().unwrap().clone();
        self.answer(asked, buckets)
    }

    fn breakdown(&self, ask: Breakdown) -> Answer<'_, Vec<(String, Bucket)>> {
        let rows = self.rows.lock().unwrap().clone();
        self.answer(format!("breakdown {} {} {}", ask.app, ask.by.name(), ask.limit), rows)
    }

    fn sessions(&self, ask: SessionsAsk) -> Answer<'_, Listed<SessionRow>> {
        let all = self.sessions.lock().unwrap().clone();
        let skip: usize = ask.cursor.as_deref().map_or(0, |cursor| cursor.parse().unwrap());
        let asked =
            format!("sessions {} {:?} {:?} {}", ask.app, ask.user, ask.filters, ask.troubled);
        let end = (skip + ask.limit).min(all.len());
        let next = (end < all.len()).then(|| end.to_string());
        self.answer(asked, Listed { items: all[skip..end].to_vec(), next })
    }

    fn session(
        &self,
        app: AppKey,
        id: SessionId,
        _frames_max: usize,
    ) -> Answer<'_, Option<(SessionRow, Vec<StoredFrame>)>> {
        let row = self.sessions.lock().unwrap().iter().find(|row| row.id == id).cloned();
        let frames = self.frames.lock().unwrap().clone();
        self.answer(format!("session {app} {id}"), row.map(|row| (row, frames)))
    }

    fn errors(&self, app: AppKey, _range: Range) -> Answer<'_, Vec<ErrorGroup>> {
        let groups = self.errors.lock().unwrap().clone();
        self.answer(format!("errors {app}"), groups)
    }

    fn occurrences(
        &self,
        app: AppKey,
        fingerprint: u64,
        _range: Range,
        _limit: usize,
    ) -> Answer<'_, Vec<ErrorOccurrence>> {
        let found = self.occurrences.lock().unwrap().clone();
        self.answer(format!("occurrences {app} {fingerprint:016x}"), found)
    }

    fn trace(&self, id: TraceId, near_ms: u64) -> Answer<'_, TraceParts> {
        let parts = self.trace.lock().unwrap().clone();
        self.answer(format!("trace {id} {near_ms}"), parts)
    }

    fn days(&self) -> Answer<'_, Vec<StoredDay>> {
        let days = self.days.lock().unwrap().clone();
        self.answer("days".to_owned(), days)
    }
}
