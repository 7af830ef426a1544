//! Rules, incidents and silences over HTTP.

use crate::server::{NOW, Server};
use crate::store::{count, session};
use dataview::access::{Role, Scope};
use dataview::model::{Metric, UserChange};
use dataview::sketch::Uniques;
use dataview::store::{Bucket, SessionRow};
use dataview::watch::causes::Causes;
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
    incident_of(server, "calls", app, NOW);
}

/// An incident of the rule `name` of `app`, which is over at once when the next one is made.
fn incident_of(server: &Server, name: &str, app: &str, at_ms: u64) {
    let rule: Rule = serde_json::from_value(rule(name, app)).unwrap();
    let track = Track {
        out_since_ms: at_ms - 60_000,
        out_minutes: 2,
        well_minutes: 0,
        firing_since_ms: Some(at_ms),
        severity: Severity::Warning,
        found: Found { measure: "availability.calls".to_owned(), ..Found::default() },
    };
    let rules = [(rule.name.clone(), rule.clone())].into();
    let values = vec![(String::new(), Some(track), Change::Began)];
    let judged = vec![Judged { rule, values, skipped: 0 }];
    let rules = Rules { rules: &rules, forgetful: &std::collections::BTreeSet::new() };
    server.watching.keep.write(&Minute { end_ms: at_ms, judged, rules }).unwrap();
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

/// Each store is asked for what a place has; those that matter are named, and each but once.
#[test]
fn an_incident_tells_whom_it_hit() {
    let server = Server::start();
    incident(&server, "bank");
    let user = |row: &mut SessionRow, hash: &str, tier: Option<&str>| {
        row.facts.user = UserChange::Known { hash: hash.to_owned(), tier: tier.map(str::to_owned) };
    };
    let mut rows: Vec<_> = (0..5).map(|n| session(n, NOW - u64::from(n) * 1_000)).collect();
    user(&mut rows[1], "plain", None);
    user(&mut rows[2], "gold", Some("gold"));
    rows[3].facts.user = UserChange::Unsaid;
    rows[0].facts.calls_failed = 3;
    *server.store.sessions.lock().unwrap() = rows;
    let mut users = Uniques::default();
    (0..7).for_each(|user| users.add(u64::wrapping_mul(user, 0x9e37_79b9_7f4a_7c15)));
    let at = |at_ms| Bucket { uniques: Some(users.clone()), ..count(at_ms, Metric::Users, 7) };
    *server.store.buckets.lock().unwrap() = vec![at(NOW - 60_000), at(NOW)];
    let told = server.client.get("/api/v1/incidents/1/customers").body;
    assert_eq!(told["present"], 7, "whoever was there twice counts once");
    assert_eq!(
        (&told["sessions"], &told["hit"], &told["is_complete"], &told["only_troubled"]),
        (&json!(5), &json!(3), &json!(true), &json!(true))
    );
    let vips = told["vips"].as_array().unwrap();
    assert_eq!(vips.len(), 1, "only of the tier, and each once: {vips:?}");
    assert_eq!(
        (&vips[0]["user"], &vips[0]["calls_failed"], &vips[0]["session"]),
        (&json!("ab12"), &json!(3), &json!("0".repeat(32)))
    );
    let asked = server.store.asked.lock().unwrap().clone();
    assert!(asked.iter().any(|one| one.ends_with("[] true")), "of all, troubled: {asked:?}");
    let shop = server.client_of(Role::Viewer, Scope::Apps(vec!["shop".to_owned()]));
    assert_eq!(shop.get("/api/v1/incidents/1/customers").status, 403);
    assert_eq!(server.client.get("/api/v1/incidents/2/customers").status, 404);
}

#[test]
fn so_many_customers_are_counted_as_are_looked_at() {
    let server = Server::start();
    incident(&server, "bank");
    let rows: Vec<_> = (0..10_001_u32)
        .map(|number| {
            let mut row = session(0, NOW);
            row.id.0[..4].copy_from_slice(&number.to_be_bytes());
            let (hash, tier) = (number.to_string(), Some("vip".to_owned()));
            row.facts.user = UserChange::Known { hash, tier };
            row
        })
        .collect();
    *server.store.sessions.lock().unwrap() = rows;
    let told = server.client.get("/api/v1/incidents/1/customers").body;
    assert_eq!((&told["hit"], &told["is_complete"]), (&json!(10_000), &json!(false)));
    let vips = told["vips"].as_array().unwrap().len();
    assert_eq!((vips, &told["vips_left_out"]), (50, &json!(9_950)));
    assert_eq!(told["present"], Value::Null, "nothing is kept of it");
}

#[test]
fn an_incident_leads_to_earlier_ones_that_are_like_it() {
    let server = Server::start();
    incident_of(&server, "calls", "bank", NOW);
    incident_of(&server, "other", "bank", NOW + 3_600_000);
    incident_of(&server, "calls", "shop", NOW + 2 * 3_600_000);
    incident_of(&server, "calls", "bank", NOW + 3 * 3_600_000);
    for (id, operator) in [(1, "China Mobile"), (2, "China Unicom"), (4, "China Unicom")] {
        server.watching.keep.explained(id, cause(operator), NOW).unwrap();
    }
    let similar = server.client.get("/api/v1/incidents/4").body["similar"].clone();
    let told: Vec<_> = similar
        .as_array()
        .unwrap()
        .iter()
        .map(|one| (one["id"].as_u64().unwrap(), &one["same_rule"], &one["same_cause"]))
        .collect();
    let same = json!("operator = China Unicom");
    assert_eq!(told, [(2, &json!(false), &same), (1, &json!(true), &Value::Null)]);
    assert_eq!(server.client.get("/api/v1/incidents/1").body["similar"], json!([]));
}

/// A cause that was found.
fn cause(operator: &str) -> Causes {
    let counted = json!({"bad": 1, "all": 2});
    serde_json::from_value(json!({
        "rule": "calls", "before_from": 0, "now_from": 1, "now_to": 2, "ruled_out": [],
        "causes": [{"dimension": "operator", "values": [operator], "explained": 1.0,
            "outside_normal": 1.0, "confidence": 1.0, "before": counted, "now": counted,
            "rest": counted}],
    }))
    .unwrap()
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
    assert_eq!((&band["learnt"], band["points"].as_array().unwrap().len()), (&Value::Null, 61));
    assert_eq!(server.client.get(&format!("{path}x")).status, 400);
    assert_eq!(server.client.get(&format!("{path}&page=/a&os=b")).status, 400);
    let known = server.client.get("/api/v1/baselines/series?app=bank").body;
    assert_eq!(known, json!({"series": [], "left_out": 0}));
    assert_eq!(server.client.get("/api/v1/baselines/series").status, 400);
    assert_eq!(server.client.get("/api/v1/alerts/channels").body["channels"][0]["kind"], "webhook");
}
