//! CORS, health, problems, and a buffer that is away.

use crate::client::{get, post};
use crate::frames;
use crate::server::Server;
use ingest::http::codes::Code;

#[test]
fn pages_can_read_every_answer() {
    let server = Server::start();
    let request = post(frames::good(1)).header("Origin", "https://bank.example");
    let answers = [
        (server.send(&request), 200),
        (server.send(&post("hello")), 400),
        (server.send(&post(frames::good(2)).header("Origin", "https://evil.example")), 403),
        (server.send(&post("").method("PUT")), 405),
        (server.send(&post("").header("Content-Encoding", "no")), 415),
        (post("").send_unfinished(server.address, 1 << 30), 413),
    ];
    for (answer, status) in answers {
        assert_eq!(answer.status, status);
        assert_eq!(answer.header("access-control-allow-origin"), Some("*"), "{status}");
        assert_eq!(answer.header("access-control-allow-credentials"), None);
    }
}

#[test]
fn a_preflight_is_answered() {
    let server = Server::start();
    let request = post("")
        .method("OPTIONS")
        .header("Origin", "https://bank.example")
        .header("Access-Control-Request-Method", "POST")
        .header("Access-Control-Request-Headers", "content-type,content-encoding");
    let answer = server.send(&request);
    assert_eq!(answer.status, 204);
    assert_eq!(answer.header("access-control-allow-origin"), Some("*"));
    assert_eq!(answer.header("access-control-allow-methods"), Some("POST, OPTIONS"));
    let headers = answer.header("access-control-allow-headers");
    assert_eq!(headers, Some("Content-Type, Content-Encoding"));
    assert_eq!(answer.header("access-control-max-age"), Some("86400"));
}

#[test]
fn an_allowed_origin_and_none_at_all_may_send() {
    let server = Server::start();
    server.acknowledge_one();
    let sequence = server.sequence();
    let request = post(frames::good(sequence)).header("Origin", "https://bank.example");
    assert_eq!(server.send(&request).status, 200);
    assert_eq!(server.stop().len(), 2);
}

#[test]
fn every_problem_is_explained() {
    let server = Server::start();
    for code in Code::ALL {
        let page = server.send(&get(&format!("/problems/{}", code.name())));
        assert_eq!(page.status, 200);
        assert!(page.text().contains(code.title()) && page.text().contains(code.explanation()));
    }
    let none = get("/problems/none");
    assert_eq!(server.send(&none).status, 404);
    let words = ["/v1/beacons", "/v1/beacon"];
    server.check_frame_refused(&get("/v1/beacons"), 404, "not_found", &words);
}

#[test]
fn a_wrong_method_is_told_and_counted_everywhere() {
    let server = Server::start();
    for path in ["/metrics", "/health/live", "/health/ready", "/problems/no_events"] {
        for method in ["POST", "DELETE", "OPTIONS"] {
            let request = post("").method(method).path(path);
            let (response, moved) = server.counted(|| server.send(&request));
            assert_eq!(response.status, 405, "{method} {path}");
            assert_eq!(response.header("allow"), Some("GET"));
            assert_eq!(response.header("content-type"), Some("application/problem+json"));
            let counter = "dna_ingest_frames_refused_total{reason=\"method_not_allowed\"}";
            assert_eq!(moved.into_iter().collect::<Vec<_>>(), [(counter.to_owned(), 1)]);
        }
        let words = ["PUT", "GET"];
        let request = post("").method("PUT").path(path);
        server.check_frame_refused(&request, 405, "method_not_allowed", &words);
    }
    let unknown = get("/problems/%ff%00");
    server.check_frame_refused(&unknown, 404, "not_found", &["no such problem"]);
}

#[test]
fn health_says_what_the_buffer_is() {
    let server = Server::start();
    assert_eq!(server.send(&get("/health/live")).status, 200);
    server.acknowledge_one();
    let ready = server.send(&get("/health/ready"));
    assert_eq!(ready.status, 200);
    let ready = ready.json();
    assert_eq!((&ready["kind"], &ready["ready"]), (&"journal".into(), &true.into()));
    assert!(ready["durability"].as_str().is_some_and(|durability| !durability.is_empty()));
}

#[test]
fn a_buffer_that_is_away_is_told_and_not_acknowledged() {
    // A port that was free a moment ago: nobody answers there.
    let free = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
    let port = free.local_addr().expect("its address").port();
    drop(free);
    let server = Server::start_with(&format!(
        "[buffer.spool]\nenabled = false\n\
             [buffer.redis]\nurl = \"redis://:secret@127.0.0.1:{port}\""
    ));
    let request = post(frames::good(1));
    let (response, moved) = server.counted(|| server.send(&request));
    server.check_problem(&response, (503, "buffer_unavailable"), &["Retry-After"]);
    assert_eq!(response.header("retry-after"), Some("5"));
    assert_eq!(response.header("access-control-allow-origin"), Some("*"));
    assert!(!response.text().contains("127.0.0.1"), "no cause: {}", response.text());
    let frame = "dna_ingest_frames_refused_total{reason=\"buffer_unavailable\"}";
    let buffer = "dna_ingest_buffer_refused_total{reason=\"unavailable\"}";
    // A group may be tried or not, as the buffer knows already that Redis is away.
    let moved: Vec<_> = moved
        .iter()
        .map(|(name, count)| (name.as_str(), *count))
        .filter(|(name, _)| !name.contains("buffer_groups"))
        .collect();
    assert_eq!(moved, [(buffer, 1), (frame, 1)], "the door's and the buffer's own count");
    // Not acknowledged, so not remembered as kept.
    assert_eq!(server.send(&request).status, 503);
    let ready = server.send(&get("/health/ready"));
    server.check_problem(&ready, (503, "not_ready"), &["/health/ready"]);
    let members = ready.json();
    assert_eq!((&members["kind"], &members["ready"]), (&"redis".into(), &false.into()));
    assert!(!ready.text().contains("secret"));
}
