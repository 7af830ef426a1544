//! Frames that are not acknowledged yet, here and, when the page may end, in the storage: one key
//! a frame, so that tabs never overwrite each other's.

use crate::dropped::Dropped;
use crate::frame::Frame;
use crate::host::Host;
use crate::limits::{ATTEMPTS_MAX, BACKOFF_MAX, OUTBOX_AGE_MAX};
use crate::stored::Stored;
use dna_protocol::limits::CLIENT_FRAME_BYTES_MAX;

/// Layout of the stored bytes, to be counted up when it changes.
const VERSION: u8 = 2;
/// The same with what a durable host counts: how many events there are, whether one of them
/// is a failure, and what it tells of events that were dropped.
const VERSION_COUNTED: u8 = 4;

/// Where a frame stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum State {
    /// To be sent at the next opportunity.
    Due,
    /// Under way; failed when no answer comes until then.
    Awaited {
        /// The end of our patience.
        until: u64,
    },
    /// Handed to `sendBeacon`: gone, but nobody knows how it went.
    Unconfirmed,
}

/// A frame in the outbox.
#[derive(Debug)]
pub(crate) struct Entry {
    pub(crate) frame: Frame,
    pub(crate) state: State,
    /// How often it was sent, as far as the wire can say.
    attempts: u8,
    created: u64,
    /// How often it had been sent when it was stored.
    stored: Option<u8>,
}

/// The frames, oldest first.
#[derive(Debug, Default)]
pub(crate) struct Outbox {
    pub(crate) entries: Vec<Entry>,
    /// The last frames that were forgotten: a storage that does not remove them gives them back.
    forgotten: Vec<u64>,
}

/// So many forgotten frames are remembered: more than a storage holds.
const FORGOTTEN_MAX: usize = 256;

impl Outbox {
    /// Adds a new frame. Returns what is lost because the oldest frames had to go.
    pub(crate) fn push<H: Host>(&mut self, host: &mut H, frame: Frame, now: u64) -> Dropped {
        let mut entry = Entry { frame, state: State::Due, attempts: 0, created: now, stored: None };
        if H::TERMS.durable {
            entry.store(host, now);
        }
        self.entries.push(entry);
        let mut lost = Dropped::default();
        let mut bytes = self.bytes();
        // Our own newest frame always fits.
        while self.entries.len() > H::TERMS.outbox_frames_max || bytes > H::TERMS.outbox_bytes_max {
            let oldest = self.entries.remove(self.least::<H>());
            bytes -= oldest.frame.bytes.len();
            lost += Dropped::with(&oldest.frame);
            oldest.forget(host, &mut self.forgotten);
        }
        lost
    }

    /// The frame to give up first: the oldest that is not under way; where they are counted, the
    /// oldest of these without a failure in it. Not the newest, which has only come.
    fn least<H: Host>(&self) -> usize {
        let older = &self.entries[..self.entries.len() - 1];
        let here = |entry: &Entry| !matches!(entry.state, State::Awaited { .. });
        let detail = |entry: &Entry| here(entry) && !(H::TERMS.durable && entry.frame.failure);
        let found = older.iter().position(detail).or_else(|| older.iter().position(here));
        found.unwrap_or(0)
    }

    fn bytes(&self) -> usize {
        self.entries.iter().map(|entry| entry.frame.bytes.len()).sum()
    }

    /// Bytes of the frames that are under way.
    pub(crate) fn in_flight(&self) -> usize {
        let awaited = |entry: &&Entry| matches!(entry.state, State::Awaited { .. });
        self.entries.iter().filter(awaited).map(|entry| entry.frame.bytes.len()).sum()
    }

    /// The frame numbered `sequence`.
    pub(crate) fn find(&mut self, sequence: u64) -> Option<&mut Entry> {
        self.entries.iter_mut().find(|entry| entry.frame.sequence == sequence)
    }

    /// Forgets a frame, here and in the storage. Returns what is lost with it, should nobody have it.
    pub(crate) fn remove(&mut self, host: &mut impl Host, sequence: u64) -> Dropped {
        let found = self.entries.iter().position(|entry| entry.frame.sequence == sequence);
        found.map_or(Dropped::default(), |at| {
            let entry = self.entries.remove(at);
            entry.forget(host, &mut self.forgotten);
            Dropped::with(&entry.frame)
        })
    }

    /// Whether nobody was sent a frame yet.
    pub(crate) fn is_unsent(&mut self, sequence: u64) -> bool {
        self.find(sequence).is_some_and(|entry| entry.attempts == 0)
    }

    /// Takes a frame out that is pushed again at once; what is stored of it stays until then. Returns
    /// what it tells of others.
    pub(crate) fn take_back(&mut self, sequence: u64) -> Dropped {
        let found = self.entries.iter().position(|entry| entry.frame.sequence == sequence);
        found.map_or(Dropped::default(), |at| self.entries.remove(at).frame.dropped)
    }

    /// Gives up the frames that are too old. Returns what is lost.
    pub(crate) fn expire(&mut self, host: &mut impl Host, now: u64) -> Dropped {
        let mut lost = Dropped::default();
        self.entries.retain(|entry| {
            let keep = now.abs_diff(entry.created) < OUTBOX_AGE_MAX;
            if !keep {
                lost += Dropped::with(&entry.frame);
                entry.forget(host, &mut self.forgotten);
            }
            keep
        });
        lost
    }

    /// Stores the frames for a later page load, which may take each over from `due` on. With
    /// `again` also those that are stored already as they are.
    pub(crate) fn store<H: Host>(&mut self, host: &mut H, due: u64, again: bool) {
        for entry in &mut self.entries {
            if entry.stored != Some(entry.attempts) || again && !H::TERMS.durable {
                entry.store(host, due);
            }
        }
    }

    /// Takes over the frames that an earlier page load has left. Each is stored again with
    /// `lease` as its due time, so that other tabs leave it to this one. Returns when the next
    /// one that is not due yet will be.
    pub(crate) fn adopt<H: Host>(&mut self, host: &mut H, now: u64, lease: u64) -> Option<u64> {
        let mut next: Option<u64> = None;
        for sequence in host.stored() {
            if self.find(sequence).is_some() {
                continue;
            }
            if self.forgotten.contains(&sequence) {
                // Elsewhere another tab may have it.
                if H::TERMS.durable {
                    host.remove(sequence);
                }
                continue;
            }
            if self.entries.len() >= H::TERMS.outbox_frames_max {
                return Some(lease);
            }
            let left = host.load(sequence).and_then(|bytes| Entry::read::<H>(sequence, &bytes));
            match left {
                // Nothing is stored to wait longer than that: the clock was set back meanwhile.
                Some((_, due)) if now < due && due - now <= BACKOFF_MAX => {
                    next = Some(next.map_or(due, |next| next.min(due)));
                }
                Some((mut entry, _)) => {
                    if !H::TERMS.durable {
                        entry.store(host, lease);
                    }
                    self.entries.push(entry);
                }
                None => host.remove(sequence),
            }
        }
        if H::TERMS.durable {
            self.entries.sort_by_key(|entry| entry.created);
        }
        next
    }
}

impl Entry {
    /// The bytes to send now.
    pub(crate) fn stamp(&mut self, now: u64) -> &[u8] {
        self.frame.stamp(now, self.attempts);
        self.attempts = ATTEMPTS_MAX.min(self.attempts + 1);
        &self.frame.bytes
    }

    fn forget(&self, host: &mut impl Host, forgotten: &mut Vec<u64>) {
        if self.stored.is_some() {
            host.remove(self.frame.sequence);
            if forgotten.len() >= FORGOTTEN_MAX {
                forgotten.remove(0);
            }
            forgotten.push(self.frame.sequence);
        }
    }

    fn version<H: Host>() -> u8 {
        if H::TERMS.durable { VERSION_COUNTED } else { VERSION }
    }

    fn store<H: Host>(&mut self, host: &mut H, due: u64) {
        let frame = self.frame.storable();
        if frame.is_empty() {
            return;
        }
        // Where nobody else takes frames over, none has to be left to them.
        let due = if H::TERMS.durable { self.created } else { due };
        let mut bytes = vec![Self::version::<H>(), self.attempts];
        bytes.extend_from_slice(&self.created.to_be_bytes());
        bytes.extend_from_slice(&due.to_be_bytes());
        if H::TERMS.durable {
            let counted = self.frame.events << 1 | u64::from(self.frame.failure);
            let dropped = self.frame.dropped;
            for count in [counted, dropped.queue_full, dropped.rate_limited, dropped.filtered] {
                bytes.extend_from_slice(&count.to_be_bytes());
            }
        }
        bytes.extend_from_slice(frame);
        host.store(self.frame.sequence, &bytes);
        self.stored = Some(self.attempts);
    }

    /// Reads what `store` wrote: the entry and its due time.
    fn read<H: Host>(sequence: u64, bytes: &[u8]) -> Option<(Self, u64)> {
        let mut stored = Stored(bytes);
        let [version, attempts] = stored.take()?;
        let (created, due) = (stored.number()?, stored.number()?);
        // Elsewhere how many events it has is not stored; lost ones are counted as one.
        let (mut counted, mut dropped) = (1 << 1, Dropped::default());
        if H::TERMS.durable {
            counted = stored.number()?;
            let mut next = || stored.number();
            dropped = Dropped { queue_full: next()?, rate_limited: next()?, filtered: next()? };
        }
        let bytes = stored.rest().to_vec();
        if version != Self::version::<H>() || bytes.len() > CLIENT_FRAME_BYTES_MAX {
            return None;
        }
        let (events, failure) = (counted >> 1, counted & 1 == 1);
        let frame = Frame { sequence, bytes, reduced: None, events, dropped, failure };
        Some((Self { frame, state: State::Due, attempts, created, stored: Some(attempts) }, due))
    }
}
