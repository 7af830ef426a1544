//! The buffer in a real Redis.

mod buffer;
mod refusals;
mod server;
mod spool;

use ingest::buffer::{BufferCounters, Keeper, RedisSettings, Settings, open};
use server::RedisServer;
use std::sync::Arc;
use std::time::Duration;

/// Long enough for anything that comes at all.
const PATIENCE: Duration = Duration::from_secs(30);

fn settings(server: &RedisServer) -> RedisSettings {
    RedisSettings { shards: 2, ..RedisSettings::new(server.url()) }
}

async fn keeper(settings: RedisSettings) -> Keeper {
    let counters = Arc::new(BufferCounters::default());
    open(Settings::Redis(settings), counters).await.expect("a good address")
}
