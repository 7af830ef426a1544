//! From a real Redis and a real journal into a store.

mod cluster;
mod dead_letters;
mod entries;
mod journal;
mod sentinel;
mod store;
mod streams;

use dataview::consume::{ConsumeCounters, Consumers, DeadLetters, RedisSource, Settings, Source};
use dataview::geo::{Geo, Language, Naming};
use dna_buffer::redis::RedisAddress;
use dna_tests::redis_server::RedisServer;
use std::sync::Arc;
use std::time::Duration;
use store::FakeStore;
use tokio::time::{Instant, sleep};

/// Long enough for anything that comes at all.
const PATIENCE: Duration = Duration::from_secs(60);

/// Consumers and what they store into.
struct Consuming {
    store: Arc<FakeStore>,
    counters: Arc<ConsumeCounters>,
    consumers: Consumers,
    dead: DeadLetters,
}

impl Consuming {
    fn start(settings: Settings) -> Self {
        Self::start_into(settings, Arc::default())
    }

    fn start_into(settings: Settings, store: Arc<FakeStore>) -> Self {
        let naming = Naming { language: Language::En, city: false };
        let geo = Arc::new(Geo::open(Vec::new(), naming).expect("no file"));
        let counters = Arc::<ConsumeCounters>::default();
        let dead = DeadLetters::open(&settings).expect("good settings");
        let into = Arc::clone(&store) as Arc<dyn dataview::store::Store>;
        let consumers = Consumers::start(settings, into, geo, Arc::clone(&counters));
        Self { store, counters, consumers: consumers.expect("good settings"), dead }
    }

    async fn stores(&self, frames: usize) {
        let what = format!("{frames} frames are stored");
        until(&what, async || self.store.len() >= frames).await;
        assert_eq!(self.store.len(), frames);
    }
}

fn settings_at(address: RedisAddress) -> Settings {
    let redis = RedisSource {
        address,
        shards: 2,
        group: "dataview".to_owned(),
        name: "test".to_owned(),
        consumers: 2,
        claim_idle: Duration::from_millis(300),
    };
    Settings { source: Source::Redis(redis), dead_letters_max: 3 }
}

fn settings(server: &RedisServer) -> Settings {
    settings_at(RedisAddress::single(server.url()))
}

/// Asks until the answer is yes.
async fn until(what: &str, mut holds: impl AsyncFnMut() -> bool) {
    let deadline = Instant::now() + PATIENCE;
    while !holds().await {
        assert!(Instant::now() < deadline, "in vain: {what}");
        sleep(Duration::from_millis(10)).await;
    }
}
