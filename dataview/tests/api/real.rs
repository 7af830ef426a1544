//! The whole way: what clients sent, read and stored in SQLite, asked over HTTP.

use crate::server::{NOW, Server, maps};
use bytes::Bytes;
use dataview::facts;
use dataview::geo::Place;
use dataview::store::sqlite::{Options, SqliteStore};
use dataview::store::{Batch, Store};
use dna_protocol::entry::{Entry, Receipt};
use dna_protocol::field::{Id, Text};
use dna_protocol::json::decode_frame;
use serde_json::{Value, json};
use std::sync::Arc;

/// One frame of session `number`: a page, a call that failed and an exception, and who it was.
fn entry(number: u8) -> Bytes {
    let at = NOW - 120_000;
    let frame = json!({
        "app_key": "k", "session.id": format!("{number:02x}").repeat(16), "sequence": 1,
        "time_base_ms": at, "sent_at_ms": NOW, "service.version": "1.4.2",
        "view.id": "0500000000000000", "url.full": "https://bank.example/accounts",
        "events": [
            {"kind": "page_view", "time": 0, "body": {"load_event_end": 900, "http.response.status_code": 200}},
            {"kind": "api_call", "time": 100, "body": {"http.request.method": "GET",
                "url.full": "https://bank.example/api/accounts", "http.response.status_code": 503,
                "duration_ms": 240}},
            {"kind": "exception", "time": 200, "body": {"exception.type": "TypeError",
                "exception.message": "rows is undefined",
                "exception.stacktrace": "TypeError: rows is undefined\n    at show (https://bank.example/app.js:1:99)"}},
            {"kind": "identity", "time": 300, "body": {"user.tier": "vip"}},
        ],
    });
    let mut decoded = decode_frame(frame.to_string().as_bytes()).unwrap().frame;
    if let dna_protocol::Body::Identity(identity) = &mut decoded.events[3].body {
        identity.hash = Some(Text::cut(pseudonym()));
    }
    decoded.header.session_id = Some(Id([number; 16]));
    let receipt = Receipt {
        received_at: Some(NOW - u64::from(number)),
        app: Some(Text::cut("bank")),
        ..Receipt::default()
    };
    Bytes::from(Entry { receipt, frame: decoded }.encode())
}

/// That of `customer-4711` in `bank`: see the tests of dna-settings.
fn pseudonym() -> &'static str {
    "2685dd331a15525b2c1a18c44a6822bac536264a0f3766f4aef7d3aa91f85588"
}

fn server_with(sessions: u8) -> Server {
    let folder = tempfile::tempdir().unwrap();
    let mut options = Options::new(folder.path().join("store"));
    options.clock = || NOW;
    let store = Arc::new(SqliteStore::open(options).unwrap());
    let frames = (1..=sessions)
        .map(|number| facts::read(entry(number), |_| Place::default()).unwrap().facts)
        .collect();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let appended = runtime.block_on(store.append(Batch { frames, ..Batch::default() })).unwrap();
    assert_eq!(appended.frames, u64::from(sessions));
    Server::over(store, folder)
}

#[test]
fn what_was_stored_is_answered() {
    let server = server_with(3);
    assert_eq!(server.client.get("/api/v1/apps").body, json!({"apps": ["bank"]}));
    let overview = server.client.get("/api/v1/overview?app=bank").body;
    let totals = &overview["totals"];
    for (name, count) in [
        ("page_views", 3),
        ("api_calls", 3),
        ("api_calls_ok", 0),
        ("errors", 3),
        ("sessions", 3),
        ("users", 1),
    ] {
        assert_eq!(totals[name], count, "{name}: {totals:#}");
    }
    assert_eq!(totals["availability"]["calls"], 0.0);
    let p95 = totals["api_duration_ms"]["p95"].as_f64().unwrap();
    assert!((p95 - 240.0).abs() < 2.4, "{p95}");
    let rows = server.client.get("/api/v1/breakdown?app=bank&by=api").body;
    assert_eq!(rows["rows"][0]["value"], "GET /api/accounts");
    let of_release = server.client.get("/api/v1/overview?app=bank&release=1.4.2").body;
    assert_eq!(of_release["totals"]["page_views"], 3);
    let of_another = server.client.get("/api/v1/overview?app=bank&release=9").body;
    assert_eq!(of_another["totals"]["page_views"], 0);
}

#[test]
fn a_customer_is_found_by_id_and_the_error_by_its_stack() {
    let server = server_with(3);
    let body = json!({"app": "bank", "id": "customer-4711", "reason": "cannot see accounts"});
    let found = server.client.post("/api/v1/users/lookup", body).body;
    assert_eq!(found["user"], pseudonym());
    let sessions = found["sessions"].as_array().unwrap();
    assert_eq!(sessions.len(), 3);
    assert_eq!(sessions[0]["tier"], "vip");
    let id = sessions[0]["id"].as_str().unwrap();
    let session = server.client.get(&format!("/api/v1/sessions/{id}?app=bank")).body;
    let kinds: Vec<&Value> =
        session["timeline"].as_array().unwrap().iter().map(|item| &item["kind"]).collect();
    assert_eq!(kinds, ["page_view", "api_call", "exception", "identity"]);

    let errors = server.client.get("/api/v1/errors?app=bank").body;
    assert_eq!(
        (&errors["errors"][0]["count"], &errors["errors"][0]["sessions"]),
        (&json!(3), &json!(3))
    );
    let fingerprint = errors["errors"][0]["fingerprint"].as_str().unwrap();
    let error = server.client.get(&format!("/api/v1/errors/{fingerprint}?app=bank")).body;
    assert_eq!(error["occurrences"].as_array().unwrap().len(), 3);
    assert_eq!(error["stack"][1]["raw"], "    at show (https://bank.example/app.js:1:99)");
}

#[test]
fn lists_go_on_over_the_real_store() {
    let server = server_with(5);
    let mut found = Vec::new();
    let mut cursor = String::new();
    loop {
        let part = server
            .client
            .get(&format!("/api/v1/sessions?app=bank&limit=2&troubled=true{cursor}"))
            .body;
        let sessions = part["sessions"].as_array().unwrap();
        found.extend(sessions.iter().map(|session| session["id"].as_str().unwrap().to_owned()));
        let Some(next) = part["next"].as_str() else { break };
        cursor = format!("&cursor={next}");
    }
    found.sort_unstable();
    found.dedup();
    assert_eq!(found.len(), 5, "each once");
    let none = server.client.get("/api/v1/sessions?app=bank&region=nowhere").body;
    assert_eq!(none["sessions"], json!([]));
    for (filter, count) in [
        ("page=/accounts", 5),
        ("api=GET%20/api/accounts&page=/accounts", 5),
        ("page=/elsewhere", 0),
        ("api=GET%20/api/accounts&release=9", 0),
    ] {
        let found = server.client.get(&format!("/api/v1/sessions?app=bank&{filter}")).body;
        assert_eq!(found["sessions"].as_array().unwrap().len(), count, "{filter}");
    }
    let filtered = server.client.get("/api/v1/sessions?app=bank&release=1.4.2").body;
    assert_eq!(filtered["sessions"].as_array().unwrap().len(), 5);
}

#[test]
fn a_minified_stack_is_read_through_the_releases_map() {
    let server = server_with(1);
    let map = json!({"version": 3, "sources": ["src/accounts.ts"], "names": [],
        "sourcesContent": ["export function show(rows) {\n  rows.map(draw);\n}"], "mappings": "AAAA"});
    let map = map.to_string();
    maps(&server.folder).store("bank", "1.4.2", "app.js", None, map.as_bytes()).unwrap();
    let errors = server.client.get("/api/v1/errors?app=bank").body;
    let fingerprint = errors["errors"][0]["fingerprint"].as_str().unwrap();
    let error = server.client.get(&format!("/api/v1/errors/{fingerprint}?app=bank")).body;
    let place = &error["stack"][1];
    assert_eq!((&place["function"], &place["file"]), (&json!("show"), &json!("src/accounts.ts")));
    assert_eq!((&place["line"], &place["raw"]), (&json!(1), &json!(null)));
    assert_eq!(place["context"][0]["text"], "export function show(rows) {");
}
