//! Scripted visitors of the demo bank, so that DataView has something to show before anybody has
//! clicked. What they tell is made up and says so: their release is `scripted`, their user IDs begin
//! with `scripted-`. Their calls are real ones to the bank, so network and services tell of them.

mod post;
mod visit;

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::{self, JoinHandle};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use anyhow::Result;
use serde_json::Value;

use crate::progress::note;
pub(crate) use visit::{Visit, places};

/// Visits of the hour before, told at the start.
const BEFORE: u64 = 180;
/// How often one comes then.
const EVERY: Duration = Duration::from_millis(1500);
/// How often the end is looked for.
const LOOK: Duration = Duration::from_millis(100);

/// Visitors that come until this is dropped.
pub(crate) struct Visitors {
    stop: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

impl Visitors {
    /// Lets them come to the bank at `bank`, whose pages tell ingest at `ingest`.
    pub(crate) fn start(bank: &str, ingest: &str) -> Self {
        let stop = Arc::new(AtomicBool::new(false));
        let (bank, ingest, stopped) = (bank.to_owned(), ingest.to_owned(), Arc::clone(&stop));
        let thread = thread::spawn(move || come(&bank, &ingest, &stopped));
        Self { stop, thread: Some(thread) }
    }
}

impl Drop for Visitors {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::Relaxed);
        if let Some(thread) = self.thread.take() {
            // One that has panicked has said so.
            let _ = thread.join();
        }
    }
}

fn come(bank: &str, ingest: &str, stopped: &AtomicBool) {
    let mut number = 0;
    while number < BEFORE && !stopped.load(Ordering::Relaxed) {
        let ago = Duration::from_secs(3500 * (BEFORE - number) / BEFORE);
        let mut visit = Visit::new(number, now() - ago, bank);
        if !tell(ingest, bank, &mut visit) {
            return;
        }
        number += 1;
    }
    while !stopped.load(Ordering::Relaxed) {
        let mut visit = Visit::new(number, now(), bank);
        visit.call();
        if !tell(ingest, bank, &mut visit) {
            return;
        }
        number += 1;
        let mut waited = Duration::ZERO;
        while waited < EVERY && !stopped.load(Ordering::Relaxed) {
            thread::sleep(LOOK);
            waited += LOOK;
        }
    }
}

/// Tells ingest of a visit; false when no more need come.
fn tell(ingest: &str, bank: &str, visit: &mut Visit<'_>) -> bool {
    let frame = visit.frame(now());
    match send(ingest, bank, visit, &frame) {
        Ok(200..=299) => true,
        Ok(429 | 503) => true,
        Ok(status) => {
            note(&format!("scripted visitors end: ingest answered {status}"));
            false
        }
        // Ingest has gone: so does the demo.
        Err(_) => false,
    }
}

/// Sends what the pages of a visit tell; the status of ingest's answer.
pub(crate) fn send(ingest: &str, bank: &str, visit: &Visit<'_>, frame: &Value) -> Result<u16> {
    let headers = [
        ("Origin", bank.to_owned()),
        ("User-Agent", visit.user_agent().to_owned()),
        // Ingest believes it from this machine, as the demo's configuration says.
        ("X-Forwarded-For", visit.address()),
    ];
    post::post(&format!("{ingest}/v1/beacon"), &headers, frame)
}

/// Since the Unix epoch.
pub(crate) fn now() -> Duration {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default()
}
