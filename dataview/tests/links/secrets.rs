//! What is secret in the words of services and proxies is in no file of the store.

use crate::support::{now_seconds, now_us};
use actix_web::http::StatusCode;
use actix_web::test::{TestRequest, call_service, init_service};
use actix_web::{App, web};
use dataview::network::{Network, Sources};
use dataview::otlp::{Otlp, routes};
use dataview::store::sqlite::{Options, SqliteStore};
use serde_json::{Value, json};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;
use tempfile::TempDir;

const CANARY: &str = "QQcanary7QQ";
const JWT: &str = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJRUWNhbmFyeSJ9.SflKxwRJSMeKKF2QT4fwpMeJf36POk6y";
/// What is no secret is kept, or finding nothing would say nothing.
const KEPT: &str = "what was kept";

/// Words of a log in which the canary is a secret.
fn words() -> Vec<String> {
    let mut words: Vec<String> = [
        "login token=CANARY failed",
        "GET /a?access_token=CANARY HTTP/1.1",
        r#"body {"password":"CANARY","n":1}"#,
        r#"body "{\"clientSecret\":\"CANARY\"}""#,
        "{'api_key': 'CANARY'}",
        "Authorization: Bearer CANARY",
        "authorization=Basic CANARY==",
        "Set-Cookie: sid=CANARY; Path=/; HttpOnly",
        "Cookie: a=1; b=CANARY",
        "X-Api-Key: CANARY",
        "sent with Bearer CANARYCANARY",
        "redis://app:CANARY@10.0.0.1:6379",
        "<password>CANARY</password>",
        "--password CANARY",
        "验证码：CANARY，有效",
        "JSESSIONID=CANARY",
    ]
    .into_iter()
    .map(|text| text.replace("CANARY", CANARY))
    .collect();
    words.push(format!("got {JWT} from it"));
    words
}

fn text(value: &str) -> Value {
    json!({"stringValue": value})
}

/// Log lines with those words, and spans that have them wherever a span has words.
fn requests() -> [(&'static str, Value); 2] {
    let nanos = (now_us() * 1000).to_string();
    let lines = words().into_iter().map(|words| {
        let said = format!("{KEPT}: {words}");
        json!({"timeUnixNano": nanos, "traceId": "0af7651916cd43dd8448eb211c80319c",
               "body": text(&said),
               "attributes": [{"key": "exception.message", "value": text(&said)}]})
    });
    let structured = json!({"timeUnixNano": nanos, "body": {"kvlistValue": {"values": [
        {"key": "accessToken", "value": text(CANARY)},
        {"key": "said", "value": text(&format!("password={CANARY}"))},
    ]}}});
    let lines: Vec<Value> = lines.chain([structured]).collect();
    let spans = words().into_iter().zip(1_u64..).map(|(words, id)| {
        json!({"traceId": "0af7651916cd43dd8448eb211c80319c", "spanId": format!("{id:016x}"),
        "name": format!("{KEPT} {words}"), "startTimeUnixNano": nanos,
        "endTimeUnixNano": nanos, "status": {"code": 2, "message": words},
        "attributes": [
            {"key": "note", "value": text(&words)},
            {"key": "url.full", "value": text(&format!("https://a.example/{words}"))},
            {"key": "list", "value": {"arrayValue": {"values": [text(&words)]}}},
            {"key": "apiKey", "value": text(CANARY)},
        ],
        "events": [{"timeUnixNano": nanos, "name": words, "attributes": [
            {"key": "exception.stacktrace", "value": text(&format!("at a\n{words}\nat b"))},
        ]}]})
    });
    let resource = json!({"attributes": [
        {"key": "service.name", "value": text("core")},
        {"key": "service.version", "value": text(&format!("token={CANARY}"))},
    ]});
    [
        (
            "/v1/logs",
            json!({"resourceLogs": [
            {"resource": resource, "scopeLogs": [{"logRecords": lines}]}]}),
        ),
        (
            "/v1/traces",
            json!({"resourceSpans": [
            {"resource": resource, "scopeSpans": [{"spans": spans.collect::<Vec<_>>()}]}]}),
        ),
    ]
}

/// Lines of an access log whose every text has those words.
fn access_log() -> String {
    let line = |words: String| {
        json!({"msec": now_seconds().to_string(), "request_time": "0.050", "status": "200",
               "hostname": format!("edge {words}"), "method": "GET", "host": words,
               "path": format!("/kept;{words}"), "protocol": words, "tls": words,
               "upstream_addr": words, "traceparent": words})
        .to_string()
            + "\n"
    };
    words().into_iter().map(line).collect()
}

fn all_bytes(folder: &Path) -> Vec<u8> {
    let files = std::fs::read_dir(folder).expect("readable");
    files.flat_map(|it| std::fs::read(it.expect("readable").path()).expect("readable")).collect()
}

#[actix_web::test]
async fn no_secret_in_anybodys_words_is_stored() {
    let folder = TempDir::new().expect("a folder");
    let place = folder.path().join("store");
    let store = Arc::new(SqliteStore::open(Options::new(place.clone())).expect("opened"));
    let otlp = web::Data::new(Otlp::new(Arc::clone(&store) as _, None));
    let app = init_service(App::new().app_data(otlp.clone()).configure(routes)).await;
    for (path, body) in requests() {
        let request = TestRequest::post().uri(path).set_json(body).to_request();
        assert_eq!(call_service(&app, request).await.status(), StatusCode::OK);
    }
    assert_eq!(otlp.counters().items(), 2 * words().len() as u64 + 1);
    let log = folder.path().join("access.log");
    std::fs::write(&log, access_log()).expect("writable");
    let sources =
        Sources { files: vec![log], cursors: folder.path().to_owned(), ..Sources::default() };
    let network = Network::start(sources, "here".to_owned(), Arc::clone(&store) as _).await;
    let network = network.expect("started");
    let counters = network.counters();
    while counters.requests() < words().len() as u64 {
        assert_eq!(counters.dropped().iter().map(|(_, count)| count).sum::<u64>(), 0);
        actix_web::rt::time::sleep(Duration::from_millis(10)).await;
    }
    network.stop().await;
    drop((app, otlp));
    drop(Arc::try_unwrap(store).expect("nobody else has it"));

    let bytes = all_bytes(&place);
    let count =
        |words: &str| bytes.windows(words.len()).filter(|it| *it == words.as_bytes()).count();
    assert!(count(KEPT) >= 2 * words().len(), "{}", count(KEPT));
    for canary in [CANARY, "SflKxwRJSMeKKF2QT4fwpMeJf36POk6y"] {
        let at = bytes.windows(canary.len()).position(|it| it == canary.as_bytes());
        let around = at.map(|at| String::from_utf8_lossy(&bytes[at.saturating_sub(150)..at + 20]));
        assert!(around.is_none(), "{canary} is stored: {around:?}");
    }
}
