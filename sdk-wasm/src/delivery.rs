//! Brings frames to ingest: which way, when again, and what is kept when the page ends.
//!
//! While the page is visible frames go by `fetch` with `keepalive`, whose answer tells whether
//! they were kept. When it is being left they go by `sendBeacon`, which survives the page but
//! tells nothing: they stay in the outbox and are sent once more, under the same sequence, by
//! the next page load or when the page is shown again. Readers recognise the repeat.

use crate::dropped::Dropped;
use crate::frame::Frame;
use crate::host::{Host, random_u32};
use crate::limits::{ANSWER_TIMEOUT, IN_FLIGHT_BYTES_MAX, LOOK_AGAIN, STORED_LEASE};
use crate::outbox::{Outbox, State};
use crate::retry::{Retry, Verdict, verdict};

/// How a request ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Answer {
    /// The server answered.
    Status {
        /// The HTTP status.
        status: u16,
        /// Its Retry-After, in milliseconds.
        retry_after: Option<u64>,
    },
    /// No answer: offline, blocked, cut off.
    None,
}

/// The frames of a page on their way.
#[derive(Debug)]
pub(crate) struct Delivery {
    outbox: Outbox,
    retry: Retry,
    visible: bool,
    /// The page is being left this very moment: the next `advance` may be the last.
    leaving: bool,
    /// When to look again for frames of earlier page loads.
    adopt_at: Option<u64>,
    /// The page before is often still busy leaving when this one starts, in another process:
    /// its storage is looked at once more.
    look_again: bool,
    warned: bool,
}

impl Delivery {
    /// Starts with what earlier page loads have left, which is sent by the first `woken`.
    pub(crate) fn new(now: u64) -> Self {
        Self {
            outbox: Outbox::default(),
            retry: Retry::default(),
            visible: true,
            leaving: false,
            adopt_at: Some(now),
            look_again: true,
            warned: false,
        }
    }

    /// Takes a frame over. Returns what is lost because the outbox is full.
    pub(crate) fn push(&mut self, host: &mut impl Host, frame: Frame, now: u64) -> Dropped {
        self.outbox.push(host, frame, now)
    }

    /// As [`Outbox::is_unsent`].
    pub(crate) fn is_unsent(&mut self, sequence: u64) -> bool {
        self.outbox.is_unsent(sequence)
    }

    /// As [`Outbox::take_back`].
    pub(crate) fn take_back(&mut self, sequence: u64) -> Dropped {
        self.outbox.take_back(sequence)
    }

    /// Does what is due. Returns what had to be given up.
    pub(crate) fn advance(&mut self, host: &mut impl Host, now: u64) -> Dropped {
        if self.adopt_at.is_some_and(|at| at <= now) {
            let next = self.outbox.adopt(host, now, now + ANSWER_TIMEOUT);
            let again = std::mem::take(&mut self.look_again).then_some(now + LOOK_AGAIN);
            self.adopt_at = next.or(again);
        }
        self.time_out(host, now);
        let lost = self.outbox.expire(host, now);
        let paused = now < self.retry.until();
        if !paused {
            self.send(host, now);
        }
        if self.leaving {
            self.outbox.store(host, now + STORED_LEASE, true);
        } else if paused || !self.visible {
            // Nobody may come back to a tab in the background, and what fails now may be all
            // that is left of the page that caused it.
            self.outbox.store(host, now + ANSWER_TIMEOUT, false);
        }
        self.leaving = false;
        lost
    }

    /// Forgets all frames; those under way cannot be called back. The storage is the caller's.
    pub(crate) fn forget(&mut self, now: u64) {
        self.outbox = Outbox::default();
        self.retry = Retry::default();
        self.adopt_at = Some(now);
    }

    /// The page is being left, or is covered. `advance` comes next.
    pub(crate) fn hide(&mut self) {
        self.visible = false;
        self.leaving = true;
    }

    /// The page is seen again: what nobody confirmed goes out once more.
    pub(crate) fn show(&mut self, now: u64) {
        self.visible = true;
        self.leaving = false;
        // While it was away another tab or page load may have left something.
        self.adopt_at = Some(now);
        self.look_again = true;
        for entry in &mut self.outbox.entries {
            if entry.state == State::Unconfirmed {
                entry.state = State::Due;
            }
        }
    }

    /// The request of frame `sequence` has ended. `advance` comes next. Returns what is lost because it
    /// was refused.
    pub(crate) fn answered(
        &mut self,
        host: &mut impl Host,
        sequence: u64,
        answer: Answer,
        now: u64,
    ) -> Dropped {
        let (verdict, retry_after) = match answer {
            Answer::Status { status, retry_after } => (verdict(status), retry_after),
            Answer::None => (Verdict::Again, None),
        };
        match verdict {
            Verdict::Again => {
                if let Some(entry) = self.outbox.find(sequence) {
                    entry.state = State::Due;
                    self.retry.failed(now, retry_after, random_u32(host));
                }
                return Dropped::default();
            }
            Verdict::Acknowledged => {}
            Verdict::Refused if self.warned => {}
            Verdict::Refused => {
                self.warned = true;
                host.warn("dna: the endpoint refuses what is sent; see the network panel for why");
            }
        }
        self.retry.succeeded();
        let lost = self.outbox.remove(host, sequence);
        if verdict == Verdict::Refused { lost } else { Dropped::default() }
    }

    /// Whether there are frames that an answer, or none, will decide on.
    pub(crate) fn is_busy(&self, now: u64) -> bool {
        !self.outbox.entries.is_empty() && now >= self.retry.until()
    }

    /// When `advance` has something to do next, after it was called at `now`.
    pub(crate) fn next_due(&self, now: u64) -> Option<u64> {
        let entries = self.outbox.entries.iter().filter_map(|entry| match entry.state {
            State::Awaited { until } => Some(until),
            // What is due and not paused waits for room, which an answer makes.
            State::Due => Some(self.retry.until()).filter(|until| *until > now),
            State::Unconfirmed => None,
        });
        entries.chain(self.adopt_at).min()
    }

    fn time_out(&mut self, host: &mut impl Host, now: u64) {
        let mut failed = false;
        for entry in &mut self.outbox.entries {
            if matches!(entry.state, State::Awaited { until } if until <= now) {
                entry.state = State::Due;
                failed = true;
            }
        }
        if failed {
            self.retry.failed(now, None, random_u32(host));
        }
    }

    /// Sends what is due, as much as may be under way at a time.
    fn send<H: Host>(&mut self, host: &mut H, now: u64) {
        let under_way = self.outbox.in_flight();
        let mut budget = IN_FLIGHT_BYTES_MAX.saturating_sub(under_way);
        if H::TERMS.one_at_a_time && under_way > 0 {
            return;
        }
        for entry in &mut self.outbox.entries {
            if entry.state != State::Due {
                continue;
            }
            let bytes = entry.frame.bytes.len();
            if bytes > budget {
                break;
            }
            budget = if H::TERMS.one_at_a_time { 0 } else { budget - bytes };
            let sequence = entry.frame.sequence;
            let bytes = entry.stamp(now);
            // A browser refuses a beacon when its 64 KiB are used up, a blocker always; fetch
            // may be missing, or throw.
            let beaconed = self.leaving && host.beacon(bytes);
            entry.state = if beaconed {
                State::Unconfirmed
            } else if host.fetch(sequence, bytes) {
                State::Awaited { until: now + ANSWER_TIMEOUT }
            } else if !self.leaving && host.beacon(bytes) {
                State::Unconfirmed
            } else {
                // Nothing took it: failed, as soon as it is looked at again.
                State::Awaited { until: now }
            };
        }
    }
}
