//! A Redis that Sentinels watch: its master is killed under load, the consumers follow, and what was
//! acknowledged is stored once.

use super::entries::{entry, try_add};
use super::{Consuming, settings_at, until};
use dna_buffer::redis::{RedisAddress, RedisTopology};
use dna_tests::redis_sentinel::{MASTER_NAME, SentinelRedis};
use dna_tests::soak::pick;
use redis::RedisResult;
use std::sync::{Arc, Mutex};

#[tokio::test(flavor = "multi_thread")]
async fn a_failover_under_load_counts_everything_once() {
    let redis = SentinelRedis::start();
    let sentinels = redis.places();
    let topology = RedisTopology::Sentinel { sentinels, master_name: MASTER_NAME.to_owned() };
    let consuming = Consuming::start(settings_at(RedisAddress::new(topology)));
    let redis = Arc::new(Mutex::new(redis));
    let (failovers, each) = pick((2, 150_u64), (10, 400));
    let mut sent = 0;
    for _ in 0..failovers {
        for sequence in sent..sent + each {
            send(&redis, sequence).await;
        }
        // Some of it is in the consumers' hands.
        let killing = Arc::clone(&redis);
        let kill = move || killing.lock().expect("not poisoned").kill_9_the_master();
        tokio::task::spawn_blocking(kill).await.expect("it was killed");
        sent += each;
    }
    for sequence in sent..sent + each {
        send(&redis, sequence).await;
    }
    let all = usize::try_from(sent + each).expect("few");
    consuming.stores(all).await;
    until("nobody waits", async || consuming.counters.health().waiting.is_empty()).await;
    let health = consuming.counters.health();
    assert_eq!(health.frames, sent + each);
    assert_eq!((health.dead_letters, health.dropped.len()), (0, 0), "{health:?}");
    eprintln!(
        "counted: {failovers} failovers, {} frames, {} duplicates, {} tries again",
        health.frames, health.duplicates, health.retries
    );
    consuming.consumers.stop().await;
}

/// Sends a frame until both replicas have it: of two, Sentinel may promote the one that is behind.
async fn send(redis: &Arc<Mutex<SentinelRedis>>, sequence: u64) {
    let redis = Arc::clone(redis);
    let attempt = move || -> RedisResult<u64> {
        let port = redis.lock().expect("not poisoned").master().port();
        let client = redis::Client::open(format!("redis://127.0.0.1:{port}/"))?;
        let mut connection = client.get_connection()?;
        let shard = u16::try_from(sequence % 2).expect("0 or 1");
        try_add(&mut connection, shard, &[entry(1 + shard as u8, sequence)])?;
        redis::cmd("WAIT").arg(2).arg(500).query(&mut connection)
    };
    until("it is taken", async || {
        let attempt = attempt.clone();
        let kept = tokio::task::spawn_blocking(attempt).await.expect("no panic");
        kept.is_ok_and(|replicas| replicas >= 2)
    })
    .await;
}
