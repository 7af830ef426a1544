//! Two ingests behind HAProxy and behind nginx, each restarted in turn under load: no request
//! fails, and what was acknowledged is kept. Without a balancer, at one address, some connections
//! are reset, and clients send again.

use dna_tests::balancer::{Balancer, Kind};
use dna_tests::beacons::{Sent, beacon, send_while};
use dna_tests::count::more_acknowledged;
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
    let (kept, twice) = kept(&ingests);
    eprintln!(
        "{kind:?}: {sent} acknowledged, {kept} kept, {twice} of them twice, {} restarts, longest \
         {longest:?}",
        rounds() * 2,
    );
    assert_eq!(kept, sent);
}

/// How many beacons both have, each counted once, and how many copies beyond.
fn kept(ingests: &[Ingest; 2]) -> (u64, usize) {
    let name =
        |entry: serde_json::Value| entry["frame"]["events"][0]["body"]["event.name"].to_string();
    let kept: Vec<String> = ingests.iter().flat_map(Ingest::kept).map(name).collect();
    let distinct: HashSet<&String> = kept.iter().collect();
    (distinct.len() as u64, kept.len() - distinct.len())
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

#[test]
fn two_at_one_address_without_a_balancer() {
    let more = "[http]\nreuse_port = true\ndrain_delay_ms = 100\n";
    let first = Ingest::start_with(Buffer::Journal, more);
    let second = Ingest::start_at(first.port(), Buffer::Journal, more);
    let (url, mut ingests) = (first.url(), [first, second]);
    let (stop, sent, begun) = (AtomicBool::new(false), Sent::default(), Instant::now());
    std::thread::scope(|scope| {
        for client in 0..CLIENTS {
            let (url, stop, sent) = (&url, &stop, &sent);
            // A test that fails ends its clients too.
            let goes_on = move |_| !stop.load(Ordering::Relaxed) && begun.elapsed() < 5 * GIVE_UP;
            scope.spawn(move || send_while(url, client, sent, goes_on));
        }
        more_acknowledged(&sent, 200);
        for _ in 0..rounds() {
            for ingest in &mut ingests {
                ingest.stop();
                // The other one has them all.
                more_acknowledged(&sent, 200);
                ingest.start_again();
            }
        }
        stop.store(true, Ordering::Relaxed);
    });
    let (kept, twice) = kept(&ingests);
    let sent = [&sent.acknowledged, &sent.failed_tries].map(|count| count.load(Ordering::Relaxed));
    eprintln!("one address: {sent:?} acknowledged and reset, {kept} kept, {twice} of them twice");
    assert_eq!(kept, sent[0]);
}
