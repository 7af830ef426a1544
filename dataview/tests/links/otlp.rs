//! OTLP over HTTP: what was answered is stored, and what was not is told.

use crate::support::{Kept, now_us};
use actix_web::dev::Payload;
use actix_web::http::StatusCode;
use actix_web::http::header::{CONTENT_TYPE, RETRY_AFTER};
use actix_web::test::{TestRequest, call_service, init_service, read_body};
use actix_web::{App, web};
use dataview::otlp::{Otlp, routes};
use flate2::Compression;
use flate2::write::GzEncoder;
use futures_util::StreamExt;
use futures_util::stream::pending;
use opentelemetry_proto::tonic::collector::trace::v1::{
    ExportTraceServiceRequest, ExportTraceServiceResponse,
};
use opentelemetry_proto::tonic::trace::v1::{ResourceSpans, ScopeSpans, Span};
use prost::Message;
use std::future::{Future, poll_fn};
use std::io::Write;
use std::pin::pin;
use std::sync::Arc;
use std::task::Poll;
use std::time::Duration;
use tokio::time::timeout;

/// A request of spans that began at these times.
fn request(starts_us: &[u64]) -> Vec<u8> {
    let spans = starts_us.iter().zip(1..).map(|(start_us, id)| Span {
        trace_id: vec![7; 16],
        span_id: vec![id; 8],
        start_time_unix_nano: start_us * 1000,
        end_time_unix_nano: start_us * 1000,
        ..Span::default()
    });
    let scope = ScopeSpans { spans: spans.collect(), ..ScopeSpans::default() };
    let group = ResourceSpans { scope_spans: vec![scope], ..ResourceSpans::default() };
    ExportTraceServiceRequest { resource_spans: vec![group] }.encode_to_vec()
}

struct Answered {
    status: StatusCode,
    retry_after: Option<String>,
    content_type: String,
    body: Vec<u8>,
}

async fn post(
    otlp: &web::Data<Otlp>,
    path: &str,
    headers: &[(&str, &str)],
    body: Vec<u8>,
) -> Answered {
    let app = init_service(App::new().app_data(otlp.clone()).configure(routes)).await;
    let mut request = TestRequest::post().uri(path).set_payload(body);
    for header in headers {
        request = request.insert_header(*header);
    }
    let answer = call_service(&app, request.to_request()).await;
    let header = |name| Some(answer.headers().get(name)?.to_str().expect("text").to_owned());
    Answered {
        status: answer.status(),
        retry_after: header(RETRY_AFTER),
        content_type: header(CONTENT_TYPE).unwrap_or_default(),
        body: read_body(answer).await.to_vec(),
    }
}

const PROTOBUF: (&str, &str) = ("content-type", "application/x-protobuf");
const JSON: (&str, &str) = ("content-type", "application/json; charset=utf-8");
const GZIP: (&str, &str) = ("content-encoding", "gzip");

fn gzip(body: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(body).expect("memory");
    encoder.finish().expect("memory")
}

#[actix_web::test]
async fn what_was_answered_is_stored_and_the_rest_is_told() {
    let store = Arc::new(Kept::default());
    let otlp = web::Data::new(Otlp::new(Arc::clone(&store) as _, None));
    let body = request(&[now_us(), 0]);
    let answer = post(&otlp, "/v1/traces", &[PROTOBUF, GZIP], gzip(&body)).await;
    assert_eq!((answer.status, answer.content_type.as_str()), (StatusCode::OK, PROTOBUF.1));
    let partial = ExportTraceServiceResponse::decode(&answer.body[..]).expect("its form");
    let partial = partial.partial_success.expect("one was refused");
    assert_eq!(partial.rejected_spans, 1);
    assert!(partial.error_message.contains("too_old"), "{}", partial.error_message);
    assert_eq!(store.spans().len(), 1);
    let counters = otlp.counters();
    assert_eq!(counters.items(), 1);
    assert!(counters.dropped().contains(&("otlp_too_old".to_owned(), 1)));
    // Nothing refused, nothing said.
    let answer = post(&otlp, "/v1/logs", &[JSON], b"{}".to_vec()).await;
    assert_eq!((answer.status, &answer.body[..]), (StatusCode::OK, &b"{}"[..]));
}

#[actix_web::test]
async fn a_store_that_is_away_has_senders_come_again() {
    let store = Arc::new(Kept::default());
    store.away(true);
    let otlp = web::Data::new(Otlp::new(Arc::clone(&store) as _, None));
    let body = request(&[now_us()]);
    let answer = post(&otlp, "/v1/traces", &[PROTOBUF], body.clone()).await;
    assert_eq!(answer.status, StatusCode::SERVICE_UNAVAILABLE);
    assert_eq!(answer.retry_after.as_deref(), Some("5"));
    assert!(!String::from_utf8_lossy(&answer.body).contains("it only keeps"), "a cause inside");
    assert_eq!((otlp.counters().items(), otlp.counters().retries_asked()), (0, 1));
    store.away(false);
    assert_eq!(post(&otlp, "/v1/traces", &[PROTOBUF], body).await.status, StatusCode::OK);
}

#[actix_web::test]
async fn bad_requests_are_told_what_is_allowed() {
    let otlp = web::Data::new(Otlp::new(Arc::new(Kept::default()), None));
    let bomb = gzip(&vec![b' '; 33 * 1024 * 1024]);
    for (headers, body, status, word) in [
        (vec![JSON], b"{".to_vec(), StatusCode::BAD_REQUEST, "no request of OTLP"),
        (vec![JSON, GZIP], b"{}".to_vec(), StatusCode::BAD_REQUEST, "gzip"),
        (vec![JSON, GZIP], bomb, StatusCode::PAYLOAD_TOO_LARGE, "allowed: 33554432"),
        (vec![JSON], vec![b' '; 9 << 20], StatusCode::PAYLOAD_TOO_LARGE, "allowed: 8388608"),
        (vec![], vec![], StatusCode::UNSUPPORTED_MEDIA_TYPE, "application/x-protobuf"),
        (
            vec![JSON, ("content-encoding", "br")],
            vec![],
            StatusCode::UNSUPPORTED_MEDIA_TYPE,
            "gzip",
        ),
    ] {
        let answer = post(&otlp, "/v1/traces", &headers, body).await;
        let text = String::from_utf8_lossy(&answer.body).into_owned();
        assert_eq!(answer.status, status, "{text}");
        assert!(text.contains(word), "{text}");
    }
}

#[actix_web::test]
async fn a_body_that_stops_coming_is_waited_for_no_longer_than_allowed() {
    let otlp = Otlp::new(Arc::new(Kept::default()), None);
    let otlp = web::Data::new(otlp.with_body_timeout(Duration::from_millis(10)));
    let app = init_service(App::new().app_data(otlp.clone()).configure(routes)).await;
    let request = TestRequest::post().uri("/v1/traces").insert_header(JSON);
    let mut request = request.to_request();
    *request.payload() = Payload::Stream { payload: Box::pin(pending()) };
    let answer = timeout(Duration::from_secs(60), call_service(&app, request)).await;
    // One after which an exporter comes again.
    assert_eq!(answer.expect("an answer").status(), StatusCode::SERVICE_UNAVAILABLE);
}

#[actix_web::test]
async fn more_than_may_be_under_way_comes_again_later() {
    let otlp = web::Data::new(Otlp::new(Arc::new(Kept::default()), None));
    let app = init_service(App::new().app_data(otlp.clone()).configure(routes)).await;
    // Eight of the largest bodies, whose ends do not come: 64 MiB.
    let body = web::Bytes::from(vec![b' '; 8 << 20]);
    let mut under_way: Vec<_> = (0..8)
        .map(|_| {
            let request = TestRequest::post().uri("/v1/traces").insert_header(JSON);
            let mut request = request.to_request();
            let chunks = futures_util::stream::iter([Ok(body.clone())]).chain(pending());
            *request.payload() = Payload::Stream { payload: Box::pin(chunks) };
            Box::pin(call_service(&app, request))
        })
        .collect();
    for one in &mut under_way {
        let first = poll_fn(|context| Poll::Ready(one.as_mut().poll(context))).await;
        assert!(first.is_pending(), "it waits for the rest");
    }
    for signal in ["/v1/traces", "/v1/logs"] {
        let answer = post(&otlp, signal, &[JSON], b"{}".to_vec()).await;
        assert_eq!(answer.status, StatusCode::TOO_MANY_REQUESTS);
        assert_eq!(answer.retry_after.as_deref(), Some("5"));
        let text = String::from_utf8_lossy(&answer.body).into_owned();
        assert!(text.contains("too much is under way"), "{text}");
    }
    assert_eq!((otlp.counters().items(), otlp.counters().retries_asked()), (0, 2));
    // Who gives up gives its room back.
    under_way.pop();
    assert_eq!(post(&otlp, "/v1/traces", &[JSON], b"{}".to_vec()).await.status, StatusCode::OK);
}

#[actix_web::test]
async fn others_are_answered_while_a_body_is_unpacked() {
    let otlp = web::Data::new(Otlp::new(Arc::new(Kept::default()), None));
    let app = init_service(App::new().app_data(otlp).configure(routes)).await;
    let bomb = gzip(&vec![b' '; 33 * 1024 * 1024]);
    let request = TestRequest::post().uri("/v1/traces").set_payload(bomb);
    let request = request.insert_header(JSON).insert_header(GZIP).to_request();
    let mut answering = pin!(call_service(&app, request));
    let first = poll_fn(|context| Poll::Ready(answering.as_mut().poll(context))).await;
    assert!(first.is_pending(), "the thread went on with something else");
    assert_eq!(answering.await.status(), StatusCode::PAYLOAD_TOO_LARGE);
}

#[actix_web::test]
async fn a_token_is_asked_for_where_one_is_set() {
    let token = Some("opens".to_owned());
    let otlp = web::Data::new(Otlp::new(Arc::new(Kept::default()), token));
    for (given, status) in [
        (None, StatusCode::UNAUTHORIZED),
        (Some("Bearer other"), StatusCode::UNAUTHORIZED),
        (Some("Bearer opens"), StatusCode::OK),
    ] {
        let mut headers = vec![JSON];
        headers.extend(given.map(|value| ("authorization", value)));
        assert_eq!(post(&otlp, "/v1/traces", &headers, b"{}".to_vec()).await.status, status);
    }
}
