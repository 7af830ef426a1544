//! What a visitor's page tells, before it is varied.

use dna_protocol::Frame;
use serde_json::json;

/// What is told of a page: when it is the first, and later.
pub(crate) fn template(number: u64) -> Frame {
    let (page, is_first) = (number / 2, number.is_multiple_of(2));
    let call = |n: u64| {
        json!({"kind": "api_call", "time": 900 + n, "body": {
            "http.request.method": if n.is_multiple_of(2) { "GET" } else { "POST" },
            "url.full": format!("https://bank.example/api/service{}/op{n}", page % 20),
            "http.response.status_code": 200,
            "duration_ms": 100,
            "trace_id": "07070707070707070707070707070707",
            "span_id": "0707070707070707",
        }})
    };
    let vital = |name: &str, value: f64| {
        json!({"kind": "web_vital", "time": 1_500, "body": {
            "browser.web_vital.name": name, "browser.web_vital.value": value,
        }})
    };
    let mut events = vec![
        json!({"kind": "page_view", "time": 0, "body": {"fetch_start": 1, "load_event_end": 800}}),
        vital("LCP", 900.0),
        vital("TTFB", 120.0),
        call(page % 3),
    ];
    if is_first {
        events.push(vital("FCP", 500.0));
        events.push(vital("CLS", 0.05));
        events.push(json!({"kind": "identity", "time": 100, "body": {"user.hash": "00"}}));
    } else {
        events.push(call(page % 3 + 1));
        events.push(json!({"kind": "user_action", "time": 3_000, "body": {
            "user_action.type": "click", "user_action.name": "Pay",
        }}));
        events.push(json!({"kind": "exception", "time": 3_100, "body": {
            "exception.type": "TypeError",
            "exception.message": format!("undefined is not a function {}", page % 7),
        }}));
    }
    let frame = json!({
        "sent_at_ms": 1_790_000_009_000_u64,
        "app_key": "key",
        "session.id": "0102030405060708090a0b0c0d0e0f10",
        "sequence": 0,
        "time_base_ms": 1_790_000_000_000_u64,
        "view.id": "1112131415161718",
        "url.full": format!("https://bank.example/page{page}"),
        "service.version": "3.1.0",
        "events": events,
    });
    let decoded = dna_protocol::json::decode_frame(frame.to_string().as_bytes());
    let decoded = decoded.expect("the template is a frame");
    assert_eq!(decoded.rejected, [], "the template's events are allowed");
    decoded.frame
}
