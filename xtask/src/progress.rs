//! Says what is being done while it is done: a line at the start, one at the end with the
//! time it took, and a sign of life when nothing else was printed for a while.
//!
//! Plain lines only, so that a terminal and a CI log read the same.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{LazyLock, Mutex, PoisonError, mpsc};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

/// Silence after which a running step says that it is still there.
const SILENCE_MAX: Duration = Duration::from_secs(10);
/// How often the silence is measured.
const POLL: Duration = Duration::from_millis(250);

static ORIGIN: LazyLock<Instant> = LazyLock::new(Instant::now);
/// When something was printed last, in ms since the origin.
static LAST_OUTPUT_MS: AtomicU64 = AtomicU64::new(0);
/// The running steps' numbers, the innermost last: only that one gives signs of life.
static RUNNING: Mutex<Vec<u64>> = Mutex::new(Vec::new());
static NEXT_NUMBER: AtomicU64 = AtomicU64::new(0);

/// A running step. Say how it ended with [`Step::done`]; dropped without that, it failed.
#[must_use]
pub(crate) struct Step {
    title: String,
    number: u64,
    started: Instant,
    done: bool,
    // Dropping the sender ends the heartbeat.
    stop: Option<mpsc::Sender<()>>,
    heartbeat: Option<JoinHandle<()>>,
}

impl Step {
    /// Announces the step and starts its clock.
    pub(crate) fn start(title: impl Into<String>) -> Self {
        let title = title.into();
        let started = Instant::now();
        let number = NEXT_NUMBER.fetch_add(1, Ordering::Relaxed);
        say(&format!("==> {title}"));
        running(|steps| steps.push(number));
        let (stop, stopped) = mpsc::channel();
        let heartbeat = thread::spawn({
            let title = title.clone();
            move || beat(&title, number, started, &stopped)
        });
        let (stop, heartbeat) = (Some(stop), Some(heartbeat));
        Self { title, number, started, done: false, stop, heartbeat }
    }

    /// Ends the step well.
    pub(crate) fn done(mut self) {
        self.done = true;
    }
}

impl Drop for Step {
    fn drop(&mut self) {
        drop(self.stop.take());
        if let Some(heartbeat) = self.heartbeat.take() {
            // A heartbeat that panicked has nothing to add to the step's own outcome.
            let _ = heartbeat.join();
        }
        running(|steps| steps.retain(|number| *number != self.number));
        let word = if self.done { "done" } else { "FAILED" };
        say(&format!("<== {}: {word} in {}", self.title, elapsed(self.started.elapsed())));
    }
}

/// Prints a line on stderr, which ends the silence.
pub(crate) fn say(line: &str) {
    eprintln!("{line}");
    LAST_OUTPUT_MS.store(now_ms(), Ordering::Relaxed);
}

/// Prints a remark inside of a step.
pub(crate) fn note(remark: &str) {
    say(&format!("    {remark}"));
}

fn beat(title: &str, number: u64, started: Instant, stopped: &mpsc::Receiver<()>) {
    while stopped.recv_timeout(POLL) == Err(mpsc::RecvTimeoutError::Timeout) {
        let innermost = running(|steps| steps.last() == Some(&number));
        if innermost && silence() >= SILENCE_MAX {
            note(&format!("… {title}: {} so far", elapsed(started.elapsed())));
        }
    }
}

fn running<T>(act: impl FnOnce(&mut Vec<u64>) -> T) -> T {
    // Numbers cannot be half changed, so they are good even when another thread panicked.
    act(&mut RUNNING.lock().unwrap_or_else(PoisonError::into_inner))
}

fn silence() -> Duration {
    let last = LAST_OUTPUT_MS.load(Ordering::Relaxed);
    Duration::from_millis(now_ms().saturating_sub(last))
}

fn now_ms() -> u64 {
    u64::try_from(ORIGIN.elapsed().as_millis()).unwrap_or(u64::MAX)
}

/// `0.4 s`, `12 s`, `3 min 05 s`: precise while that matters, readable after.
pub(crate) fn elapsed(time: Duration) -> String {
    let seconds = time.as_secs();
    match seconds {
        0..10 => format!("{:.1} s", time.as_secs_f64()),
        10..60 => format!("{seconds} s"),
        _ => format!("{} min {:02} s", seconds / 60, seconds % 60),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_short_and_readable() {
        let check = |ms, expected| assert_eq!(elapsed(Duration::from_millis(ms)), expected);
        check(0, "0.0 s");
        check(449, "0.4 s");
        check(9_900, "9.9 s");
        check(10_000, "10 s");
        check(59_999, "59 s");
        check(60_000, "1 min 00 s");
        check(185_000, "3 min 05 s");
        check(3_600_000, "60 min 00 s");
    }

    #[test]
    fn a_line_ends_the_silence() {
        thread::sleep(Duration::from_millis(20));
        say("test: a line");
        assert!(silence() < SILENCE_MAX);
    }

    #[test]
    fn a_step_that_ended_is_not_running() {
        let outer = Step::start("test: outer");
        let number = outer.number;
        let inner = Step::start("test: inner");
        assert!(running(|steps| steps.contains(&number) && steps.contains(&inner.number)));
        inner.done();
        drop(outer);
        assert!(!running(|steps| steps.contains(&number)));
    }
}
