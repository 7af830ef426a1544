//! What a mini program sees while nothing can be sent: one frame, and one key of the storage, as long
//! as there is room in it.
#![allow(clippy::unwrap_used, reason = "a test fails where it unwraps nothing")]

mod support;

use dna_sdk_wasm::{Answer, Client, SESSION, Terms, VISITOR};
use support::frames::number;
use support::phone::Phone;
use support::{Memory, START, config, custom, exception};

const KEPT: Answer = Answer::Status { status: 202, retry_after: None };
/// From one event to the next: each would be a frame of its own.
const STEP: u64 = 6_000;

fn launch(memory: &Memory, now: u64) -> Client<Phone> {
    memory.0.borrow_mut().wake_in = None;
    Client::start(Phone(memory.clone()), config(), now, now)
}

fn stored(memory: &Memory) -> (usize, usize) {
    let world = memory.0.borrow();
    let frames = world.storage.iter().filter(|(key, _)| **key != SESSION && **key != VISITOR);
    frames.fold((0, 0), |(count, bytes), (_, frame)| (count + 1, bytes + frame.len()))
}

/// What the server has read of the frames that were sent, answering each.
fn deliver(memory: &Memory, app: &mut Client<Phone>, mut now: u64) -> Vec<String> {
    memory.0.borrow_mut().fetch_works = true;
    let (mut names, mut known) = (Vec::new(), std::collections::BTreeSet::new());
    for _ in 0..500 {
        now += STEP;
        app.woken(now);
        for sent in memory.sent() {
            assert!(known.insert(number(&sent)), "one number, two contents");
            names.extend(sent.names());
            app.answered(now, sent.sequence(), KEPT);
        }
    }
    names
}

#[test]
fn offline_the_bytes_end_first_not_the_number_of_frames() {
    let memory = Memory::new();
    memory.0.borrow_mut().fetch_works = false;
    let mut app = launch(&memory, START);
    let mut now = START;
    let (mut made, mut most): (Vec<String>, _) = (Vec::new(), (0, 0));
    // Until something has to go.
    while most.1 <= stored(&memory).1 {
        most = stored(&memory);
        let name = format!("{:04} {}", made.len(), "x".repeat(80));
        app.record(now, 0.0, custom(&name));
        made.push(name);
        now += STEP;
        app.woken(now);
    }
    let bound = Terms::MINI_PROGRAM.outbox_bytes_max;
    assert!(most.1 > bound * 9 / 10, "{most:?} of {bound} after {} events", made.len());
    assert!(most.0 < Terms::MINI_PROGRAM.outbox_frames_max / 2, "{most:?}");
    let told = deliver(&memory, &mut app, now);
    let gone = made.len() - told.len();
    assert!(gone > 0 && gone < made.len() / 20, "{gone} of {}", made.len());
    assert_eq!(told, made[gone..], "the oldest went");
}

#[test]
fn killed_after_each_event_all_that_was_joined_comes_once() {
    for kill_after in 1..12 {
        let memory = Memory::new();
        memory.0.borrow_mut().fetch_works = false;
        let mut app = launch(&memory, START);
        let mut now = START;
        let names: Vec<String> = (0..kill_after).map(|at| format!("e{at}")).collect();
        for name in &names {
            app.record(now, 0.0, custom(name));
            now += STEP;
            app.woken(now);
        }
        assert!(stored(&memory).0 <= 2, "what was tried, and one of the rest");
        drop(app);
        let mut app = launch(&memory, now);
        assert_eq!(deliver(&memory, &mut app, now), names);
        assert_eq!(stored(&memory), (0, 0));
    }
}

#[test]
fn a_failure_does_not_keep_what_says_less() {
    let memory = Memory::new();
    memory.0.borrow_mut().fetch_works = false;
    let mut app = launch(&memory, START);
    let mut now = START;
    for body in [custom("tried"), custom("a"), exception("x"), exception("y"), custom("b")] {
        app.record(now, 0.0, body);
        now += STEP;
        app.woken(now);
    }
    assert_eq!(stored(&memory).0, 4, "tried; a; x and y; b");
}
