//! Events that are dropped are counted, each once, also when the frame that tells of them is dropped.
#![allow(clippy::unwrap_used, reason = "a test fails where it unwraps nothing")]

mod support;

use dna_sdk_wasm::limits::{OUTBOX_AGE_MAX, RATE_EVENTS_MAX};
use dna_sdk_wasm::{Answer, Client, Config, Consent, Host};
use std::collections::BTreeSet;
use support::frames::{Number, number};
use support::phone::Phone;
use support::{Memory, START, Sent, config, custom};

const MINUTE: u64 = 60_000;
/// Events above the rate, in each minute.
const LIMITED: u64 = 50;
/// Events that the filter takes out, in each minute.
const FILTERED: u64 = 3;
const KEPT: Answer = Answer::Status { status: 202, retry_after: None };
const REFUSED: Answer = Answer::Status { status: 403, retry_after: None };

/// What ingest has learnt: of events that came, and of those that were dropped, by reason.
#[derive(Debug, Default, PartialEq)]
struct Learnt {
    came: u64,
    queue_full: u64,
    rate_limited: u64,
    filtered: u64,
    /// The frames that were read: a repeat is none.
    known: BTreeSet<Number>,
}

impl Learnt {
    fn read(&mut self, sent: &Sent) {
        if !self.known.insert(number(sent)) {
            return;
        }
        let header = &sent.frame.header;
        self.came += sent.names().len() as u64;
        self.queue_full += header.dropped_queue_full.unwrap_or(0);
        self.rate_limited += header.dropped_rate_limited.unwrap_or(0);
        self.filtered += header.dropped_filtered.unwrap_or(0);
    }

    fn all(&self) -> u64 {
        self.came + self.queue_full + self.rate_limited + self.filtered
    }
}

/// A client without a network.
struct Offline<H> {
    client: Client<H>,
    memory: Memory,
    now: u64,
    made: u64,
}

impl<H: Host> Offline<H> {
    fn start(memory: &Memory, host: H, now: u64) -> Self {
        memory.0.borrow_mut().fetch_works = false;
        memory.0.borrow_mut().beacon_works = false;
        let mut client =
            Client::start(host, Config { consent: Consent::Granted, ..config() }, now, now);
        client.filter(now, true);
        Self { client, memory: memory.clone(), now, made: 0 }
    }

    /// A minute in which so many things happen that each reason to drop has its part.
    fn minute(&mut self) {
        let events = u64::from(RATE_EVENTS_MAX) + LIMITED;
        for at in 0..events {
            let name =
                if at < FILTERED { "secret".to_owned() } else { "x".repeat(150) + &at.to_string() };
            self.client.record(self.now, 1.0, custom(&name));
        }
        self.made += events;
        self.pass(MINUTE);
    }

    fn pass(&mut self, time: u64) {
        self.now += time;
        self.client.woken(self.now);
    }

    /// The network is back: all that waits goes, and what is made now tells the rest.
    fn online(&mut self, answer: Answer) -> Learnt {
        self.memory.0.borrow_mut().fetch_works = true;
        let mut learnt = Learnt::default();
        for turn in 0..3 {
            self.client.record(self.now, 1.0, custom("after"));
            self.made += 1;
            for _ in 0..1_000 {
                self.pass(MINUTE);
                let sent = self.memory.sent();
                for frame in &sent {
                    let answer = if turn == 0 { answer } else { KEPT };
                    if answer == KEPT {
                        learnt.read(frame);
                    }
                    self.client.answered(self.now, frame.sequence(), answer);
                }
                if sent.is_empty() {
                    break;
                }
            }
        }
        learnt
    }
}

/// Hours offline, in which the room for frames goes round many times; then `way` ends them.
fn offline<H: Host>(host: H, memory: &Memory, pause: u64, answer: Answer) {
    const MINUTES: u64 = 60;
    let mut offline = Offline::start(memory, host, START);
    for _ in 0..MINUTES {
        offline.minute();
    }
    offline.pass(pause);
    let learnt = offline.online(answer);
    assert_eq!(learnt.all(), offline.made, "{learnt:?}");
    assert_eq!(learnt.filtered, MINUTES * FILTERED, "{learnt:?}");
    assert_eq!(learnt.rate_limited, MINUTES * LIMITED, "{learnt:?}");
    assert!(learnt.came > 0 && learnt.queue_full > 0, "{learnt:?}");
}

/// Both clients.
fn both(pause: u64, answer: Answer) {
    let memory = Memory::new();
    offline(memory.clone(), &memory, pause, answer);
    let memory = Memory::new();
    offline(Phone(memory.clone()), &memory, pause, answer);
}

#[test]
fn what_goes_for_want_of_room_hands_on_what_it_told() {
    both(0, KEPT);
}

#[test]
fn what_is_too_old_hands_on_what_it_told() {
    both(OUTBOX_AGE_MAX + MINUTE, KEPT);
}

#[test]
fn what_is_refused_hands_on_what_it_told() {
    both(0, REFUSED);
}

#[test]
fn what_a_killed_mini_program_has_stored_still_knows_what_it_told() {
    let memory = Memory::new();
    let mut first = Offline::start(&memory, Phone(memory.clone()), START);
    first.minute();
    first.pass(MINUTE);
    let (now, made) = (first.now, first.made);
    drop(first);
    let mut second = Offline::start(&memory, Phone(memory.clone()), now);
    second.pass(1);
    second.made = made;
    // All that was stored is too old.
    second.pass(OUTBOX_AGE_MAX + MINUTE);
    let learnt = second.online(KEPT);
    assert_eq!((learnt.all(), learnt.filtered), (second.made, FILTERED), "{learnt:?}");
}
