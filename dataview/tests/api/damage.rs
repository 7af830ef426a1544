//! A day that cannot be read: answers are without it, and say so.

use crate::server::{NOW, Server};
use dataview::store::sqlite::{Options, SqliteStore};
use serde_json::json;
use std::sync::Arc;

const DAY_MS: u64 = 86_400_000;

/// A server whose store has one file that is none, of the day before.
fn server() -> Server {
    let folder = tempfile::tempdir().unwrap();
    let store = folder.path().join("store");
    std::fs::create_dir(&store).unwrap();
    std::fs::write(store.join(format!("{}.db", day())), vec![7; 8_192]).unwrap();
    let options = Options { clock: || NOW, ..Options::new(store) };
    Server::over(Arc::new(SqliteStore::open(options).unwrap()), folder)
}

fn day() -> String {
    let at = i64::try_from(NOW - DAY_MS).unwrap();
    let at = jiff::Timestamp::from_millisecond(at).unwrap();
    jiff::tz::TimeZone::UTC.to_datetime(at).date().to_string()
}

#[test]
fn answers_over_a_range_tell_which_of_its_days_are_damaged() {
    let server = server();
    let midnight = NOW - NOW % DAY_MS;
    let with = format!("from={}&to={}", midnight - 3_600_000, midnight + 3_600_000);
    let without = format!("from={midnight}&to={}", midnight + 3_600_000);
    for path in ["overview", "breakdown?by=page", "availability", "sessions", "errors"] {
        let begin = if path.contains('?') { '&' } else { '?' };
        let asked =
            |range| server.client.get(&format!("/api/v1/{path}{begin}app=bank&{range}")).body;
        assert_eq!(asked(&with)["damaged_days"], json!([day()]), "{path}");
        assert_eq!(asked(&without)["damaged_days"], json!([]), "{path}: it begins after it");
    }
}

#[test]
fn a_user_without_sessions_may_have_had_some_on_a_damaged_day() {
    let server = server();
    let body = json!({"app": "bank", "id": "customer-4711", "reason": "a ticket"});
    let client = server.client_of(
        dataview::access::Role::Administrator,
        dataview::access::Scope::of(Some(vec!["bank".to_owned()])),
    );
    let found = client.post("/api/v1/users/lookup", body).body;
    assert_eq!((&found["sessions"], &found["damaged_days"]), (&json!([]), &json!([day()])));
}

#[test]
fn a_server_with_a_damaged_day_is_ready_and_says_so() {
    let server = server();
    let ready: serde_json::Value =
        serde_json::from_str(&server.nobody.text("/health/ready")).unwrap();
    assert_eq!(ready, json!({"status": "ready", "damaged_days": [day()]}));
}
