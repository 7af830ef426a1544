//! Subscriptions that are changed: by administrators, without losing where they are.

use crate::client::Answer;
use crate::server::{NOW, Server};
use crate::subscriptions::{Stream, lines, store, subscribe};
use dataview::access::{NewAccount, Role, Scope};
use serde_json::{Value, json};

const RISK: &str = "/api/v1/subscriptions/risk";

#[expect(clippy::needless_pass_by_value, reason = "a test writes `json!(…)`")]
fn edit(server: &Server, body: Value) -> Answer {
    server.client.request("PATCH", RISK, Some(body.to_string()))
}

fn audited(server: &Server) -> Vec<String> {
    let records = server.client.get("/api/v1/audit").body["records"].clone();
    let records = records.as_array().unwrap().iter();
    records.map(|one| format!("{} {}", one["action"], one["subject"]).replace('"', "")).collect()
}

#[test]
fn filter_and_mask_are_changed_and_it_goes_on_where_it_was() {
    let server = Server::start();
    subscribe(&server, "risk", &json!({"apps": ["bank"]}));
    store(&server, "bank", 1);
    let (_, end) = lines(&server.client.get("/api/v1/subscriptions/risk/events"));
    let filter = json!({"apps": ["bank", "shop"]});
    let edited = edit(&server, json!({"filter": filter, "fields": {"keep": ["event.name"]}}));
    assert_eq!(edited.status, 200, "{}", edited.body);
    let told = &edited.body["subscription"];
    assert_eq!(told["filter"]["apps"], json!(["bank", "shop"]));
    assert_eq!(
        (&told["fields"]["keep"], &edited.body["secret"]),
        (&json!(["event.name"]), &Value::Null)
    );
    // What was read before it was changed is acknowledged as ever.
    let acknowledged =
        server.client.post("/api/v1/subscriptions/risk/ack", json!({"cursor": end["cursor"]}));
    assert_eq!(acknowledged.body["lines"], 1);
    store(&server, "shop", 2);
    let events = server.client.get("/api/v1/subscriptions/risk/events");
    assert_eq!(lines(&events).0, ["step 2"]);
    assert_eq!(audited(&server)[0], "subscription_changed risk");
}

#[test]
fn one_that_is_paused_is_not_read_until_it_goes_on() {
    let server = Server::start();
    subscribe(&server, "risk", &json!({"everything": true}));
    let mut stream = Stream::of(&server.client, None);
    store(&server, "bank", 1);
    assert_eq!(stream.step(), "step 1");
    assert_eq!(edit(&server, json!({"paused": true})).body["subscription"]["paused"], true);
    store(&server, "bank", 2);
    assert_eq!(stream.rest(), "", "its stream ends");
    for path in ["events", "stream"] {
        let refused = server.client.get(&format!("{RISK}/{path}"));
        let found = (refused.status, &refused.body["type"]);
        assert_eq!(found, (409, &json!("/problems/subscription_paused")));
    }
    assert_eq!(edit(&server, json!({"paused": false})).status, 200);
    let events = server.client.get("/api/v1/subscriptions/risk/events");
    assert_eq!(lines(&events).0, ["step 1", "step 2"], "nothing is lost");
    assert_eq!(audited(&server)[..2], ["subscription_resumed risk", "subscription_paused risk"]);
}

#[test]
fn another_secret_is_told_once_and_the_one_before_ends() {
    let server = Server::start();
    let hook = |url: &str| json!({"type": "webhook", "url": url});
    let body = json!({"name": "risk", "filter": {"failed": true}, "delivery": hook("https://a.example/in")});
    let first = server.client.post("/api/v1/subscriptions", body).body["secret"].clone();
    let rotated = edit(&server, json!({"rotate_secret": {"overlap_ms": 60_000}})).body;
    assert!(rotated["secret"].as_str().unwrap().starts_with("whsec_"));
    assert_ne!(rotated["secret"], first);
    assert_eq!(rotated["subscription"]["old_secret_until"], NOW + 60_000);
    let moved = edit(&server, json!({"delivery": hook("https://b.example/in")})).body;
    assert_eq!(moved["secret"], Value::Null, "the secret stays");
    assert_eq!(moved["subscription"]["delivery"]["url"], "https://b.example/in");
    let told = server.client.get(RISK).body;
    assert_eq!(told.get("secret"), None);
    assert_eq!(audited(&server)[1], "subscription_secret_rotated risk");
    // Pulled, it has none; posted again, it gets another.
    assert_eq!(edit(&server, json!({"delivery": {"type": "pull"}})).body["secret"], Value::Null);
    assert_eq!(edit(&server, json!({"rotate_secret": {}})).status, 422);
    let again = edit(&server, json!({"delivery": hook("https://b.example/in")})).body;
    assert!(again["secret"].is_string() && again["secret"] != rotated["secret"]);
}

#[test]
fn what_is_wrong_is_named_and_changes_nothing() {
    let server = Server::start();
    subscribe(&server, "risk", &json!({"failed": true}));
    let before = server.client.get(RISK).body;
    for (body, status, detail) in [
        (json!({}), 422, "nothing is to be changed; allowed: filter"),
        (json!({"filter": {}}), 422, "\"everything\": true"),
        (json!({"fields": {"keep": ["user.id.raw"]}}), 422, "`fields.keep`"),
        (
            json!({"delivery": {"type": "webhook", "url": "http://a.example"}}),
            422,
            "`delivery.url`",
        ),
        (json!({"name": "other"}), 400, "unknown field `name`"),
        (json!({"paused": "yes"}), 400, "expected a boolean"),
    ] {
        let answer = edit(&server, body);
        let found = answer.body["detail"].as_str().unwrap();
        assert!(answer.status == status && found.contains(detail), "{}: {found}", answer.status);
    }
    let hook = json!({"delivery": {"type": "webhook", "url": "https://a.example/"}, "rotate_secret": {"overlap_ms": 604_800_001}});
    assert!(edit(&server, hook).body["detail"].as_str().unwrap().contains("0 to 604800000"));
    assert_eq!(server.client.get(RISK).body, before);
    assert_eq!(audited(&server), ["subscription_added risk"]);
}

#[test]
fn only_administrators_of_all_its_applications_change_it_and_no_forged_request_does() {
    let server = Server::start();
    subscribe(&server, "risk", &json!({"apps": ["bank", "shop"]}));
    let pause = || Some(json!({"paused": true}).to_string());
    let bank = || Scope::Apps(vec!["bank".to_owned()]);
    for (role, scope) in
        [(Role::Viewer, Scope::All), (Role::Support, Scope::All), (Role::Administrator, bank())]
    {
        let refused = server.client_of(role, scope).request("PATCH", RISK, pause());
        assert_eq!(refused.status, 403, "{role}");
    }
    let administrator = server.client_of(Role::Administrator, bank());
    assert_eq!(administrator.request("DELETE", RISK, None).status, 403);
    let replay = Some(json!({"from": 0}).to_string());
    assert_eq!(administrator.request("POST", &format!("{RISK}/replay"), replay).status, 403);
    // One's own may not be widened beyond what one may ask about.
    let body = json!({"name": "mine", "filter": {"apps": ["bank"]}});
    assert_eq!(administrator.post("/api/v1/subscriptions", body).status, 201);
    let wider = Some(json!({"filter": {"apps": ["bank", "shop"]}}).to_string());
    let refused = administrator.request("PATCH", "/api/v1/subscriptions/mine", wider);
    assert_eq!(refused.body["type"], "/problems/forbidden_app");

    let password = "correct horse battery";
    let new = NewAccount {
        name: "ada".to_owned(),
        role: Role::Administrator,
        scope: Scope::All,
        password: password.to_owned(),
        must_change: false,
    };
    server.access.add_account(&new, 0).unwrap();
    let answer = server.nobody.post("/api/v1/login", json!({"name": "ada", "password": password}));
    let cookie = answer.headers["set-cookie"].to_str().unwrap().split(';').next().unwrap();
    let browser = server.nobody.with("cookie", cookie);
    assert_eq!(browser.request("PATCH", RISK, pause()).body["type"], "/problems/csrf_token");
    let csrf = answer.body["csrf"].as_str().unwrap();
    assert_eq!(browser.with("x-csrf-token", csrf).request("PATCH", RISK, pause()).status, 200);
}
