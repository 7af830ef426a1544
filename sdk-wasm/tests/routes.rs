//! Routes that a script shows without a load.
#![allow(clippy::unwrap_used, reason = "a test fails where it unwraps nothing")]

mod support;

use dna_protocol::Body;
use dna_protocol::field::Millis;
use dna_protocol::model::RouteChange;
use dna_sdk_wasm::Client;
use dna_sdk_wasm::limits::RATE_ROUTES_MAX;
use support::{Memory, START, Sent, custom};

fn go(memory: &Memory, page: &mut Client<Memory>, now: u64, address: &str) {
    memory.0.borrow_mut().address = address.to_owned();
    page.route(now, 5.0, "push");
}

fn route(sent: &Sent) -> &RouteChange {
    let route = sent.frame.events.iter().find_map(|event| match &event.body {
        Body::RouteChange(route) => Some(route),
        _ => None,
    });
    route.expect("a frame with a route")
}

#[test]
fn another_route_is_another_view_and_what_came_before_stays_with_its_own() {
    let memory = Memory::new();
    let mut page = memory.page(START);
    page.record(START, 0.0, custom("before"));
    go(&memory, &mut page, START + 1, "https://bank/orders?token=x#/of/13800138000?y=1");
    page.record(START + 1, 6.0, custom("after"));
    page.hide(START + 2);
    let sent = memory.sent();
    assert_eq!(sent.len(), 2);
    let (before, after) = (&sent[0].frame.header, &sent[1].frame.header);
    assert_eq!(before.url.as_deref(), Some("https://bank/accounts"));
    assert_eq!(after.url.as_deref(), Some("https://bank/orders"));
    assert_ne!(before.view_id, after.view_id);
    assert_eq!((sent[0].names(), sent[1].names()), (vec!["before".into()], vec!["after".into()]));
    let route = route(&sent[1]);
    assert_eq!(route.navigation_type.as_deref(), Some("push"));
    assert_eq!(route.referrer.as_deref(), Some("https://bank/accounts"));
    assert_eq!(route.fragment.as_deref(), Some("/of/{phone}"));
}

#[test]
fn a_route_is_told_once_with_its_duration_or_without_one_when_the_page_goes_on() {
    let memory = Memory::new();
    let mut page = memory.page(START);
    go(&memory, &mut page, START, "https://bank/orders");
    page.flush(START);
    assert_eq!(memory.sent().len(), 0, "it is still being shown");
    page.routed(START + 800, Some(640.0));
    page.routed(START + 900, Some(1.0));
    go(&memory, &mut page, START + 1_000, "https://bank/limits");
    page.hide(START + 1_100);
    let sent = memory.sent();
    assert_eq!(sent.len(), 2);
    let (orders, limits) = (route(&sent[0]), route(&sent[1]));
    assert_eq!(orders.duration.map(Millis::get), Some(640.0));
    assert_eq!(limits.duration, None);
    assert_eq!(sent[0].frame.header.url.as_deref(), Some("https://bank/orders"));
    assert_eq!(sent[0].frame.events[0].time, 5.0, "when it began");
}

#[test]
fn a_query_or_an_anchor_is_no_route() {
    let memory = Memory::new();
    let mut page = memory.page(START);
    for address in ["https://bank/accounts?page=2", "https://bank/accounts#bottom"] {
        go(&memory, &mut page, START, address);
    }
    page.hide(START);
    assert_eq!(memory.sent().len(), 0);
}

#[test]
fn a_page_that_changes_its_address_without_end_is_bounded_and_says_so() {
    let memory = Memory::new();
    let mut page = memory.page(START);
    let mut views = 0;
    for number in 0..10 * RATE_ROUTES_MAX {
        go(&memory, &mut page, START, &format!("https://bank/scroll/{number}"));
    }
    // What waits for room in flight follows as it is made.
    page.hide(START);
    let dropped = |sent: &Sent| sent.frame.header.dropped_rate_limited.unwrap_or_default();
    let mut lost = 0;
    for sent in memory.sent() {
        views += u32::from(matches!(sent.frame.events[0].body, Body::RouteChange(_)));
        lost += dropped(&sent);
    }
    assert!(views <= RATE_ROUTES_MAX, "{views}");
    assert_eq!(lost, u64::from(9 * RATE_ROUTES_MAX));
}

#[test]
fn what_is_known_late_of_an_earlier_view_is_told_as_its_own() {
    let memory = Memory::new();
    let mut page = memory.page(START);
    let loaded = page.current_view().clone();
    go(&memory, &mut page, START + 1, "https://bank/orders");
    page.record(START + 1, 6.0, custom("order"));
    page.within(&loaded, |page| page.record(START + 2, 7.0, custom("load")));
    page.within(&page.current_view().clone(), |page| {
        page.record(START + 2, 7.0, custom("another"));
    });
    page.hide(START + 3);
    let sent = memory.sent();
    let told: Vec<_> =
        sent.iter().map(|sent| (sent.frame.header.url.as_deref(), sent.names())).collect();
    assert_eq!(told[1], (Some("https://bank/accounts"), vec!["load".into()]));
    assert_eq!(told[2], (Some("https://bank/orders"), vec!["another".into()]));
    let view = |at: usize| sent[at].frame.header.view_id;
    assert_eq!(view(0), view(2));
    assert_ne!(view(0), view(1));
}

#[test]
fn what_began_before_the_clock_was_set_anew_keeps_its_time() {
    let memory = Memory::new();
    let mut page = memory.page(START);
    // The machine has slept for five minutes.
    let later = START + 300_000;
    page.show(later, later - 10);
    let step = dna_protocol::Draft::from(custom("sms"));
    page.record_since(later, START as f64 + 5.0, step);
    page.record(later, 10.0, custom("now"));
    page.hide(later);
    let at = |sent: &Sent| sent.frame.header.time_base.unwrap() as f64 + sent.frame.events[0].time;
    let sent = memory.sent();
    let told: Vec<_> = sent.iter().map(|sent| (sent.names(), at(sent))).collect();
    assert_eq!(
        told,
        [(vec!["sms".into()], START as f64 + 5.0), (vec!["now".into()], later as f64)]
    );
    assert_eq!(sent[0].frame.header.view_id, sent[1].frame.header.view_id);
}
