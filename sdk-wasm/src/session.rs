//! The session: one visit of one browser, shared by its tabs.
//!
//! It ends half an hour after the last activity, or 12 hours after its start. Tabs agree
//! through the storage: whoever finds the session over writes a new one, and the others find
//! that one when they next look.

use crate::host::{Host, SESSION, random_u32};
use crate::limits::{SESSION_AGE_MAX, SESSION_IDLE_MAX, SESSION_TOUCH_INTERVAL};
use crate::sampling;
use crate::stored::Stored;

/// Layout of the stored bytes, to be counted up when it changes.
const VERSION: u8 = 2;

/// Whether a session is kept, and why. Stored as its number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub(crate) enum Kept {
    /// It is not among the share, and nothing has said otherwise yet.
    No,
    /// It is among the share that is kept.
    Share,
    /// Its user is of a tier that is always kept.
    Vip,
    /// Something went wrong in it.
    Error,
}

impl Kept {
    fn read(stored: u8) -> Self {
        match stored {
            0 => Self::No,
            2 => Self::Vip,
            3 => Self::Error,
            _ => Self::Share,
        }
    }
}

/// The session that a page belongs to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Session {
    id: [u8; 16],
    started: u64,
    active: u64,
    kept: Kept,
}

impl Session {
    /// The session in the storage if it still lives, else a new one.
    pub(crate) fn resume(host: &mut impl Host, percent: u8, now: u64) -> Self {
        let mut session = Self::load(host)
            .filter(|session| session.lives(now))
            .unwrap_or_else(|| Self::begin(host, percent, now));
        session.store(host, now);
        session
    }

    /// Notes activity. `true` when the page is in another session now.
    pub(crate) fn touch(&mut self, host: &mut impl Host, percent: u8, now: u64) -> bool {
        if now.abs_diff(self.active) < SESSION_TOUCH_INTERVAL {
            return false;
        }
        let id = self.id;
        let shared = Self::load(host).filter(|shared| shared.lives(now));
        match shared {
            Some(shared) => *self = shared,
            None if self.lives(now) => {}
            None => *self = Self::begin(host, percent, now),
        }
        self.store(host, now);
        self.id != id
    }

    /// The identifier.
    pub(crate) fn id(&self) -> &[u8; 16] {
        &self.id
    }

    /// Whether the session is among those that are kept.
    pub(crate) fn is_kept(&self) -> bool {
        self.kept != Kept::No
    }

    /// Why it is kept although the share would have left it out; empty when it would not.
    pub(crate) fn reason(&self) -> &'static str {
        match self.kept {
            Kept::Vip => "vip",
            Kept::Error => "error",
            _ => "",
        }
    }

    /// Keeps it after all, for other tabs and pages too.
    pub(crate) fn keep(&mut self, host: &mut impl Host, why: Kept, now: u64) {
        if self.is_kept() {
            return;
        }
        self.kept = why;
        // Another tab may be in a new one by now.
        if Self::load(host).is_none_or(|shared| shared.id == self.id) {
            self.store(host, now);
        }
    }

    fn begin(host: &mut impl Host, percent: u8, now: u64) -> Self {
        let mut id = [0; 16];
        host.random(&mut id);
        let kept = sampling::keeps(percent, random_u32(host));
        let kept = if kept { Kept::Share } else { Kept::No };
        Self { id, started: now, active: now, kept }
    }

    /// A clock that was set back by more than the limit ends the session too.
    fn lives(&self, now: u64) -> bool {
        now.abs_diff(self.active) < SESSION_IDLE_MAX && now.abs_diff(self.started) < SESSION_AGE_MAX
    }

    fn load(host: &impl Host) -> Option<Self> {
        let bytes = host.load(SESSION)?;
        let mut stored = Stored(&bytes);
        let [version, kept] = stored.take()?;
        let (id, started, active) = (stored.take()?, stored.number()?, stored.number()?);
        (version == VERSION).then_some(Self { id, started, active, kept: Kept::read(kept) })
    }

    fn store(&mut self, host: &mut impl Host, now: u64) {
        self.active = now;
        let mut bytes = vec![VERSION, self.kept as u8];
        bytes.extend_from_slice(&self.id);
        bytes.extend_from_slice(&self.started.to_be_bytes());
        bytes.extend_from_slice(&self.active.to_be_bytes());
        host.store(SESSION, &bytes);
    }
}
