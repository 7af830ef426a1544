//! The spool before a store in memory that fails as a test wants.

mod damage;
mod forgets;
mod outage;
mod restart;

use super::SpoolSink;
use crate::buffer::commit::{Bounds, GroupError, Written};
use crate::buffer::memory::{Memory, MemorySink};
use crate::buffer::{BufferCounters, Durability, Item, KeepError, Keeper, SpoolSettings};
use std::collections::HashSet;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;
use tempfile::TempDir;
use tokio::task::JoinHandle;
use tokio::time::{Instant, sleep};

/// Long enough for anything that comes at all.
const PATIENCE: Duration = Duration::from_secs(30);

/// A spool that can be ended and opened again, and what a test sees of it.
struct Spool {
    keeper: Keeper,
    memory: Memory,
    counters: Arc<BufferCounters>,
}

fn settings(dir: &Path) -> SpoolSettings {
    SpoolSettings { slow: PATIENCE, ..SpoolSettings::new(dir) }
}

impl Spool {
    async fn open(dir: &TempDir, (memory, sink): (Memory, MemorySink)) -> Self {
        Self::open_with(settings(dir.path()), (memory, sink)).await
    }

    async fn open_with(settings: SpoolSettings, memory: (Memory, MemorySink)) -> Self {
        // What a disk does with fsync is not what most of these tests are about.
        Self::open_as(Durability::Memory, settings, memory).await
    }

    async fn open_as(
        durability: Durability,
        settings: SpoolSettings,
        (memory, sink): (Memory, MemorySink),
    ) -> Self {
        let counters = Arc::new(BufferCounters::default());
        let shared = Arc::clone(&counters);
        let sink = SpoolSink::open(sink, settings, durability, shared).await;
        let sink = sink.expect("opened");
        let keeper = Keeper::start(sink, Bounds::default(), Arc::clone(&counters)).await;
        Self { keeper, memory, counters }
    }

    async fn keep(&self, text: impl AsRef<str>) -> Result<(), KeepError> {
        self.keeper.keep(item(text.as_ref())).await
    }

    fn begin(&self, text: &str) -> JoinHandle<Result<(), KeepError>> {
        let (keeper, item) = (self.keeper.clone(), item(text));
        tokio::spawn(async move { keeper.keep(item).await })
    }

    /// All that the primary has, in its order.
    fn texts(&self) -> Vec<String> {
        let text = |item: Item| String::from_utf8(item.bytes.to_vec()).expect("text");
        self.memory.items().into_iter().map(text).collect()
    }

    /// Waits until nothing is spooled any more.
    async fn drained(&self) {
        let is_drained = || self.keeper.status().spooling.is_none();
        until("the spool is replayed", is_drained).await;
    }
}

fn item(text: &str) -> Item {
    Item { shard: 0, bytes: text.as_bytes().to_vec().into() }
}

async fn until(what: &str, holds: impl Fn() -> bool) {
    let deadline = Instant::now() + PATIENCE;
    while !holds() {
        assert!(Instant::now() < deadline, "in vain: {what}");
        sleep(Duration::from_millis(5)).await;
    }
}

fn away(_: &[Item]) -> Written {
    Err(GroupError::All(KeepError::unavailable("away")))
}

fn well(_: &[Item]) -> Written {
    Ok(())
}

/// What a consumer counts: each text once, at its first place.
fn once(texts: &[String]) -> Vec<String> {
    let mut seen = HashSet::new();
    texts.iter().filter(|text| seen.insert(text.as_str())).cloned().collect()
}

fn numbers(range: std::ops::Range<u32>) -> Vec<String> {
    range.map(|n| n.to_string()).collect()
}
