//! A journal that DataView reads never fills: many times its bytes go through it, whoever is killed
//! meanwhile, and DataView has all that was acknowledged. Without DataView it fills, refuses and says
//! for whom it keeps what it has.

use dna_tests::beacons::{Sent, large_beacon, send_made};
use dna_tests::count::{more_acknowledged, until};
use dna_tests::dataview::Dataview;
use dna_tests::ingest::Ingest;
use dna_tests::soak::pick;
use std::sync::atomic::{AtomicBool, Ordering};

/// Bytes of the journal. A segment is the smallest that may be configured.
const MIB: u64 = 1024 * 1024;
const TOTAL: u64 = 4 * MIB;

/// Frames that are not stored yet and that a sender waits for: 1 MB, so that only a journal that
/// nobody trims is full.
const AHEAD: u64 = 20;

fn start() -> (Ingest, Dataview) {
    let lines = format!("segment_bytes_max = {MIB}\ntotal_bytes_max = {TOTAL}");
    let ingest = Ingest::start_on_journal(&lines);
    let dataview = Dataview::start(&ingest);
    (ingest, dataview)
}

/// Ten times the journal's bytes.
fn frames_in_all() -> u64 {
    let times = pick(10, 50);
    times * TOTAL / large_beacon(0, 0).len() as u64
}

#[test]
fn ten_times_its_bytes_go_through_and_it_is_never_full_while_dataview_reads() {
    let (ingest, mut dataview) = start();
    let (sent, total, url) = (Sent::default(), frames_in_all(), ingest.url());
    let within_reach = |sequence: u64| {
        let stored = || dataview.frames() + AHEAD > sequence;
        if sequence.is_multiple_of(AHEAD / 2) {
            until("dataview keeps up", stored);
        }
        sequence < total
    };
    send_made(&url, 1, &sent, within_reach, large_beacon);
    until("all is stored", || dataview.frames() >= total);
    let trimmed = ingest.metric("dna_ingest_buffer_journal_trimmed_bytes_total");
    let full = "dna_ingest_buffer_refused_total{reason=\"full\"}";
    assert_eq!(ingest.metric(full), 0.0);
    assert!(trimmed >= (9 * TOTAL) as f64, "{trimmed} bytes were removed");

    // Away, and nothing more is taken in the end; back, and it goes on.
    dataview.kill_9();
    let more = 3 * TOTAL / large_beacon(0, 0).len() as u64;
    let (again, done) = (Sent::default(), AtomicBool::new(false));
    std::thread::scope(|scope| {
        scope.spawn(|| {
            send_made(&url, 2, &again, |sequence| sequence < more, large_beacon);
            done.store(true, Ordering::Relaxed);
        });
        until("it is full", || ingest.metric(full) > 0.0);
        until("it says why", || ingest.ready().0 == 503);
        let told = ingest.ready().1.to_string();
        assert!(told.contains("its reader dataview has not stored"), "{told}");
        assert!(!done.load(Ordering::Relaxed), "some are refused");
        dataview.start_again();
    });
    let acknowledged = total + more;
    until("all is stored", || dataview.frames() >= acknowledged);
    assert_eq!(dataview.frames(), acknowledged);
    assert_eq!(again.acknowledged.load(Ordering::Relaxed), more);
    assert_eq!(ingest.ready().0, 200);
    eprintln!(
        "counted: {acknowledged} frames through a journal of {TOTAL} bytes, {trimmed} removed \
         while dataview read, {} tries refused while it was away",
        again.failed_tries.load(Ordering::Relaxed)
    );
}

#[test]
fn nothing_is_lost_when_who_trims_and_who_reads_are_killed() {
    let (mut ingest, mut dataview) = start();
    let (sent, total, url) = (Sent::default(), frames_in_all(), ingest.url());
    let kills = pick(6, 20);
    let clients = 4;
    let each = total / clients;
    std::thread::scope(|scope| {
        for client in 0..clients {
            let (sent, url) = (&sent, &url);
            let client = u8::try_from(client).expect("few");
            scope.spawn(move || {
                send_made(url, client, sent, |sequence| sequence < each, large_beacon);
            });
        }
        for kill in 0..kills {
            more_acknowledged(&sent, each * clients / (kills + 2));
            if kill % 2 == 0 { dataview.kill_9_and_restart() } else { ingest.kill_9_and_restart() }
        }
    });
    let acknowledged = sent.acknowledged.load(Ordering::Relaxed);
    assert_eq!(acknowledged, each * clients);
    until("all is stored", || dataview.frames() >= acknowledged);
    assert_eq!(dataview.frames(), acknowledged);
    let health = dataview.get("/api/v1/health");
    assert_eq!(health["dropped"].get("journal_damage"), None, "{health}");
    assert_eq!(health["dead_letters"], 0);
    eprintln!(
        "counted: {kills} kills, {acknowledged} frames through a journal of {TOTAL} bytes, {} \
         failed tries",
        sent.failed_tries.load(Ordering::Relaxed)
    );
}
