//! Visitors of a bank: sessions of four frames with six events or so, as ingest puts them into the
//! buffer. The same in every run, but for the time of day.
//!
//! VIP customers visit a few times a day, whatever else the bank has to do. One name is a machine's
//! that signs in all day long. A frame in a hundred was not acknowledged and comes with a visit hours
//! or days later: such frames make a day's file reach into the days before it.

use crate::template::template;
use dataview::store::Range;
use dna_protocol::entry::{Entry, Receipt};
use dna_protocol::field::{Id, Millis, Number, Text, Verbatim};
use dna_protocol::{Body, Frame};
use std::collections::BTreeMap;

const PAGES: u64 = 40;
const FRAMES: u64 = 4;
/// Ms between a session's frames.
const FRAME_MS: u64 = 15_000;
/// VIP customers.
pub(crate) const VIPS: u64 = 20;
/// Sessions that a VIP customer has a day.
const VIP_VISITS_A_DAY: u64 = 3;
/// Where there are few sessions in all, VIP customers have no more than one in so many.
const VIP_EVERY_MIN: u64 = 50;
/// The machine that signs in all day long: its number among the users.
pub(crate) const MACHINE: u64 = VIPS;
/// It has one session in so many.
const MACHINE_EVERY: u64 = 21;
/// One session in so many has its last frame acknowledged late.
const LATE_EVERY: u64 = 25;
const HOUR_MS: u64 = 3_600_000;
/// How late at most: clients keep a frame for a week.
const LATE_HOURS_MAX: u64 = 7 * 24;

/// The visitors.
pub(crate) struct Population {
    frames: Vec<Frame>,
    range: Range,
    /// Ms from one session's beginning to the next one's.
    pause_ms: f64,
    /// One session in so many is a VIP customer's.
    vip_every: u64,
    random: u64,
    events_left: u64,
    /// Frames that come later, by the time of their receipt.
    late: BTreeMap<(u64, u64), Vec<u8>>,
    /// What it has told, exactly.
    pub(crate) told: Told,
}

/// What was told, to compare with.
#[derive(Default)]
pub(crate) struct Told {
    pub(crate) sessions: u64,
    pub(crate) events: u64,
    pub(crate) lcp: Vec<f32>,
    /// Whether each user has come.
    pub(crate) users: Vec<bool>,
}

impl Population {
    /// Visitors with `events` events, evenly over `range`.
    pub(crate) fn new(range: Range, events: u64) -> Self {
        let frames: Vec<Frame> = (0..PAGES * 2).map(template).collect();
        let of_session = events_of_session(&frames);
        let sessions = events as f64 / of_session;
        let users = (sessions / 8.0).ceil() as usize + VIPS as usize + 1;
        let days = (range.to_ms - range.from_ms).div_ceil(24 * HOUR_MS);
        let vip_every = sessions as u64 / (VIPS * VIP_VISITS_A_DAY * days);
        Self {
            frames,
            range,
            pause_ms: (range.to_ms - range.from_ms - 60_000) as f64 / sessions,
            vip_every: vip_every.max(VIP_EVERY_MIN),
            random: 0x9E37_79B9_7F4A_7C15,
            events_left: events,
            late: BTreeMap::new(),
            told: Told { users: vec![false; users], ..Told::default() },
        }
    }

    /// The pseudonym of a user.
    pub(crate) fn user(number: u64) -> String {
        format!("{:016x}{number:048x}", number.wrapping_mul(0xD6E8_FEB8_6659_FD93))
    }

    /// The entries that come next, in the order of their receipt: a session, or frames that were
    /// late; `None` when all events are told.
    pub(crate) fn next_session(&mut self) -> Option<Vec<Vec<u8>>> {
        if self.events_left == 0 {
            return self.late.pop_first().map(|(_, entry)| vec![entry]);
        }
        let at = self.range.from_ms + (self.told.sessions as f64 * self.pause_ms) as u64;
        if let Some(due) = self.late.first_entry().filter(|first| first.key().0 <= at) {
            return Some(vec![due.remove()]);
        }
        let (entries, events) = self.session(at);
        self.events_left = self.events_left.saturating_sub(events);
        Some(entries)
    }

    /// The user of the session of that number.
    fn user_of(&mut self, session: u64) -> u64 {
        let users = self.told.users.len() as u64;
        if session.is_multiple_of(self.vip_every) {
            session / self.vip_every % VIPS
        } else if session.is_multiple_of(MACHINE_EVERY) {
            MACHINE
        } else {
            MACHINE + 1 + self.next(users - MACHINE - 1)
        }
    }

    /// When the last frame of a session is received that would have been at `due`.
    fn received(&mut self, due: u64) -> u64 {
        if self.next(LATE_EVERY) != 0 {
            return due;
        }
        let late = due + HOUR_MS + self.next((LATE_HOURS_MAX - 1) * HOUR_MS);
        // What is not there by the end is not told of.
        if late < self.range.to_ms { late } else { due }
    }

    /// The entries of a session that begins at `at_ms`, but for late ones, and the events of all.
    pub(crate) fn session(&mut self, at_ms: u64) -> (Vec<Vec<u8>>, u64) {
        let number = self.told.sessions;
        self.told.sessions += 1;
        let user = self.user_of(number);
        self.told.users[user as usize] = true;
        let receipt = self.receipt();
        let mut id = [0; 16];
        id[..8].copy_from_slice(&number.wrapping_mul(0x9E37_79B9_7F4A_7C15).to_be_bytes());
        id[8..].copy_from_slice(&number.to_be_bytes());
        let mut events = 0;
        let mut entries = Vec::with_capacity(FRAMES as usize);
        for sequence in 0..FRAMES {
            let page = self.next(PAGES);
            let is_first = sequence == 0;
            let mut frame = self.frames[(page * 2 + u64::from(!is_first)) as usize].clone();
            let at = at_ms + sequence * FRAME_MS;
            let due = at + 5_000;
            let received = if sequence == FRAMES - 1 { self.received(due) } else { due };
            frame.header.session_id = Some(Id(id));
            frame.header.sequence = Some(sequence);
            frame.header.time_base = Some(at);
            frame.header.sent_at = Some(received);
            frame.header.view_id = Some(Id((number * FRAMES + sequence).to_be_bytes()));
            frame.events.iter_mut().for_each(|event| self.vary(&mut event.body, user));
            if !is_first && self.next(50) != 0 {
                frame.events.retain(|event| !matches!(event.body, Body::Exception(_)));
            }
            events += frame.events.len() as u64;
            let receipt = Receipt { received_at: Some(received), ..receipt.clone() };
            let entry = Entry { receipt, frame }.encode();
            if received > due {
                self.late.insert((received, number), entry);
            } else {
                entries.push(entry);
            }
        }
        self.told.events += events;
        (entries, events)
    }

    fn vary(&mut self, body: &mut Body, user: u64) {
        match body {
            Body::WebVital(vital) if vital.name.as_deref() == Some("LCP") => {
                // Long-tailed, as paints are: 300 ms to some tens of seconds.
                let spread = (self.next(1_000) + self.next(1_000) + self.next(1_000)) as f64;
                let value = 300.0 * (spread / 600.0).exp();
                vital.value = Number::new(value).ok();
                self.told.lcp.push(value as f32);
            }
            Body::WebVital(vital) => {
                let share = 0.5 + self.next(1_000) as f64 / 1_000.0;
                vital.value = vital.value.and_then(|value| Number::new(value.get() * share).ok());
            }
            Body::ApiCall(call) => {
                call.duration = Some(Millis::rounded(20.0 + self.next(1_000) as f64));
                let mut trace = [7; 16];
                trace[..8].copy_from_slice(&self.next(u64::MAX).to_be_bytes());
                call.trace_id = Some(Id(trace));
                call.span_id = Some(Id(self.next(u64::MAX).to_be_bytes()));
                if self.next(100) == 0 {
                    call.status = Some(503);
                }
            }
            Body::Identity(identity) => {
                identity.hash = Some(Verbatim::cut(Self::user(user)));
                identity.tier = (user < VIPS).then(|| Text::cut("vip"));
            }
            _ => {}
        }
    }

    fn receipt(&mut self) -> Receipt {
        let (browser, os) = [
            ("Chrome", "Android"),
            ("Chrome", "Windows"),
            ("Safari", "iOS"),
            ("Firefox", "Linux"),
            ("Edge", "Windows"),
        ][self.next(5) as usize];
        Receipt {
            app: Some(Text::cut("demo-bank")),
            clock_skew: Some(0),
            client_address: Some(Text::cut(format!("10.{}.{}.0", self.next(34), self.next(4)))),
            browser_name: Some(Text::cut(browser)),
            browser_version: Some(Text::cut(format!("{}.0", 120 + self.next(12)))),
            os_name: Some(Text::cut(os)),
            os_version: Some(Text::cut("15")),
            device_model: Some(Text::cut(format!("Model {}", self.next(30)))),
            ..Receipt::default()
        }
    }

    /// A number below `bound` (splitmix64).
    fn next(&mut self, bound: u64) -> u64 {
        self.random = self.random.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.random;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        (z ^ (z >> 31)) % bound
    }
}

/// Events that a session has on average.
fn events_of_session(frames: &[Frame]) -> f64 {
    let average = |at: usize| frames[at].events.len() as f64;
    // One frame in fifty keeps its exception.
    average(0) + (FRAMES - 1) as f64 * (average(1) - 0.98)
}
