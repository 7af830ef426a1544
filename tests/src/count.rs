//! What was sent, acknowledged and kept, counted as a consumer would.

use crate::beacons::Sent;
use crate::ingest::Ingest;
use std::collections::{BTreeMap, HashSet};
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

/// How long something may take that comes at all. Generous: the machine may be building.
const PATIENCE: Duration = Duration::from_secs(120);

/// What a consumer finds: for each session (its first byte) the sequences in the order of their
/// first copies, and how many further copies there are.
#[derive(Debug, Default)]
pub struct Kept {
    /// By session.
    pub sessions: BTreeMap<u8, Vec<u64>>,
    /// Copies that carry a session and sequence that came before.
    pub repeats: u64,
}

impl Kept {
    /// Reads everything that `ingest` has kept.
    ///
    /// # Panics
    /// When it cannot be read, or something is in it that nobody sent.
    #[must_use]
    pub fn read(ingest: &Ingest) -> Self {
        let (mut kept, mut seen) = (Self::default(), HashSet::new());
        for entry in ingest.kept() {
            let frame = &entry["frame"];
            let session = frame["session.id"].as_str().expect("a session");
            let session = u8::from_str_radix(&session[..2], 16).expect("hexadecimal");
            let sequence = frame["sequence"].as_u64().expect("a sequence");
            let name = frame["events"][0]["body"]["event.name"].as_str();
            assert_eq!(name, Some(&*format!("{session}-{sequence}")), "not what was sent");
            if seen.insert((session, sequence)) {
                kept.sessions.entry(session).or_default().push(sequence);
            } else {
                kept.repeats += 1;
            }
        }
        kept
    }

    /// How many frames, each counted once.
    #[must_use]
    pub fn len(&self) -> u64 {
        self.sessions.values().map(|sequences| sequences.len() as u64).sum()
    }

    /// Whether nothing is kept.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.sessions.is_empty()
    }

    /// Says what became of what was `sent`, by clients that send one frame after the other until
    /// it is acknowledged: all of it is kept, counted once, each session in its order.
    ///
    /// # Panics
    /// When something acknowledged is lost, or a session is not in its order.
    pub fn check(&self, what: &str, sent: &Sent) {
        let acknowledged = sent.acknowledged.load(Ordering::Relaxed);
        let failed = sent.failed_tries.load(Ordering::Relaxed);
        let (kept, repeats) = (self.len(), self.repeats);
        let lost = acknowledged.saturating_sub(kept);
        eprintln!(
            "{what}: acknowledged {acknowledged}, kept {kept}, lost {lost}, copies {repeats}, \
             failed tries {failed}"
        );
        assert_eq!(kept, acknowledged, "lost, or kept and never acknowledged");
        for (session, sequences) in &self.sessions {
            assert!(sequences.iter().copied().eq(0..sequences.len() as u64), "{session}: order");
        }
    }
}

/// Waits until what is asked holds.
///
/// # Panics
/// When it does not come to hold.
pub fn until(what: &str, mut holds: impl FnMut() -> bool) {
    let deadline = Instant::now() + PATIENCE;
    while !holds() {
        assert!(Instant::now() < deadline, "in vain: {what}");
        std::thread::sleep(Duration::from_millis(5));
    }
}

/// Waits until `count` more frames are acknowledged than now.
///
/// # Panics
/// When they are not.
pub fn more_acknowledged(sent: &Sent, count: u64) {
    let goal = sent.acknowledged.load(Ordering::Relaxed) + count;
    until("more is acknowledged", || sent.acknowledged.load(Ordering::Relaxed) >= goal);
}

/// Waits until ingest is ready and nothing is left in its spool.
///
/// # Panics
/// When it does not come to that.
pub fn drained(ingest: &Ingest) {
    until("the spool is replayed", || {
        let (status, ready) = ingest.ready();
        status == 200 && ready["spooling"].is_null()
    });
}
