//! Load that counts: what was sent, acknowledged and kept.

use bytes::Bytes;
use dna_buffer::read::{BufferReader, Source, Start};
use dna_buffer::redis::RedisAddress;
use ingest::buffer::{Item, Keeper};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering::Relaxed};
use std::time::Duration;
use tokio::task::JoinHandle;

/// Clients that send entries one after the other, each until it is acknowledged.
pub(crate) struct Load {
    stop: Arc<AtomicBool>,
    acknowledged: Arc<AtomicU64>,
    clients: Vec<JoinHandle<Sent>>,
}

#[derive(Default)]
struct Sent {
    sent: u64,
    refused: BTreeMap<String, u64>,
    acknowledged: Vec<String>,
}

/// What the clients saw.
#[derive(Debug)]
pub(crate) struct Counts {
    pub(crate) sent: u64,
    /// How often, by reason.
    pub(crate) refused: BTreeMap<String, u64>,
    pub(crate) acknowledged: BTreeSet<String>,
}

impl Load {
    /// Starts `clients` clients; client `n` is in shard `n % shards`.
    pub(crate) fn start(keeper: &Keeper, shards: u16, clients: u16) -> Self {
        let stop = Arc::new(AtomicBool::new(false));
        let acknowledged = Arc::new(AtomicU64::new(0));
        let client = |number| {
            let (keeper, stop) = (keeper.clone(), Arc::clone(&stop));
            let acknowledged = Arc::clone(&acknowledged);
            tokio::spawn(client(keeper, stop, acknowledged, number, number % shards))
        };
        let clients = (0..clients).map(client).collect();
        Self { stop, acknowledged, clients }
    }

    /// Entries acknowledged until now.
    pub(crate) fn acknowledged(&self) -> u64 {
        self.acknowledged.load(Relaxed)
    }

    /// Waits for so many more acknowledgements.
    pub(crate) async fn more(&self, entries: u64) {
        let goal = self.acknowledged() + entries;
        crate::until("more is acknowledged", async || self.acknowledged() >= goal).await;
    }

    /// Stops the clients and gives what they saw.
    pub(crate) async fn finish(self) -> Counts {
        self.stop.store(true, Relaxed);
        let mut counts =
            Counts { sent: 0, refused: BTreeMap::new(), acknowledged: BTreeSet::new() };
        for client in self.clients {
            let sent = client.await.expect("no panic");
            counts.sent += sent.sent;
            counts.acknowledged.extend(sent.acknowledged);
            for (reason, count) in sent.refused {
                *counts.refused.entry(reason).or_default() += count;
            }
        }
        counts
    }
}

async fn client(
    keeper: Keeper,
    stop: Arc<AtomicBool>,
    acknowledged: Arc<AtomicU64>,
    number: u16,
    shard: u16,
) -> Sent {
    let mut seen = Sent::default();
    let mut entry = 0;
    while !stop.load(Relaxed) {
        let text = format!("{number}/{entry}");
        seen.sent += 1;
        match keeper.keep(Item { shard, bytes: Bytes::from(text.clone()) }).await {
            Ok(()) => {
                seen.acknowledged.push(text);
                acknowledged.fetch_add(1, Relaxed);
                entry += 1;
            }
            Err(error) => {
                *seen.refused.entry(error.to_string()).or_default() += 1;
                // As Retry-After would have it, in a test's time.
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
        }
    }
    seen
}

impl Counts {
    /// Compares with what a reader finds: nothing acknowledged may be absent, and what a client
    /// sent later may not come before what it sent first.
    pub(crate) async fn check(&self, name: &str, address: &RedisAddress, shards: u16) {
        let kept = read_all(address, shards).await;
        let once: BTreeSet<&String> = kept.iter().collect();
        let lost: Vec<_> = self.acknowledged.iter().filter(|it| !once.contains(it)).collect();
        eprintln!(
            "{name}: sent {}, acknowledged {}, kept {} ({} once deduplicated), lost {}, refused {:?}",
            self.sent,
            self.acknowledged.len(),
            kept.len(),
            once.len(),
            lost.len(),
            self.refused,
        );
        assert!(lost.is_empty(), "acknowledged and lost: {lost:?}");
        let mut newest: BTreeMap<&str, u64> = BTreeMap::new();
        let mut seen = BTreeSet::new();
        for text in kept.iter().filter(|text| seen.insert(text.as_str())) {
            let (client, entry) = text.split_once('/').expect("as the clients write it");
            let entry = entry.parse().expect("a number");
            let before = newest.insert(client, entry);
            assert!(before.is_none_or(|before| before < entry), "{text} after {before:?}");
        }
    }
}

/// Everything that is kept.
pub(crate) async fn read_all(address: &RedisAddress, shards: u16) -> Vec<String> {
    let source = Source::Redis { address: address.clone(), shards: Some(shards) };
    let mut reader = BufferReader::open(&source, Start::Beginning).await.expect("readable");
    let mut all = Vec::new();
    loop {
        let batch = reader.next(1000, Duration::from_millis(1)).await.expect("readable");
        if batch.is_empty() {
            return all;
        }
        let text = |bytes: &Bytes| String::from_utf8(bytes.to_vec()).expect("text");
        all.extend(batch.iter().map(|kept| text(&kept.bytes)));
    }
}
