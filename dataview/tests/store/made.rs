//! Frames and stores for the tests.

use bytes::Bytes;
use dataview::model::{
    Dimension, ErrorFact, FrameFacts, Measure, Metric, SessionFacts, SessionId, UserChange, Value,
};
use dataview::store::sqlite::{Options, SqliteStore};
use dataview::store::{Appended, Batch, Filter, Range, SeriesAsk, Store};
use std::path::Path;
use tempfile::TempDir;

/// Thursday 2026-11-26, noon of UTC.
pub(crate) const NOON: u64 = 1_795_694_400_000;
pub(crate) const MINUTE: u64 = 60_000;
pub(crate) const HOUR: u64 = 60 * MINUTE;
pub(crate) const DAY: u64 = 24 * HOUR;
pub(crate) const APP: &str = "demo-bank";
/// All times that tests have.
pub(crate) const ALWAYS: Range = Range { from_ms: NOON - 100 * DAY, to_ms: NOON + 100 * DAY };

/// A store in a folder of its own.
pub(crate) struct Made {
    pub(crate) store: SqliteStore,
    pub(crate) folder: TempDir,
}

impl Made {
    pub(crate) fn new() -> Self {
        Self::with(|_| {})
    }

    pub(crate) fn with(set: impl Fn(&mut Options)) -> Self {
        let folder = TempDir::new().unwrap();
        let store = SqliteStore::open(options(&folder, &set)).unwrap();
        Self { store, folder }
    }

    /// Closes it and opens it again.
    pub(crate) fn again(self) -> Self {
        self.again_after(|_| {})
    }

    /// The same, with something done to its folder meanwhile.
    pub(crate) fn again_after(self, meanwhile: impl FnOnce(&Path)) -> Self {
        let Self { store, folder } = self;
        drop(store);
        meanwhile(&folder.path().join("store"));
        let store = SqliteStore::open(options(&folder, |_| {})).unwrap();
        Self { store, folder }
    }

    pub(crate) async fn append(&self, frames: Vec<FrameFacts>) -> Appended {
        self.store.append(Batch { frames, ..Batch::default() }).await.unwrap()
    }
}

pub(crate) fn options(folder: &TempDir, set: impl Fn(&mut Options)) -> Options {
    let mut options = Options::new(folder.path().join("store"));
    options.clock = now;
    set(&mut options);
    options
}

/// The time that all stores of these tests have.
fn now() -> u64 {
    NOON + HOUR
}

pub(crate) fn session(number: u8) -> SessionId {
    SessionId([number; 16])
}

/// A frame of one page view that was received at `at_ms`.
pub(crate) fn frame(session_number: u8, sequence: u64, at_ms: u64) -> FrameFacts {
    let dimensions = vec![
        (Dimension::Page, format!("/page/{}", session_number % 3)),
        (Dimension::Region, "Guangdong".to_owned()),
    ];
    let measure = |metric, value| Measure {
        metric,
        at_ms,
        value,
        dimensions: dimensions.clone(),
        once: None,
    };
    FrameFacts {
        app: APP.to_owned(),
        session: session(session_number),
        sequence,
        received_at_ms: at_ms,
        entry: Bytes::from(format!("the entry {sequence} of session {session_number}")),
        of_session: SessionFacts {
            first_at_ms: at_ms - 1_000,
            last_at_ms: at_ms,
            first_page: Some("/login".to_owned()),
            region: Some("Guangdong".to_owned()),
            os: Some("Android 14".to_owned()),
            browser: Some("Chrome 128".to_owned()),
            release: Some("1.2.0".to_owned()),
            events: 3,
            views: 1,
            ..SessionFacts::default()
        },
        views: Vec::new(),
        calls: Vec::new(),
        errors: Vec::new(),
        measures: vec![
            measure(Metric::PageViews, Value::Count(1)),
            measure(Metric::Lcp, Value::Sample(1_000.0 + f64::from(session_number))),
            measure(Metric::Sessions, Value::Unique(u64::from(session_number))),
        ],
    }
}

pub(crate) fn known(frame: &mut FrameFacts, hash: &str) {
    frame.of_session.user =
        UserChange::Known { hash: hash.to_owned(), tier: Some("vip".to_owned()) };
}

pub(crate) fn error(frame: &mut FrameFacts, fingerprint: u64, message: &str) {
    frame.of_session.errors += 1;
    frame.errors.push(ErrorFact {
        view: None,
        at_ms: frame.received_at_ms,
        fingerprint,
        kind: "exception",
        r#type: "TypeError".to_owned(),
        message: message.to_owned(),
        page: "/transfer".to_owned(),
    });
}

/// Page views that the roll-ups have counted.
pub(crate) async fn counted(store: &SqliteStore) -> u64 {
    let ask = SeriesAsk {
        app: APP.to_owned(),
        metrics: vec![Metric::PageViews],
        filter: Filter { dimension: Dimension::All, value: String::new() },
        range: ALWAYS,
        step_ms: DAY,
    };
    store.series(ask).await.unwrap().iter().map(|bucket| bucket.count).sum()
}
