//! Health of the chain itself.

use crate::server::Server;
use dataview::store::{DayState, StoreError, StoredDay};
use serde_json::json;

fn day(day: &str, state: DayState) -> StoredDay {
    StoredDay { name: format!("{day}.db"), day: day.to_owned(), bytes: 100, frames: 5, state }
}

#[test]
fn drops_and_days_are_told_the_damaged_one_with_its_damage() {
    let server = Server::start();
    *server.store.days.lock().unwrap() = vec![
        day("2024-12-30", DayState::RolledUp),
        day("2024-12-31", DayState::Damaged("a page is torn".to_owned())),
        day("2025-01-01", DayState::Whole),
    ];
    let health = server.client.get("/api/v1/health").body;
    assert_eq!(health["dropped"], json!({"otlp_too_old": 7}));
    assert_eq!(health["store"]["bytes"], 300);
    let days = health["store"]["days"].as_array().unwrap();
    let states: Vec<_> = days.iter().map(|day| day["state"].as_str().unwrap()).collect();
    assert_eq!(states, ["rolled_up", "damaged", "whole"]);
    assert_eq!(days[1]["damage"], "a page is torn");
    let metrics = server.nobody.text("/metrics");
    assert!(metrics.contains("dna_dataview_dropped_total{reason=\"otlp_too_old\"} 7\n"));
    assert!(metrics.contains("dna_dataview_store_damaged_days 1\n"));
    assert!(metrics.ends_with("# EOF\n"));
}

#[test]
fn machines_ask_without_an_account_and_hear_of_a_store_that_fails() {
    let server = Server::start();
    assert_eq!(server.nobody.text("/health/live"), r#"{"status":"live"}"#);
    assert_eq!(server.nobody.text("/health/ready"), r#"{"status":"ready"}"#);
    *server.store.fault.lock().unwrap() = Some(|| StoreError::Unavailable("full".to_owned()));
    let answer = server.nobody.get("/health/ready");
    assert_eq!((answer.status, &answer.body["type"]), (503, &json!("/problems/store_unavailable")));
    assert_eq!(server.nobody.text("/health/live"), r#"{"status":"live"}"#, "still alive");
}
