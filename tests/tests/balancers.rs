//! Two ingests behind HAProxy and behind nginx, each restarted in turn under load: no request
//! fails, and what was acknowledged is kept.

use dna_tests::balancer::{Balancer, Kind};
use dna_tests::beacons::beacon;
use dna_tests::ingest::{Buffer, Ingest};
use dna_tests::soak::pick;
use std::collections::HashSet;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

const CLIENTS: u8 = 8;

/// A test that hangs fails after this time.
const GIVE_UP: Duration = Duration::from_secs(60);

/// Each ingest is restarted so many times.
fn rounds() -> u32 {
    pick(2, 10)
}

fn restarts_are_not_noticed(kind: Kind) {
    let mut ingests = [Ingest::start(Buffer::Journal), Ingest::start(Buffer::Journal)];
    let balancer = Balancer::start(kind, [ingests[0].port(), ingests[1].port()]);
    let url = format!("{}/v1/beacon", balancer.url());
    let (stop, sent) = (AtomicBool::new(false), AtomicU64::new(0));
    let longest = std::thread::scope(|scope| {
        let clients = (0..CLIENTS).map(|client| {
            let (url, stop, sent) = (&url, &stop, &sent);
            scope.spawn(move || send_until(url, client, stop, sent))
        });
        let clients: Vec<_> = clients.collect();
        let wait_for_more = |more: u64| {
            let (goal, begun) = (sent.load(Ordering::Relaxed) + more, Instant::now());
            while sent.load(Ordering::Relaxed) < goal {
                let failed = clients.iter().any(std::thread::ScopedJoinHandle::is_finished);
                if failed || begun.elapsed() > GIVE_UP {
                    stop.store(true, Ordering::Relaxed);
                    panic!("a client failed, or nothing is answered");
                }
                std::thread::sleep(Duration::from_millis(5));
            }
        };
        wait_for_more(200);
        for _ in 0..rounds() {
            for ingest in &mut ingests {
                ingest.stop();
                ingest.start_again();
                // The balancer has to take it back before the other one goes.
                let begun = Instant::now();
                while ingest.metric("dna_ingest_frames_accepted_total") == 0.0 {
                    assert!(begun.elapsed() < GIVE_UP, "it gets no requests any more");
                    std::thread::sleep(Duration::from_millis(20));
                }
                wait_for_more(200);
            }
        }
        stop.store(true, Ordering::Relaxed);
        let times = clients.into_iter().map(|client| client.join().expect("no request failed"));
        times.max().expect("clients")
    });
    let sent = sent.load(Ordering::Relaxed);
    let kept: Vec<String> = ingests
        .iter()
        .flat_map(Ingest::kept)
        .map(|entry| entry["frame"]["events"][0]["body"]["event.name"].to_string())
        .collect();
    let distinct: HashSet<&String> = kept.iter().collect();
    eprintln!(
        "{kind:?}: {sent} acknowledged, {} kept, {} of them twice, {} restarts, longest {longest:?}",
        distinct.len(),
        kept.len() - distinct.len(),
        rounds() * 2,
    );
    assert_eq!(distinct.len() as u64, sent);
}

/// Sends beacons one after the other, each once: it must be acknowledged at the first try. The
/// longest time that one took.
fn send_until(url: &str, client: u8, stop: &AtomicBool, sent: &AtomicU64) -> Duration {
    let agent: ureq::Agent = ureq::Agent::config_builder()
        .timeout_global(Some(Duration::from_secs(15)))
        .http_status_as_error(false)
        .build()
        .into();
    let mut longest = Duration::ZERO;
    for sequence in 0.. {
        if stop.load(Ordering::Relaxed) {
            break;
        }
        let body = beacon(client, sequence);
        let begun = Instant::now();
        let answer = agent.post(url).content_type("text/plain").send(&body[..]);
        let status = answer.expect("an answer").status().as_u16();
        assert_eq!(status, 200, "{client}-{sequence} after {:?}", begun.elapsed());
        longest = longest.max(begun.elapsed());
        sent.fetch_add(1, Ordering::Relaxed);
        std::thread::sleep(Duration::from_millis(2));
    }
    longest
}

#[test]
fn behind_haproxy() {
    restarts_are_not_noticed(Kind::Haproxy);
}

#[test]
fn behind_nginx() {
    restarts_are_not_noticed(Kind::Nginx);
}
