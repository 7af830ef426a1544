//! Wrong questions, and a store that does not answer.

use crate::server::Server;
use dataview::store::StoreError;
use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::Duration;

#[test]
fn wrong_questions_are_told_what_is_wrong() {
    let server = Server::start();
    let cases = [
        ("/api/v1/overview", 400, "`app` is missing"),
        ("/api/v1/overview?app=a&stop=1", 400, "`stop` is no parameter here; allowed: app, from"),
        (
            "/api/v1/overview?app=a&step=90000",
            400,
            "`step` is `90000`; allowed: minutes that divide",
        ),
        (
            "/api/v1/overview?app=a&from=0&to=86400000&step=60000",
            400,
            "1440 steps of 60000 ms; allowed: 750",
        ),
        ("/api/v1/overview?app=a&region=x&os=y", 400, "found region and os; allowed: one of them"),
        ("/api/v1/breakdown?app=a", 400, "`by` is missing"),
        ("/api/v1/breakdown?app=a&by=all", 400, "`by` is `all`; allowed: page, api, region"),
        (
            "/api/v1/breakdown?app=a&by=page&limit=501",
            400,
            "`limit` is `501`; allowed: a whole number from 1 to 500",
        ),
        (
            "/api/v1/sessions?app=a&from=yesterday",
            400,
            "`from` is `yesterday`; allowed: a whole number",
        ),
        ("/api/v1/sessions?app=a&cursor=AAAA", 400, "Begin again without one"),
        ("/api/v1/sessions/xyz?app=a", 400, "`id` is `xyz`; allowed: 32 hexadecimal digits"),
        ("/api/v1/nothing", 404, "nothing at \"/api/v1/nothing\""),
        ("/problems/none", 404, "there is no such problem; known: unknown_parameter"),
    ];
    for (path, status, detail) in cases {
        let answer = server.client.get(path);
        assert_eq!(answer.status, status, "{path}");
        let found = answer.body["detail"].as_str().unwrap();
        assert!(found.contains(detail), "{path}: {found}");
    }
    assert!(server.store.asked.lock().unwrap().is_empty(), "nothing of it reached the store");
}

#[test]
fn a_body_that_does_not_come_is_not_waited_for() {
    let server = Server::start();
    let mut stream = TcpStream::connect(server.client.address()).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(60))).unwrap();
    let head = "POST /api/v1/login HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n\
                Content-Length: 100\r\n\r\n{\"name\"";
    stream.write_all(head.as_bytes()).unwrap();
    let mut answer = [0; 12];
    stream.read_exact(&mut answer).unwrap();
    assert_eq!(&answer, b"HTTP/1.1 408");
}

#[test]
fn other_methods_are_told_what_is_allowed() {
    let server = Server::start();
    let answer = server.client.request("DELETE", "/api/v1/apps", None);
    assert_eq!((answer.status, answer.headers["allow"].to_str().unwrap()), (405, "GET"));
    assert_eq!(answer.body["type"], "/problems/method_not_allowed");
}

#[test]
fn a_store_that_fails_is_told_without_its_cause() {
    let server = Server::start();
    let secret = || "/var/lib/secret".to_owned();
    let faults: [(fn() -> StoreError, u16); 3] = [
        (|| StoreError::Unavailable("/var/lib/secret".to_owned()), 503),
        (|| StoreError::Damaged { place: "/var/lib/secret".to_owned(), what: String::new() }, 500),
        (|| StoreError::TooMuch("at most 10 days".to_owned()), 422),
    ];
    for (fault, status) in faults {
        *server.store.fault.lock().unwrap() = Some(fault);
        let answer = server.client.get("/api/v1/apps");
        assert_eq!(answer.status, status);
        assert!(!answer.body.to_string().contains(&secret()));
        assert_eq!(answer.headers.contains_key("retry-after"), status == 503);
    }
    assert_eq!(server.client.get("/api/v1/apps").body["detail"], "at most 10 days");
}
