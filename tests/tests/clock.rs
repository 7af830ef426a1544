//! The wall clock of ingest jumps under load, by hours, years and back: nobody is refused for it,
//! and nothing that was acknowledged is lost.

use dna_tests::beacons::{Sent, send_while};
use dna_tests::clock::Clock;
use dna_tests::count::{Kept, drained, more_acknowledged};
use dna_tests::ingest::{Buffer, Ingest};
use dna_tests::redis_server::RedisServer;
use dna_tests::soak::pick;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant, SystemTime};

const CLIENTS: u8 = 8;

/// A test that hangs ends after this time; none waits for it.
const GIVE_UP: Duration = Duration::from_secs(600);

/// Ahead, behind, before there were browsers, far ahead, and right again.
const JUMPS: [&str; 6] = ["+6h", "-12h", "-19000d", "+3650d", "-1s", "+0"];

fn jumps_are_borne(name: &str, buffer: Buffer) {
    let clock = Clock::start();
    let ingest = Ingest::start_under(&clock, buffer, "");
    let (sent, stop, begun) = (Sent::default(), AtomicBool::new(false), Instant::now());
    std::thread::scope(|scope| {
        for client in 0..CLIENTS {
            let (url, sent, stop) = (ingest.url(), &sent, &stop);
            let goes_on = move |_| !stop.load(Ordering::Relaxed) && begun.elapsed() < GIVE_UP;
            scope.spawn(move || send_while(&url, client, sent, goes_on));
        }
        for _ in 0..pick(1, 20) {
            for jump in JUMPS {
                clock.jump(jump);
                more_acknowledged(&sent, 100);
            }
        }
        stop.store(true, Ordering::Relaxed);
    });
    drained(&ingest);
    Kept::read(&ingest).check(&format!("clock jumps, {name}"), &sent);
    assert_eq!(sent.failed_tries.load(Ordering::Relaxed), 0, "a client was refused");
    let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).expect("after 1970");
    let day = 24 * 3600 * 1000;
    let apart = |entry: &serde_json::Value| {
        let received = entry["received_at_ms"].as_i64().expect("a time");
        (received - now.as_millis() as i64) / day
    };
    let days: Vec<i64> = ingest.kept().iter().map(apart).collect();
    let (least, most) = (days.iter().min(), days.iter().max());
    // Or this says nothing.
    assert!(least < Some(&-18_000) && most > Some(&3600), "it saw {least:?} to {most:?} days");
}

#[test]
fn with_the_journal() {
    jumps_are_borne("journal", Buffer::Journal);
}

#[test]
fn with_redis() {
    let redis = RedisServer::start();
    jumps_are_borne("Redis", Buffer::Redis(redis.url()));
}
