//! Overview and breakdown.

use crate::server::{NOW, Server};
use crate::store::count;
use dataview::model::Metric;
use serde_json::json;

const MINUTE: u64 = 60_000;

#[test]
fn an_overview_is_its_steps_and_their_sum() {
    let server = Server::start();
    let at = NOW - NOW % MINUTE - 2 * MINUTE;
    *server.store.buckets.lock().unwrap() = vec![
        count(at, Metric::PageViews, 10),
        count(at, Metric::PageViewsOk, 9),
        count(at + MINUTE, Metric::PageViews, 10),
        count(at + MINUTE, Metric::PageViewsOk, 10),
        count(at + MINUTE, Metric::ApiCalls, 4),
        count(at + MINUTE, Metric::ApiCallsOk, 2),
    ];
    let path = format!("/api/v1/overview?app=bank&from={at}&to={NOW}");
    let answer = server.client.get(&path).body;
    assert_eq!(answer["step_ms"], MINUTE);
    assert_eq!((&answer["from"], &answer["to"]), (&json!(at), &json!(at + 3 * MINUTE)));
    assert_eq!(answer["totals"]["page_views"], 20);
    let availability = json!({"pages": 0.95, "calls": 0.5, "all": 21.0 / 24.0});
    assert_eq!(answer["totals"]["availability"], availability);
    assert_eq!(
        answer["totals"]["lcp_ms"],
        json!({"count": 0, "p50": null, "p75": null, "p95": null})
    );
    let series = answer["series"].as_array().unwrap();
    let views: Vec<_> = series.iter().map(|point| point["page_views"].as_u64().unwrap()).collect();
    assert_eq!(views, [10, 10, 0], "a step in which nothing happened is there, too");
    assert_eq!(series[2]["availability"]["all"], json!(null));
    assert_eq!(series[1]["at"], at + MINUTE);
    assert_eq!(answer["totals"]["errors"], 0);
}

#[test]
fn the_store_is_asked_what_the_asker_asks() {
    let server = Server::start();
    let (from, to) = (1_735_603_200_000u64, 1_735_689_600_000u64);
    let query = format!("app=bank&from={from}&to={to}");
    server.client.get(&format!("/api/v1/overview?{query}&region=Guang%20dong"));
    server.client.get(&format!("/api/v1/overview?{query}&step=3600000"));
    server.client.get(&format!("/api/v1/breakdown?{query}&by=api&limit=3"));
    server.client.get("/api/v1/apps");
    let asked = server.store.asked.lock().unwrap();
    assert_eq!(asked[0], format!("series bank region=Guang dong {from} {to} 900000"));
    assert_eq!(asked[1], format!("series bank all= {from} {to} 3600000"));
    assert_eq!(asked[2], "breakdown bank api 3");
    assert_eq!(asked[3], format!("apps {} {NOW}", NOW - 3_600_000));
}

#[test]
fn a_breakdown_has_a_row_a_value_in_the_stores_order() {
    let server = Server::start();
    *server.store.rows.lock().unwrap() = vec![
        ("/pay".to_owned(), count(0, Metric::PageViews, 7)),
        ("/pay".to_owned(), count(0, Metric::Errors, 2)),
        ("/".to_owned(), count(0, Metric::PageViews, 5)),
    ];
    let answer = server.client.get("/api/v1/breakdown?app=bank&by=page").body;
    assert_eq!(answer["by"], "page");
    let rows = answer["rows"].as_array().unwrap();
    assert_eq!(rows.len(), 2);
    assert_eq!(
        (&rows[0]["value"], &rows[0]["page_views"], &rows[0]["errors"]),
        (&json!("/pay"), &json!(7), &json!(2))
    );
    assert_eq!(rows[1]["value"], "/");
}

#[test]
fn applications_are_told_in_their_order() {
    let server = Server::start();
    assert_eq!(server.client.get("/api/v1/apps").body, json!({"apps": ["bank", "shop"]}));
}

#[test]
fn availability_is_shares_in_all_by_step_and_by_value() {
    let server = Server::start();
    let at = NOW - NOW % MINUTE;
    *server.store.buckets.lock().unwrap() =
        vec![count(at, Metric::ApiCalls, 8), count(at, Metric::ApiCallsOk, 6)];
    *server.store.rows.lock().unwrap() = vec![
        ("GET /api/accounts".to_owned(), count(0, Metric::ApiCalls, 6)),
        ("GET /api/accounts".to_owned(), count(0, Metric::ApiCallsOk, 6)),
        ("POST /api/login".to_owned(), count(0, Metric::ApiCalls, 2)),
    ];
    let path = format!("/api/v1/availability?app=bank&by=api&from={at}&to={NOW}");
    let answer = server.client.get(&path).body;
    let shares = json!({"pages": null, "calls": 0.75, "all": 0.75});
    assert_eq!(answer["totals"]["availability"], shares);
    assert_eq!(answer["series"][0]["availability"], shares);
    let calls: Vec<_> = answer["rows"]
        .as_array()
        .unwrap()
        .iter()
        .map(|row| row["availability"]["calls"].as_f64())
        .collect();
    assert_eq!(calls, [Some(1.0), Some(0.0)]);
}
