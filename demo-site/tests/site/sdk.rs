//! `/sdk/*`: types and caching of what is there, and no way out of the folder.

use std::fs;

use actix_web::http::StatusCode;

use crate::support::{ask, ask_with, get, settings};

#[actix_web::test]
async fn built_files_come_with_their_type_and_are_revalidated() {
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir(folder.path().join("mini")).unwrap();
    for (name, content_type) in [
        ("dna.js", "text/javascript; charset=utf-8"),
        ("dna-core.js", "text/javascript; charset=utf-8"),
        ("dna.wasm", "application/wasm"),
        ("mini/dna.wasm", "application/wasm"),
    ] {
        fs::write(folder.path().join(name), name).unwrap();
        let address = format!("/sdk/{name}");
        let first = ask_with(settings(folder.path()), get(&address)).await;
        assert_eq!((first.status, first.text()), (StatusCode::OK, name));
        assert_eq!(first.header("content-type"), content_type);
        assert_eq!(first.header("cache-control"), "no-cache");

        let known = first.header("etag").to_owned();
        let again = || get(&address).insert_header(("if-none-match", known.as_str()));
        let unchanged = ask_with(settings(folder.path()), again()).await;
        assert_eq!((unchanged.status, unchanged.text()), (StatusCode::NOT_MODIFIED, ""));

        fs::write(folder.path().join(name), "rebuilt").unwrap();
        let rebuilt = ask_with(settings(folder.path()), again()).await;
        assert_eq!((rebuilt.status, rebuilt.text()), (StatusCode::OK, "rebuilt"));
    }
}

#[actix_web::test]
async fn nothing_outside_the_folder_is_served() {
    let outside = tempfile::tempdir().unwrap();
    fs::write(outside.path().join("secret"), "secret").unwrap();
    fs::write(outside.path().join(".secret"), "secret").unwrap();
    let folder = outside.path().join("sdk");
    fs::create_dir(&folder).unwrap();
    fs::write(folder.join(".hidden"), "secret").unwrap();
    let absolute = format!("/sdk/{}", outside.path().join("secret").display());
    for address in [
        "/sdk/../secret",
        "/sdk/%2e%2e/secret",
        "/sdk/..%2fsecret",
        "/sdk/%2e%2e%2fsecret",
        "/sdk/%252e%252e%252fsecret",
        "/sdk/..%5csecret",
        "/sdk/./../secret",
        "/sdk/.hidden",
        "/sdk/%00",
        "/sdk/%FF",
        "/sdk/",
        "/sdk",
        absolute.as_str(),
    ] {
        let answer = ask_with(settings(&folder), get(address)).await;
        assert_eq!(answer.status, StatusCode::NOT_FOUND, "{address}");
        assert!(!answer.text().contains("secret"), "{address}");
    }
}

#[actix_web::test]
async fn an_sdk_that_is_not_built_is_404() {
    assert_eq!(ask(get("/sdk/dna.js")).await.status, StatusCode::NOT_FOUND);
}
