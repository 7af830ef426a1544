//! Sessions: time-outs, tabs, sampling, and who uses them.
#![allow(clippy::unwrap_used, reason = "a test fails where it unwraps nothing")]

mod support;

use dna_protocol::Body;
use dna_protocol::field::Text;
use dna_protocol::model::Identity;
use dna_sdk_wasm::{Answer, Client, Config, Consent};
use support::{Memory, START, Sent, config, custom, exception};

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

/// A page in a session that sampling leaves out.
fn left_out(memory: &Memory, now: u64) -> Client<Memory> {
    memory.page_with(now, Config { sample_percent: 0, ..config() })
}

fn reasons(sent: &[Sent]) -> Vec<Option<&str>> {
    sent.iter().map(|sent| sent.frame.header.sampled_by.as_deref()).collect()
}

#[test]
fn an_error_keeps_the_session_with_what_was_before_it() {
    let memory = Memory::new();
    let mut page = left_out(&memory, START);
    page.record(START, 0.0, custom("before"));
    assert!(flushed(&memory, &mut page, START + 1).is_empty());
    assert_eq!(memory.wake_in(), Some(3_000), "only for what other pages may have left");
    page.hide(START + 2);
    page.show(START + 3, START);
    page.record(START + 4, 4.0, exception("x"));
    page.woken(START + 1_504);
    let sent = memory.sent();
    assert_eq!(sent.iter().flat_map(Sent::names).collect::<Vec<_>>(), ["before"]);
    assert!(reasons(&sent).iter().all(|reason| *reason == Some("error")));
    let session = sent[0].session();

    // Other pages of the session follow, and other tabs when they next look.
    let mut next = left_out(&memory, START + 1_000);
    next.record(START + 1_000, 0.0, custom("next"));
    let sent = flushed(&memory, &mut next, START + 1_001);
    assert_eq!((reasons(&sent), sent[0].session()), (vec![Some("error")], session));
    let after = START + 31 * MINUTE;
    next.record(after, 0.0, custom("another session"));
    assert!(flushed(&memory, &mut next, after).is_empty());
}

#[test]
fn a_tab_that_is_left_out_follows_one_that_is_kept() {
    let memory = Memory::new();
    let (mut one, mut two) = (left_out(&memory, START), left_out(&memory, START + 1));
    two.record(START + 2, 0.0, custom("two"));
    one.record(START + 3, 0.0, exception("x"));
    assert_eq!(reasons(&flushed(&memory, &mut one, START + 4)), [Some("error")]);
    two.record(START + MINUTE + 10, 0.0, custom("later"));
    let sent = flushed(&memory, &mut two, START + MINUTE + 11);
    assert_eq!(
        (sent[0].names(), reasons(&sent)),
        (vec!["two".into(), "later".into()], vec![Some("error")])
    );
}

#[test]
fn sessions_of_a_tier_are_kept_and_the_next_ones_of_that_user_too() {
    let memory = Memory::new();
    let mut page = left_out(&memory, START);
    let user =
        |id: &str| Body::Identity(Identity { id: Some(Text::cut(id)), ..Identity::default() });
    page.record(START, 0.0, custom("before"));
    page.record(START, 0.0, user("usual"));
    page.tier(START, "usual");
    assert!(flushed(&memory, &mut page, START + 1).is_empty());
    page.record(START + 2, 0.0, user("vip"));
    page.tier(START + 2, "vip");
    let sent = flushed(&memory, &mut page, START + 3);
    assert_eq!((sent[0].frame.events.len(), reasons(&sent)), (3, vec![Some("vip")]));
    // Half an hour later it is another session, of the same user.
    page.record(START + 40 * MINUTE, 0.0, custom("again"));
    let again = flushed(&memory, &mut page, START + 40 * MINUTE + 1);
    assert_eq!(reasons(&again), [Some("vip")]);
    assert_ne!(again[0].session(), sent[0].session());
    // And another one when the user has signed out.
    page.record(START + 41 * MINUTE, 0.0, Body::Identity(Identity::default()));
    page.tier(START + 41 * MINUTE, "");
    page.flush(START + 41 * MINUTE);
    memory.sent();
    page.record(START + 80 * MINUTE, 0.0, custom("nobody"));
    assert!(flushed(&memory, &mut page, START + 80 * MINUTE + 1).is_empty());
}

#[test]
fn what_a_session_held_ends_with_it_and_does_not_count_as_dropped() {
    let memory = Memory::new();
    let mut page = left_out(&memory, START);
    for number in 0..500 {
        page.record(START, 0.0, custom(&format!("old-{number}")));
    }
    let now = START + 31 * MINUTE;
    for number in 0..300 {
        page.record(now, 0.0, custom(&format!("new-{number}")));
    }
    page.record(now, 0.0, exception("x"));
    let sent = flushed(&memory, &mut page, now);
    let names: Vec<String> = sent.iter().flat_map(Sent::names).collect();
    assert_eq!(names.len(), 200, "the newest");
    assert_eq!((&*names[0], &*names[199]), ("new-100", "new-299"));
    assert!(sent.iter().all(|sent| sent.frame.header.dropped_queue_full.is_none()));
}

#[test]
fn one_that_the_share_keeps_has_no_reason() {
    let memory = Memory::new();
    let mut page = memory.page(START);
    page.record(START, 0.0, exception("x"));
    page.tier(START, "vip");
    assert_eq!(reasons(&flushed(&memory, &mut page, START + 1)), [None]);
}

#[test]
fn an_error_before_consent_keeps_the_session_that_begins_with_it() {
    let memory = Memory::new();
    let config = Config { sample_percent: 0, consent: Consent::Pending, ..config() };
    let mut page = memory.page_with(START, config);
    page.record(START, 0.0, custom("before"));
    page.record(START, 0.0, exception("x"));
    page.consent(START + 1, Consent::Granted);
    let sent = flushed(&memory, &mut page, START + 2);
    assert_eq!((sent[0].frame.events.len(), reasons(&sent)), (2, vec![Some("error")]));
}

#[test]
fn a_filter_is_waited_for_and_what_it_takes_out_is_counted() {
    let memory = Memory::new();
    let mut page = memory.page(START);
    page.record(START, 0.0, custom("secret"));
    page.filter(START, false);
    page.record(START, 0.0, custom("b"));
    page.hide(START + 1);
    page.show(START + 2, START);
    assert!(flushed(&memory, &mut page, START + 3).is_empty());
    page.filter(START + 4, true);
    page.record(START + 5, 0.0, custom("secret-too"));
    page.record(START + 5, 0.0, custom("c"));
    let sent = flushed(&memory, &mut page, START + 6);
    let names: Vec<String> = sent.iter().flat_map(Sent::names).collect();
    assert_eq!(names, ["b", "c"]);
    let filtered: u64 = sent.iter().filter_map(|sent| sent.frame.header.dropped_filtered).sum();
    assert_eq!(filtered, 2);
}
