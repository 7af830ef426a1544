//! What is not in the audit log is not done to a subscription; and what it may be called.

use crate::server::Server;
use crate::subscriptions::{lines, store, subscribe};
use rusqlite::Connection;
use serde_json::json;

#[test]
fn nothing_is_done_while_the_audit_log_cannot_be_written() {
    let server = Server::start();
    assert_eq!(subscribe(&server, "risk", &json!({"everything": true})).status, 201);
    store(&server, "bank", 1);
    let (_, end) = lines(&server.client.get("/api/v1/subscriptions/risk/events"));
    let cursor = json!({"cursor": end["cursor"]});
    assert_eq!(server.client.post("/api/v1/subscriptions/risk/ack", cursor).status, 200);
    let file = Connection::open(server.folder.path().join("access.db")).unwrap();
    file.execute_batch("DROP TABLE audit").unwrap();

    assert!(subscribe(&server, "fraud", &json!({"everything": true})).status >= 500);
    assert_eq!(server.client.get("/api/v1/subscriptions/fraud").status, 404, "it was not made");
    let replayed = server.client.post("/api/v1/subscriptions/risk/replay", json!({"from": 0}));
    assert!(replayed.status >= 500);
    let (again, _) = lines(&server.client.get("/api/v1/subscriptions/risk/events"));
    assert!(again.is_empty(), "it was not set back: {again:?}");
    let removed = server.client.request("DELETE", "/api/v1/subscriptions/risk", None);
    assert!(removed.status >= 500);
    assert_eq!(server.client.get("/api/v1/subscriptions/risk").status, 200, "it was not removed");
}

#[test]
fn one_that_could_not_be_added_is_not_in_the_log() {
    let server = Server::start();
    assert_eq!(subscribe(&server, "risk", &json!({"everything": true})).status, 201);
    assert_eq!(subscribe(&server, "risk", &json!({"everything": true})).status, 409);
    let records = server.client.get("/api/v1/audit").body["records"].clone();
    assert_eq!(records.as_array().unwrap().len(), 1, "{records}");
}

#[test]
fn a_name_that_means_something_else_in_an_address_is_refused() {
    let server = Server::start();
    for name in [".", "..", ".risk"] {
        let answer = subscribe(&server, name, &json!({"everything": true}));
        let detail = answer.body["detail"].as_str().unwrap();
        assert_eq!(answer.status, 422, "{name}: {detail}");
        assert!(detail.contains("`.` is not the first"), "{detail}");
    }
}
