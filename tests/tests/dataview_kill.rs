//! Counts are exact whichever part is killed: DataView, ingest or Redis is killed at random moments
//! under load, and what DataView has in the end, in frames, roll-ups and sessions, is what was
//! acknowledged.

use dna_tests::beacons::{Sent, send_all};
use dna_tests::count::until;
use dna_tests::dataview::Dataview;
use dna_tests::ingest::{Buffer, Ingest};
use dna_tests::redis_server::RedisServer;
use dna_tests::soak::pick;
use std::sync::atomic::Ordering;
use std::time::{Duration, SystemTime};

const CLIENTS: u8 = 8;

/// Everything that can be killed.
struct Chain {
    redis: Option<RedisServer>,
    ingest: Ingest,
    dataview: Dataview,
}

#[derive(Debug, Clone, Copy)]
enum Victim {
    Dataview,
    Ingest,
    Redis,
}

impl Chain {
    fn with_redis() -> Self {
        let redis = RedisServer::start();
        let ingest = Ingest::start(Buffer::Redis(redis.url()));
        let dataview = Dataview::start(&ingest);
        Self { redis: Some(redis), ingest, dataview }
    }

    fn with_journal() -> Self {
        let ingest = Ingest::start(Buffer::Journal);
        let dataview = Dataview::start(&ingest);
        Self { redis: None, ingest, dataview }
    }

    fn kill(&mut self, victim: Victim) {
        match victim {
            Victim::Dataview => self.dataview.kill_9_and_restart(),
            Victim::Ingest => self.ingest.kill_9_and_restart(),
            Victim::Redis => self.redis.as_mut().expect("there is one").kill_9_and_restart(),
        }
    }

    /// Sends beacons, kills `victim` meanwhile, and counts.
    fn counts_are_exact(mut self, victim: Victim) {
        let (kills, each) = pick((3, 150_u64), (20, 1000));
        let total = u64::from(CLIENTS) * each;
        let (sent, url) = (Sent::default(), self.ingest.url());
        let begun = SystemTime::now();
        std::thread::scope(|scope| {
            for client in 0..CLIENTS {
                let (url, sent) = (&url, &sent);
                scope.spawn(move || send_all(url, client, each, sent));
            }
            let mut random = seed();
            for kill in 1..=kills {
                let acknowledged = || sent.acknowledged.load(Ordering::Relaxed);
                let moment = total * kill / (kills + 1);
                until("more is acknowledged", || acknowledged() >= moment);
                // Another moment within what is done with a batch, each time.
                random ^= random << 13;
                random ^= random >> 7;
                random ^= random << 17;
                std::thread::sleep(Duration::from_micros(random % 20_000));
                self.kill(victim);
            }
        });
        let acknowledged = sent.acknowledged.load(Ordering::Relaxed);
        assert_eq!(acknowledged, total);
        until("all is stored", || self.dataview.frames() >= acknowledged);
        let from = begun.duration_since(SystemTime::UNIX_EPOCH).expect("after 1970").as_millis();
        let range = format!("app=test&from={}", from / 60_000 * 60_000);
        let totals = &self.dataview.get(&format!("/api/v1/overview?{range}"))["totals"];
        let listed = self.dataview.get(&format!("/api/v1/sessions?{range}"));
        let sessions = listed["sessions"].as_array().expect("a list");
        let health = self.dataview.get("/api/v1/health");
        eprintln!(
            "counted: {victim:?} killed {kills} times: acknowledged {acknowledged}, frames {}, \
             events in roll-ups {}, sessions {}; since the last start {} duplicates, tries that \
             failed {}",
            self.dataview.frames(),
            totals["events"],
            sessions.len(),
            health["duplicates"],
            sent.failed_tries.load(Ordering::Relaxed),
        );
        assert_eq!(self.dataview.frames(), acknowledged, "frames");
        assert_eq!(totals["events"], acknowledged, "events in roll-ups");
        assert_eq!(totals["sessions"], u64::from(CLIENTS), "sessions in roll-ups");
        assert_eq!(sessions.len(), usize::from(CLIENTS), "sessions");
        assert!(sessions.iter().all(|session| session["events"] == each), "{listed}");
        assert_eq!(health["dead_letters"], 0);
    }
}

/// Other moments in each run; what is found is found by any of them.
fn seed() -> u64 {
    let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).expect("after 1970");
    (now.as_nanos() as u64) | 1
}

#[test]
fn dataview_is_killed_over_redis() {
    Chain::with_redis().counts_are_exact(Victim::Dataview);
}

#[test]
fn ingest_is_killed_over_redis() {
    Chain::with_redis().counts_are_exact(Victim::Ingest);
}

#[test]
fn redis_is_killed() {
    Chain::with_redis().counts_are_exact(Victim::Redis);
}

#[test]
fn dataview_is_killed_over_the_journal() {
    Chain::with_journal().counts_are_exact(Victim::Dataview);
}

#[test]
fn ingest_is_killed_over_the_journal() {
    Chain::with_journal().counts_are_exact(Victim::Ingest);
}
