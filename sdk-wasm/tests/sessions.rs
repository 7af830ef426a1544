//! Sessions: time-outs, tabs, sampling, and who uses them.
#![allow(clippy::unwrap_used, reason = "a test fails where it unwraps nothing")]

mod support;

use dna_protocol::Body;
use dna_protocol::field::Text;
use dna_protocol::model::Identity;
use dna_sdk_wasm::{Answer, Client, Config};
use support::{Memory, START, Sent, config, custom};

const MINUTE: u64 = 60_000;

/// What is sent when everything goes out, and is acknowledged.
fn flushed(memory: &Memory, page: &mut Client<Memory>, now: u64) -> Vec<Sent> {
    page.flush(now);
    let sent = memory.sent();
    for sent in &sent {
        page.answered(now, sent.sequence(), Answer::Status { status: 202, retry_after: None });
    }
    sent
}

/// The frame that an event at `now` is sent in.
fn session_at(memory: &Memory, page: &mut Client<Memory>, now: u64) -> Sent {
    page.record(now, 0.0, custom("x"));
    flushed(memory, page, now).pop().unwrap()
}

#[test]
fn a_session_ends_after_half_an_hour_of_rest() {
    let memory = Memory::new();
    let mut page = memory.page(START);
    let first = session_at(&memory, &mut page, START).session();
    let mut now = START;
    for _ in 0..5 {
        now += 29 * MINUTE;
        assert_eq!(session_at(&memory, &mut page, now).session(), first);
    }
    now += 30 * MINUTE;
    assert_ne!(session_at(&memory, &mut page, now).session(), first);
}

#[test]
fn a_session_ends_after_twelve_hours_of_work() {
    let memory = Memory::new();
    let mut page = memory.page(START);
    let first = session_at(&memory, &mut page, START).session();
    for minute in (0..12 * 60).step_by(10) {
        let session = session_at(&memory, &mut page, START + minute * MINUTE).session();
        assert_eq!(session, first, "minute {minute}");
    }
    assert_ne!(session_at(&memory, &mut page, START + 12 * 60 * MINUTE).session(), first);
}

#[test]
fn tabs_share_a_session_and_its_renewal_but_no_sequence() {
    let memory = Memory::new();
    let (mut one, mut two) = (memory.page(START), memory.page(START + 10));
    let first = session_at(&memory, &mut one, START + 20);
    let second = session_at(&memory, &mut two, START + 30);
    assert_eq!(first.session(), second.session());
    assert_ne!(first.sequence(), second.sequence());
    // One tab is used for an hour; the other one, untouched, is in the same session still.
    for minute in 1..60 {
        session_at(&memory, &mut one, START + minute * MINUTE);
    }
    let session = session_at(&memory, &mut two, START + 60 * MINUTE).session();
    assert_eq!(session, first.session());
    let renewed = session_at(&memory, &mut one, START + 100 * MINUTE).session();
    assert_ne!(renewed, first.session());
    assert_eq!(session_at(&memory, &mut two, START + 101 * MINUTE).session(), renewed);
}

#[test]
fn without_a_storage_a_page_is_a_session_of_its_own() {
    let memory = Memory::new();
    memory.0.borrow_mut().storage_works = false;
    let mut page = memory.page(START);
    let first = session_at(&memory, &mut page, START).session();
    assert_eq!(session_at(&memory, &mut page, START + 20 * MINUTE).session(), first);
    assert_ne!(session_at(&memory, &mut page, START + 51 * MINUTE).session(), first);
}

#[test]
fn a_new_session_is_told_its_user_and_keeps_events_apart() {
    let memory = Memory::new();
    let mut page = memory.page(START);
    let identity = Identity { id: Some(Text::cut("u")), ..Identity::default() };
    page.record(START, 0.0, Body::Identity(identity.clone()));
    page.record(START, 1.0, Body::Identity(identity.clone()));
    assert_eq!(flushed(&memory, &mut page, START)[0].frame.events.len(), 1, "said once");
    page.record(START + 1, 0.0, custom("before"));
    let now = START + 40 * MINUTE;
    page.record(now, 0.0, custom("after"));
    let sent = flushed(&memory, &mut page, now);
    assert_eq!((sent[0].names(), sent[1].names()), (vec!["before".into()], vec!["after".into()]));
    assert_ne!(sent[0].session(), sent[1].session());
    assert_eq!(sent[1].frame.events[0].body, Body::Identity(identity));
    page.record(now, 0.0, Body::Identity(Identity::default()));
    let sent = flushed(&memory, &mut page, now);
    assert_eq!(sent[0].frame.events[0].body, Body::Identity(Identity::default()));
}

#[test]
fn sampling_is_decided_once_a_session() {
    let memory = Memory::new();
    let mut kept = 0;
    for index in 0..400 {
        memory.0.borrow_mut().storage.clear();
        let now = START + index;
        let mut sent = Vec::new();
        for _ in 0..3 {
            let mut page = memory.page_with(now, Config { sample_percent: 25, ..config() });
            page.record(now, 0.0, custom("x"));
            sent.extend(flushed(&memory, &mut page, now));
        }
        assert!(sent.is_empty() || sent.len() == 3, "a journey is whole or absent");
        assert!(sent.iter().all(|sent| sent.frame.header.sample_percent == Some(25)));
        kept += usize::from(!sent.is_empty());
    }
    assert!((60..=140).contains(&kept), "{kept} of 400");
}
