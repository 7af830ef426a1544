//! What ingest tells of itself: identifiers of requests, a log for machines, traces by OTLP.

use crate::cli::{Serving, folder};
use crate::client::{Request, connect, get, post};
use crate::frames::KEY;
use crate::otlp::{ExportTraceServiceRequest, Receiver, Span};
use serde_json::{Value, json};
use std::time::SystemTime;

const CANARY: &str = "canary-0815";
const TRACEPARENT: &str = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-00";

/// A frame of now with something personal in it.
fn frame(sequence: u64) -> Request {
    let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).expect("after 1970");
    let now = now.as_millis() as u64;
    let event = json!({"kind": "identity", "time": now, "body": {"user.id": CANARY}});
    let frame = json!({
        "app_key": KEY, "session.id": "00".repeat(16), "sequence": sequence, "events": [event],
    });
    post(frame.to_string())
}

/// What is sane is given back, whatever the answer is; else there is one of ours.
#[test]
fn every_answer_has_the_identifier_of_its_request() {
    let server = crate::server::Server::start();
    let requests = [frame(1), get("/metrics"), get("/nowhere"), post("broken"), get("/v1/beacon")];
    for request in requests {
        let brought = server.send(&request.clone().header("X-Request-Id", "balancer-7"));
        assert_eq!(brought.header("x-request-id"), Some("balancer-7"));
        let of_trace = server.send(&request.clone().header("traceparent", TRACEPARENT));
        assert_eq!(of_trace.header("x-request-id"), Some("4bf92f3577b34da6a3ce929d0e0e4736"));
        let personal = server.send(&request.clone().header("X-Request-Id", "13800138000"));
        let made = personal.header("x-request-id").expect("one").to_owned();
        assert!(made.len() == 32 && !made.contains("13800138000"), "{made}");
        let again = server.send(&request.header("X-Request-Id", "a b"));
        assert_ne!(again.header("x-request-id"), Some(&*made), "each has its own");
    }
}

#[test]
fn the_log_is_json_with_identifiers_and_nothing_personal() {
    let folder = folder("[log]\nformat = \"json\"");
    let serving = Serving::start(&folder);
    let good = frame(1).header("X-Request-Id", "good-1").header("User-Agent", CANARY);
    assert_eq!(good.send(serving.address).status, 200);
    let bad = post(format!("{{{CANARY}")).header("X-Request-Id", "bad-1");
    assert_eq!(bad.send(serving.address).status, 400);
    let nowhere = get(&format!("/{CANARY}?{CANARY}")).header("X-Request-Id", "nowhere-1");
    assert_eq!(nowhere.send(serving.address).status, 404);
    serving.terminate();
    let (code, log) = serving.finish();
    assert_eq!(code, Some(0));
    let lines: Vec<Value> =
        log.lines().map(|line| serde_json::from_str(line).expect("each line is JSON")).collect();
    let of = |id: &str| {
        let found = lines.iter().find(|line| line["request_id"] == id);
        found.unwrap_or_else(|| panic!("no {id} in {log}"))
    };
    assert_eq!(
        (&of("good-1")["status"], &of("good-1")["route"]),
        (&json!(200), &json!("/v1/beacon"))
    );
    assert_eq!(
        (&of("bad-1")["status"], &of("bad-1")["code"]),
        (&json!(400), &json!("malformed_json"))
    );
    assert_eq!(of("nowhere-1")["route"], "(none)");
    assert!(lines.iter().all(|line| line["timestamp"].is_string() && line["level"].is_string()));
    assert!(!log.contains(CANARY) && !log.contains("127.0.0.1"), "{log}");
}

fn attribute<'a>(span: &'a Span, key: &str) -> Option<&'a str> {
    let found = span.attributes.iter().find(|attribute| attribute.key == key)?;
    found.value.as_ref()?.string_value.as_deref()
}

/// A traced request is a span with its phases below it, in the caller's trace.
#[test]
fn requests_are_traced_by_otlp() {
    let receiver = Receiver::start("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
    let address = receiver.address();
    let folder =
        folder(&format!("[telemetry]\notlp_endpoint = \"http://{address}\"\nsample_rate = 1"));
    let serving = Serving::start_at(&folder, "error");
    let good = frame(1).header("traceparent", TRACEPARENT).header("X-Request-Id", "good-1");
    assert_eq!(good.header("User-Agent", CANARY).send(serving.address).status, 200);
    assert_eq!(post(format!("{{{CANARY}")).send(serving.address).status, 400);
    assert_eq!(get(&format!("/{CANARY}")).send(serving.address).status, 404);
    let (head, requests) = receiver.wait_for_spans(6);
    assert!(head.starts_with("POST /v1/traces HTTP/1.1\r\n"), "{head}");
    assert!(head.contains("Content-Type: application/x-protobuf\r\n"), "{head}");
    let resource = requests[0].resource_spans[0].resource.as_ref().expect("a resource");
    let service = resource.attributes.iter().find(|it| it.key == "service.name").expect("a name");
    let service = service.value.as_ref().and_then(|value| value.string_value.as_deref());
    assert_eq!(service, Some("dna-ingest"));
    let spans: Vec<&Span> = requests.iter().flat_map(ExportTraceServiceRequest::spans).collect();
    let named = |name: &str| spans.iter().filter(|span| span.name == name).collect::<Vec<_>>();
    let beacons = named("POST /v1/beacon");
    let good = beacons.iter().find(|span| attribute(span, "dna.request_id") == Some("good-1"));
    let good = good.expect("the good one");
    assert_eq!(good.trace_id[..4], [0x4b, 0xf9, 0x2f, 0x35]);
    assert_eq!(good.parent_span_id, [0x00, 0xf0, 0x67, 0xaa, 0x0b, 0xa9, 0x02, 0xb7]);
    assert_eq!((good.kind, attribute(good, "dna.app")), (2, Some("bank")));
    assert!(good.start_time_unix_nano < good.end_time_unix_nano);
    for phase in ["read body", "judge", "keep"] {
        let below = named(phase);
        let of_good = below.iter().find(|span| span.parent_span_id == good.span_id);
        let span = of_good.unwrap_or_else(|| panic!("no {phase}"));
        assert_eq!((span.kind, &span.trace_id), (1, &good.trace_id));
        assert!(span.start_time_unix_nano <= span.end_time_unix_nano);
        assert!(span.end_time_unix_nano <= good.end_time_unix_nano);
    }
    let bad = beacons.iter().find(|span| attribute(span, "error.type") == Some("malformed_json"));
    let bad = bad.expect("the broken one");
    assert!(bad.status.is_none(), "a client's mistake is none of ours");
    assert_eq!(named("GET (none)").len(), 1);
    let all = format!("{requests:?}{head}");
    assert!(!all.contains(CANARY) && !all.contains("127.0.0.1\""), "{all}");
    serving.terminate();
    assert_eq!(serving.finish().0, Some(0));
}

/// A receiver that is away, refuses or hangs costs requests nothing.
#[test]
fn a_receiver_that_takes_nothing_is_in_nobodys_way() {
    let refusing = Receiver::start("HTTP/1.1 503 Busy\r\nContent-Length: 0\r\n\r\n");
    let folder = folder(&format!(
        "[telemetry]\notlp_endpoint = \"http://{}/\"\nsample_rate = 1",
        refusing.address()
    ));
    let mut serving = Serving::start(&folder);
    for sequence in 1..=20 {
        assert_eq!(frame(sequence).send(serving.address).status, 200);
    }
    serving.wait_for("traces are not taken");
    let metrics = get("/metrics").send(serving.address);
    let dropped = "dna_ingest_spans_dropped_total{reason=\"export_failed\"} ";
    let line = metrics.text().lines().find_map(|line| line.strip_prefix(dropped));
    assert!(line.is_some_and(|count| count != "0"), "{}", metrics.text());
    // And it stops at once all the same.
    drop(connect(serving.address));
    serving.terminate();
    assert_eq!(serving.finish().0, Some(0));
}
