//! Acknowledged means kept, on a Redis Cluster whose masters are killed one after the other.

use dna_tests::beacons::{Sent, send_all};
use dna_tests::count::{Kept, drained};
use dna_tests::ingest::{Buffer, Ingest};
use dna_tests::redis_cluster::RedisCluster;
use dna_tests::soak;
use std::sync::atomic::Ordering;

const CLIENTS: u8 = 12;

/// Kills masters under load; gives how many tries failed.
fn masters_are_killed(name: &str, spool: bool) -> u64 {
    let kills: u64 = soak::pick(2, 10);
    let beacons = 750 * kills;
    let mut cluster = RedisCluster::start();
    let seeds = cluster.places();
    let lines = format!("cluster = [{:?}, {:?}]", seeds[0], seeds[5]);
    let at = Buffer::RedisAt { lines, spool };
    let ingest = Ingest::start_with(at, "durability = \"replicated\"");
    let sent = Sent::default();
    std::thread::scope(|scope| {
        for client in 0..CLIENTS {
            let (url, sent) = (ingest.url(), &sent);
            scope.spawn(move || send_all(&url, client, beacons, sent));
        }
        for kill in 0..kills {
            // The last kill comes while half of the beacons are still to be sent.
            let goal = u64::from(CLIENTS) * beacons * (kill + 1) / (2 * kills);
            while sent.acknowledged.load(Ordering::Relaxed) < goal {
                std::thread::yield_now();
            }
            cluster.kill_9_and_replace(cluster.a_busy_master());
        }
    });
    drained(&ingest);
    let spooled = ingest.metric("dna_ingest_spool_entries_total");
    Kept::read(&ingest).check(&format!("{name}: {kills} masters killed, spooled {spooled}"), &sent);
    let acknowledged = sent.acknowledged.load(Ordering::Relaxed);
    assert_eq!(acknowledged, u64::from(CLIENTS) * beacons);
    assert_eq!(spooled > 0.0, spool);
    sent.failed_tries.load(Ordering::Relaxed)
}

#[test]
fn clients_send_again_what_no_replica_has() {
    let failed = masters_are_killed("cluster", false);
    assert!(failed > 0, "the kills came while nothing was under way: they prove nothing");
}

#[test]
fn the_spool_takes_what_no_replica_has() {
    let failed = masters_are_killed("cluster, with a spool", true);
    assert_eq!(failed, 0, "nobody is turned away");
}
