//! Routes that a script shows without a load.
#![allow(clippy::unwrap_used, reason = "a test fails where it unwraps nothing")]

mod support;

use dna_protocol::Body;
use dna_protocol::field::Millis;
use dna_protocol::model::RouteChange;
use dna_sdk_wasm::limits::RATE_ROUTES_MAX;
use support::{Memory, START, Sent, custom, go};

/// The routes of a frame.
fn routes(sent: &Sent) -> Vec<&RouteChange> {
    let events = sent.frame.events.iter();
    let routes = events.filter_map(|event| match &event.body {
        Body::RouteChange(route) => Some(route),
        _ => None,
    });
    routes.collect()
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
    assert_eq!(sent.len(), 1, "they share a request");
    let header = &sent[0].frame.header;
    assert_eq!((header.view_id, &header.url), (None, &None), "it is of no one view");
    let (before, after) = ("https://bank/accounts", "https://bank/orders");
    assert_eq!(
        sent[0].told(),
        [("before".into(), before.to_owned()), ("after".into(), after.to_owned())]
    );
    let views = sent[0].views();
    assert!(views[0] != views[1] && views[1] == views[2]);
    let route = routes(&sent[0])[0];
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
    assert_eq!(sent.len(), 1);
    let durations: Vec<_> =
        routes(&sent[0]).iter().map(|route| route.duration.map(Millis::get)).collect();
    assert_eq!(durations, [Some(640.0), None]);
    let url = |at: usize| sent[0].frame.header.url_of(&sent[0].frame.events[at]);
    assert_eq!((url(0), url(1)), (Some("https://bank/orders"), Some("https://bank/limits")));
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
        views += routes(&sent).len() as u32;
        lost += dropped(&sent);
    }
    assert_eq!(views, RATE_ROUTES_MAX);
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
    let told = sent[0].told();
    let place =
        |name: &str| told.iter().find(|(told, _)| told == name).map(|(_, url)| url.as_str());
    assert_eq!(place("load"), Some("https://bank/accounts"));
    assert_eq!((place("another"), place("order")), (place("order"), Some("https://bank/orders")));
    let views = sent[0].views();
    assert_eq!((sent.len(), views.len()), (1, 4));
    let distinct: std::collections::HashSet<_> = views.iter().map(|view| view.0).collect();
    assert_eq!(distinct.len(), 2);
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
