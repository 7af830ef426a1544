//! What pages are told, and that it is signed.

use crate::client::{Response, get};
use crate::server::{NOW, Server, toml};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use ed25519_dalek::{Signature, Verifier, VerifyingKey};
use ingest::config::{Config, Layers};
use serde_json::{Value, json};
use std::path::Path;
use tempfile::TempDir;

/// The key of RFC 8410, section 10.3, and its public half.
pub(crate) const PEM: &str = "-----BEGIN PRIVATE KEY-----\n\
                   MC4CAQAwBQYDK2VwBCIEINTuctv5E1hK1bbY8fdp+K06/nwoy/HU++CXqI9EdVhC\n\
                   -----END PRIVATE KEY-----\n";
pub(crate) const PUBLIC: &str = "Gb9ECWmEzf6FQbrBZ9w7lshQhqowtrbLDFw4rXAxZuE=";

/// An application whose pages are told something.
const TOLD: &str = "[[apps]]\nname = \"told\"\nkeys = [\"told-1\", \"told-2\"]\n\
                    origins = [\"https://told.example\"]\n\
                    [apps.remote_config]\nenabled = false\nsample_rate = 0.25\n";

/// The section with a file that holds `key`.
fn section(folder: &TempDir, key: &str) -> String {
    let path = folder.path().join("remote-config.pem");
    std::fs::write(&path, key).expect("writable");
    format!("[remote_config]\nsigning_key_file = {path:?}\n")
}

fn server() -> (Server, TempDir) {
    let folder = tempfile::tempdir().expect("a folder");
    let server = Server::start_with(&format!("{}{TOLD}", section(&folder, PEM)));
    (server, folder)
}

/// What is told, if it is signed.
fn told(response: &Response) -> Value {
    assert_eq!(response.status, 200, "{}", response.text());
    let answer = response.json();
    let config = answer["config"].as_str().expect("a text");
    let bytes = |text: &str| STANDARD.decode(text).expect("base64");
    let key = VerifyingKey::try_from(&*bytes(PUBLIC)).expect("a key");
    let signature = bytes(answer["signature"].as_str().expect("a text"));
    let signature = Signature::from_slice(&signature).expect("64 bytes");
    key.verify(config.as_bytes(), &signature).expect("the right signature");
    serde_json::from_str(config).expect("JSON")
}

#[test]
fn each_key_is_told_what_its_application_says() {
    let (server, _folder) = server();
    for key in ["told-1", "told-2"] {
        let response = server.send(&get(&format!("/v1/config?key={key}")));
        assert_eq!(response.header("access-control-allow-origin"), Some("*"));
        assert_eq!(response.header("content-type"), Some("application/json"));
        assert_eq!(response.header("cache-control"), Some("public, max-age=60"));
        let expected = json!({"key": key, "issued_at": NOW, "enabled": false, "sample_rate": 0.25});
        assert_eq!(told(&response), expected);
    }
    // Without values of its own an application is measured as its tags say.
    let response = server.send(&get("/v1/config?key=open-key"));
    assert_eq!(told(&response), json!({"key": "open-key", "issued_at": NOW, "enabled": true}));
}

#[test]
fn what_a_browser_has_already_is_not_sent_again() {
    let (server, _folder) = server();
    let ask = get("/v1/config?key=told-1").header("Origin", "https://told.example");
    let first = server.send(&ask);
    let etag = first.header("etag").expect("an ETag").to_owned();
    let again = server.send(&ask.clone().header("If-None-Match", &etag));
    assert_eq!((again.status, again.text()), (304, ""));
    assert_eq!(again.header("etag"), Some(&*etag));
    let other = server.send(&ask.header("If-None-Match", "\"old\""));
    assert_eq!(other.status, 200);
}

#[test]
fn who_may_not_send_is_told_nothing() {
    let (server, _folder) = server();
    for (path, origin, status, code, words) in [
        ("/v1/config?key=stranger", "", 401, "unknown_key", "\"stranger\""),
        ("/v1/config", "", 401, "unknown_key", "`key`"),
        (
            "/v1/config?key=told-1",
            "https://evil.example",
            403,
            "origin_not_allowed",
            "evil.example",
        ),
    ] {
        let mut request = get(path);
        if !origin.is_empty() {
            request = request.header("Origin", origin);
        }
        server.check_frame_refused(&request, status, code, &[words]);
    }
    let post = get("/v1/config?key=told-1").method("POST");
    server.check_frame_refused(&post, 405, "method_not_allowed", &["GET"]);
}

#[test]
fn without_a_key_nothing_is_served() {
    let server = Server::start();
    let words = ["signs no configuration", "signing_key_file"];
    server.check_frame_refused(&get("/v1/config?key=open-key"), 404, "not_found", &words);
}

#[test]
fn wrong_settings_are_named() {
    let folder = tempfile::tempdir().expect("a folder");
    let load = |more: &str| {
        let text = toml(folder.path(), more);
        let layers = Layers::from_text(Path::new("ingest.toml"), &text).expect("TOML");
        Config::load(&layers).map_err(|error| error.to_string())
    };
    let rate = |rate: &str| section(&folder, PEM) + &TOLD.replace("0.25", rate);
    for (more, words) in [
        (section(&folder, PEM).replace(".pem", ".gone"), ["signing_key_file", "No such file"]),
        (section(&folder, "c2VjcmV0"), ["`remote_config.signing_key_file`", "genpkey"]),
    ] {
        let message = load(&more).expect_err("wrong");
        assert!(words.iter().all(|word| message.contains(word)), "{message}");
        assert!(!message.contains("c2VjcmV0"), "{message}");
    }
    for (more, words) in [
        (TOLD.to_owned(), ["`apps[0].remote_config`", "remote_config.signing_key_file"]),
        (rate("1.5"), ["`apps[0].remote_config.sample_rate` = 1.5", "a number from 0 to 1"]),
        (rate("\"all\""), ["sample_rate` = \"all\"", "a number from 0 to 1"]),
    ] {
        let message = load(&more).expect_err("wrong");
        assert!(words.iter().all(|word| message.contains(word)), "{message}");
    }
    let config = load(&rate("1")).expect("good");
    assert_eq!(config.apps.0[0].remote.sample_rate, Some(1.0));
    let key = config.remote.key.as_ref().expect("a key");
    assert_eq!(key.public(), PUBLIC);
    assert!(!format!("{config:?}").contains("212, 238"), "keys are not shown");
}
