//! The API's statuses on good and bad requests.

use std::time::{Duration, Instant};

use actix_web::http::StatusCode;
use actix_web::test::TestRequest;
use serde_json::{Value, json};

use crate::support::{Answer, ask, get};

async fn post(address: &str, content: Value) -> Answer {
    ask(TestRequest::post().uri(address).set_json(content)).await
}

#[actix_web::test]
async fn any_password_but_one_signs_in() {
    let welcome = post("/api/sign-in", json!({ "userId": "u-1", "password": "x" })).await;
    assert_eq!(welcome.status, StatusCode::OK);
    assert_eq!(welcome.json()["tier"], "standard");
    assert!(welcome.json()["displayName"].as_str().is_some_and(|name| !name.is_empty()));
    let vip = post("/api/sign-in", json!({ "userId": "VIP-7", "password": "x" })).await;
    assert_eq!(vip.json()["tier"], "vip");

    for (content, status) in [
        (json!({ "userId": "u-1", "password": "wrong" }), StatusCode::UNAUTHORIZED),
        (json!({ "userId": "u-1", "password": "" }), StatusCode::UNAUTHORIZED),
        (json!({ "userId": "  ", "password": "x" }), StatusCode::BAD_REQUEST),
        (json!({ "userId": "u".repeat(65), "password": "x" }), StatusCode::BAD_REQUEST),
        (json!({ "userId": 1 }), StatusCode::BAD_REQUEST),
        (json!({ "userId": "u", "password": "x".repeat(5_000) }), StatusCode::PAYLOAD_TOO_LARGE),
    ] {
        let answer = post("/api/sign-in", content.clone()).await;
        assert_eq!(answer.status, status, "{content}");
        assert!(answer.json()["code"].is_string());
    }
    assert_eq!(post("/api/sign-out", json!({})).await.status, StatusCode::NO_CONTENT);
}

#[actix_web::test]
async fn accounts_show_no_whole_number() {
    let answer = ask(get("/api/accounts")).await;
    assert_eq!(answer.status, StatusCode::OK);
    let overview = answer.json();
    for account in overview["accounts"].as_array().unwrap() {
        assert_eq!(account["lastDigits"].as_str().unwrap().len(), 4);
        assert!(account["balanceMinor"].is_i64());
    }
    let dates: Vec<&str> = overview["payments"]
        .as_array()
        .unwrap()
        .iter()
        .map(|p| p["date"].as_str().unwrap())
        .collect();
    assert!(dates.is_sorted_by(|newer, older| newer >= older), "{dates:?}");
}

#[actix_web::test]
async fn a_transfer_is_checked_field_by_field() {
    let order = |field: &str, value: Value| {
        let mut order = json!({
            "from": "everyday",
            "payee": "赵磊",
            "payeeAccount": "6222 0212 3456",
            "amountMinor": 125_050,
        });
        if !field.is_empty() {
            order[field] = value;
        }
        order
    };
    let done = post("/api/transfer", order("", Value::Null)).await;
    assert_eq!(done.status, StatusCode::OK);
    assert!(done.json()["reference"].as_str().unwrap().starts_with("HB"));

    for (field, value) in [
        ("from", json!("nobody")),
        ("payee", json!("  ")),
        ("payee", json!("x".repeat(61))),
        ("payeeAccount", json!("1234567")),
        ("payeeAccount", json!("1234-5678")),
        ("amountMinor", json!(0)),
        ("amountMinor", json!(-1)),
        ("amountMinor", json!(5_000_001)),
        ("amountMinor", json!(4_500_000)),
    ] {
        let answer = post("/api/transfer", order(field, value.clone())).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{field}: {value}");
        let fields = answer.json()["fields"].clone();
        assert!(fields[field].is_string(), "{field}: {fields}");
        assert_eq!(fields.as_object().unwrap().len(), 1, "{fields}");
    }
    let unreadable = post("/api/transfer", order("amountMinor", json!("1"))).await;
    assert_eq!(unreadable.status, StatusCode::BAD_REQUEST);
}

#[actix_web::test]
async fn the_statement_waits_as_long_as_asked() {
    let at_once = ask(get("/api/statement?ms=0&back=2")).await;
    assert_eq!(at_once.status, StatusCode::OK);
    assert_eq!(at_once.json()["lines"].as_array().unwrap().len(), 10);

    let started = Instant::now();
    assert_eq!(ask(get("/api/statement?ms=60")).await.status, StatusCode::OK);
    assert!(started.elapsed() >= Duration::from_millis(60));
}

#[actix_web::test]
async fn the_statement_refuses_what_is_beyond_its_bounds_at_once() {
    let started = Instant::now();
    for query in ["ms=10001", "ms=-1", "ms=soon", "ms=0&back=0", "ms=0&back=4"] {
        let answer = ask(get(&format!("/api/statement?{query}"))).await;
        assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{query}");
        let message = answer.json()["message"].as_str().unwrap().to_owned();
        assert!(message.contains("ms from 0 to 10000"), "{message}");
    }
    assert!(started.elapsed() < Duration::from_secs(2));
}

#[actix_web::test]
async fn files_come_and_go() {
    let file = ask(get("/api/statement-file")).await;
    assert_eq!(file.status, StatusCode::OK);
    assert_eq!(file.header("content-type"), "text/csv; charset=utf-8");
    assert_eq!(file.text().lines().count(), 11, "a head and ten lines");

    let papers = |bytes: usize| TestRequest::post().uri("/api/papers").set_payload(vec![7; bytes]);
    assert_eq!(ask(papers(300_000)).await.status, StatusCode::NO_CONTENT);
    assert_eq!(ask(papers(0)).await.status, StatusCode::BAD_REQUEST);
    assert_eq!(ask(papers(8 * 1024 * 1024 + 1)).await.status, StatusCode::PAYLOAD_TOO_LARGE);
}

#[actix_web::test]
async fn the_service_says_which_trace_it_was_called_in() {
    let traced = TestRequest::post().uri("/api/trace").insert_header(("traceparent", "00-a-b-01"));
    assert_eq!(ask(traced).await.json()["traceparent"], "00-a-b-01");
    let untraced = TestRequest::post().uri("/api/trace");
    assert!(ask(untraced).await.json()["traceparent"].is_null());
}

#[actix_web::test]
async fn the_failing_service_fails_and_the_rest_is_unknown() {
    assert_eq!(ask(get("/api/fails")).await.status, StatusCode::INTERNAL_SERVER_ERROR);
    assert_eq!(ask(get("/api/none")).await.status, StatusCode::NOT_FOUND);
    assert_eq!(ask(get("/api/sign-in")).await.status, StatusCode::METHOD_NOT_ALLOWED);
    let form = TestRequest::post().uri("/api/transfer").set_payload("from=everyday");
    assert_eq!(ask(form).await.status, StatusCode::UNSUPPORTED_MEDIA_TYPE);
}
