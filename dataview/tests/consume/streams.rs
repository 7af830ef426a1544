//! The streams of one Redis.

use super::entries::{add, entry, packed, pending};
use super::store::{Fails, FakeStore};
use super::{Consuming, settings, until};
use dataview::consume::WaitingCode;
use dna_buffer::redis::stream_key;
use dna_tests::redis_server::RedisServer;
use std::sync::Arc;

#[tokio::test(flavor = "multi_thread")]
async fn what_is_there_and_what_comes_is_stored_once_and_acknowledged() {
    let server = RedisServer::start();
    let mut redis = server.connect();
    add(&mut redis, 0, &[entry(1, 1), packed(&entry(1, 2)), entry(1, 3)]);
    add(&mut redis, 1, &[entry(2, 1)]);
    let consuming = Consuming::start(settings(&server));
    consuming.stores(4).await;
    add(&mut redis, 1, &[entry(2, 2)]);
    add(&mut redis, 0, &[entry(1, 3), entry(1, 4)]);
    consuming.stores(6).await;
    until("all is acknowledged", async || {
        pending(&mut redis, 0) == 0 && pending(&mut redis, 1) == 0
    })
    .await;
    until("the lag is told", async || {
        let shards = consuming.counters.health().consumers;
        shards.len() == 2 && shards.iter().all(|shard| shard.lag_messages == Some(0))
    })
    .await;
    let health = consuming.counters.health();
    assert_eq!((health.frames, health.events, health.duplicates), (6, 6, 1));
    assert!(health.waiting.is_empty() && health.dropped.is_empty(), "{health:?}");
    consuming.consumers.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_acknowledged_while_the_store_is_away() {
    let server = RedisServer::start();
    let mut redis = server.connect();
    let store = Arc::<FakeStore>::default();
    store.fail(Some(Fails::Away));
    let consuming = Consuming::start_into(settings(&server), Arc::clone(&store));
    for sequence in 0..200 {
        add(&mut redis, 0, &[entry(1, sequence)]);
    }
    until("it is tried again", async || store.asked() >= 3).await;
    assert!(pending(&mut redis, 0) > 0);
    let health = consuming.counters.health();
    let why = health.waiting.values().next().expect("somebody waits");
    assert_eq!(why.code, WaitingCode::Store);
    assert!(why.detail.contains("told to"), "{why:?}");
    // Waiting is no spinning: the pauses grow.
    assert!(store.asked() < 20, "{}", store.asked());
    store.fail(None);
    consuming.stores(200).await;
    until("all is acknowledged", async || pending(&mut redis, 0) == 0).await;
    until("nobody waits", async || consuming.counters.health().waiting.is_empty()).await;
    consuming.consumers.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_read_before_a_stop_comes_again() {
    let server = RedisServer::start();
    let mut redis = server.connect();
    let store = Arc::<FakeStore>::default();
    store.fail(Some(Fails::Away));
    let first = Consuming::start_into(settings(&server), Arc::clone(&store));
    add(&mut redis, 0, &[entry(1, 1)]);
    until("it was read", async || store.asked() > 0).await;
    first.consumers.stop().await;
    assert_eq!(pending(&mut redis, 0), 1);
    store.fail(None);
    // Long before it would be taken over as a dead consumer's.
    let second = Consuming::start_into(settings(&server), store);
    second.stores(1).await;
    until("it is acknowledged", async || pending(&mut redis, 0) == 0).await;
    assert_eq!(second.counters.health().claimed, 0);
    second.consumers.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_dead_consumers_messages_are_taken_over() {
    let server = RedisServer::start();
    let mut redis = server.connect();
    let key = stream_key(1);
    let mut create = redis::cmd("XGROUP");
    create.arg("CREATE").arg(&key).arg("dataview").arg("0").arg("MKSTREAM");
    create.exec(&mut redis).unwrap();
    for sequence in 0..150 {
        add(&mut redis, 1, &[entry(1, sequence)]);
    }
    let mut read = redis::cmd("XREADGROUP");
    read.arg("GROUP").arg("dataview").arg("gone").arg("COUNT").arg(150);
    read.arg("STREAMS").arg(&key).arg(">").exec(&mut redis).unwrap();
    // One of them was trimmed by somebody who did not ask.
    let mut trim = redis::cmd("XTRIM");
    trim.arg(&key).arg("MAXLEN").arg("=").arg(149).exec(&mut redis).unwrap();
    let consuming = Consuming::start(settings(&server));
    consuming.stores(149).await;
    until("all is acknowledged", async || pending(&mut redis, 1) == 0).await;
    let health = consuming.counters.health();
    assert_eq!(health.claimed, 149);
    // It will not come back; those that live stay.
    let consumers = |redis: &mut redis::Connection| -> Vec<String> {
        let mut ask = redis::cmd("XINFO");
        let told: Vec<std::collections::HashMap<String, redis::Value>> =
            ask.arg("CONSUMERS").arg(&key).arg("dataview").query(redis).unwrap();
        let name = |it: &std::collections::HashMap<String, redis::Value>| {
            redis::from_redis_value(it["name"].clone()).unwrap()
        };
        told.iter().map(name).collect()
    };
    until("it is removed", async || consumers(&mut redis) == ["test-1"]).await;
    assert_eq!(health.dropped.get("removed_before_read"), Some(&1));
    consuming.consumers.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_redis_that_goes_away_or_forgets_the_group_is_found_again() {
    let mut server = RedisServer::start();
    let consuming = Consuming::start(settings(&server));
    add(&mut server.connect(), 0, &[entry(1, 1)]);
    consuming.stores(1).await;
    server.kill_9();
    until("it is told", async || !consuming.counters.health().waiting.is_empty()).await;
    server.run();
    add(&mut server.connect(), 0, &[entry(1, 2)]);
    consuming.stores(2).await;
    redis::cmd("FLUSHALL").exec(&mut server.connect()).unwrap();
    add(&mut server.connect(), 0, &[entry(1, 3)]);
    consuming.stores(3).await;
    consuming.consumers.stop().await;
}
