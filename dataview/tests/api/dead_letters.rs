//! Dead letters over HTTP: seen and replayed by administrators, masked for them as well.

use crate::server::{NOW, Server};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use dataview::access::{Role, Scope};
use dna_protocol::entry::{Entry, Receipt};
use serde_json::{Value, json};
use std::path::PathBuf;

const CARD: &str = "6222021234567890128";

fn file(server: &Server, folder: &str, id: &str) -> PathBuf {
    server.folder.path().join(folder).join(format!("{id}.json"))
}

fn put(server: &Server, id: &str, reason: &str, entry: &[u8]) {
    let letter = json!({
        "at_ms": NOW, "reason": reason, "detail": "as it was", "origin": id,
        "entry": STANDARD.encode(entry),
    });
    std::fs::write(file(server, "dead-letters", id), letter.to_string()).unwrap();
}

fn entry() -> Vec<u8> {
    let frame = json!({
        "sent_at_ms": NOW, "app_key": "key", "session.id": "01".repeat(16), "sequence": 3,
        "events": [
            {"kind": "custom", "time": NOW, "body": {"event.name": format!("paid with {CARD}")}},
            {"kind": "identity", "time": NOW, "body": {"user.id": "alice"}},
        ],
    });
    let frame = dna_protocol::json::decode_frame(frame.to_string().as_bytes()).unwrap().frame;
    Entry { receipt: Receipt::default(), frame }.encode()
}

fn ids(answer: &Value) -> Vec<&str> {
    let letters = answer["letters"].as_array().unwrap().iter();
    letters.map(|letter| letter["id"].as_str().unwrap()).collect()
}

#[test]
fn they_are_listed_by_reason_a_part_at_a_time() {
    let server = Server::start();
    for at in 1..=5 {
        let reason = if at % 2 == 0 { "store_damaged" } else { "malformed_entry" };
        put(&server, &format!("1-{at}"), reason, b"{}");
    }
    std::fs::write(file(&server, "dead-letters", "1-6"), "torn").unwrap();
    let first = server.client.get("/api/v1/dead-letters?limit=4").body;
    assert_eq!(ids(&first), ["1-1", "1-2", "1-3", "1-4"]);
    let reasons = json!({"malformed_entry": 3, "store_damaged": 2, "letter_unreadable": 1});
    assert_eq!((&first["reasons"], &first["counted_all"]), (&reasons, &json!(true)));
    let letter = &first["letters"][1];
    assert_eq!(
        (&letter["at"], &letter["reason"], &letter["bytes"], &letter["origin"]),
        (&json!(NOW), &json!("store_damaged"), &json!(2), &json!("1-2"))
    );
    let next = first["next"].as_str().unwrap();
    let rest = server.client.get(&format!("/api/v1/dead-letters?limit=4&cursor={next}")).body;
    assert_eq!((ids(&rest), &rest["next"]), (vec!["1-5", "1-6"], &json!(null)));
    let damaged = server.client.get("/api/v1/dead-letters?reason=store_damaged").body;
    assert_eq!(ids(&damaged), ["1-2", "1-4"]);
    let other = format!("/api/v1/dead-letters?reason=store_damaged&cursor={next}");
    assert_eq!(server.client.get(&other).body["type"], "/problems/invalid_cursor");
}

#[test]
fn an_entry_is_seen_without_what_is_personal_and_that_is_audited() {
    let server = Server::start();
    put(&server, "1-1", "store_damaged", &entry());
    put(&server, "1-2", "malformed_entry", format!("{{\"card\":\"{CARD}\"}}").as_bytes());
    let good = server.client.get("/api/v1/dead-letters/1-1").body;
    assert_eq!(good["entry"]["frame"]["sequence"], 3, "{good}");
    assert_eq!(good["shape"], Value::Null);
    let poison = server.client.get("/api/v1/dead-letters/1-2").body;
    let shape = "{\"xxxx\":\"0000000000000000000\"}";
    assert_eq!((&poison["entry"], &poison["shape"]), (&Value::Null, &json!(shape)));
    for personal in [CARD, "alice"] {
        assert!(!format!("{good}{poison}").contains(personal));
    }
    let records = server.client.get("/api/v1/audit").body["records"].clone();
    let told = (&records[0]["action"], &records[0]["subject"], &records[0]["who"]);
    assert_eq!(told, (&json!("dead_letter_seen"), &json!("1-2"), &json!("tests")));
}

#[test]
fn one_or_all_of_a_reason_are_given_to_the_consumer_again() {
    let server = Server::start();
    for (id, reason) in [("1-1", "a"), ("1-2", "b"), ("1-3", "b"), ("1-4", "b")] {
        put(&server, id, reason, &entry());
    }
    let replay = |body: Value| server.client.post("/api/v1/dead-letters/replay", body);
    let is_there = |folder: &str, id: &str| file(&server, folder, id).exists();
    assert_eq!(replay(json!({"ids": ["1-3"]})).body, json!({"replayed": 1, "left": false}));
    assert!(is_there("replay", "1-3") && !is_there("dead-letters", "1-3"));
    assert_eq!(replay(json!({"reason": "b"})).body, json!({"replayed": 2, "left": false}));
    assert!(is_there("replay", "1-2") && is_there("replay", "1-4"));
    assert!(is_there("dead-letters", "1-1"), "it has another reason");
    let subjects: Vec<_> = server.client.get("/api/v1/audit").body["records"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| format!("{} {}", one["action"], one["subject"]).replace('"', ""))
        .collect();
    assert_eq!(subjects, ["dead_letters_replayed b", "dead_letters_replayed 1-3"]);
    for (body, status) in [
        (json!({}), 422),
        (json!({"ids": [], "reason": "b"}), 422),
        (json!({"ids": vec!["1"; 501]}), 422),
        (json!({"ids": ["1-1", "none"]}), 404),
        (json!({"id": "1-1"}), 400),
    ] {
        assert_eq!(replay(body.clone()).status, status, "{body}");
    }
    assert!(is_there("dead-letters", "1-1"), "nothing was done of what was refused");
}

#[test]
fn a_name_is_no_path() {
    let server = Server::start();
    std::fs::write(server.folder.path().join("secret.json"), "{}").unwrap();
    for id in ["..%2Fsecret", "0%2F1795694400000-0", "%2Fetc%2Fpasswd", "1-1"] {
        let answer = server.client.get(&format!("/api/v1/dead-letters/{id}"));
        assert_eq!(answer.body["type"], "/problems/unknown_dead_letter", "{id}");
    }
}

#[test]
fn only_administrators_of_all_applications_see_what_is_nobodys() {
    let server = Server::start();
    put(&server, "1-1", "a", &entry());
    for (role, scope) in
        [(Role::Support, Scope::All), (Role::Administrator, Scope::Apps(vec!["bank".to_owned()]))]
    {
        let client = server.client_of(role, scope);
        assert_eq!(client.get("/api/v1/dead-letters").status, 403);
        assert_eq!(client.get("/api/v1/dead-letters/1-1").status, 403);
        let body = json!({"reason": "a"});
        assert_eq!(client.post("/api/v1/dead-letters/replay", body).status, 403);
    }
    assert!(file(&server, "dead-letters", "1-1").exists());
}
