//! A store with calls, rules over it, and a clock that a test turns.

use bytes::Bytes;
use dataview::model::{Dimension, FrameFacts, Measure, Metric, SessionFacts, SessionId, Value};
use dataview::store::sqlite::{Options, SqliteStore};
use dataview::store::{Batch, Store};
use dataview::watch::Rulebook;
use dataview::watch::baseline::Normal;
use dataview::watch::incident::{Incident, LineKind};
use dataview::watch::keep::{IncidentsAsk, Keep};
use dataview::watch::round::Rounds;
use dna_baselines::Calendar;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use tempfile::TempDir;

/// Thursday 2026-11-26, noon of UTC.
pub(crate) const NOON: u64 = 1_795_694_400_000;
pub(crate) const MINUTE: u64 = 60_000;

/// A rule of availability that fires after two minutes and ends after three.
pub(crate) const CALLS: &str = r#"
    [[rules]]
    name = "calls"
    app = "bank"
    when = { type = "threshold", measure = "availability.calls", below = 0.9, window_minutes = 1 }
    for_minutes = 2
    clear_minutes = 3
    channels = ["ops"]
"#;

/// A channel that nobody listens at.
pub(crate) const OPS: &str = r#"
    [[channels]]
    name = "ops"
    to = { type = "webhook", url = "http://127.0.0.1:9/hook" }
"#;

pub(crate) struct Made {
    pub(crate) store: Arc<dyn Store>,
    pub(crate) keep: Keep,
    pub(crate) rulebook: Arc<Rulebook>,
    pub(crate) rounds: Rounds,
    pub(crate) folder: TempDir,
    /// Up to when everything is stored; the time itself where it is `u64::MAX`.
    pub(crate) stored_until: Arc<AtomicU64>,
    sequence: AtomicU64,
}

/// The store in `folder`.
pub(crate) fn store(folder: &Path) -> SqliteStore {
    let clock = || NOON + 60 * MINUTE;
    SqliteStore::open(Options { clock, ..Options::new(folder.join("store")) }).unwrap()
}

impl Made {
    pub(crate) fn new(rules: &str) -> Self {
        let folder = TempDir::new().unwrap();
        let store = Arc::new(store(folder.path()));
        Self::over(store, folder, rules)
    }

    pub(crate) fn over(store: Arc<dyn Store>, folder: TempDir, rules: &str) -> Self {
        let file = folder.path().join("alerts.toml");
        std::fs::write(&file, rules).unwrap();
        let keep = Keep::open(&folder.path().join("watch.db")).unwrap();
        let rulebook = Rulebook::start(Some(file), None, keep.clone());
        let rulebook = Arc::new(rulebook.unwrap_or_else(|error| panic!("{error}")));
        let stored_until = Arc::new(AtomicU64::new(u64::MAX));
        let until = Arc::clone(&stored_until);
        let rounds = Rounds::new(
            Arc::clone(&store),
            keep.clone(),
            Arc::clone(&rulebook),
            Arc::new(Normal::new(Calendar::default(), keep.clone())),
            Arc::new(move |now| until.load(Ordering::Relaxed).min(now)),
        );
        let sequence = AtomicU64::new(0);
        Self { store, keep, rulebook, rounds, folder, stored_until, sequence }
    }

    /// The same after a restart.
    pub(crate) fn again(self, rules: &str) -> Self {
        let Self { store, folder, sequence, .. } = self;
        Self { sequence, ..Self::over(store, folder, rules) }
    }

    /// Other rules, taken over as a change of the file is.
    pub(crate) fn rules(&self, rules: &str) -> Result<(), String> {
        std::fs::write(self.folder.path().join("alerts.toml"), rules).unwrap();
        self.rulebook.read_file().map_err(|error| error.to_string())
    }

    /// Stores calls of `app` in the minute `minute` after noon.
    pub(crate) async fn calls(&self, app: &str, minute: u64, region: &str, good: u64, bad: u64) {
        self.calls_at(app, NOON + minute * MINUTE, region, good, bad).await;
    }

    pub(crate) async fn calls_at(&self, app: &str, at_ms: u64, region: &str, good: u64, bad: u64) {
        let sequence = self.sequence.fetch_add(1, Ordering::Relaxed);
        let frame = calls(app, sequence, at_ms, region, good, bad);
        self.store.append(Batch { frames: vec![frame], ..Batch::default() }).await.unwrap();
    }

    /// Judges what is due when the minute `minute` after noon is over.
    pub(crate) async fn round(&self, minute: u64) {
        self.rounds.round(NOON + (minute + 1) * MINUTE + 15_000).await.unwrap();
    }

    /// Calls of one minute, judged when it is over.
    pub(crate) async fn minute(&self, minute: u64, good: u64, bad: u64) {
        self.calls("bank", minute, "Shanghai", good, bad).await;
        self.round(minute).await;
    }

    /// All incidents, the oldest first.
    pub(crate) fn incidents(&self) -> Vec<Incident> {
        let ask = IncidentsAsk { limit: 100, ..IncidentsAsk::default() };
        let mut incidents = self.keep.incidents(&ask).unwrap();
        incidents.reverse();
        incidents
    }

    /// The time line of an incident.
    pub(crate) fn lines(&self, id: u64) -> Vec<LineKind> {
        let shown = self.keep.incident(id).unwrap().unwrap();
        shown.lines.iter().map(|line| line.kind).collect()
    }

    /// What channels are told, the oldest first: `CHANNEL KIND`.
    pub(crate) fn told(&self) -> Vec<String> {
        let found = self.keep.deliveries(None, None, None, None, 500).unwrap();
        let told = found.iter().rev();
        told.map(|(_, one)| format!("{} {}", one.channel, one.kind.name())).collect()
    }
}

/// A frame of calls.
pub(crate) fn calls(
    app: &str,
    sequence: u64,
    at_ms: u64,
    region: &str,
    good: u64,
    bad: u64,
) -> FrameFacts {
    let dimensions = vec![(Dimension::Region, region.to_owned())];
    let measure = |metric, value| Measure {
        metric,
        at_ms,
        value,
        dimensions: dimensions.clone(),
        once: None,
    };
    let mut measures = vec![
        measure(Metric::ApiCalls, Value::Count(good + bad)),
        measure(Metric::ApiCallsOk, Value::Count(good)),
        measure(Metric::Events, Value::Count(good + bad)),
    ];
    // Good ones are quick, bad ones are slow.
    measures.extend((0..good.min(50)).map(|_| measure(Metric::ApiDuration, Value::Sample(100.0))));
    measures.extend((0..bad.min(50)).map(|_| measure(Metric::ApiDuration, Value::Sample(9_000.0))));
    FrameFacts {
        app: app.to_owned(),
        session: SessionId([7; 16]),
        sequence,
        received_at_ms: at_ms,
        entry: Bytes::from_static(b"entry"),
        of_session: SessionFacts {
            first_at_ms: at_ms,
            last_at_ms: at_ms,
            ..SessionFacts::default()
        },
        views: Vec::new(),
        calls: Vec::new(),
        errors: Vec::new(),
        measures,
    }
}
