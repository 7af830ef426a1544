//! One sign-in from the click to the SQL: the client's beacon through ingest, nginx's line by
//! syslog, the spans of a Python and a Node service by OTLP, joined by DataView.

use dna_tests::bank::Bank;
use dna_tests::dataview::Dataview;
use dna_tests::ingest::{APP_KEY, Buffer, Ingest};
use dna_tests::redis_server::free_port;
use serde_json::{Value, json};
use std::time::{Duration, Instant, SystemTime};

const TRACE: &str = "0af7651916cd43dd8448eb211c80319c";
const CALL: &str = "b7ad6b7169203331";
const SESSION: &str = "0123456789abcdef0123456789abcdef";
const VIEW: &str = "00000000000000aa";
/// What nobody may find in what is told.
const CARD: &str = "6222021234567890";
/// How long the last of agents, nginx and ingest may take to tell.
const TOLD_MAX: Duration = Duration::from_secs(60);

fn now_ms() -> u64 {
    let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).expect("after 1970");
    u64::try_from(since.as_millis()).expect("milliseconds fit")
}

fn post(url: &str, traceparent: Option<&str>, body: &Value) {
    let mut request = ureq::post(url).header("content-type", "application/json");
    if let Some(value) = traceparent {
        request = request.header("traceparent", value);
    }
    let answer = request.send(body.to_string()).unwrap_or_else(|error| panic!("{url}: {error}"));
    assert_eq!(answer.status().as_u16(), 200, "{url}");
}

/// Signs in as a page does: the click, the call with its trace, then the beacon that tells of both.
fn sign_in(bank: &Bank, ingest: &Ingest) {
    let clicked = now_ms();
    let header = format!("00-{TRACE}-{CALL}-01");
    let credentials = json!({"userId": format!("vip-{CARD}"), "password": "any"});
    let url = format!("{}/api/sign-in?card={CARD}", bank.url());
    let called = now_ms();
    post(&url, Some(&header), &credentials);
    let answered = now_ms();
    let beacon = json!({
        "app_key": APP_KEY, "session.id": SESSION, "sequence": 1, "view.id": VIEW,
        "sent_at_ms": answered, "url.full": "https://bank.example/sign-in",
        "events": [
            {"kind": "user_action", "time": clicked, "body": {
                "user_action.type": "click", "user_action.name": "Sign in", "user_action.id": 4}},
            // Nearer to the call, and not what it began with.
            {"kind": "user_action", "time": called, "body": {
                "user_action.type": "click", "user_action.name": "Help", "user_action.id": 5}},
            {"kind": "api_call", "time": called, "body": {
                "http.request.method": "POST", "url.full": url, "http.response.status_code": 200,
                "duration_ms": answered - called + 1, "trace_id": TRACE, "span_id": CALL,
                "user_action.id": 4}},
        ],
    });
    post(&format!("{}/v1/beacon", ingest.url()), None, &beacon);
}

fn rows(chain: &Value) -> Vec<(u64, &str, &str, &str)> {
    let rows = chain["rows"].as_array().expect("a list").iter();
    rows.map(|row| {
        let depth = row["depth"].as_u64().expect("a number");
        let of = |name: &str| row[name].as_str().expect("a text");
        (depth, of("kind"), of("service"), of("name"))
    })
    .collect()
}

#[test]
fn a_sign_in_is_followed_from_the_click_to_the_sql() {
    let syslog = format!("127.0.0.1:{}", free_port());
    let ingest = Ingest::start(Buffer::Journal);
    let variables = vec![("DNA_NETWORK_SYSLOG_UDP", syslog.clone())];
    let dataview = Dataview::start_with(&ingest, variables);
    let bank = Bank::start(&ingest.url(), &dataview.url(), &syslog);
    sign_in(&bank, &ingest);

    let path = format!("/api/v1/traces/{TRACE}?near={}", now_ms());
    let begun = Instant::now();
    let chain = loop {
        let chain = dataview.find(&path).unwrap_or_default();
        let told = chain["rows"].as_array().map_or(0, Vec::len);
        let has = |kind: &str, service: &str| {
            told > 0 && rows(&chain).iter().any(|row| row.1 == kind && row.2.contains(service))
        };
        let all =
            has("action", "test") && has("hop", "") && has("sql", "core") && has("span", "sms");
        if all && chain["logs"].as_array().is_some_and(|logs| !logs.is_empty()) {
            break chain;
        }
        assert!(begun.elapsed() < TOLD_MAX, "not everybody has told: {chain:#}");
        std::thread::sleep(Duration::from_millis(50));
    };
    let rows = rows(&chain);
    let place = |kind: &str, name: &str| {
        let found = rows.iter().position(|row| row.1 == kind && row.3.contains(name));
        found.unwrap_or_else(|| panic!("no {kind} {name}: {rows:#?}"))
    };
    // Each is a part of the one before it.
    let action = place("action", "Sign in");
    let call = place("call", "/api/sign-in");
    let hop = place("hop", "POST /api/sign-in");
    let server = place("span", "POST /sign-ins");
    let sql = place("sql", "SELECT count(*) AS count FROM sign_in WHERE customer = ?");
    let depths: Vec<_> = [action, call, hop, server].map(|at| rows[at].0).into();
    assert_eq!(depths, [0, 1, 2, 3], "{rows:#?}");
    assert_eq!(chain["rows"][sql]["parent"], server);
    let gateway = rows.iter().position(|row| row.2 == "sms").expect("it was waited for");
    assert!(rows[gateway].0 > rows[server].0 + 1, "below the core's call of it: {rows:#?}");
    assert_eq!(chain["session"], SESSION);
    assert!(chain["gaps"].as_array().expect("a list").is_empty(), "{:#}", chain["gaps"]);
    assert!(!chain.to_string().contains(CARD), "a number of the customer's: {chain:#}");
    let health = dataview.get("/api/v1/health").to_string();
    assert!(!health.contains(CARD));
}
