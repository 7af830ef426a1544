//! A whole visit, from a script to the frames that ingest reads.
#![allow(clippy::unwrap_used, reason = "a test fails where it unwraps nothing")]

mod support;

use dna_protocol::field::{AttributeValue, Attributes, Millis, Number, Text};
use dna_protocol::json::frame_value;
use dna_protocol::model::{
    ApiCall, Custom, Exception, Identity, PageView, ResourceFailure, WebVital,
};
use dna_protocol::{Body, Frame};
use dna_sdk_wasm::Answer;
use serde_json::{Value, json};
use support::{Memory, START};

fn page_view() -> Body {
    let page = PageView {
        navigation_type: Some(Text::cut("navigate")),
        response_start: Some(Millis::rounded(30.06)),
        load_event_end: Some(Millis::rounded(812.4)),
        ..PageView::default()
    };
    Body::PageView(page.into())
}

fn first_contentful_paint() -> Body {
    let value = Number::new(120.5).ok();
    Body::WebVital(Box::new(WebVital {
        name: Some(Text::cut("FCP")),
        value,
        ..WebVital::default()
    }))
}

fn type_error() -> Body {
    Body::Exception(Exception {
        r#type: Some(Text::cut("TypeError")),
        message: Some(Text::cut("余额 is undefined")),
        line: Some(3),
        ..Exception::default()
    })
}

fn broken_image() -> Body {
    Body::ResourceFailure(ResourceFailure {
        url: Some(Text::cut("https://bank/logo.png")),
        element: Some(Text::cut("img")),
        message: None,
    })
}

fn aborted_call() -> Body {
    Body::ApiCall(Box::new(ApiCall {
        method: Some(Text::cut("POST")),
        url: Some(Text::cut("https://bank/api/transfer")),
        duration: Some(Millis::rounded(1500.2)),
        error: Some(Text::cut("abort")),
        ..ApiCall::default()
    }))
}

fn transfer() -> Body {
    let mut attributes = Attributes::default();
    attributes
        .push(Text::cut("amount"), AttributeValue::Number(Number::new(1.5).unwrap()))
        .unwrap();
    attributes.push(Text::cut("saved"), AttributeValue::Bool(true)).unwrap();
    Body::Custom(Custom { name: Some(Text::cut("transfer")), attributes: Some(attributes) })
}

/// Header and events as JSON, without what is random.
fn read(frame: &Frame) -> (Value, Value) {
    let mut value = frame_value(frame);
    let fields = value.as_object_mut().unwrap();
    for random in ["session.id", "view.id", "sequence"] {
        assert!(fields.remove(random).is_some(), "{random}");
    }
    let events = fields.remove("events").unwrap();
    (value, events)
}

#[test]
fn a_visit_becomes_the_frames_that_ingest_expects() {
    let memory = Memory::new();
    let mut page = memory.page(START);
    page.record(START + 120, 12.34, type_error());
    page.record(START + 150, 150.0, broken_image());
    page.woken(START + 1_620);
    let first = memory.sent();
    page.record(START + 1_900, 0.0, page_view());
    page.record(START + 1_900, 120.5, first_contentful_paint());
    let user = Identity {
        id: Some(Text::cut("u-1")),
        tier: Some(Text::cut("vip")),
        ..Identity::default()
    };
    page.record(START + 1_910, 910.0, Body::Identity(user));
    page.answered(
        START + 1_950,
        first[0].sequence(),
        Answer::Status { status: 202, retry_after: None },
    );
    page.record(START + 2_000, 999.9, transfer());
    page.record(START + 2_100, 1_100.0, aborted_call());
    page.hide(START + 2_150);
    let second = memory.sent();
    assert_eq!((first.len(), second.len()), (1, 1));
    assert_eq!(second[0].sequence(), first[0].sequence() + 1);

    let header = |sent_at: u64| {
        json!({
            "sent_at_ms": sent_at, "app_key": "bank-web", "time_base_ms": START,
            "url.full": "https://bank/accounts", "service.version": "2.7.1",
            "telemetry.sdk.name": "dna-web", "telemetry.sdk.version": env!("CARGO_PKG_VERSION"),
            "attempt": 0,
        })
    };
    assert_eq!(
        read(&first[0].frame),
        (
            header(START + 1_620),
            json!([
                {"kind": "exception", "time": 12.375, "body": {
                    "exception.type": "TypeError", "exception.message": "余额 is undefined",
                    "code.line.number": 3,
                }},
                {"kind": "resource_failure", "time": 150, "body": {
                    "url.full": "https://bank/logo.png", "element.name": "img",
                }},
            ])
        )
    );
    assert_eq!(
        read(&second[0].frame),
        (
            header(START + 2_150),
            json!([
                {"kind": "page_view", "time": 0, "body": {
                    "navigation.type": "navigate", "response_start": 30, "load_event_end": 812,
                }},
                {"kind": "web_vital", "time": 120.5, "body": {
                    "browser.web_vital.name": "FCP", "browser.web_vital.value": 120.5,
                }},
                {"kind": "identity", "time": 910, "body": {"user.id": "u-1", "user.tier": "vip"}},
                {"kind": "custom", "time": 1000, "body": {
                    "event.name": "transfer", "attributes": {"amount": 1.5, "saved": true},
                }},
                {"kind": "api_call", "time": 1100, "body": {
                    "http.request.method": "POST", "url.full": "https://bank/api/transfer",
                    "duration_ms": 1500, "error.type": "abort",
                }},
            ])
        )
    );
}
