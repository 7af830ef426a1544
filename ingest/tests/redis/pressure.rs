//! Memory and lag become pressure before Redis refuses.

use crate::load::Load;
use crate::server::RedisServer;
use crate::{until, with_counters};
use dna_buffer::redis::RedisAddress;
use ingest::buffer::redis::{PressureSettings, RedisSettings};
use ingest::buffer::{Item, Keeper};

fn item(text: impl Into<Vec<u8>>) -> Item {
    Item { shard: 0, bytes: text.into().into() }
}

fn settings(server: &RedisServer, pressure: PressureSettings) -> RedisSettings {
    RedisSettings { shards: 2, pressure, ..RedisSettings::new(server.url()) }
}

async fn is_pressed(keeper: &Keeper) -> bool {
    keeper.status().reason.is_some_and(|reason| reason.contains("the mark is"))
}

#[tokio::test]
async fn memory_near_its_limit_turns_clients_away_before_redis_does() {
    let server = RedisServer::start(&["--maxmemory", "8mb", "--maxmemory-policy", "noeviction"]);
    let pressure = PressureSettings { memory_percent_max: 60, lag_messages_max: 0 };
    let (keeper, counters) = with_counters(settings(&server, pressure)).await;
    let load = Load::start(&keeper, 2, 2);
    load.more(20).await;
    let big = vec![b'x'; 50_000];
    until("there is pressure", async || {
        let _ = keeper.keep(item(big.clone())).await;
        is_pressed(&keeper).await
    })
    .await;
    let refused = keeper.keep(item("x")).await.expect_err("pressure");
    assert_eq!(refused.code(), "full", "{refused}");
    let redis = counters.redis();
    until("the metrics have it", async || redis.pressed_shards() == 2).await;
    assert!(redis.memory_used() > 4_000_000 && redis.memory_max() == 8 * 1024 * 1024);
    let stats: String = server.command("INFO errorstats");
    assert!(!stats.contains("errorstat_OOM"), "Redis itself was never full: {stats}");
    // Room is made: entries are taken again, by themselves.
    server.command::<()>("CONFIG SET maxmemory 64mb");
    until("it is ready", async || keeper.status().ready).await;
    load.more(20).await;
    let counts = load.finish().await;
    assert!(!counts.acknowledged.is_empty());
}

#[tokio::test]
async fn a_maxmemory_too_small_for_the_watch_is_still_full_and_nothing_is_lost() {
    let server = RedisServer::start(&["--maxmemory", "4mb", "--maxmemory-policy", "noeviction"]);
    let pressure = PressureSettings { memory_percent_max: 100, lag_messages_max: 0 };
    let (keeper, _) = with_counters(settings(&server, pressure)).await;
    let load = Load::start(&keeper, 2, 2);
    load.more(20).await;
    let ballast = "x".repeat(100_000);
    for n in 0..60 {
        // Until Redis itself refuses.
        let set = redis::cmd("SET").arg(n).arg(&ballast).exec(&mut server.connect());
        if set.is_err() {
            break;
        }
    }
    until("it is full", async || {
        keeper.keep(item("0/0")).await.is_err_and(|error| error.code() == "full")
    })
    .await;
    server.command::<()>("CONFIG SET maxmemory 0");
    load.more(20).await;
    let counts = load.finish().await;
    assert!(counts.refused.keys().any(|why| why.contains("full")), "{:?}", counts.refused);
    counts.check("out of memory", &RedisAddress::single(server.url()), 2).await;
}

#[tokio::test]
async fn a_group_that_lags_too_far_turns_clients_away_until_it_has_read() {
    let server = RedisServer::start(&[]);
    server.command::<()>("XGROUP CREATE dna:{0}:events slow 0 MKSTREAM");
    let pressure = PressureSettings { memory_percent_max: 90, lag_messages_max: 50 };
    let (keeper, counters) = with_counters(settings(&server, pressure)).await;
    until("there is pressure", async || {
        let _ = keeper.keep(item("x")).await;
        is_pressed(&keeper).await
    })
    .await;
    assert!(keeper.status().reason.is_some_and(|reason| reason.contains("\"slow\"")));
    let other = keeper.keep(Item { shard: 1, bytes: "x".into() }).await;
    assert_eq!(other, Ok(()), "the other stream has no such group");
    assert!(counters.redis().unread_messages()["slow"] >= 50);
    let read = "XREADGROUP GROUP slow reader COUNT 100000 NOACK STREAMS dna:{0}:events >";
    server.command::<redis::Value>(read);
    until("entries are taken again", async || keeper.keep(item("x")).await.is_ok()).await;
}
