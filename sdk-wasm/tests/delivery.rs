//! Which way frames go, when again, and what later page loads take over.

mod support;

use dna_protocol::Body;
use dna_protocol::field::Text;
use dna_protocol::model::Identity;
use dna_sdk_wasm::{Answer, SESSION};
use support::{Memory, START, Way, custom, exception};

const KEPT: Answer = Answer::Status { status: 202, retry_after: None };
const BUSY: Answer = Answer::Status { status: 503, retry_after: Some(30_000) };

fn user(id: &str) -> Identity {
    Identity { id: Some(Text::cut(id)), ..Identity::default() }
}

#[test]
fn a_batch_goes_by_fetch_after_a_short_delay() {
    let memory = Memory::new();
    let mut page = memory.page(START);
    page.record(START, 5.0, custom("a"));
    page.record(START + 100, 105.0, custom("b"));
    assert!(memory.sent().is_empty());
    assert_eq!(memory.wake_in(), Some(3_000), "only for what other pages may have left");
    page.woken(START + 3_000);
    assert!(memory.sent().is_empty());
    assert_eq!(memory.wake_in(), Some(2_000), "5 s from the first event");
    page.woken(START + 5_000);
    let sent = memory.sent();
    assert_eq!(sent.len(), 1);
    assert_eq!((sent[0].way, sent[0].names()), (Way::Fetch, vec!["a".into(), "b".into()]));
    let header = &sent[0].frame.header;
    assert_eq!(header.url.as_deref(), Some("https://bank/accounts"));
    assert_eq!((header.sent_at, header.time_base), (Some(START + 5_000), Some(START)));
    page.answered(START + 5_050, sent[0].sequence(), KEPT);
    page.woken(START + 60_000);
    assert!(memory.sent().is_empty());
    assert_eq!(memory.stored_frames(), 0, "what went well never touched the storage");
}

#[test]
fn errors_and_identity_do_not_wait_for_timings() {
    for (urgent, delay) in [(exception("x"), 1_500), (Body::Identity(user("1")), 300)] {
        let memory = Memory::new();
        let mut page = memory.page(START);
        page.record(START, 0.0, custom("a"));
        page.record(START + 10, 10.0, urgent);
        assert_eq!(memory.wake_in(), Some(delay));
        page.woken(START + 10 + delay);
        assert_eq!(memory.sent()[0].frame.events.len(), 2);
    }
}

#[test]
fn leaving_uses_beacons_and_the_next_page_load_confirms_them() {
    let memory = Memory::new();
    let mut page = memory.page(START);
    page.record(START, 0.0, custom("a"));
    page.hide(START + 100);
    let left = memory.sent();
    assert_eq!((left[0].way, left[0].attempt()), (Way::Beacon, 0));
    assert_eq!(memory.stored_frames(), 1);
    drop(page);

    let mut next = memory.page(START + 400);
    assert!(memory.sent().is_empty(), "the lease of the page before is respected");
    assert_eq!(memory.wake_in(), Some(4_700));
    next.woken(START + 5_100);
    let again = memory.sent();
    assert_eq!((again[0].way, again[0].attempt()), (Way::Fetch, 1));
    assert_eq!(again[0].sequence(), left[0].sequence());
    assert_eq!(again[0].session(), left[0].session());
    assert_eq!(again[0].frame.header.sent_at, Some(START + 5_100));
    assert_eq!(again[0].frame.events, left[0].frame.events);
    next.answered(START + 5_200, again[0].sequence(), KEPT);
    assert_eq!(memory.stored_frames(), 0);
}

#[test]
fn a_page_that_leaves_while_the_next_one_starts_is_not_forgotten() {
    let memory = Memory::new();
    let mut page = memory.page(START);
    let mut next = memory.page(START + 10);
    page.record(START, 0.0, custom("a"));
    page.hide(START + 100);
    let left = memory.sent();
    // The second look finds it, and when it is due.
    next.woken(START + 3_010);
    assert!(memory.sent().is_empty());
    next.woken(START + 5_100);
    assert_eq!(memory.sent()[0].sequence(), left[0].sequence());
}

#[test]
fn a_page_that_is_shown_again_confirms_its_own_beacons() {
    let memory = Memory::new();
    let mut page = memory.page(START);
    page.record(START, 0.0, custom("a"));
    page.hide(START + 100);
    page.hide(START + 100);
    let left = memory.sent();
    assert_eq!(left.len(), 1, "visibilitychange and pagehide send it once");
    page.show(START + 5_000, START);
    let again = memory.sent();
    assert_eq!((again.len(), again[0].sequence()), (1, left[0].sequence()));
    page.answered(START + 5_100, again[0].sequence(), KEPT);
    assert_eq!(memory.stored_frames(), 0);
}

#[test]
fn a_refused_beacon_goes_by_fetch() {
    let memory = Memory::new();
    memory.0.borrow_mut().beacon_works = false;
    let mut page = memory.page(START);
    page.record(START, 0.0, custom("a"));
    page.hide(START + 100);
    let sent = memory.sent();
    assert_eq!(sent[0].way, Way::Fetch);
    assert_eq!(memory.stored_frames(), 1, "its answer may come too late");
    page.answered(START + 150, sent[0].sequence(), KEPT);
    assert_eq!(memory.stored_frames(), 0);
}

#[test]
fn without_fetch_a_visible_page_uses_beacons() {
    let memory = Memory::new();
    memory.0.borrow_mut().fetch_works = false;
    let mut page = memory.page(START);
    page.record(START, 0.0, custom("a"));
    page.woken(START + 5_000);
    assert_eq!(memory.sent()[0].way, Way::Beacon);
}

#[test]
fn with_no_way_out_it_tries_again_later() {
    let memory = Memory::new();
    memory.0.borrow_mut().fetch_works = false;
    memory.0.borrow_mut().beacon_works = false;
    let mut page = memory.page(START);
    page.record(START, 0.0, custom("a"));
    page.woken(START + 5_000);
    page.woken(START + 5_000 + memory.wake_in().unwrap());
    let wait = memory.wake_in().unwrap();
    assert!((500..=1_000).contains(&wait), "{wait}");
    memory.0.borrow_mut().fetch_works = true;
    page.woken(START + 5_000 + wait);
    assert_eq!(memory.sent().len(), 1);
}

#[test]
fn a_busy_server_is_left_alone_for_as_long_as_it_asks() {
    let memory = Memory::new();
    let mut page = memory.page(START);
    page.record(START, 0.0, custom("a"));
    page.woken(START + 5_000);
    let sequence = memory.sent()[0].sequence();
    page.answered(START + 5_100, sequence, BUSY);
    assert_eq!(memory.stored_frames(), 1, "the tab may be closed while it waits");
    page.record(START + 6_000, 6_000.0, custom("b"));
    page.woken(START + 11_000);
    assert!(memory.sent().is_empty());
    page.woken(START + 35_100);
    let again = memory.sent();
    assert_eq!(again.len(), 2);
    assert_eq!((again[0].sequence(), again[0].attempt()), (sequence, 1));
    for sent in again {
        page.answered(START + 35_200, sent.sequence(), KEPT);
    }
    assert_eq!(memory.stored_frames(), 0);
}

#[test]
fn what_is_refused_for_good_is_not_sent_again() {
    let memory = Memory::new();
    let mut page = memory.page(START);
    for at in [0, 10_000] {
        page.record(START + at, 0.0, custom("a"));
        page.woken(START + at + 5_000);
        let sequence = memory.sent()[0].sequence();
        let unauthorized = Answer::Status { status: 401, retry_after: None };
        page.answered(START + at + 5_100, sequence, unauthorized);
    }
    page.woken(START + 600_000);
    assert!(memory.sent().is_empty());
    assert_eq!(memory.0.borrow().warnings.len(), 1, "and the developer is told once");
}

#[test]
fn no_answer_is_a_failure_and_a_late_one_still_counts() {
    let memory = Memory::new();
    let mut page = memory.page(START);
    page.record(START, 0.0, custom("a"));
    page.woken(START + 5_000);
    let sequence = memory.sent()[0].sequence();
    page.woken(START + 20_000);
    page.answered(START + 20_100, sequence, KEPT);
    page.woken(START + 60_000);
    assert!(memory.sent().is_empty());
}

#[test]
fn requests_under_way_stay_within_what_browsers_grant() {
    let memory = Memory::new();
    let mut page = memory.page(START);
    for index in 0..200 {
        page.record(START, 0.0, exception(&format!("{index} {}", "x".repeat(1_000))));
    }
    page.woken(START + 1_500);
    let first = memory.sent();
    assert!((2..=3).contains(&first.len()), "{}", first.len());
    let mut events: usize = first.iter().map(|sent| sent.frame.events.len()).sum();
    let mut waiting = first;
    let mut now = START + 1_600;
    while let Some(sent) = waiting.pop() {
        now += 10;
        page.answered(now, sent.sequence(), KEPT);
        let more = memory.sent();
        events += more.iter().map(|sent| sent.frame.events.len()).sum::<usize>();
        waiting.extend(more);
    }
    assert_eq!(events, 200);
}

#[test]
fn the_raw_user_id_never_goes_to_the_storage() {
    let memory = Memory::new();
    let mut page = memory.page(START);
    page.record(START, 0.0, Body::Identity(user("6222021234567890")));
    page.record(START, 1.0, custom("a"));
    page.hide(START + 10);
    let sent = memory.sent();
    assert!(matches!(sent[0].frame.events[0].body, Body::Identity(_)));
    assert_eq!(memory.stored_frames(), 1);
    for value in memory.0.borrow().storage.values() {
        assert!(!value.windows(6).any(|bytes| bytes == b"622202"));
    }
    let mut next = memory.page(START + 5_010);
    next.woken(START + 5_010);
    assert_eq!(memory.sent()[0].names(), ["a"]);
}

#[test]
fn an_old_or_damaged_storage_is_no_trouble() {
    let memory = Memory::new();
    let mut page = memory.page(START);
    page.record(START, 0.0, custom("a"));
    page.hide(START);
    memory.sent();
    {
        let storage = &mut memory.0.borrow_mut().storage;
        let good = storage.iter().find(|(key, _)| **key != SESSION).unwrap().1.clone();
        for len in 0..good.len().min(24) {
            storage.insert(1 + len as u64, good[..len].to_vec());
        }
        storage.insert(u64::MAX, vec![9; 40]);
        storage.insert(SESSION, vec![1, 1, 1]);
    }
    let mut next = memory.page(START + 37 * 3_600_000);
    next.woken(START + 37 * 3_600_000);
    assert!(memory.sent().is_empty(), "36 hours are the limit");
    assert_eq!(memory.stored_frames(), 0);
}

#[test]
fn what_was_acknowledged_is_not_adopted_again() {
    let memory = Memory::new();
    let mut page = memory.page(START);
    page.record(START, 0.0, custom("a"));
    page.hide(START);
    page.show(START + 10, START);
    page.woken(START + 10);
    memory.0.borrow_mut().removal_works = false;
    let sequence = memory.sent()[0].sequence();
    page.answered(START + 100, sequence, KEPT);
    let later = START + 60_000;
    page.show(later, START);
    page.woken(later);
    assert!(memory.sent().iter().all(|sent| sent.sequence() != sequence));
    assert_eq!(memory.stored_frames(), 1);
}

#[test]
fn the_outbox_is_bounded_and_says_what_it_lost() {
    let memory = Memory::new();
    let mut page = memory.page(START);
    for index in 0..100u64 {
        let now = START + index * 10_000;
        page.record(now, 0.0, custom(&index.to_string()));
        page.woken(now + 5_000);
        for sent in memory.sent() {
            page.answered(now + 5_100, sent.sequence(), Answer::None);
        }
    }
    assert_eq!(memory.stored_frames(), 64);
    page.hide(START + 2_000_000);
    let sent = memory.sent();
    let lost: u64 = sent.iter().filter_map(|sent| sent.frame.header.dropped_queue_full).sum();
    assert!(lost >= 35, "{lost}");
    assert_eq!(sent.last().unwrap().names(), ["99"]);
}

#[test]
fn last_words_of_the_stub_are_sent_by_the_next_page_with_its_own_time() {
    let memory = Memory::new();
    let frame = br#"{"sent_at_ms":1795478300000,"app_key":"k","session.id":"000102030405060708090a0b0c0d0e0f",
        "sequence":169744167862272,"events":[{"kind":"custom","time":1,"body":{"event.name":"a"}}]}"#;
    let mut stored = vec![2, 1];
    stored.extend_from_slice(&START.to_be_bytes());
    stored.extend_from_slice(&(START + 5_000).to_be_bytes());
    stored.extend_from_slice(frame);
    memory.0.borrow_mut().storage.insert(0x9a61_a4d4_0000, stored);
    let mut next = memory.page(START + 6_000);
    next.woken(START + 6_000);
    let sent = memory.sent();
    assert_eq!((sent.len(), sent[0].names()), (1, vec!["a".to_owned()]));
    assert_eq!(sent[0].frame.header.sent_at, Some(START + 6_000));
    next.answered(START + 6_100, sent[0].sequence(), KEPT);
    assert_eq!(memory.stored_frames(), 0);
}
