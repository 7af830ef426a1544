//! A store in memory that fails when it is told to.

use dataview::model::{FrameFacts, SessionId, TraceId};
use dataview::store::{
    Answer, AppKey, Appended, Batch, Breakdown, Bucket, ErrorGroup, ErrorOccurrence, Listed, Range,
    SeriesAsk, SessionRow, SessionsAsk, Store, StoreError, StoredDay, StoredFrame, TraceParts,
};
use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard};

/// By application, session and sequence.
type Key = (String, SessionId, u64);

#[derive(Default)]
pub(crate) struct FakeStore {
    frames: Mutex<BTreeMap<Key, FrameFacts>>,
    fails: Mutex<Option<Fails>>,
    asked: Mutex<u64>,
}

/// How.
#[derive(Clone, Copy)]
pub(crate) enum Fails {
    /// All of it, for now.
    Away,
    /// The day that has this time is damaged.
    Damaged(u64),
    /// What was received at this time makes it panic.
    Panics(u64),
}

impl FakeStore {
    pub(crate) fn len(&self) -> usize {
        self.frames().len()
    }

    pub(crate) fn fail(&self, fails: Option<Fails>) {
        *self.fails.lock().expect("not poisoned") = fails;
    }

    /// How often something was to be stored.
    pub(crate) fn asked(&self) -> u64 {
        *self.asked.lock().expect("not poisoned")
    }

    fn frames(&self) -> MutexGuard<'_, BTreeMap<Key, FrameFacts>> {
        self.frames.lock().expect("not poisoned")
    }

    fn keep(&self, batch: Batch) -> Result<Appended, StoreError> {
        *self.asked.lock().expect("not poisoned") += 1;
        match *self.fails.lock().expect("not poisoned") {
            Some(Fails::Away) => return Err(StoreError::Unavailable("told to".to_owned())),
            Some(Fails::Damaged(at)) if batch.frames.iter().any(|it| it.received_at_ms == at) => {
                return Err(StoreError::Damaged {
                    place: "a day".to_owned(),
                    what: "told to".into(),
                });
            }
            Some(Fails::Panics(at)) if batch.frames.iter().any(|it| it.received_at_ms == at) => {
                return Err(StoreError::Wrong("a batch made the store panic".to_owned()));
            }
            _ => {}
        }
        let mut appended = Appended::default();
        for frame in batch.frames {
            let key = (frame.app.clone(), frame.session, frame.sequence);
            let events = u64::from(frame.of_session.events);
            if self.frames().insert(key, frame).is_some() {
                appended.duplicates += 1;
            } else {
                appended.frames += 1;
                appended.events += events;
            }
        }
        Ok(appended)
    }
}

/// Nobody asks it.
fn nothing<'a, T: Default + Send + 'a>() -> Answer<'a, T> {
    Box::pin(async { Ok(T::default()) })
}

impl Store for FakeStore {
    fn append(&self, batch: Batch) -> Answer<'_, Appended> {
        let kept = self.keep(batch);
        Box::pin(async { kept })
    }

    fn apps(&self, _: Range) -> Answer<'_, Vec<String>> {
        nothing()
    }

    fn series(&self, _: SeriesAsk) -> Answer<'_, Vec<Bucket>> {
        nothing()
    }

    fn breakdown(&self, _: Breakdown) -> Answer<'_, Vec<(String, Bucket)>> {
        nothing()
    }

    fn sessions(&self, _: SessionsAsk) -> Answer<'_, Listed<SessionRow>> {
        Box::pin(async { Ok(Listed { items: Vec::new(), next: None }) })
    }

    fn session(
        &self,
        _: AppKey,
        _: SessionId,
        _: usize,
    ) -> Answer<'_, Option<(SessionRow, Vec<StoredFrame>)>> {
        Box::pin(async { Ok(None) })
    }

    fn errors(&self, _: AppKey, _: Range) -> Answer<'_, Vec<ErrorGroup>> {
        nothing()
    }

    fn occurrences(
        &self,
        _: AppKey,
        _: u64,
        _: Range,
        _: usize,
    ) -> Answer<'_, Vec<ErrorOccurrence>> {
        nothing()
    }

    fn days(&self) -> Answer<'_, Vec<StoredDay>> {
        nothing()
    }

    fn trace(&self, _: TraceId, _: u64) -> Answer<'_, TraceParts> {
        nothing()
    }
}
