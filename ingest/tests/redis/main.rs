//! The buffer in a real Redis.

mod access;
mod buffer;
mod cluster;
mod doctor;
mod fleet;
mod load;
mod pressure;
mod promises;
mod refusals;
mod sentinel;
mod server;
mod spool;
mod trimming;

use ingest::buffer::{BufferCounters, Keeper, RedisSettings, Settings, open};
use server::RedisServer;
use std::sync::Arc;
use std::time::Duration;
use tokio::time::{Instant, sleep};

/// Long enough for anything that comes at all.
const PATIENCE: Duration = Duration::from_secs(60);

fn settings(server: &RedisServer) -> RedisSettings {
    RedisSettings { shards: 2, ..RedisSettings::new(server.url()) }
}

async fn keeper(settings: RedisSettings) -> Keeper {
    with_counters(settings).await.0
}

async fn with_counters(settings: RedisSettings) -> (Keeper, Arc<BufferCounters>) {
    let counters = Arc::new(BufferCounters::default());
    let keeper = open(Settings::Redis(settings), Arc::clone(&counters)).await;
    (keeper.expect("a good address"), counters)
}

/// Asks until the answer is yes.
async fn until(what: &str, mut holds: impl AsyncFnMut() -> bool) {
    let deadline = Instant::now() + PATIENCE;
    while !holds().await {
        assert!(Instant::now() < deadline, "in vain: {what}");
        sleep(Duration::from_millis(10)).await;
    }
}
