//! Looking a user up by the real ID.

use crate::server::{NOW, Server};
use crate::store::session;
use dataview::access::{Role, Scope};
use serde_json::json;
use std::path::{Path, PathBuf};

/// What must be nowhere: typed as an ID, and into a reason.
const ID: &str = "customer-4711-canary";
const CARD: &str = "6222 0212 3456 7890 128";
const PHONE: &str = "13812345678";

#[test]
fn a_user_is_found_by_the_pseudonym_that_ingest_makes() {
    let server = Server::start();
    *server.store.sessions.lock().unwrap() = vec![session(1, NOW)];
    let support = server.client_of(Role::Support, Scope::All);
    let body = json!({"app": "bank", "id": "customer-4711", "reason": "ticket 12"});
    let answer = support.post("/api/v1/users/lookup", body);
    // The documented one: see the tests of dna-settings.
    let pseudonym = "2685dd331a15525b2c1a18c44a6822bac536264a0f3766f4aef7d3aa91f85588";
    assert_eq!((answer.status, &answer.body["user"]), (200, &json!(pseudonym)));
    assert_eq!(answer.body["sessions"].as_array().unwrap().len(), 1);
    let asked = server.store.asked.lock().unwrap();
    assert_eq!(asked[1], format!("sessions bank Some({pseudonym:?}) [] false"));
}

#[test]
fn a_long_history_goes_on_in_the_list_of_sessions() {
    let server = Server::start();
    *server.store.sessions.lock().unwrap() =
        (0..60).map(|number| session(number, NOW - u64::from(number))).collect();
    let body = json!({"app": "bank", "id": "x", "reason": "ticket"});
    let answer = server.client.post("/api/v1/users/lookup", body).body;
    let next = answer["next"].as_str().unwrap();
    let user = answer["user"].as_str().unwrap();
    let (from, to) = (&answer["from"], &answer["to"]);
    let path = format!("/api/v1/sessions?app=bank&user={user}&from={from}&to={to}&cursor={next}");
    let rest = server.client.get(&path).body;
    assert_eq!(rest["sessions"].as_array().unwrap().len(), 10);
}

#[test]
fn only_who_may_looks_up_and_only_with_a_reason() {
    let server = Server::start();
    let body = json!({"app": "bank", "id": "x", "reason": "ticket"});
    let viewer = server.client_of(Role::Viewer, Scope::All);
    assert_eq!(viewer.post("/api/v1/users/lookup", body.clone()).status, 403);
    let other = server.client_of(Role::Support, Scope::Apps(vec!["shop".to_owned()]));
    assert_eq!(other.post("/api/v1/users/lookup", body).status, 403);
    for (body, status) in [
        (json!({"app": "bank", "id": "x"}), 400),
        (json!({"app": "bank", "id": "x", "reason": " "}), 422),
        (json!({"app": "bank", "id": "", "reason": "ticket"}), 422),
        (json!({"app": "bank", "id": "x".repeat(257), "reason": "ticket"}), 422),
        (json!({"app": "bank", "id": "x", "reason": "ticket", "why": 1}), 400),
        (json!({"app": "bank", "id": "x", "reason": "r".repeat(20_000)}), 413),
    ] {
        assert_eq!(server.client.post("/api/v1/users/lookup", body).status, status);
    }
    let asked = server.store.asked.lock().unwrap();
    assert!(asked.iter().all(|asked| asked.starts_with("apps ")), "{asked:?}");
    assert!(server.access.audit(None, 10).unwrap().is_empty(), "nothing was looked up");
}

#[test]
fn an_id_in_the_wrong_place_is_neither_told_back_nor_written_down() {
    let server = Server::start();
    for (body, status) in [
        (json!({"app": "bank", "id": 4711, "reason": "ticket"}), 400),
        (json!({"app": 4711, "id": "x", "reason": "ticket"}), 400),
        (json!({"app": "bank", "id": "x", "reason": "ticket", "from": "4711"}), 400),
        (json!({"app": "bank", "4711": "x", "reason": "ticket"}), 400),
        (json!({"app": "customer-4711", "id": "x", "reason": "ticket"}), 422),
    ] {
        let answer = server.client.post("/api/v1/users/lookup", body);
        assert_eq!(answer.status, status, "{}", answer.body);
        assert!(!answer.body.to_string().contains("4711"), "{}", answer.body);
    }
    assert!(server.access.audit(None, 10).unwrap().is_empty(), "nothing was looked up");
}

#[test]
fn what_was_typed_is_in_no_file() {
    let server = Server::start();
    for (id, reason) in [
        (ID, format!("{ID} called about card {CARD}")),
        (PHONE, format!("phone {PHONE}")),
        (CARD, "ticket".to_owned()),
    ] {
        let body = json!({"app": "bank", "id": id, "reason": reason});
        let answer = server.client.post("/api/v1/users/lookup", body);
        assert_eq!(answer.status, 200);
        assert!(!answer.body.to_string().contains(id));
    }
    let records = server.access.audit(None, 10).unwrap();
    assert_eq!(records[2].reason.as_deref(), Some("{user} called about card {card}"));
    let mut read = 0;
    let files = files(server.folder.path());
    for path in &files {
        let bytes = std::fs::read(path).unwrap();
        read += bytes.len();
        let text = String::from_utf8_lossy(&bytes);
        for canary in [ID, CARD, PHONE] {
            assert!(!text.contains(canary), "{canary} was kept");
        }
    }
    assert!(read > 10_000, "the files were read");
}

/// All files below `folder`.
fn files(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    entries.flat_map(|path| if path.is_dir() { files(&path) } else { vec![path] }).collect()
}
