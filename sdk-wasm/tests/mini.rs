//! A mini program: what its records become, and that nothing stored is lost when it is killed.
#![allow(clippy::unwrap_used, reason = "a test fails where it unwraps nothing")]

mod support;

use dna_protocol::model::Visibility;
use dna_protocol::{Body, Event};
use dna_sdk_wasm::limits::MINI_STOP_MAX;
use dna_sdk_wasm::mini::{Core, Record, Value, kind};
use support::launch::{Launch, launch, launch_with, record};
use support::{Memory, START, Sent};

fn body(event: &Event) -> String {
    match &event.body {
        Body::Visibility(Visibility { state }) => state.as_deref().unwrap_or_default().to_owned(),
        body => body.name().to_owned(),
    }
}

#[test]
fn records_become_events_of_their_page() {
    let memory = Memory::new();
    let mut app = launch(&memory, START);
    app.push(kind::ERROR, START + 1, &["", "TypeError: x\n  at a", ""]);
    app.push(kind::ROUTE, START + 2, &["pages/sign-in/index", "push"]);
    app.push(kind::ROUTE, START + 3, &["pages/accounts/index?card=1", "push"]);
    app.push(kind::CALL, START + 4, &["transaction", "pay"]);
    app.push(kind::CALL, START + 9, &["end", "pay"]);
    app.push(kind::LIFECYCLE, START + 10, &["hide"]);
    let sent = app.memory.sent();
    assert_eq!(sent.len(), 1);
    let header = &sent[0].frame.header;
    assert_eq!(header.platform.as_deref(), Some("wechat"));
    let told: Vec<_> = sent[0]
        .frame
        .events
        .iter()
        .map(|event| (body(event), header.url_of(event).unwrap_or_default().to_owned()))
        .collect();
    let (sign_in, accounts) =
        ("miniprogram://wechat/pages/sign-in/index", "miniprogram://wechat/pages/accounts/index");
    let expected = [
        ("exception", sign_in),
        ("page_view", sign_in),
        ("route_change", accounts),
        ("transaction", accounts),
        ("hidden", accounts),
    ];
    assert_eq!(told, expected.map(|(name, url)| (name.to_owned(), url.to_owned())));
}

#[test]
fn a_frame_is_stored_before_it_is_sent_and_killed_comes_again() {
    let memory = Memory::new();
    let mut app = launch(&memory, START);
    app.event(START, "a");
    let sent = app.flush(START);
    assert_eq!((sent.len(), memory.stored_frames()), (1, 1));
    drop(app);
    let mut app = launch(&memory, START + 60_000);
    let again = app.flush(START + 60_000);
    assert_eq!(again.len(), 1);
    assert_eq!(again[0].sequence(), sent[0].sequence());
    assert_eq!(again[0].session(), sent[0].session());
    app.core.answered(START + 67_000, again[0].sequence(), 200, f64::NAN);
    assert_eq!(memory.stored_frames(), 0);
}

#[test]
fn one_request_is_under_way_at_a_time() {
    let memory = Memory::new();
    let mut app = launch(&memory, START);
    for at in 0..5 {
        app.wide(START + at * 6_000, "a");
        app.core.woken(START + at * 6_000 + 5_000);
    }
    // The first failed after 15 s without an answer, and was tried again.
    let sent = app.memory.sent();
    let numbers: Vec<_> = sent.iter().map(Sent::sequence).collect();
    assert!(numbers.iter().all(|number| *number == numbers[0]), "{numbers:?}");
    assert_eq!(memory.stored_frames(), 5);
    app.core.answered(START + 31_000, numbers[0], 200, f64::NAN);
    assert_eq!(app.memory.sent().len(), 1);
    assert_eq!(memory.stored_frames(), 4);
}

#[test]
fn what_was_acknowledged_is_not_sent_again_where_the_storage_keeps_it() {
    let memory = Memory::new();
    let mut app = launch(&memory, START);
    app.event(START, "a");
    let sent = app.flush(START);
    memory.0.borrow_mut().removal_works = false;
    app.core.answered(START + 7_000, sent[0].sequence(), 200, f64::NAN);
    app.push(kind::LIFECYCLE, START + 8_000, &["hide"]);
    for sent in memory.sent() {
        app.core.answered(START + 8_100, sent.sequence(), 200, f64::NAN);
    }
    app.push(kind::LIFECYCLE, START + 9_000, &["show"]);
    app.core.woken(START + 9_001);
    let again = |sent: &[Sent]| sent.iter().flat_map(Sent::names).any(|name| name == "a");
    assert!(!again(&memory.sent()) && memory.stored_frames() > 0);
    // The next look removes it, when that is possible again.
    memory.0.borrow_mut().removal_works = true;
    app.push(kind::LIFECYCLE, START + 10_000, &["show"]);
    app.core.woken(START + 10_001);
    assert!(!memory.0.borrow().storage.contains_key(&sent[0].sequence()));
}

/// So many wide frames are more than there is room for.
const WIDE: usize = 60;

#[test]
fn the_frame_under_way_is_not_given_up() {
    let memory = Memory::new();
    let mut app = launch(&memory, START);
    app.event(START, "first");
    let first = app.flush(START)[0].sequence();
    for at in 0..WIDE as u64 {
        let now = START + 6_001 + at * 20;
        app.wide(now, &format!("e{at}"));
        app.push(kind::LIFECYCLE, now + 1, &["hide"]);
    }
    assert!(memory.sent().is_empty(), "no answer yet");
    assert!((WIDE / 2..WIDE).contains(&memory.stored_frames()), "some had to go");
    assert!(memory.0.borrow().storage.contains_key(&first));
}

#[test]
fn the_oldest_without_a_failure_goes_first_and_is_counted() {
    let memory = Memory::new();
    memory.0.borrow_mut().fetch_works = false;
    let mut app = launch(&memory, START);
    let mut now = START;
    for at in 0..WIDE {
        if at == 1 {
            app.push(kind::ERROR, now, &["Error", "kept", ""]);
        } else {
            app.wide(now, &format!("e{at}"));
        }
        now += 6_000;
        app.core.woken(now);
    }
    assert!((WIDE / 2..WIDE).contains(&memory.stored_frames()), "some had to go");
    memory.0.borrow_mut().fetch_works = true;
    let (mut told, mut dropped, mut failures) = (Vec::new(), 0, 0);
    app.event(now, "last");
    for at in 0..2_000 {
        now += 6_000;
        if at == 1_000 {
            // What was lost last is told with what comes next.
            app.event(now, "after");
        }
        app.core.woken(now);
        for sent in memory.sent() {
            dropped += sent.frame.header.dropped_queue_full.unwrap_or(0);
            failures += sent.frame.events.iter().filter(|event| body(event) == "exception").count();
            told.extend(sent.names());
            app.core.answered(now, sent.sequence(), 200, f64::NAN);
        }
    }
    // Three events a wide frame, the failure, and the two at the end.
    let made = (WIDE as u64 - 1) * 3 + 1 + 2;
    assert_eq!(told.len() as u64 + failures as u64 + dropped, made, "{told:?}");
    assert!(failures == 1 && dropped > 0, "{failures}, {dropped}");
    assert!(told.contains(&"after".to_owned()) && !told.contains(&"e0".to_owned()));
    assert_eq!(memory.stored_frames(), 0);
}

#[test]
fn nothing_is_stored_or_sent_before_consent() {
    let memory = Memory::new();
    let mut app = launch(&memory, START);
    app.push(kind::CALL, START, &["consent", "pending"]);
    memory.0.borrow_mut().storage.clear();
    app.event(START, "a");
    app.push(kind::LIFECYCLE, START + 10, &["hide"]);
    assert!(memory.0.borrow().storage.is_empty() && memory.sent().is_empty());
    app.push(kind::CALL, START + 20, &["consent", "denied"]);
    app.event(START + 30, "b");
    app.push(kind::CALL, START + 40, &["consent", "granted"]);
    app.event(START + 50, "c");
    let names: Vec<_> = app.flush(START + 50).iter().flat_map(Sent::names).collect();
    assert_eq!(names, ["c"]);
}

#[test]
fn where_nothing_is_said_of_consent_it_is_pending() {
    let memory = Memory::new();
    let mut app = launch_with(&memory, START, "");
    app.event(START, "a");
    assert!(app.flush(START).is_empty() && memory.0.borrow().storage.is_empty());
    app.push(kind::CALL, START + 7_000, &["consent", "granted"]);
    assert_eq!(app.flush(START + 7_000).iter().flat_map(Sent::names).collect::<Vec<_>>(), ["a"]);
}

#[test]
fn nothing_gathers_while_consent_is_refused() {
    let memory = Memory::new();
    let mut app = launch_with(&memory, START, "denied");
    app.push(kind::ROUTE, START + 1, &["pages/sign-in/index", "push"]);
    app.push(kind::CALL, START + 2, &["transaction", "pay"]);
    let update = [Value::Text("pages/pay"), Value::Number(4.0), Value::Number(1.0)];
    let update = support::phone::record(kind::UPDATE, START as f64, &update);
    app.core.push(START + 3, Record::open(&update).unwrap());
    app.push(kind::CALL, START + 4, &["setUser", "42"]);
    app.push(kind::ROUTE, START + 5, &["pages/pay/index", "push"]);
    app.push(kind::CALL, START + 6, &["consent", "granted"]);
    app.push(kind::CALL, START + 7, &["end", "pay"]);
    app.push(kind::LIFECYCLE, START + 8, &["hide"]);
    let sent = memory.sent();
    let header = &sent[0].frame.header;
    let told: Vec<_> = sent[0].frame.events.iter().map(body).collect();
    assert_eq!((sent.len(), told), (1, vec!["page_view".to_owned(), "hidden".to_owned()]));
    assert_eq!(header.url.as_deref(), Some("miniprogram://wechat/pages/pay/index"));
}

/// A mini program with so much to tell that it takes three frames at least.
fn full(memory: &Memory) -> Launch {
    let mut app = launch(memory, START);
    for at in 0..300 {
        app.event(START, &format!("{at} {}", "x".repeat(200)));
    }
    app
}

#[test]
fn stopped_it_sends_all_that_was_seen_and_nothing_that_comes() {
    let memory = Memory::new();
    let mut app = full(&memory);
    let (mut names, mut now) = (Vec::new(), START + 1);
    let mut goes_on = app.push(kind::STOP, now, &[]);
    app.event(now, "late");
    while goes_on {
        let [sent] = &memory.sent()[..] else { panic!("one at a time") };
        names.extend(sent.names());
        now += 100;
        goes_on = app.core.answered(now, sent.sequence(), 200, f64::NAN);
    }
    assert_eq!((names.len(), memory.stored_frames()), (300, 0));
    assert!(!names.contains(&"late".to_owned()));
}

#[test]
fn stopped_without_a_network_it_tries_once_and_what_waits_is_stored() {
    let memory = Memory::new();
    let mut app = full(&memory);
    assert!(app.push(kind::STOP, START + 1, &[]));
    let [sent] = &memory.sent()[..] else { panic!("one at a time") };
    assert!(!app.core.answered(START + 9, sent.sequence(), 503, f64::NAN));
    let stored = memory.stored_frames();
    assert!(stored >= 3, "{stored}");
    drop(app);
    let mut app = launch(&memory, START + 60_000);
    let mut names = Vec::new();
    app.core.woken(START + 60_001);
    while let [sent] = &memory.sent()[..] {
        names.extend(sent.names());
        app.core.answered(START + 60_002, sent.sequence(), 200, f64::NAN);
    }
    assert_eq!(names.len(), 300);
}

#[test]
fn stopped_where_nobody_answers_it_ends_in_time() {
    let memory = Memory::new();
    let mut app = full(&memory);
    let mut now = START + 1;
    let mut goes_on = app.push(kind::STOP, now, &[]);
    while goes_on {
        let wake = memory.0.borrow_mut().wake_in.take().unwrap();
        now += wake.max(1);
        goes_on = app.core.woken(now);
    }
    assert!(now - START <= MINI_STOP_MAX, "{}", now - START);
    assert!(memory.stored_frames() >= 3);
}

#[test]
fn denied_after_it_has_stopped_nothing_more_is_sent() {
    let memory = Memory::new();
    let mut app = full(&memory);
    app.push(kind::STOP, START + 1, &[]);
    assert_eq!(memory.sent().len(), 1);
    assert!(!app.push(kind::CALL, START + 2, &["consent", "denied"]));
    assert!(memory.sent().is_empty() && memory.0.borrow().storage.is_empty());
}

/// A storage may not remove what it is told to, and only the running process remembers that. The
/// frame that the next launch sends once more is the same, by which readers know it.
#[test]
fn what_could_not_be_removed_comes_again_as_the_same_frame() {
    let memory = Memory::new();
    let mut app = launch(&memory, START);
    app.event(START, "a");
    app.push(kind::ERROR, START, &["Error", "b", ""]);
    let [first] = &app.flush(START)[..] else { panic!("one frame") };
    memory.0.borrow_mut().removal_works = false;
    app.core.answered(START + 7_000, first.sequence(), 200, f64::NAN);
    for launched in [START + 60_000, START + 120_000] {
        app = launch(&memory, launched);
        let again = app.flush(launched);
        let again = again.iter().find(|sent| sent.sequence() == first.sequence()).unwrap();
        assert_eq!(again.session(), first.session());
        assert_eq!(again.frame.events, first.frame.events);
        assert_eq!(again.frame.header.time_base, first.frame.header.time_base);
        assert_eq!(again.frame.header.views, first.frame.header.views);
        app.core.answered(launched + 7_000, again.sequence(), 200, f64::NAN);
    }
    // A storage that works again loses it with the answer.
    memory.0.borrow_mut().removal_works = true;
    app = launch(&memory, START + 180_000);
    for sent in app.flush(START + 180_000) {
        app.core.answered(START + 187_000, sent.sequence(), 200, f64::NAN);
    }
    assert!(!memory.0.borrow().storage.contains_key(&first.sequence()));
}

#[test]
fn a_record_is_settled_when_what_it_told_is_in_a_frame() {
    let memory = Memory::new();
    let mut app = launch(&memory, START);
    app.push(kind::ROUTE, START, &["pages/sign-in/index", "push"]);
    app.event(START + 1, "a");
    assert_eq!(app.core.settled(), 0, "both wait");
    app.core.woken(START + 5_000);
    assert_eq!((app.core.settled(), memory.stored_frames()), (2, 1));
    // Asked for nothing, it told nothing.
    app.push(kind::CALL, START + 5_001, &["consent", "granted"]);
    assert_eq!(app.core.settled(), 3);
    // Of what makes frames of itself the last waits.
    let attributes = "x".repeat(500);
    let mut taken = 3;
    while memory.stored_frames() == 1 {
        let name = format!("e{taken}");
        let mut texts = vec!["event", &name];
        let names: Vec<String> = (0..30).map(|at| format!("a{at}")).collect();
        for name in &names {
            texts.extend([name.as_str(), &attributes]);
        }
        app.push(kind::CALL, START + 6_000, &texts);
        taken += 1;
    }
    assert_eq!(app.core.settled(), taken - 1);
    app.push(kind::LIFECYCLE, START + 7_000, &["hide"]);
    assert_eq!(app.core.settled(), taken + 1);
    // Nothing goes into a frame before it may.
    app.push(kind::CALL, START + 8_000, &["consent", "pending"]);
    app.event(START + 8_001, "b");
    app.core.woken(START + 20_000);
    assert_eq!(app.core.settled(), taken + 2);
    app.push(kind::CALL, START + 21_000, &["consent", "granted"]);
    app.core.woken(START + 30_000);
    assert_eq!(app.core.settled(), taken + 4);
}

#[test]
fn a_clock_that_was_set_back_between_launches_holds_nothing_up() {
    for back in [10 * 60_000, 86_400_000] {
        let memory = Memory::new();
        memory.0.borrow_mut().fetch_works = false;
        let mut app = launch(&memory, START);
        app.event(START, "before");
        app.flush(START);
        drop(app);
        memory.0.borrow_mut().fetch_works = true;
        let now = START - back;
        let mut app = launch(&memory, now);
        app.core.woken(now);
        let sent = memory.sent();
        assert_eq!(
            sent.first().map(Sent::names),
            Some(vec!["before".to_owned()]),
            "{back} ms back"
        );
    }
}

#[test]
fn without_https_nothing_is_sent_and_the_developer_is_told() {
    for endpoint in ["http://dna.bank", "dna.bank", ""] {
        let memory = Memory::new();
        let options = record(kind::CALL, START, &["key", "bank-mini", "endpoint", endpoint]);
        let phone = support::phone::Phone(memory.clone());
        assert!(Core::start(phone, START, Record::open(&options).unwrap()).is_none());
        let warnings = &memory.0.borrow().warnings;
        assert!(warnings.iter().any(|warning| warning.contains("https://")), "{warnings:?}");
    }
}
