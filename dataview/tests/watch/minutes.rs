//! Which minutes are judged: each once, those that were missed too, and none before it is stored.

use crate::made::{CALLS, MINUTE, Made, NOON, OPS, store};
use dataview::model::{SessionId, TraceId};
use dataview::store::{
    Answer, AppKey, Appended, Batch, Breakdown, Bucket, ErrorGroup, ErrorOccurrence, Listed, Range,
    SeriesAsk, SessionRow, SessionsAsk, Store, StoreError, StoredDay, StoredFrame, TraceParts,
};
use dataview::watch::incident::State;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use tempfile::TempDir;

const ABSENCE: &str = r#"
    [[rules]]
    name = "silent"
    app = "bank"
    when = { type = "absence", measure = "api_calls", window_minutes = 2 }
    for_minutes = 1
    clear_minutes = 1
"#;

#[tokio::test]
async fn missed_minutes_are_caught_up_after_a_restart() {
    let rules = [OPS, CALLS].concat();
    let made = Made::new(&rules);
    made.minute(0, 100, 0).await;
    for minute in 1..20 {
        let bad = if (5..8).contains(&minute) { 50 } else { 0 };
        made.calls("bank", minute, "Shanghai", 50, bad).await;
    }
    let made = made.again(&rules);
    made.round(19).await;
    let incident = &made.incidents()[0];
    assert_eq!(
        (incident.opened_at, incident.resolved_at),
        (NOON + 7 * MINUTE, Some(NOON + 11 * MINUTE))
    );
    assert_eq!(made.told(), ["ops opened", "ops resolved"]);
    made.round(19).await;
    assert_eq!(made.told().len(), 2, "no minute is judged twice");
}

#[tokio::test]
async fn what_is_too_long_ago_is_skipped_and_counted() {
    let made = Made::new(&[OPS, CALLS].concat());
    made.minute(0, 100, 0).await;
    made.calls("bank", 1, "Shanghai", 0, 100).await;
    made.calls("bank", 2, "Shanghai", 0, 100).await;
    made.round(300).await;
    assert!(made.incidents().is_empty());
    assert_eq!(made.keep.numbers().unwrap()["alert_minutes_skipped"], 60);
}

#[tokio::test]
async fn a_minute_waits_until_it_is_stored() {
    let made = Made::new(&[OPS, CALLS, ABSENCE].concat());
    made.minute(0, 100, 0).await;
    made.minute(1, 100, 0).await;
    // The chain lags: what the next minutes had is not stored yet.
    made.stored_until.store(NOON + 2 * MINUTE, Ordering::Relaxed);
    for minute in 2..10 {
        made.round(minute).await;
        assert!(made.incidents().is_empty(), "what is not stored is not absent: {minute}");
    }
    for minute in 2..10 {
        made.calls("bank", minute, "Shanghai", 100, 0).await;
    }
    made.stored_until.store(u64::MAX, Ordering::Relaxed);
    made.round(10).await;
    assert!(made.incidents().is_empty());
    for minute in 11..13 {
        made.round(minute).await;
    }
    assert_eq!(made.incidents()[0].parts[0].rule, "silent", "now there is nothing");
    // It does not wait for ever: thresholds are judged by what is there.
    made.stored_until.store(NOON, Ordering::Relaxed);
    for minute in 13..20 {
        made.calls("bank", minute, "Shanghai", 0, 100).await;
    }
    made.round(32).await;
    let rules: Vec<_> = made.incidents().iter().map(|one| one.parts[0].rule.clone()).collect();
    assert_eq!(rules, ["silent", "calls"]);
}

#[tokio::test]
async fn a_store_that_does_not_answer_is_counted_and_asked_again() {
    let folder = TempDir::new().unwrap();
    let inner = store(folder.path());
    let failing =
        Arc::new(Failing { inner, fails: AtomicBool::new(false), asked: AtomicU64::new(0) });
    let made = Made::over(failing.clone(), folder, &[OPS, CALLS].concat());
    made.minute(0, 100, 0).await;
    failing.fails.store(true, Ordering::Relaxed);
    for minute in 1..4 {
        made.minute(minute, 0, 100).await;
    }
    assert!(made.incidents().is_empty());
    assert_eq!(made.keep.numbers().unwrap()["evaluations_failed"], 3);
    failing.fails.store(false, Ordering::Relaxed);
    let asked = failing.asked.load(Ordering::Relaxed);
    made.minute(4, 0, 100).await;
    assert_eq!(made.incidents()[0].opened_at, NOON + 3 * MINUTE, "as if nothing had been");
    assert_eq!(failing.asked.load(Ordering::Relaxed) - asked, 4, "each missed minute once");
}

#[tokio::test]
async fn what_a_rule_has_found_ends_with_it() {
    let made = Made::new(&[OPS, CALLS].concat());
    for minute in 0..3 {
        made.minute(minute, 0, 100).await;
    }
    assert_eq!(made.incidents()[0].state, State::Open);
    made.rules(OPS).unwrap();
    made.round(3).await;
    assert_eq!(made.incidents()[0].state, State::Resolved);
    assert_eq!(made.told(), ["ops opened", "ops resolved"]);
}

/// A store that fails when it is told to.
struct Failing<S> {
    inner: S,
    fails: AtomicBool,
    asked: AtomicU64,
}

impl<S: Store> Store for Failing<S> {
    fn append(&self, batch: Batch) -> Answer<'_, Appended> {
        self.inner.append(batch)
    }
    fn apps(&self, range: Range) -> Answer<'_, Vec<String>> {
        self.inner.apps(range)
    }
    fn series(&self, ask: SeriesAsk) -> Answer<'_, Vec<Bucket>> {
        self.asked.fetch_add(1, Ordering::Relaxed);
        if self.fails.load(Ordering::Relaxed) {
            let error = StoreError::Unavailable("a test says so".to_owned());
            return Box::pin(std::future::ready(Err(error)));
        }
        self.inner.series(ask)
    }
    fn breakdown(&self, ask: Breakdown) -> Answer<'_, Vec<(String, Bucket)>> {
        self.inner.breakdown(ask)
    }
    fn sessions(&self, ask: SessionsAsk) -> Answer<'_, Listed<SessionRow>> {
        self.inner.sessions(ask)
    }
    fn session(
        &self,
        app: AppKey,
        id: SessionId,
        frames_max: usize,
    ) -> Answer<'_, Option<(SessionRow, Vec<StoredFrame>)>> {
        self.inner.session(app, id, frames_max)
    }
    fn errors(&self, app: AppKey, range: Range) -> Answer<'_, Vec<ErrorGroup>> {
        self.inner.errors(app, range)
    }
    fn occurrences(
        &self,
        app: AppKey,
        fingerprint: u64,
        range: Range,
        limit: usize,
    ) -> Answer<'_, Vec<ErrorOccurrence>> {
        self.inner.occurrences(app, fingerprint, range, limit)
    }
    fn trace(&self, id: TraceId, near_ms: u64) -> Answer<'_, TraceParts> {
        self.inner.trace(id, near_ms)
    }
    fn days(&self) -> Answer<'_, Vec<StoredDay>> {
        self.inner.days()
    }
}
