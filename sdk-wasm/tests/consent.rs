//! Consent: without it nothing is sent and nothing stored, whatever happens.
#![allow(clippy::unwrap_used, reason = "a test fails where it unwraps nothing")]

mod support;

use dna_protocol::Body;
use dna_protocol::field::Text;
use dna_protocol::model::Identity;
use dna_sdk_wasm::{Answer, Client, Config, Consent, VISITOR};
use proptest::prelude::*;
use support::{Memory, START, Sent, config, custom, exception, go};

fn with(consent: Consent) -> Config {
    Config { consent, visitor: true, ..config() }
}

fn names(sent: &[Sent]) -> Vec<String> {
    sent.iter().flat_map(Sent::names).collect()
}

fn is_untouched(memory: &Memory) -> bool {
    memory.0.borrow().storage.is_empty() && memory.0.borrow().sent.is_empty()
}

/// Lets everything go out.
fn flush(memory: &Memory, page: &mut Client<Memory>, now: u64) -> Vec<Sent> {
    page.flush(now);
    memory.sent()
}

#[test]
fn what_waits_for_consent_is_sent_with_it_under_the_views_of_its_own() {
    let memory = Memory::new();
    let mut page = memory.page_with(START, with(Consent::Pending));
    page.record(START, 1.0, custom("a"));
    go(&memory, &mut page, START + 10, "https://bank/next");
    page.record(START + 20, 20.0, custom("b"));
    page.record(START + 20, 20.0, exception("x"));
    page.hide(START + 30);
    page.show(START + 40, START + 7);
    page.record(START + 50, 43.0, custom("c"));
    page.woken(START + 60_000);
    assert!(is_untouched(&memory));
    assert_eq!(memory.wake_in(), None, "nothing to wake for");

    page.consent(START + 70_000, Consent::Granted);
    assert_eq!(memory.wake_in(), Some(300));
    let sent = flush(&memory, &mut page, START + 70_300);
    assert_eq!(names(&sent), ["a", "b", "c"]);
    let urls: Vec<_> = sent.iter().flat_map(Sent::told).map(|(_, url)| url).collect();
    assert_eq!(urls, ["https://bank/accounts", "https://bank/next", "https://bank/next"]);
    let bases: Vec<_> = sent.iter().map(|sent| sent.frame.header.time_base.unwrap()).collect();
    assert_eq!(bases, [START, START + 7], "a frame is of one clock");
    let views: Vec<_> = sent.iter().flat_map(Sent::views).collect();
    assert!(views[0] != views[1] && views[1..].iter().all(|view| *view == views[1]));
    assert_eq!(sent[0].session(), sent[1].session());
}

#[test]
fn what_was_refused_is_gone_and_a_later_consent_begins_anew() {
    let memory = Memory::new();
    let mut page = memory.page_with(START, with(Consent::Granted));
    let identity = Identity { id: Some(Text::cut("u")), ..Identity::default() };
    page.record(START, 0.0, Body::Identity(identity));
    page.record(START, 0.0, custom("a"));
    let before = flush(&memory, &mut page, START + 1).remove(0);
    assert!(before.frame.header.visitor_id.is_some());
    page.answered(START + 2, before.sequence(), Answer::None);
    page.record(START + 3, 0.0, custom("b"));
    page.consent(START + 4, Consent::Denied);
    page.record(START + 5, 0.0, custom("c"));
    page.hide(START + 6);
    page.show(START + 7, START);
    page.answered(START + 8, before.sequence(), Answer::None);
    page.woken(START + 900_000);
    assert!(is_untouched(&memory));

    page.consent(START + 900_001, Consent::Granted);
    page.record(START + 900_002, 0.0, custom("d"));
    let sent = flush(&memory, &mut page, START + 900_003);
    assert_eq!((names(&sent), sent[0].frame.events.len()), (vec!["d".to_owned()], 1));
    let (old, new) = (&before.frame.header, &sent[0].frame.header);
    assert_ne!(old.session_id, new.session_id);
    assert_ne!(old.visitor_id, new.visitor_id);
    assert_ne!(old.view_id, new.view_id);
}

#[test]
fn while_it_is_asked_again_what_was_sent_before_waits_too() {
    let memory = Memory::new();
    let mut page = memory.page_with(START, with(Consent::Granted));
    page.record(START, 0.0, custom("a"));
    page.consent(START + 1, Consent::Pending);
    let stored = memory.0.borrow().storage.clone();
    page.record(START + 2, 0.0, custom("b"));
    page.hide(START + 3);
    assert!(memory.sent().is_empty());
    assert_eq!(memory.0.borrow().storage, stored, "as it was when it was allowed");
    page.show(START + 4, START);
    page.consent(START + 5, Consent::Granted);
    let sent = flush(&memory, &mut page, START + 6);
    assert_eq!(names(&sent), ["a", "b"]);
    assert_eq!(sent[0].session(), sent[1].session());
}

#[test]
fn what_earlier_pages_have_left_is_not_looked_at_before_consent() {
    let memory = Memory::new();
    let mut page = memory.page(START);
    page.record(START, 0.0, custom("a"));
    page.hide(START);
    let left = memory.sent().remove(0);
    let mut next = memory.page_with(START + 10_000, with(Consent::Pending));
    next.woken(START + 20_000);
    assert!(memory.sent().is_empty());
    next.consent(START + 20_001, Consent::Granted);
    let again = memory.sent().remove(0);
    assert_eq!((again.sequence(), again.session()), (left.sequence(), left.session()));
    next.record(START + 20_002, 0.0, custom("b"));
    assert_eq!(flush(&memory, &mut next, START + 20_003)[0].session(), left.session());
    next.consent(START + 20_004, Consent::Denied);
    assert!(is_untouched(&memory));
}

#[test]
fn a_visitor_has_one_identifier_and_only_where_it_was_asked_and_granted() {
    let memory = Memory::new();
    let visitor = |consent, visitor, now| {
        let mut page = memory.page_with(now, Config { consent, visitor, ..config() });
        page.record(now, 0.0, custom("x"));
        flush(&memory, &mut page, now + 1)[0].frame.header.visitor_id
    };
    let day = 24 * 3600 * 1000;
    assert_eq!(visitor(Consent::Assumed, true, START), None, "nobody was asked");
    assert_eq!(visitor(Consent::Granted, false, START + 1), None, "the page does not want it");
    assert!(!memory.0.borrow().storage.contains_key(&VISITOR));
    let first = visitor(Consent::Granted, true, START + 2);
    assert!(first.is_some());
    assert_eq!(visitor(Consent::Granted, true, START + 30 * day), first);
    memory.0.borrow_mut().storage.insert(VISITOR, vec![1; 3]);
    let other = visitor(Consent::Granted, true, START + 31 * day);
    assert!(other.is_some() && other != first, "a damaged one is no visitor's");
}

#[test]
fn the_queue_that_waits_for_consent_is_bounded_and_says_what_it_lost() {
    let memory = Memory::new();
    let mut page = memory.page_with(START, with(Consent::Pending));
    for minute in 0..4 {
        for _ in 0..500 {
            page.record(START + minute * 60_000, 0.0, custom("x"));
        }
    }
    page.consent(START + 300_000, Consent::Granted);
    let sent = flush(&memory, &mut page, START + 300_001);
    let lost: u64 = sent.iter().filter_map(|sent| sent.frame.header.dropped_queue_full).sum();
    assert_eq!(lost, 1_000);
}

#[derive(Debug, Clone)]
enum Step {
    Record { urgent: bool },
    User,
    Route,
    Hide,
    Show,
    Wait { ms: u64 },
    Answer { status: Option<u16> },
    Navigate { consent: Consent },
    Decide { consent: Consent },
    Filter { ready: bool },
}

fn consent() -> impl Strategy<Value = Consent> {
    prop_oneof![Just(Consent::Granted), Just(Consent::Pending), Just(Consent::Denied)]
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        6 => any::<bool>().prop_map(|urgent| Step::Record { urgent }),
        1 => Just(Step::User),
        2 => Just(Step::Route),
        2 => Just(Step::Hide),
        2 => Just(Step::Show),
        4 => prop_oneof![0..500u64, 0..40_000u64, 0..4_000_000u64].prop_map(|ms| Step::Wait { ms }),
        2 => prop_oneof![Just(Some(202)), Just(Some(503)), Just(None)]
            .prop_map(|status| Step::Answer { status }),
        2 => consent().prop_map(|consent| Step::Navigate { consent }),
        4 => consent().prop_map(|consent| Step::Decide { consent }),
        1 => any::<bool>().prop_map(|ready| Step::Filter { ready }),
    ]
}

/// What is recorded says under which consent: `p3` while it was pending, after three refusals.
struct Run {
    memory: Memory,
    page: Client<Memory>,
    now: u64,
    percent: u8,
    consent: Consent,
    refusals: u32,
    under_way: Vec<u64>,
    routes: u32,
}

impl Run {
    fn new(consent: Consent, percent: u8) -> Self {
        let memory = Memory::new();
        let page = memory.page_with(START, Config { sample_percent: percent, ..with(consent) });
        let refusals = u32::from(consent == Consent::Denied);
        Self { memory, page, now: START, percent, consent, refusals, under_way: vec![], routes: 0 }
    }

    fn step(&mut self, step: &Step) {
        let now = self.now;
        match step {
            Step::Record { urgent } => {
                let name = format!("{:?}-{}", self.consent, self.refusals);
                self.page.record(now, 0.0, custom(&name));
                if *urgent {
                    self.page.record(now, 0.0, exception(&name));
                }
            }
            Step::User => {
                let id = Some(Text::cut(format!("{:?}-{}", self.consent, self.refusals)));
                self.page.record(now, 0.0, Body::Identity(Identity { id, ..Identity::default() }));
                self.page.tier(now, "vip");
            }
            Step::Route => {
                self.routes += 1;
                self.memory.0.borrow_mut().address = format!("https://bank/{}", self.routes);
                self.page.new_route(now, 0.0, "push");
            }
            Step::Hide => self.page.hide(now),
            Step::Show => self.page.show(now, START),
            Step::Wait { ms } => {
                self.now += ms;
                self.page.woken(self.now);
            }
            Step::Answer { status } => {
                let answer = status.map(|status| Answer::Status { status, retry_after: None });
                if let Some(sequence) = self.under_way.pop() {
                    self.page.answered(now, sequence, answer.unwrap_or(Answer::None));
                }
            }
            Step::Navigate { consent } => {
                self.page.hide(now);
                self.look(None);
                let config = Config { sample_percent: self.percent, ..with(*consent) };
                // The page's option is what its consent tool would say first.
                self.decided(*consent);
                let before = self.memory.0.borrow().storage.clone();
                self.page = self.memory.page_with(now, config);
                self.look((*consent == Consent::Pending).then_some(before));
                return;
            }
            Step::Decide { consent } => {
                self.decided(*consent);
                self.page.consent(now, *consent);
            }
            Step::Filter { ready } => self.page.filter(now, *ready),
        }
        self.look(None);
    }

    fn decided(&mut self, consent: Consent) {
        self.refusals += u32::from(consent == Consent::Denied && self.consent != Consent::Denied);
        self.consent = consent;
    }

    /// Checks what has been sent and stored since; `expected` is all that may be stored.
    fn look(&mut self, expected: Option<std::collections::BTreeMap<u64, Vec<u8>>>) {
        let sent = self.memory.sent();
        match self.consent {
            Consent::Denied => {
                assert!(sent.is_empty(), "sent while refused");
                assert!(self.memory.0.borrow().storage.is_empty(), "stored while refused");
            }
            Consent::Pending => assert!(sent.is_empty(), "sent while it was not decided"),
            Consent::Assumed | Consent::Granted => {}
        }
        if let Some(expected) = expected {
            assert_eq!(self.memory.0.borrow().storage, expected);
        }
        let now = format!("-{}", self.refusals);
        for sent in sent {
            for name in sent.names() {
                assert!(!name.starts_with("Denied"), "what happened while refused was sent");
                assert!(name.ends_with(&now), "what was erased was sent");
            }
            self.under_way.push(sent.sequence());
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, ..ProptestConfig::default() })]

    /// At no moment anything is sent or stored without consent, and what a refusal has erased
    /// never comes back.
    #[test]
    fn nothing_leaves_without_consent(
        first in consent(),
        percent in prop_oneof![Just(100u8), Just(50), Just(0)],
        steps in prop::collection::vec(step(), 1..60),
    ) {
        let mut run = Run::new(first, percent);
        run.look(None);
        for step in &steps {
            let before = run.memory.0.borrow().storage.clone();
            let pending = run.consent == Consent::Pending;
            run.step(step);
            if pending && run.consent == Consent::Pending {
                // A frame that was under way may be acknowledged, and is forgotten then.
                let stored = run.memory.0.borrow().storage.clone();
                let known = |(key, value): (&u64, &Vec<u8>)| before.get(key) == Some(value);
                prop_assert!(stored.iter().all(known), "stored while not decided");
            }
        }
    }
}
