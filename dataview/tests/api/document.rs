//! The OpenAPI document.

use crate::server::Server;
use serde_json::Value;
use std::path::Path;

#[test]
fn the_document_in_docs_is_the_one_that_is_served() {
    let server = Server::start();
    let served = server.client.get("/api/v1/openapi.json").body;
    let text = dataview::http::openapi::document();
    assert_eq!(served, serde_json::from_str::<Value>(&text).unwrap());
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/openapi.json");
    if std::env::var_os("DNA_BLESS").is_some() {
        std::fs::write(&path, &text).unwrap();
    }
    let kept = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(kept == text, "docs/openapi.json is old; DNA_BLESS=1 writes it anew");
}

#[test]
fn every_parameter_of_the_document_is_known() {
    let server = Server::start();
    let document = server.client.get("/api/v1/openapi.json").body;
    for (path, methods) in document["paths"].as_object().unwrap() {
        if methods.get("get").is_none_or(|get| get.get("parameters").is_none()) {
            continue;
        }
        let parameters = methods["get"]["parameters"].as_array().unwrap();
        for name in parameters.iter().filter(|parameter| parameter["in"] == "query") {
            let name = name["name"].as_str().unwrap();
            let answer = server.client.get(&format!("{}?{name}=", named(path)));
            let code = &answer.body["type"];
            assert_ne!(code, "/problems/unknown_parameter", "{path}: {name}");
        }
        let answer = server.client.get(&format!("{}?unheard=1", named(path)));
        let mut allowed: Vec<_> = answer.body["allowed"]
            .as_array()
            .unwrap()
            .iter()
            .map(|name| name.as_str().unwrap())
            .collect();
        let mut told: Vec<_> = parameters
            .iter()
            .filter(|parameter| parameter["in"] == "query")
            .map(|parameter| parameter["name"].as_str().unwrap())
            .collect();
        allowed.sort_unstable();
        told.sort_unstable();
        assert_eq!(allowed, told, "{path}");
    }
}

/// `path` with something in the place of its `{name}`.
fn named(path: &str) -> String {
    let part = |part: &str| if part.starts_with('{') { "0".to_owned() } else { part.to_owned() };
    path.split('/').map(part).collect::<Vec<_>>().join("/")
}
