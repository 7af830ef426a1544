//! The streams of a Redis Cluster.

use super::entries::{entry, try_add, try_pending};
use super::{Consuming, PATIENCE, settings_at, until};
use dataview::consume::Source;
use dna_buffer::redis::{RedisAddress, RedisTopology};
use dna_tests::redis_cluster::RedisCluster;
use redis::{Connection, RedisResult};
use std::time::Instant;

/// Streams on all three masters.
const SHARDS: u16 = 4;

#[tokio::test(flavor = "multi_thread")]
async fn every_stream_is_read_wherever_it_lies_and_after_a_failover() {
    let mut cluster = RedisCluster::start();
    let seeds = cluster.places();
    let mut settings = settings_at(RedisAddress::new(RedisTopology::Cluster { seeds }));
    settings.dead_letters_max = 100;
    if let Source::Redis(redis) = &mut settings.source {
        redis.shards = SHARDS;
    }
    add_to_all(&cluster, 1);
    let consuming = Consuming::start(settings);
    consuming.stores(usize::from(SHARDS)).await;
    until("all is acknowledged", async || {
        (0..SHARDS).all(|shard| on_master(&cluster, |redis| try_pending(redis, shard)) == 0)
    })
    .await;
    until("poison is put aside", async || {
        consuming.dead.count().await.is_ok_and(|count| count == u64::from(SHARDS))
    })
    .await;

    cluster.kill_9_and_replace(cluster.a_busy_master());
    add_to_all(&cluster, 2);
    consuming.stores(2 * usize::from(SHARDS)).await;
    consuming.consumers.stop().await;
}

/// A good entry and a bad one for every shard.
fn add_to_all(cluster: &RedisCluster, session: u8) {
    for shard in 0..SHARDS {
        let entries = [entry(session, u64::from(shard)), b"{}".to_vec()];
        on_master(cluster, |redis| try_add(redis, shard, &entries));
    }
}

/// What the node says that does not send us elsewhere.
fn on_master<T>(cluster: &RedisCluster, ask: impl Fn(&mut Connection) -> RedisResult<T>) -> T {
    let begun = Instant::now();
    loop {
        for place in cluster.places() {
            let client = redis::Client::open(format!("redis://{place}/")).expect("an address");
            let answer = client.get_connection().and_then(|mut redis| ask(&mut redis));
            if let Ok(answer) = answer {
                return answer;
            }
        }
        assert!(begun.elapsed() < PATIENCE, "no node answers");
    }
}
