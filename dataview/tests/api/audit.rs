//! The audit log: its chain, and who tampers with it.

use crate::server::{NOW, Server};
use dataview::access::Verdict;
use rusqlite::Connection;
use serde_json::json;

fn look_up(server: &Server, id: &str) {
    let body = json!({"app": "bank", "id": id, "reason": format!("ticket of {id}")});
    assert_eq!(server.client.post("/api/v1/users/lookup", body).status, 200);
}

#[test]
fn a_look_up_is_written_before_it_is_answered() {
    let server = Server::start();
    look_up(&server, "a");
    look_up(&server, "b");
    let log = server.client.get("/api/v1/audit?limit=1").body;
    assert_eq!((&log["verified"], &log["broken_at"]), (&json!(true), &json!(null)));
    let record = &log["records"][0];
    assert_eq!((&record["sequence"], &record["at"]), (&json!(2), &json!(NOW)));
    assert_eq!((&record["who"], &record["action"]), (&json!("tests"), &json!("user_looked_up")));
    assert_eq!((&record["app"], &record["hash"]), (&json!("bank"), &log["head"]));
    let next = log["next"].as_str().unwrap();
    let rest = server.client.get(&format!("/api/v1/audit?limit=1&cursor={next}")).body;
    assert_eq!((&rest["records"][0]["sequence"], &rest["next"]), (&json!(1), &json!(null)));
    assert_eq!(rest["records"][0]["subject"].as_str().unwrap().len(), 64, "the pseudonym");
}

#[test]
fn who_changes_the_log_is_found_out() {
    let tampered = [
        ("UPDATE audit SET record = replace(record, 'tests', 'other') WHERE sequence = 3", 3),
        ("DELETE FROM audit WHERE sequence = 2", 2),
        ("UPDATE audit SET hash = zeroblob(32) WHERE sequence = 5", 5),
        ("UPDATE audit SET sequence = 100 WHERE sequence = 1", 1),
        ("UPDATE audit SET record = 'no record' WHERE sequence = 4", 4),
    ];
    for (sql, first) in tampered {
        let server = Server::start();
        for id in ["a", "b", "c", "d", "e"] {
            look_up(&server, id);
        }
        assert!(matches!(server.access.verify_audit().unwrap(), Verdict::Whole { records: 5, .. }));
        let file = Connection::open(server.folder.path().join("access.db")).unwrap();
        assert_eq!(file.execute(sql, []).unwrap(), 1, "{sql}");
        let log = server.client.get("/api/v1/audit").body;
        assert_eq!((&log["verified"], &log["broken_at"]), (&json!(false), &json!(first)), "{sql}");
    }
}

#[test]
fn a_log_that_cannot_be_written_lets_nobody_look_up() {
    let server = Server::start();
    let file = Connection::open(server.folder.path().join("access.db")).unwrap();
    file.execute_batch("DROP TABLE audit").unwrap();
    let body = json!({"app": "bank", "id": "a", "reason": "ticket"});
    let answer = server.client.post("/api/v1/users/lookup", body);
    assert_eq!(
        (answer.status, &answer.body["type"]),
        (503, &json!("/problems/access_unavailable"))
    );
    let asked = server.store.asked.lock().unwrap();
    assert!(
        asked.iter().all(|asked| asked.starts_with("apps ")),
        "nobody was looked up: {asked:?}"
    );
}
