//! What each kind of event gives.

use super::{RECEIVED_AT_MS, facts_of, read, receipt};
use dataview::facts::FactsError;
use dataview::model::{Dimension, FrameFacts, Metric, UserChange, Value, ViewId};
use dna_protocol::entry::{Entry, Receipt};
use dna_protocol::{Frame, Header};
use serde_json::{Value as Json, json};

/// A frame on the page /accounts with these events, sent at 9 s of its clock, which is 500 ms slow.
fn frame(events: &Json) -> FrameFacts {
    facts_of(&json!({
        "sent_at_ms": 1_790_000_009_000_u64,
        "app_key": "key",
        "session.id": "0102030405060708090a0b0c0d0e0f10",
        "sequence": 7,
        "time_base_ms": 1_790_000_000_000_u64,
        "view.id": "1112131415161718",
        "url.full": "https://bank.example/accounts/42",
        "service.version": "3.1",
        "events": events,
    }))
}

/// The sum of the counts of a metric, or the number of its samples.
fn count(facts: &FrameFacts, metric: Metric) -> u64 {
    let measures = facts.measures.iter().filter(|measure| measure.metric == metric);
    let counted = |value| match value {
        Value::Count(count) => count,
        Value::Sample(_) | Value::Unique(_) => 1,
    };
    measures.map(|measure| counted(measure.value)).sum()
}

fn counts<const N: usize>(facts: &FrameFacts, metrics: [Metric; N]) -> [u64; N] {
    metrics.map(|metric| count(facts, metric))
}

fn view() -> Option<ViewId> {
    ViewId::from_hex("1112131415161718")
}

#[test]
fn a_page_view_that_has_loaded_works_and_is_counted_once_a_view() {
    let facts = frame(&json!([
        {"kind": "page_view", "time": 1000, "body": {"fetch_start": 1, "load_event_end": 800}},
        {"kind": "web_vital", "time": 1500, "body": {"browser.web_vital.name": "LCP", "browser.web_vital.value": 620}},
    ]));
    use Metric::{Lcp, PageLoad, PageViews, PageViewsOk};
    assert_eq!(counts(&facts, [PageViews, PageViewsOk, PageLoad, Lcp]), [1, 1, 1, 1]);
    for measure in &facts.measures {
        let is_of_view = [PageViews, PageViewsOk, PageLoad, Lcp].contains(&measure.metric);
        assert_eq!(measure.once, view().filter(|_| is_of_view), "{measure:?}");
    }
    let lcp = facts.measures.iter().find(|measure| measure.metric == Lcp).unwrap();
    assert_eq!((lcp.value, lcp.at_ms), (Value::Sample(620.0), 1_790_000_002_000), "corrected");
    let mut dimensions = lcp.dimensions.clone();
    dimensions.sort();
    let expected = [
        (Dimension::Page, "/accounts/{id}"),
        (Dimension::Region, "China / Shanghai"),
        (Dimension::Operator, "Telecom"),
        (Dimension::Device, "mobile"),
        (Dimension::Os, "Android"),
        (Dimension::Browser, "Chrome"),
        (Dimension::Release, "3.1"),
    ];
    assert_eq!(dimensions, expected.map(|(by, value)| (by, value.to_owned())));
    assert_eq!(facts.views.len(), 1);
    assert_eq!((facts.views[0].id, &*facts.views[0].page), (view(), "/accounts/{id}"));
}

#[test]
fn a_page_that_has_loaded_after_all_is_one_view_of_its_session() {
    let facts = frame(&json!([
        {"kind": "page_view", "time": 1000, "body": {"fetch_start": 1}},
        {"kind": "page_view", "time": 1000, "body": {"fetch_start": 1, "load_event_end": 800}},
    ]));
    assert_eq!(facts.of_session.views, 1);
}

#[test]
fn a_page_view_fails_that_does_not_load_or_throws() {
    use Metric::{Errors, PageViews, PageViewsOk};
    let loaded = json!({"kind": "page_view", "time": 1000, "body": {"load_event_end": 800}});
    let thrown = json!({"kind": "exception", "time": 1500, "body": {"exception.message": "x"}});
    let mut reported = thrown.clone();
    reported["body"]["exception.mechanism"] = "reported".into();
    let left = json!({"kind": "page_view", "time": 1000, "body": {"fetch_start": 1}});
    let refused = json!({"kind": "page_view", "time": 1000, "body": {"load_event_end": 800, "http.response.status_code": 503}});
    let restored =
        json!({"kind": "page_view", "time": 1000, "body": {"navigation.type": "back_forward"}});
    for (events, expected) in [
        (json!([loaded, thrown]), [1, 0, 1]),
        (json!([loaded, reported]), [1, 1, 0]),
        (json!([left]), [1, 0, 0]),
        (json!([refused]), [1, 0, 0]),
        (json!([restored]), [1, 1, 0]),
    ] {
        let facts = frame(&events);
        assert_eq!(counts(&facts, [PageViews, PageViewsOk, Errors]), expected, "{events}");
    }
    assert_eq!(frame(&json!([reported])).errors.len(), 1, "what is reported is listed");
}

#[test]
fn calls_are_judged_by_their_answer_and_have_their_trace() {
    let call = |body: Json| {
        let mut call = json!({"kind": "api_call", "time": 1000, "body": {
            "http.request.method": "POST", "url.full": "https://bank.example/api/transfers/9",
            "trace_id": "0af7651916cd43dd8448eb211c80319c", "span_id": "b7ad6b7169203331", "duration_ms": 40}});
        call["body"].as_object_mut().unwrap().extend(body.as_object().unwrap().clone());
        call
    };
    let facts = frame(&json!([
        call(json!({"http.response.status_code": 201})),
        call(json!({"http.response.status_code": 500})),
        call(json!({"error.type": "timeout"})),
        call(json!({"error.type": "abort"})),
    ]));
    use Metric::{ApiCalls, ApiCallsOk, ApiDuration};
    assert_eq!(counts(&facts, [ApiCalls, ApiCallsOk, ApiDuration]), [3, 1, 2]);
    assert_eq!((facts.of_session.calls, facts.of_session.calls_failed), (4, 2));
    let statuses: Vec<_> = facts.calls.iter().map(|call| (call.status, call.ok)).collect();
    assert_eq!(statuses, [(201, true), (500, false), (0, false), (0, false)]);
    assert_eq!(facts.calls[0].api, "POST /api/transfers/{id}");
    let (trace, span) = facts.calls[0].trace.unwrap();
    assert_eq!(trace.to_string(), "0af7651916cd43dd8448eb211c80319c");
    assert_eq!(span.to_string(), "b7ad6b7169203331");
}

#[test]
fn routes_begin_views_and_their_names_name_pages() {
    let facts = facts_of(&json!({
        "app_key": "key", "session.id": "0102030405060708090a0b0c0d0e0f10", "sequence": 1,
        "time_base_ms": 1_790_000_000_000_u64,
        "views": [
            {"view.id": "1112131415161718", "url.full": "https://bank.example/accounts"},
            {"view.id": "2122232425262728", "url.full": "https://bank.example/orders/7"},
        ],
        "events": [
            {"kind": "route_change", "time": 1000, "view": 1, "body": {"navigation.type": "push"}},
            {"kind": "route_change", "time": 1001, "view": 1, "body": {"route.name": "order"}},
            {"kind": "mark", "time": 1002, "body": {"mark.name": "shown"}},
            {"kind": "unhandled_rejection", "time": 1003, "view": 1, "body": {"exception.message": "offline"}},
        ],
    }));
    assert_eq!(counts(&facts, [Metric::PageViews, Metric::PageViewsOk]), [1, 0]);
    assert_eq!(facts.views.len(), 1);
    assert_eq!(facts.views[0].page, "order");
    assert_eq!(facts.views[0].id, ViewId::from_hex("2122232425262728"));
    assert_eq!(facts.errors[0].page, "order");
    let of_page = |page: &str| {
        let by = (Dimension::Page, page.to_owned());
        let on_page = |measure: &&dataview::model::Measure| measure.dimensions.contains(&by);
        facts.measures.iter().filter(on_page).filter(|m| m.metric == Metric::Events).count()
    };
    assert_eq!((of_page("/accounts"), of_page("order")), (1, 1));
}

#[test]
fn transactions_that_end_well_are_timed_and_the_others_counted() {
    let facts = frame(&json!([
        {"kind": "transaction", "time": 1000, "body": {"transaction.name": "login", "transaction.outcome": "ok", "duration_ms": 900}},
        {"kind": "transaction", "time": 1000, "body": {"transaction.name": "login", "transaction.outcome": "abandoned", "duration_ms": 90_000}},
    ]));
    use Metric::{TransactionDuration, Transactions, TransactionsFailed};
    assert_eq!(counts(&facts, [Transactions, TransactionsFailed, TransactionDuration]), [2, 1, 1]);
}

#[test]
fn a_session_knows_who_and_where_and_on_what() {
    let facts = frame(&json!([
        {"kind": "identity", "time": 1000, "body": {"user.hash": "9f86d081884c7d65", "user.tier": "vip"}},
        {"kind": "resource_failure", "time": 70_000, "body": {"url.full": "https://bank.example/logo.png", "element.name": "img"}},
        {"kind": "identity", "time": 2000, "body": {}},
    ]));
    let session = &facts.of_session;
    let user =
        UserChange::Known { hash: "9f86d081884c7d65".to_owned(), tier: Some("vip".to_owned()) };
    assert_eq!(session.user, user, "the last that was known");
    assert_eq!(session.first_at_ms, 1_790_000_001_500);
    assert_eq!(session.last_at_ms, RECEIVED_AT_MS, "not after its receipt");
    assert_eq!(session.first_page.as_deref(), Some("https://bank.example/accounts/42"));
    assert_eq!(session.os.as_deref(), Some("Android 15"));
    assert_eq!(session.browser.as_deref(), Some("Chrome 142.0"));
    assert_eq!((session.events, session.errors, session.views), (3, 1, 0));
    assert_eq!((&*facts.errors[0].r#type, facts.errors[0].kind), ("img", "resource_failure"));
    assert_eq!(counts(&facts, [Metric::Sessions, Metric::Users, Metric::Events]), [1, 1, 3]);
}

#[test]
fn a_mini_program_is_named_by_its_platform_and_its_device_by_its_launch() {
    let facts = facts_of(&json!({
        "app_key": "key", "session.id": "0102030405060708090a0b0c0d0e0f10", "sequence": 1,
        "miniprogram.platform": "wechat", "url.full": "miniprogram://wechat/pages/accounts/index",
        "time_base_ms": 1_790_000_000_000_u64,
        "events": [
            {"kind": "app_launch", "time": 0, "body": {"device.model.identifier": "PLK110", "os.name": "harmony", "os.version": "5"}},
            {"kind": "page_view", "time": 10, "body": {"navigation.type": "navigate"}},
            {"kind": "page_load", "time": 10, "body": {"duration_ms": 412}},
        ],
    }));
    let session = &facts.of_session;
    assert_eq!(session.browser.as_deref(), Some("wechat"));
    assert_eq!(
        (session.device.as_deref(), session.os.as_deref()),
        (Some("PLK110"), Some("harmony 5"))
    );
    assert_eq!(facts.views[0].page, "/pages/accounts/index");
    assert_eq!(counts(&facts, [Metric::PageViewsOk, Metric::PageLoad]), [1, 1]);
}

#[test]
fn an_entry_that_lacks_what_all_have_is_refused_by_name() {
    let header = Header { sequence: Some(1), ..Header::default() };
    let entry = |receipt: Receipt| Entry {
        receipt,
        frame: Frame { header: header.clone(), events: Vec::new() },
    };
    let refused = |receipt| read(&entry(receipt).encode()).unwrap_err();
    assert_eq!(refused(Receipt::default()), FactsError::Missing("received_at_ms"));
    assert_eq!(refused(Receipt { app: None, ..receipt() }), FactsError::Missing("service.name"));
    assert_eq!(refused(receipt()), FactsError::Missing("session.id"));
    let never = refused(Receipt { received_at: Some(5), ..receipt() });
    assert_eq!(never.to_string(), "`received_at_ms` is 5; allowed 1577836800000 to 4102444800000");
    assert!(matches!(read(b"{}").unwrap_err(), FactsError::Malformed(_)));
}
