//! Nothing acknowledged is lost while Redis dies, hangs or comes back, while ingest is killed, and
//! while the disk is full. Each test counts what was sent, acknowledged and kept.

use dna_tests::beacons::{Sent, send_while};
use dna_tests::count::{Kept, drained, more_acknowledged, until};
use dna_tests::ingest::{Buffer, Ingest};
use dna_tests::redis_server::RedisServer;
use dna_tests::soak::pick;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

const CLIENTS: u8 = 8;

/// Sends from many clients at once while `faults` happen, and until they are over.
fn under_load(url: &str, faults: impl FnOnce(&Sent)) -> Sent {
    let (sent, stop) = (Sent::default(), AtomicBool::new(false));
    std::thread::scope(|scope| {
        for client in 0..CLIENTS {
            let (sent, stop) = (&sent, &stop);
            scope.spawn(move || {
                send_while(url, client, sent, |_| !stop.load(Ordering::Relaxed));
            });
        }
        // A test that fails must not leave its clients sending.
        let _stop = OnDrop(|| stop.store(true, Ordering::Relaxed));
        faults(&sent);
    });
    sent
}

struct OnDrop<F: Fn()>(F);

impl<F: Fn()> Drop for OnDrop<F> {
    fn drop(&mut self) {
        (self.0)();
    }
}

/// The same numbers in each run, so that a failure can be seen again.
struct Random(u64);

impl Random {
    fn below(&mut self, bound: u64) -> u64 {
        self.0 =
            self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % bound
    }
}

fn failed(sent: &Sent) -> u64 {
    sent.failed_tries.load(Ordering::Relaxed)
}

#[test]
fn ingest_killed_at_random_moments_with_redis_up_and_down() {
    let kills = pick(4, 20);
    // Both end within a moment of each other, again and again: only `always` promises that.
    let mut redis = RedisServer::start_with(&["--appendfsync", "always"]);
    let mut ingest = Ingest::start_with(Buffer::Redis(redis.url()), "durability = \"always\"");
    let mut random = Random(4);
    let mut is_up = true;
    let sent = under_load(&ingest.url(), |sent| {
        for kill in 0..kills {
            more_acknowledged(sent, 50 + random.below(100));
            // Down for one kill, up for the next: in the spool, and in the middle of a replay.
            if is_up {
                redis.kill_9();
            } else {
                redis.run();
            }
            is_up = !is_up;
            more_acknowledged(sent, 1 + random.below(150));
            let before = failed(sent);
            ingest.kill_9_and_restart();
            until("a try fails by the kill", || failed(sent) > before || kill % 2 == 1);
        }
        if !is_up {
            redis.run();
        }
        more_acknowledged(sent, 100);
    });
    drained(&ingest);
    let kept = Kept::read(&ingest);
    kept.check(&format!("{kills} kills of ingest, {} of Redis", kills / 2), &sent);
}

/// Redis is killed, so many bytes are cut off its file, and it is started again; what is kept of
/// what was acknowledged, how much that was at the last kill, and how many bytes were cut in all.
fn redis_killed(durability: &str, options: &[&str], cut: u64) -> (Sent, Kept, [u64; 2]) {
    let mut redis = RedisServer::start_with(options);
    let more = format!("durability = {durability:?}");
    let ingest = Ingest::start_with(Buffer::Redis(redis.url()), &more);
    let (mut in_redis, mut lost) = (0, 0);
    let sent = under_load(&ingest.url(), |sent| {
        for _ in 0..pick(2, 10) {
            more_acknowledged(sent, 200);
            redis.kill_9();
            in_redis = sent.acknowledged.load(Ordering::Relaxed);
            more_acknowledged(sent, 200);
            assert!(ingest.ready().1["spooling"].is_object(), "it says that it spools");
            if cut > 0 {
                lost += redis.cut_file(cut);
            }
            redis.run();
            more_acknowledged(sent, 200);
        }
    });
    drained(&ingest);
    assert_eq!(failed(&sent), 0, "a client was refused while there was a spool");
    (sent, Kept::read(&ingest), [in_redis, lost])
}

#[test]
fn redis_killed_with_always_loses_nothing() {
    let (sent, kept, _) = redis_killed("always", &["--appendfsync", "always"], 0);
    kept.check("Redis killed, always", &sent);
}

#[test]
fn redis_killed_with_everysec_loses_nothing_that_ingest_sends_again() {
    // Redis writes its file later than it answers while the disk is busy, so even its own end
    // takes what it has acknowledged.
    let (sent, kept, _) = redis_killed("everysec", &["--appendfsync", "everysec"], 0);
    kept.check("Redis killed, everysec", &sent);
}

#[test]
fn loss_of_power_of_redis_with_everysec_loses_nothing_that_ingest_sends_again() {
    // About a dozen entries, of the second before the kill.
    let (sent, kept, [_, lost]) = redis_killed("everysec", &["--appendfsync", "everysec"], 4096);
    kept.check("Redis and the end of its file lost, everysec", &sent);
    assert!(lost > 0, "Redis had all of it: this says nothing");
}

#[test]
fn redis_killed_with_memory_loses_only_what_redis_had_in_its_memory() {
    let (sent, kept, [in_redis, _]) = redis_killed("memory", &["--appendonly", "no"], 0);
    let acknowledged = sent.acknowledged.load(Ordering::Relaxed);
    let lost = acknowledged - kept.len();
    eprintln!(
        "Redis killed, memory: acknowledged {acknowledged}, of them {in_redis} at the last kill, \
         lost {lost}: what Redis alone had"
    );
    // A request that was on its way at the kill may have been counted after it.
    assert!(kept.len() >= acknowledged - in_redis - u64::from(CLIENTS), "the spool lost something");
    assert!(lost > 0, "with nothing lost this test tests nothing");
}

#[test]
fn redis_paused_holds_nobody_up() {
    let paused_for = pick(Duration::from_secs(5), Duration::from_secs(30));
    let redis = RedisServer::start();
    let ingest = Ingest::start_with(Buffer::Redis(redis.url()), "durability = \"memory\"");
    let mut during = 0;
    let sent = under_load(&ingest.url(), |sent| {
        more_acknowledged(sent, 200);
        redis.signal("STOP");
        let (began, before) = (Instant::now(), sent.acknowledged.load(Ordering::Relaxed));
        // How long it is paused is what is tested, and meanwhile it has to go on.
        while began.elapsed() < paused_for {
            more_acknowledged(sent, 50);
        }
        during = sent.acknowledged.load(Ordering::Relaxed) - before;
        redis.signal("CONT");
        more_acknowledged(sent, 200);
    });
    drained(&ingest);
    let kept = Kept::read(&ingest);
    kept.check(&format!("Redis paused for {paused_for:?}, {during} taken meanwhile"), &sent);
    assert_eq!(failed(&sent), 0, "a client was refused while there was a spool");
}

#[test]
fn a_stop_leaves_in_the_spool_what_redis_does_not_take_and_the_next_start_replays_it() {
    let mut redis = RedisServer::start();
    let mut ingest = Ingest::start(Buffer::Redis(redis.url()));
    let sent = under_load(&ingest.url(), |sent| {
        more_acknowledged(sent, 100);
        redis.kill_9();
        more_acknowledged(sent, 100);
    });
    ingest.stop();
    redis.run();
    ingest.start_again();
    drained(&ingest);
    Kept::read(&ingest).check("stopped while Redis was away", &sent);
}

/// Fills a small disk under load until clients are refused, then makes room.
fn disk_full(ingest: &Ingest) -> Sent {
    let ballast = ingest.data().join("ballast");
    std::fs::write(&ballast, vec![1; 1024 * 1024]).expect("the disk has room for it");
    under_load(&ingest.url(), |sent| {
        until("the disk is full", || failed(sent) > 0);
        until("it says so", || ingest.ready().0 == 503);
        std::fs::remove_file(&ballast).expect("removed");
        until("it is ready again by itself", || ingest.ready().0 == 200);
        more_acknowledged(sent, 100);
    })
}

const SMALL_DISK: u64 = 1024 * 1024 + 96 * 1024;

#[test]
fn a_full_disk_of_the_journal_is_survived() {
    let ingest = Ingest::start_on_small_disk(Buffer::Journal, "", SMALL_DISK);
    let sent = disk_full(&ingest);
    Kept::read(&ingest).check("disk full, journal", &sent);
}

#[test]
fn a_full_disk_of_the_spool_is_survived() {
    let mut redis = RedisServer::start();
    let ingest = Ingest::start_on_small_disk(Buffer::Redis(redis.url()), "", SMALL_DISK);
    redis.kill_9();
    let sent = disk_full(&ingest);
    assert!(ingest.metric("dna_ingest_spool_waiting_entries") > 0.0);
    redis.run();
    drained(&ingest);
    Kept::read(&ingest).check("disk full, spool", &sent);
    assert!(ingest.metric("dna_ingest_spool_replayed_total") > 0.0);
    let (entries, lost) = ("dna_ingest_spool_waiting_entries", "dna_ingest_spool_lost_total");
    assert_eq!((ingest.metric(entries), ingest.metric(lost)), (0.0, 0.0));
}
