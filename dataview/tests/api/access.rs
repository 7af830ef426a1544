//! Who may ask: sessions, tokens, roles.

use crate::client::{Answer, Client, documented};
use crate::server::Server;
use dataview::access::{NewAccount, Role, Scope};
use serde_json::json;

const PASSWORD: &str = "correct horse battery";

fn account(server: &Server, name: &str, role: Role, must_change: bool) {
    let (name, password) = (name.to_owned(), PASSWORD.to_owned());
    let new = NewAccount { name, role, scope: Scope::All, password, must_change };
    server.access.add_account(&new, 0).unwrap();
}

fn log_in(client: &Client, name: &str, password: &str) -> Answer {
    client.post("/api/v1/login", json!({"name": name, "password": password}))
}

/// A client with the cookie that `answer` has set.
fn with_cookie(server: &Server, answer: &Answer) -> Client {
    let cookie = answer.headers["set-cookie"].to_str().unwrap();
    server.nobody.with("cookie", &format!("other=1; {}", cookie.split(';').next().unwrap()))
}

#[test]
fn nobody_is_answered_nothing() {
    let server = Server::start();
    for (path, method) in documented() {
        if path == "/api/v1/login" {
            continue;
        }
        let path = path.replace("{id}", &"00".repeat(16)).replace("{name}", "x");
        let body = (method != "get").then(|| "{}".to_owned());
        let strangers = [
            server.nobody.with("x-nothing", "1"),
            server.nobody.with_token("dna_guessed"),
            server.nobody.with("cookie", "dna_session=guessed"),
            server.nobody.with("authorization", "Basic YWRtaW46YWRtaW4="),
        ];
        for stranger in strangers {
            let answer = stranger.request(&method.to_ascii_uppercase(), &path, body.clone());
            assert_eq!(answer.status, 401, "{method} {path}");
            assert_eq!(answer.headers["www-authenticate"], "Bearer");
        }
    }
    assert!(server.store.asked.lock().unwrap().is_empty());
}

#[test]
fn a_session_begins_with_a_password_and_ends_with_a_logout() {
    let server = Server::start();
    account(&server, "ada", Role::Viewer, false);
    assert_eq!(log_in(&server.nobody, "ada", "wrong horse battery").status, 401);
    assert_eq!(log_in(&server.nobody, "eve", PASSWORD).status, 401);
    let answer = log_in(&server.nobody, "ada", PASSWORD);
    assert_eq!(answer.status, 200);
    let cookie = answer.headers["set-cookie"].to_str().unwrap();
    assert!(cookie.ends_with("; Path=/; HttpOnly; SameSite=Strict"), "{cookie}");
    let browser = with_cookie(&server, &answer);
    let me = browser.get("/api/v1/me").body;
    assert_eq!(
        (&me["name"], &me["role"], &me["csrf"]),
        (&json!("ada"), &json!("viewer"), &answer.body["csrf"])
    );
    assert_eq!(browser.get("/api/v1/apps").status, 200);

    let forged = browser.request("POST", "/api/v1/logout", None);
    assert_eq!((forged.status, &forged.body["type"]), (403, &json!("/problems/csrf_token")));
    let forged = browser.with("x-csrf-token", "guessed").request("POST", "/api/v1/logout", None);
    assert_eq!(forged.status, 403);
    let csrf = me["csrf"].as_str().unwrap();
    let ended = browser.with("x-csrf-token", csrf).request("POST", "/api/v1/logout", None);
    assert_eq!(ended.status, 204);
    assert_eq!(browser.get("/api/v1/me").status, 401, "the cookie is of no use any more");
}

#[test]
fn a_cookie_is_secure_where_a_trusted_proxy_speaks_tls() {
    let server = Server::start();
    account(&server, "ada", Role::Viewer, false);
    let answer = log_in(&server.nobody.with("x-forwarded-proto", "https"), "ada", PASSWORD);
    assert!(answer.headers["set-cookie"].to_str().unwrap().ends_with("; Secure"));
}

#[test]
fn guessing_is_slowed_down_by_name_and_by_address() {
    let server = Server::start();
    account(&server, "ada", Role::Viewer, false);
    let from = |address: &str| server.nobody.with("x-forwarded-for", address);
    let here = from("203.0.113.7");
    for _ in 0..10 {
        assert_eq!(log_in(&here, "ada", "wrong horse battery").status, 401);
    }
    let refused = log_in(&here, "ada", PASSWORD);
    assert_eq!((refused.status, refused.headers["retry-after"].to_str().unwrap()), (429, "30"));
    assert_eq!(log_in(&from("203.0.113.8"), "ada", PASSWORD).status, 429, "by name");
    for name in 0..19 {
        assert_eq!(log_in(&here, &format!("user{name}"), "x").status, 401);
    }
    assert_eq!(log_in(&here, "bob", "x").status, 429, "by address");
    assert_eq!(
        log_in(&from("203.0.113.7, 203.0.113.9"), "bob", "x").status,
        401,
        "as the proxy saw it"
    );
}

#[test]
fn a_password_of_somebody_else_is_changed_first() {
    let server = Server::start();
    account(&server, "ada", Role::Viewer, true);
    let answer = log_in(&server.nobody, "ada", PASSWORD);
    assert_eq!(answer.body["must_change_password"], true);
    let browser = with_cookie(&server, &answer);
    let refused = browser.get("/api/v1/apps");
    assert_eq!(
        (refused.status, &refused.body["type"]),
        (403, &json!("/problems/password_change_required"))
    );
    let browser = browser.with("x-csrf-token", answer.body["csrf"].as_str().unwrap());
    let change =
        |old: &str, new: &str| browser.post("/api/v1/password", json!({"old": old, "new": new}));
    assert_eq!(change("wrong horse battery", "another horse battery").status, 401);
    assert_eq!(change(PASSWORD, PASSWORD).status, 422);
    assert_eq!(change(PASSWORD, "short").status, 422);
    let changed = change(PASSWORD, "another horse battery");
    assert_eq!(changed.status, 200);
    assert_eq!(browser.get("/api/v1/me").status, 401, "the old session has ended");
    assert_eq!(with_cookie(&server, &changed).get("/api/v1/apps").status, 200);
}

#[test]
fn a_full_disk_under_the_accounts_refuses_no_question() {
    let server = Server::start();
    account(&server, "ada", Role::Viewer, false);
    let browser = with_cookie(&server, &log_in(&server.nobody, "ada", PASSWORD));
    let file = rusqlite::Connection::open(server.folder.path().join("access.db")).unwrap();
    file.execute_batch(
        "UPDATE session SET seen_at = seen_at - 120000;
         CREATE TRIGGER full BEFORE UPDATE ON session
         BEGIN SELECT RAISE(FAIL, 'database or disk is full'); END;",
    )
    .unwrap();
    assert_eq!(browser.get("/api/v1/apps").status, 200);
    let seen = || file.query_row("SELECT seen_at FROM session", [], |row| row.get::<_, u64>(0));
    let before = seen().unwrap();
    file.execute_batch("DROP TRIGGER full").unwrap();
    assert_eq!(browser.get("/api/v1/apps").status, 200);
    assert_eq!(seen().unwrap(), before + 120_000, "it is noted when it can be");
}

#[test]
fn roles_and_applications_bound_what_may_be_asked() {
    let server = Server::start();
    let viewer = server.client_of(Role::Viewer, Scope::Apps(vec!["bank".to_owned()]));
    assert_eq!(viewer.get("/api/v1/apps").body, json!({"apps": ["bank"]}));
    assert_eq!(viewer.get("/api/v1/overview?app=bank").status, 200);
    for path in [
        "/api/v1/overview?app=shop",
        "/api/v1/breakdown?app=shop&by=page",
        "/api/v1/availability?app=shop",
        "/api/v1/errors?app=shop",
        "/api/v1/errors/0000000000000001?app=shop",
        "/api/v1/sessions?app=shop",
        "/api/v1/sessions/00000000000000000000000000000000?app=shop",
    ] {
        let answer = viewer.get(path);
        assert_eq!((answer.status, &answer.body["type"]), (403, &json!("/problems/forbidden_app")));
    }
    for path in ["/api/v1/accounts", "/api/v1/tokens", "/api/v1/audit"] {
        let answer = server.client_of(Role::Support, Scope::All).get(path);
        assert_eq!(
            (answer.status, &answer.body["type"]),
            (403, &json!("/problems/forbidden_role"))
        );
        assert_eq!(answer.body["detail"], "the role is support; allowed: administrator");
    }
}

#[test]
fn administrators_manage_accounts_and_tokens() {
    let server = Server::start();
    account(&server, "root", Role::Administrator, false);
    let ada = json!({"name": "ada", "role": "support", "apps": ["bank"], "password": PASSWORD});
    assert_eq!(server.client.post("/api/v1/accounts", ada.clone()).status, 201);
    assert_eq!(server.client.post("/api/v1/accounts", ada).status, 409);
    let listed = server.client.get("/api/v1/accounts").body;
    assert_eq!(
        (&listed["accounts"][0]["name"], &listed["accounts"][0]["apps"]),
        (&json!("ada"), &json!(["bank"]))
    );
    let change = json!({"role": "viewer"}).to_string();
    assert_eq!(
        server.client.request("PUT", "/api/v1/accounts/ada", Some(change.clone())).status,
        204
    );
    assert_eq!(server.client.request("PUT", "/api/v1/accounts/root", Some(change)).status, 409);
    assert_eq!(server.client.request("DELETE", "/api/v1/accounts/root", None).status, 409);
    assert_eq!(server.client.request("DELETE", "/api/v1/accounts/ada", None).status, 204);
    assert_eq!(server.client.request("DELETE", "/api/v1/accounts/ada", None).status, 404);

    let wrong = json!({"name": "x y", "role": "viewer"});
    assert_eq!(server.client.post("/api/v1/tokens", wrong).status, 422);
    let wrong = json!({"name": "x", "role": "king"});
    let refused = server.client.post("/api/v1/tokens", wrong);
    assert_eq!(refused.status, 400);
    assert!(refused.body["detail"].as_str().unwrap().contains("`viewer`, `support`"));
    let made = server.client.post("/api/v1/tokens", json!({"name": "wall", "role": "viewer"}));
    let token = server.nobody.with_token(made.body["token"].as_str().unwrap());
    assert_eq!(token.get("/api/v1/apps").status, 200);
    assert_eq!(server.client.request("DELETE", "/api/v1/tokens/wall", None).status, 204);
    assert_eq!(token.get("/api/v1/apps").status, 401);
}

#[test]
fn the_first_administrator_has_a_password_that_works_once() {
    let server = Server::start();
    let password = server.access.first_administrator(0).unwrap().unwrap();
    assert_eq!(server.access.first_administrator(0).unwrap(), None);
    let answer = log_in(&server.nobody, "admin", &password);
    assert_eq!((answer.status, &answer.body["must_change_password"]), (200, &json!(true)));
}
