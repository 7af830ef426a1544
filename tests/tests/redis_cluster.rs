//! Acknowledged means kept, on a Redis Cluster whose masters are killed one after the other.

use dna_tests::beacons::{Sent, send_all};
use dna_tests::ingest::{Buffer, Ingest};
use dna_tests::redis_cluster::RedisCluster;
use std::collections::HashMap;
use std::sync::atomic::Ordering;

const CLIENTS: u8 = 12;
const BEACONS: u64 = 1500;

#[test]
fn masters_killed_under_load_lose_nothing_that_was_acknowledged_as_replicated() {
    let mut cluster = RedisCluster::start();
    let seeds = cluster.places();
    let lines = format!("cluster = [{:?}, {:?}, {:?}]", seeds[0], seeds[3], seeds[5]);
    let ingest = Ingest::start(Buffer::RedisAt { durability: "replicated", lines });
    let sent = Sent::default();
    let mut kills = 0;
    std::thread::scope(|scope| {
        for client in 0..CLIENTS {
            let (url, sent) = (ingest.url(), &sent);
            scope.spawn(move || send_all(&url, client, BEACONS, sent));
        }
        let all = u64::from(CLIENTS) * BEACONS;
        for share in 1..=2 {
            while sent.acknowledged.load(Ordering::Relaxed) < all * share / 8 {
                std::thread::yield_now();
            }
            cluster.kill_9_and_replace(cluster.a_master());
            kills += 1;
        }
    });
    let mut kept: HashMap<(String, u64), u64> = HashMap::new();
    for entry in ingest.kept() {
        let header = &entry["frame"];
        let session = header["session.id"].as_str().expect("a session").to_owned();
        *kept.entry((session, header["sequence"].as_u64().expect("a sequence"))).or_default() += 1;
    }
    let acknowledged = sent.acknowledged.load(Ordering::Relaxed);
    let failed = sent.failed_tries.load(Ordering::Relaxed);
    let repeats: u64 = kept.values().map(|count| count - 1).sum();
    eprintln!(
        "cluster: sent {}, acknowledged {acknowledged}, kept {} (and {repeats} repeats that carry \
         the same session and sequence), lost {}, masters killed {kills}",
        acknowledged + failed,
        kept.len(),
        acknowledged - kept.len() as u64,
    );
    assert_eq!(acknowledged, u64::from(CLIENTS) * BEACONS);
    assert_eq!(kept.len() as u64, acknowledged, "every acknowledged beacon, and nothing else");
    assert!(failed > 0, "the kills came while nothing was under way: they prove nothing");
}
