//! A Cluster of three masters and their replicas.

use crate::fleet::Cluster;
use crate::load::{Load, read_all};
use crate::{PATIENCE, keeper, until};
use dna_buffer::read::{BufferReader, Source, Start};
use ingest::buffer::redis::RedisSettings;
use ingest::buffer::{Durability, Item, SpoolSettings};
use std::collections::BTreeSet;
use std::time::Duration;

const SHARDS: u16 = 6;

fn settings(cluster: &Cluster) -> RedisSettings {
    RedisSettings { shards: SHARDS, ..RedisSettings::at(cluster.address()) }
}

#[tokio::test]
async fn a_master_killed_under_load_loses_nothing_that_was_acknowledged_as_replicated() {
    let mut cluster = Cluster::start(&[]).await;
    let timeout = Duration::from_millis(500);
    let durability = Durability::Replicated { replicas: 1, timeout };
    let keeper = keeper(RedisSettings { durability, ..settings(&cluster) }).await;
    assert!(keeper.status().ready, "{:?}", keeper.status());
    let load = Load::start(&keeper, SHARDS, 12);
    load.more(600).await;
    let masters: BTreeSet<usize> = (0..SHARDS).map(|shard| cluster.master_of(shard, 0)).collect();
    assert_eq!(masters.len(), 3, "the shards lie on all masters");
    let old = cluster.master_of(0, 0);
    let other = *masters.iter().find(|master| **master != old).expect("three");
    cluster.nodes[old].kill();
    // The other masters' shards go on meanwhile.
    load.more(100).await;
    until("a replica is promoted", async || cluster.master_of(0, other) != old).await;
    assert!(cluster.nodes[old].run(), "the old one is back, as a replica");
    let before = cluster.nodes[cluster.master_of(0, other)].command::<u64>("XLEN dna:{0}:events");
    until("the shard of the killed master is written again", async || {
        let new = cluster.master_of(0, other);
        cluster.nodes[new].command::<u64>("XLEN dna:{0}:events") > before
    })
    .await;
    load.more(600).await;
    let counts = load.finish().await;
    counts.check("cluster master killed", &cluster.address(), SHARDS).await;
    until("it is ready", async || keeper.status().ready).await;
}

/// Moves the slot of a shard under load.
async fn a_slot_moves(name: &str, spool: Option<SpoolSettings>) {
    let cluster = Cluster::start(&["--appendonly", "yes"]).await;
    let keeper = keeper(RedisSettings { spool, ..settings(&cluster) }).await;
    let load = Load::start(&keeper, SHARDS, 12);
    load.more(300).await;
    let from = cluster.master_of(0, 0);
    let to = (0..SHARDS).map(|shard| cluster.master_of(shard, 0)).find(|at| *at != from);
    let to = to.expect("three masters");
    cluster.migrate(0, from, to, async || load.more(100).await).await;
    load.more(300).await;
    let counts = load.finish().await;
    until("nothing waits", async || keeper.status().spooling.is_none()).await;
    // A refusal TRYAGAIN or a client's retry aside, nobody was turned away for the move.
    counts.check(name, &cluster.address(), SHARDS).await;
    assert!(cluster.keys(to).contains(&"dna:{0}:events".to_owned()));
    assert_eq!(counts.refused.len(), 0, "{:?}", counts.refused);
}

#[tokio::test]
async fn a_slot_that_moves_under_load_is_followed() {
    a_slot_moves("cluster slot moved", None).await;
}

/// The new master is sent the last seconds before what is newer: it may lack them.
#[tokio::test]
async fn a_slot_that_moves_is_followed_by_the_spool_in_its_order() {
    let dir = tempfile::tempdir().expect("a folder");
    a_slot_moves("cluster slot moved, spool", Some(SpoolSettings::new(dir.path()))).await;
}

#[tokio::test]
async fn a_reader_of_a_cluster_follows_all_of_its_masters() {
    let cluster = Cluster::start(&[]).await;
    let keeper = keeper(settings(&cluster)).await;
    let source = Source::Redis { address: cluster.address(), shards: None };
    let mut follower = BufferReader::open(&source, Start::End).await.expect("readable");
    for shard in 0..SHARDS {
        let bytes = shard.to_string().into();
        assert_eq!(keeper.keep(Item { shard, bytes }).await, Ok(()));
    }
    assert_eq!(read_all(&cluster.address(), SHARDS).await.len(), usize::from(SHARDS));
    let mut seen = 0;
    // Opened before there were streams, it follows as many as there are by default.
    while seen < 4 {
        seen += follower.next(100, PATIENCE).await.expect("readable").len();
    }
    let mut found = BufferReader::open(&source, Start::Last(3)).await.expect("readable");
    assert_eq!(found.next(100, PATIENCE).await.expect("readable").len(), 3);
}
