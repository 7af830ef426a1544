//! One application at ten times its rate: it is answered 429 beyond that, and the others notice
//! nothing.

use dna_tests::beacons::{beacon, beacon_of};
use dna_tests::ingest::{Buffer, Ingest};
use dna_tests::soak::{full, pick};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

/// Requests a second that the noisy application may send.
const RATE: u32 = 40;

/// Clients of it, which share ten times that.
const NOISY: u8 = 8;

/// Rounds with and without it, one after the other.
const ROUNDS: u8 = 3;

/// In memory: what the disk does beside this is not asked.
const NOISY_APP: &str = "durability = \"memory\"\n[[apps]]\nname = \"noisy\"\nkeys = [\"noisy-key\"]\norigins = [\"*\"]\n\
                         [apps.rates]\nrequests_per_second = 40\nburst = 40\n";

/// What the machine's other work may add to the slowest hundredth in full; a tenth is what is promised.
const STUTTER: Duration = Duration::from_millis(8);

fn agent() -> ureq::Agent {
    ureq::Agent::config_builder()
        .timeout_global(Some(Duration::from_secs(15)))
        .http_status_as_error(false)
        .build()
        .into()
}

/// Sends each beacon at its time, or as soon as the one before is answered, until `is_over`.
fn send(
    url: &str,
    every: Duration,
    is_over: impl Fn() -> bool,
    body: impl Fn(u64) -> Vec<u8>,
) -> Vec<(u16, Duration)> {
    let agent = agent();
    let mut answers = Vec::new();
    let started = Instant::now();
    for sequence in 0.. {
        if is_over() {
            break;
        }
        let due = every * u32::try_from(sequence).expect("few");
        std::thread::sleep(due.saturating_sub(started.elapsed()));
        let begun = Instant::now();
        let answer = agent.post(url).content_type("text/plain").send(&body(sequence)[..]);
        answers.push((answer.expect("an answer").status().as_u16(), begun.elapsed()));
    }
    answers
}

/// What the calm application saw: all its beacons, and how long 99 of 100 took at most in its
/// best round, since what the machine does beside this only adds.
#[derive(Default)]
struct Calm {
    sent: usize,
    p99: Option<Duration>,
}

impl Calm {
    /// Its beacons for a while: none may be refused.
    fn round(&mut self, url: &str, session: u8) {
        let (begun, long) = (Instant::now(), pick(Duration::from_secs(1), Duration::from_secs(10)));
        let every = Duration::from_millis(5);
        let body = |sequence| beacon(session, sequence);
        let answers = send(url, every, || begun.elapsed() > long, body);
        assert!(answers.iter().all(|(status, _)| *status == 200), "{answers:?}");
        let mut times: Vec<Duration> = answers.iter().map(|(_, time)| *time).collect();
        times.sort_unstable();
        let p99 = times[times.len() * 99 / 100];
        self.p99 = Some(self.p99.map_or(p99, |best| best.min(p99)));
        self.sent += times.len();
    }
}

/// The calm application's round beside the noisy one at ten times its rate; what that was answered.
fn beside_noise(url: &str, round: u8, calm: &mut Calm) -> Vec<u16> {
    let is_over = AtomicBool::new(false);
    std::thread::scope(|scope| {
        let clients = (0..NOISY).map(|client| {
            let is_over = &is_over;
            let every = Duration::from_secs(u64::from(NOISY)) / (10 * RATE);
            scope.spawn(move || {
                let body =
                    |sequence| beacon_of("noisy-key", 100 + round * NOISY + client, sequence);
                send(url, every, || is_over.load(Ordering::Relaxed), body)
            })
        });
        let clients: Vec<_> = clients.collect();
        calm.round(url, 50 + round);
        is_over.store(true, Ordering::Relaxed);
        let answers = clients.into_iter().flat_map(|client| client.join().expect("answers"));
        answers.map(|(status, _)| status).collect()
    })
}

#[test]
fn one_application_at_ten_times_its_rate() {
    let ingest = Ingest::start_with(Buffer::Journal, NOISY_APP);
    let url = format!("{}/v1/beacon", ingest.url());
    let (mut alone, mut beside) = (Calm::default(), Calm::default());
    let mut noisy = Vec::new();
    let (begun, mut loud) = (Instant::now(), Duration::ZERO);
    for round in 0..ROUNDS {
        alone.round(&url, round);
        let begun = Instant::now();
        noisy.extend(beside_noise(&url, round, &mut beside));
        loud += begun.elapsed();
    }
    let seconds = begun.elapsed().as_secs_f64();
    let count = |status| noisy.iter().filter(|other| **other == status).count();
    let (passed, refused) = (count(200), count(429));
    let p99 = [&alone, &beside].map(|calm| calm.p99.expect("some rounds"));
    eprintln!(
        "noisy: {} in {loud:.1?}, {passed} passed, {refused} refused; the other: {} alone, p99 \
         {:?}; {} beside it, p99 {:?}, none refused",
        noisy.len(),
        alone.sent,
        p99[0],
        beside.sent,
        p99[1],
    );
    assert_eq!(passed + refused, noisy.len(), "nothing else is answered");
    let may = f64::from(RATE) * (seconds + 1.0);
    assert!(passed as f64 <= may + 1.0, "{passed} of {may}");
    // Far more than its rate came, or this says nothing; and what it may have, it had.
    assert!(refused > 2 * passed, "{refused} refused, {passed} passed");
    assert!(passed as f64 >= f64::from(RATE) * loud.as_secs_f64() * 0.9, "{passed} in {loud:?}");
    let metric = "dna_ingest_frames_refused_total{reason=\"app_rate_limited\"}";
    assert_eq!(ingest.metric(metric), refused as f64);
    assert_eq!(ingest.kept().len(), alone.sent + beside.sent + passed);
    // The quick form is of what is answered; how soon, a second on a busy machine does not say.
    assert!(!full() || p99[1] < p99[0] * 11 / 10 + STUTTER, "{p99:?}");
}
