//! Acknowledged means kept: ingest is killed in the middle of 5,000 beacons and restarted, and
//! every beacon that was acknowledged is in the buffer.

use dna_tests::beacons::{Sent, send_all};
use dna_tests::ingest::{Buffer, Ingest};
use dna_tests::redis_server::RedisServer;
use std::collections::HashMap;
use std::sync::atomic::Ordering;

const CLIENTS: u8 = 16;
const BEACONS: u64 = 5000;

/// Many kills, because an answer that comes before its write is lost only when the kill falls
/// between the two.
const KILLS: u64 = 20;

/// Sends the beacons from many clients at once, kills ingest again and again meanwhile, and
/// compares what was acknowledged with what is kept.
fn acknowledged_is_kept(mut ingest: Ingest) {
    let sent = Sent::default();
    let url = ingest.url();
    std::thread::scope(|scope| {
        for client in 0..CLIENTS {
            let count = BEACONS / u64::from(CLIENTS)
                + u64::from(u64::from(client) < BEACONS % u64::from(CLIENTS));
            let (url, sent) = (&url, &sent);
            scope.spawn(move || send_all(url, client, count, sent));
        }
        for kill in 1..=KILLS {
            while sent.acknowledged.load(Ordering::Relaxed) < BEACONS * kill / (KILLS + 1) {
                std::thread::yield_now();
            }
            ingest.kill_9_and_restart();
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
        "{:?}: acknowledged {acknowledged}, kept {} (and {repeats} repeats that carry the same \
         session and sequence), kills {KILLS}, failed tries {failed}",
        ingest.buffer(),
        kept.len(),
    );
    assert_eq!(acknowledged, BEACONS);
    assert_eq!(kept.len() as u64, BEACONS, "every acknowledged beacon, and nothing else");
    assert!(failed > 0, "the kill came while nothing was under way: it proves nothing");
    // A repeat stems from a beacon that was written but not yet acknowledged at the kill; each
    // client has one beacon under way.
    assert!(repeats <= u64::from(CLIENTS) * KILLS, "{repeats} repeats");
}

#[test]
fn with_the_journal() {
    acknowledged_is_kept(Ingest::start(Buffer::Journal));
}

/// The end of the process is not the end of the system, which has what was written.
#[test]
fn with_the_journal_that_is_not_forced_to_disk() {
    for durability in ["memory", "everysec"] {
        let more = format!("durability = {durability:?}");
        acknowledged_is_kept(Ingest::start_with(Buffer::Journal, &more));
    }
}

#[test]
fn with_redis() {
    let redis = RedisServer::start();
    acknowledged_is_kept(Ingest::start(Buffer::Redis(redis.url())));
}

#[test]
fn redis_killed_too() {
    let mut redis = RedisServer::start();
    let ingest = Ingest::start(Buffer::Redis(redis.url()));
    let sent = Sent::default();
    std::thread::scope(|scope| {
        for client in 0..CLIENTS {
            let (url, sent) = (ingest.url(), &sent);
            scope.spawn(move || send_all(&url, client, 60, sent));
        }
        while sent.acknowledged.load(Ordering::Relaxed) < 400 {
            std::thread::yield_now();
        }
        // The operating system survives, so what Redis wrote to its AOF does too.
        redis.kill_9_and_restart();
    });
    let kept: std::collections::HashSet<String> = ingest
        .kept()
        .iter()
        .map(|entry| entry["frame"]["events"][0]["body"]["event.name"].to_string())
        .collect();
    assert_eq!(kept.len(), usize::from(CLIENTS) * 60);
}
