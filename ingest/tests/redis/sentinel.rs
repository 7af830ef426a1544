//! A master that Sentinels watch: killed under load, its successor is followed.

use crate::fleet::Sentinels;
use crate::load::Load;
use crate::server::RedisServer;
use crate::{keeper, until};
use dna_buffer::redis::RedisAddress;
use dna_buffer::redis::RedisTopology;
use ingest::buffer::redis::RedisSettings;
use ingest::buffer::{Durability, Item, SpoolSettings};
use std::time::Duration;
use tokio::time::{Instant, sleep};

const SHARDS: u16 = 2;

#[tokio::test]
async fn a_failover_under_load_loses_nothing_that_was_acknowledged() {
    let mut fleet = Sentinels::start(&[]).await;
    let timeout = Duration::from_millis(500);
    let durability = Durability::Replicated { replicas: 1, timeout };
    let settings =
        RedisSettings { shards: SHARDS, durability, ..RedisSettings::at(fleet.address()) };
    let keeper = keeper(settings).await;
    let status = keeper.status();
    assert!(status.ready, "{status:?}");
    assert!(status.durability.contains("1 of its replicas"), "{}", status.durability);
    let load = Load::start(&keeper, SHARDS, 8);
    load.more(500).await;
    let old = fleet.master();
    fleet.servers[old].kill();
    until("another is master", async || fleet.master() != old).await;
    load.more(500).await;
    assert!(fleet.servers[old].run(), "the old one is back, as a replica");
    load.more(500).await;
    let counts = load.finish().await;
    counts.check("sentinel failover", &fleet.address(), SHARDS).await;
    until("it is ready", async || keeper.status().ready).await;
}

#[tokio::test]
async fn a_master_that_was_replaced_while_it_lives_is_left() {
    let fleet = Sentinels::start(&[]).await;
    let settings = RedisSettings { shards: SHARDS, ..RedisSettings::at(fleet.address()) };
    let keeper = keeper(settings).await;
    let item = |text: &'static str| Item { shard: 0, bytes: text.into() };
    assert_eq!(keeper.keep(item("before")).await, Ok(()));
    let old = fleet.master();
    fleet.failover();
    until("another is master", async || fleet.master() != old).await;
    // What the old one took before it knew, nobody but the old one has: that is what `replicated`
    // is for. From then on entries go to the new one.
    let new = fleet.master();
    let length = || fleet.servers[new].command::<usize>("XLEN dna:{0}:events");
    let before = length();
    until("the new master gets it", async || {
        keeper.keep(item("after")).await.is_ok() && length() > before
    })
    .await;
}

/// The old master lives on and answers, so no connection fails: only asking tells.
#[tokio::test]
async fn a_master_that_is_replaced_while_nothing_is_written_is_sent_the_last_seconds() {
    let [old, new] = [(); 2].map(|()| RedisServer::start(&["--appendonly", "yes"]));
    let monitor = |server: &RedisServer| format!("monitor dna 127.0.0.1 {} 1", server.port());
    let sentinel = RedisServer::start_sentinel(&format!("sentinel {}\n", monitor(&old)));
    let address = RedisAddress::new(RedisTopology::Sentinel {
        sentinels: vec![format!("127.0.0.1:{}", sentinel.port())],
        master_name: "dna".to_owned(),
    });
    let dir = tempfile::tempdir().expect("a folder");
    let keeper = keeper(RedisSettings {
        shards: SHARDS,
        durability: Durability::Everysec,
        spool: Some(SpoolSettings::new(dir.path())),
        ..RedisSettings::at(address)
    })
    .await;
    // A machine that stands still for seconds between two looks may miss what is promised once.
    for (attempt, (old, new)) in [(&old, &new), (&new, &old), (&old, &new)].into_iter().enumerate()
    {
        let numbers = attempt as u16 * 20..attempt as u16 * 20 + 20;
        for number in numbers.clone() {
            let item = Item { shard: number % SHARDS, bytes: number.to_string().into() };
            assert_eq!(keeper.keep(item).await, Ok(()));
        }
        let taken = crate::spool::read(old).await.concat();
        assert!(numbers.clone().all(|number| taken.contains(&number)), "the old master has them");
        sentinel.command::<()>("SENTINEL REMOVE dna");
        sentinel.command::<()>(&format!("SENTINEL {}", monitor(new)));
        let begun = Instant::now();
        while begun.elapsed() < Duration::from_secs(15) {
            let sent = crate::spool::read(new).await;
            if numbers.clone().all(|number| sent.concat().contains(&number)) {
                assert!(sent.iter().all(|shard| shard.is_sorted()), "in their order: {sent:?}");
                until("it is well", async || keeper.status().spooling.is_none()).await;
                return;
            }
            sleep(Duration::from_millis(50)).await;
        }
    }
    panic!("the new master was never sent them");
}
