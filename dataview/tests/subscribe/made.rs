//! Stores with frames, and a registry.

use bytes::Bytes;
use dataview::facts;
use dataview::geo::Place;
use dataview::store::sqlite::{Options, SqliteStore};
use dataview::store::{Batch, FeedCursor, Store};
use dataview::subscribe::{Definition, Name, Registry, Subscription};
use dna_protocol::entry::{Entry, Receipt};
use dna_protocol::field::Text;
use serde_json::{Value, json};
use std::sync::Arc;
use tempfile::TempDir;

/// Thursday 2026-11-26, noon of UTC.
pub(crate) const NOON: u64 = 1_795_694_400_000;

pub(crate) struct Made {
    pub(crate) store: Arc<SqliteStore>,
    pub(crate) registry: Arc<Registry>,
    pub(crate) folder: TempDir,
}

impl Made {
    pub(crate) fn new() -> Self {
        let folder = TempDir::new().unwrap();
        let mut options = Options::new(folder.path().join("store"));
        options.clock = || NOON;
        let store = Arc::new(SqliteStore::open(options).unwrap());
        let registry = Registry::open(&folder.path().join("subscriptions.db")).unwrap();
        Self { store, registry: Arc::new(registry), folder }
    }

    pub(crate) async fn append(&self, entries: impl IntoIterator<Item = Bytes>) {
        let read = |entry| facts::read(entry, |_| Place::default()).unwrap().facts;
        let frames = entries.into_iter().map(read).collect();
        self.store.append(Batch { frames, ..Batch::default() }).await.unwrap();
    }

    /// A subscription that begins with the oldest frame.
    pub(crate) fn subscribe(&self, name: &str, definition: Value) -> Subscription {
        let definition: Definition = serde_json::from_value(definition).unwrap();
        let name = Name::parse(name).unwrap();
        self.registry.add(name, definition, FeedCursor::default(), NOON).unwrap()
    }

    pub(crate) fn found(&self, subscription: &Subscription) -> Subscription {
        self.registry.get(&subscription.name).unwrap()
    }
}

/// An entry of `app` that was received `after_ms` after noon: a custom event whose name says its
/// sequence, and a call that failed.
pub(crate) fn entry(app: &str, sequence: u64, after_ms: u64) -> Bytes {
    let frame = json!({
        "sent_at_ms": NOON + after_ms,
        "app_key": "key",
        "session.id": "0102030405060708090a0b0c0d0e0f10",
        "sequence": sequence,
        "time_base_ms": NOON + after_ms,
        "view.id": "1112131415161718",
        "url.full": "https://bank.example/transfer",
        "events": [
            {"kind": "custom", "time": 0, "body": {"event.name": format!("step {sequence}")}},
            {"kind": "api_call", "time": 0, "body": {
                "url.full": "https://bank.example/api/transfer",
                "http.response.status_code": 500,
            }},
        ],
    });
    let decoded = dna_protocol::json::decode_frame(frame.to_string().as_bytes()).unwrap();
    let receipt = Receipt {
        received_at: Some(NOON + after_ms),
        app: Some(Text::cut(app)),
        ..Receipt::default()
    };
    Bytes::from(Entry { receipt, frame: decoded.frame }.encode())
}

/// The names of the custom events in `lines`.
pub(crate) fn steps(lines: &[Value]) -> Vec<&str> {
    lines.iter().filter_map(|line| line["event.name"].as_str()).collect()
}
