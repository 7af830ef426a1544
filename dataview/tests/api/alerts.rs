//! Rules, incidents and silences over HTTP.

use crate::server::{NOW, Server};
use dataview::access::{Role, Scope};
use dataview::watch::incident::Rules;
use dataview::watch::judge::Found;
use dataview::watch::keep::{Judged, Minute};
use dataview::watch::rule::{Rule, Severity};
use dataview::watch::track::{Change, Track};
use serde_json::{Value, json};

fn rule(name: &str, app: &str) -> Value {
    json!({
        "name": name, "app": app, "channels": ["ops"],
        "when": {"type": "threshold", "measure": "availability.calls", "below": 0.98},
    })
}

/// An incident of `app`, as a minute makes it.
fn incident(server: &Server, app: &str) {
    let rule: Rule = serde_json::from_value(rule("calls", app)).unwrap();
    let track = Track {
        out_since_ms: NOW - 60_000,
        out_minutes: 2,
        well_minutes: 0,
        firing_since_ms: Some(NOW),
        severity: Severity::Warning,
        found: Found { measure: "availability.calls".to_owned(), ..Found::default() },
    };
    let rules = [(rule.name.clone(), rule.clone())].into();
    let values = vec![(String::new(), Some(track), Change::Began)];
    let judged = vec![Judged { rule, values, skipped: 0 }];
    let rules = Rules { rules: &rules, forgetful: &std::collections::BTreeSet::new() };
    server.watching.keep.write(&Minute { end_ms: NOW, judged, rules }).unwrap();
}

#[test]
fn rules_are_made_changed_and_removed_and_who_did_is_in_the_audit_log() {
    let server = Server::start();
    let made = server.client.post("/api/v1/alerts/rules", rule("calls", "bank"));
    assert_eq!((made.status, &made.body["for_minutes"]), (201, &json!(2)), "defaults are told");
    let mut other = rule("calls", "bank");
    other["for_minutes"] = json!(7);
    let path = "/api/v1/alerts/rules/calls";
    assert_eq!(server.client.request("PUT", path, Some(other.to_string())).status, 200);
    let told = server.client.get(path).body;
    assert_eq!(
        (&told["rule"]["for_minutes"], &told["source"], &told["changed_by"]),
        (&json!(7), &json!("api"), &json!("tests"))
    );
    let all = server.client.get("/api/v1/alerts/rules").body;
    assert_eq!((all["rules"].as_array().unwrap().len(), &all["file_refused"]), (2, &Value::Null));
    assert_eq!(server.client.request("DELETE", path, None).status, 204);
    assert_eq!(server.client.get(path).status, 404);
    let audit = server.client.get("/api/v1/audit").body;
    let actions: Vec<_> =
        audit["records"].as_array().unwrap().iter().map(|one| &one["action"]).collect();
    assert_eq!(actions, ["alert_rule_removed", "alert_rule_changed", "alert_rule_added"]);
}

#[test]
fn wrong_rules_are_told_what_is_wrong() {
    let server = Server::start();
    let post = |change: &dyn Fn(&mut Value)| {
        let mut rule = rule("calls", "bank");
        change(&mut rule);
        server.client.post("/api/v1/alerts/rules", rule)
    };
    let wrong = post(&|rule| rule["when"]["measure"] = json!("availability.phones"));
    assert_eq!((wrong.status, &wrong.body["field"]), (422, &json!("when.measure")));
    let wrong = post(&|rule| rule["channels"] = json!(["nobody"]));
    assert!(wrong.body["detail"].as_str().unwrap().ends_with("channels of the file of rules: ops"));
    let wrong = post(&|rule| rule["wen"] = json!(1));
    assert_eq!((wrong.status, &wrong.body["type"]), (400, &json!("/problems/invalid_body")));
    assert_eq!(post(&|rule| rule["name"] = json!("in-file")).status, 409);
    let path = "/api/v1/alerts/rules/in-file";
    let refused = server.client.request("DELETE", path, None);
    assert_eq!((refused.status, &refused.body["type"]), (409, &json!("/problems/in_file")));
    let other = rule("in-file", "bank").to_string();
    assert_eq!(server.client.request("PUT", path, Some(other)).status, 409);
}

#[test]
fn each_role_does_what_it_may_for_its_applications() {
    let server = Server::start();
    incident(&server, "bank");
    incident(&server, "shop");
    let bank = || Scope::Apps(vec!["bank".to_owned()]);
    let (viewer, support) =
        (server.client_of(Role::Viewer, bank()), server.client_of(Role::Support, bank()));
    assert_eq!(viewer.post("/api/v1/alerts/rules", rule("x", "bank")).status, 403);
    assert_eq!(viewer.post("/api/v1/incidents/1/acknowledge", json!({})).status, 403);
    let listed = viewer.get("/api/v1/incidents").body;
    assert_eq!(listed["incidents"].as_array().unwrap().len(), 1);
    assert_eq!(viewer.get("/api/v1/incidents?app=shop").status, 403);
    assert_eq!(viewer.get("/api/v1/incidents/2").status, 403);
    assert_eq!(support.post("/api/v1/incidents/2/acknowledge", json!({})).status, 403);
    assert_eq!(support.post("/api/v1/incidents/1/acknowledge", json!({})).status, 200);
    assert_eq!(viewer.get("/api/v1/alerts/deliveries").status, 403);
    let silence = |matcher: Value| json!({"matcher": matcher, "to": NOW + 1_000, "comment": "x"});
    let path = "/api/v1/alerts/silences";
    assert_eq!(support.post(path, silence(json!({"rule": "calls"}))).status, 403, "of all");
    assert_eq!(support.post(path, silence(json!({"app": "bank"}))).status, 201);
    assert_eq!(viewer.post(path, silence(json!({"app": "bank"}))).status, 403);
}

#[test]
fn an_incident_is_acknowledged_and_commented() {
    let server = Server::start();
    incident(&server, "bank");
    let page = server.client.get("/api/v1/incidents/1").body;
    assert_eq!(
        (&page["incident"]["state"], &page["deliveries"][0]["channel"]),
        (&json!("open"), &json!("ops"))
    );
    server.client.post("/api/v1/incidents/1/acknowledge", json!({}));
    let said = json!({"text": "card 6222 0212 3456 7890 128 is of no concern"});
    let page = server.client.post("/api/v1/incidents/1/comments", said).body;
    assert_eq!(page["incident"]["acknowledged_by"], "tests");
    let kinds: Vec<_> =
        page["lines"].as_array().unwrap().iter().map(|line| &line["kind"]).collect();
    assert_eq!(kinds, ["opened", "acknowledged", "commented"]);
    let text = page["lines"][2]["text"].as_str().unwrap();
    assert!(text.starts_with("card ") && !text.contains("7890"), "{text}");
    assert_eq!(server.client.post("/api/v1/incidents/1/comments", json!({"text": ""})).status, 422);
    assert_eq!(server.client.get("/api/v1/incidents/7").status, 404);
    assert_eq!(
        server.client.get("/api/v1/incidents?state=acknowledged").body["incidents"][0]["incident"]
            ["id"],
        1
    );
    assert_eq!(server.client.get("/api/v1/incidents?state=over").status, 400);
    let part = server.client.get("/api/v1/alerts/deliveries?state=waiting&limit=1").body;
    assert_eq!(part["deliveries"][0]["id"], "incident-1-1");
}

#[test]
fn a_silence_has_a_matcher_and_an_end() {
    let server = Server::start();
    let post = |body: Value| server.client.post("/api/v1/alerts/silences", body);
    let silence = |matcher: Value, to: u64| json!({"matcher": matcher, "to": to, "comment": "x"});
    assert_eq!(post(silence(json!({}), NOW + 1)).body["field"], "matcher");
    assert_eq!(post(silence(json!({"value": "x"}), NOW + 1)).body["field"], "matcher.value");
    assert_eq!(post(silence(json!({"app": "bank"}), NOW)).body["field"], "to");
    assert_eq!(post(silence(json!({"app": "bank"}), NOW + 91 * 86_400_000)).body["field"], "to");
    assert_eq!(post(silence(json!({"app": "bank"}), NOW + 1)).body["id"], 1);
    let all = server.client.get("/api/v1/alerts/silences").body;
    assert_eq!(all["silences"][0]["by"], "tests");
    assert_eq!(server.client.request("DELETE", "/api/v1/alerts/silences/1", None).status, 204);
    assert_eq!(server.client.request("DELETE", "/api/v1/alerts/silences/1", None).status, 404);
}

#[test]
fn a_rule_is_tried_and_objectives_are_told() {
    let server = Server::start();
    let body = json!({"rule": rule("calls", "bank"), "days": 1});
    let run = server.client.post("/api/v1/alerts/dry-run", body).body;
    assert_eq!((&run["firings"], &run["minutes"]), (&json!(0), &json!(1_440)));
    let body = json!({"rule": rule("calls", "bank"), "days": 8});
    assert_eq!(server.client.post("/api/v1/alerts/dry-run", body).status, 422);
    let mut objective = rule("slo", "bank");
    objective["when"] = json!({"type": "objective", "measure": "availability", "target": 0.999});
    server.client.post("/api/v1/alerts/rules", objective);
    let told = server.client.get("/api/v1/alerts/objectives").body;
    assert_eq!(told["objectives"][0]["budget_left"], Value::Null, "nothing was stored");
    assert_eq!(told["objectives"][0]["burns"].as_array().unwrap().len(), 3);
    let path = "/api/v1/baselines?app=bank&measure=availability";
    let band = server.client.get(path).body;
    assert_eq!(
        (&band["learnt_until"], band["points"].as_array().unwrap().len()),
        (&Value::Null, 61)
    );
    assert_eq!(server.client.get(&format!("{path}x")).status, 400);
    assert_eq!(server.client.get(&format!("{path}&page=/a&os=b")).status, 400);
    assert_eq!(server.client.get("/api/v1/alerts/channels").body["channels"][0]["kind"], "webhook");
}
