//! The live page over HTTP: its files and their policy, the stream, and its bounds.

use actix_service::{Service, ServiceFactory};
use actix_web::body::{BodySize, MessageBody, to_bytes};
use actix_web::dev::ServiceResponse;
use actix_web::http::header::{
    CONTENT_SECURITY_POLICY, CONTENT_TYPE, HeaderName, HeaderValue, RETRY_AFTER,
};
use actix_web::http::{Method, StatusCode};
use actix_web::{App, test, web};
use dna_buffer::read::Source;
use dna_protocol::entry::{Entry, Receipt};
use dna_protocol::field::Text;
use ingest::buffer::{BufferCounters, Item, JournalSettings, Keeper, Settings, open};
use ingest::config::{Config, Layers};
use ingest::http::Door;
use ingest::http::server::answering;
use ingest::live::{LiveSource, routes};
use std::future::poll_fn;
use std::path::Path;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

async fn journal(dir: &Path) -> Keeper {
    let counters = Arc::new(BufferCounters::default());
    open(Settings::Journal(JournalSettings::new(dir)), counters).await.expect("opened")
}

async fn keep(keeper: &Keeper, app: &str) {
    let app = Some(Text::cut(app));
    let entry = Entry { receipt: Receipt { app, ..Receipt::default() }, ..Entry::default() };
    keeper.keep(Item { shard: 0, bytes: entry.encode().into() }).await.expect("kept");
}

fn live(dir: &Path) -> web::Data<LiveSource> {
    web::Data::new(LiveSource::new(Source::Journal { dir: dir.to_owned() }, None))
}

fn config() -> Config {
    let text = format!(
        "[privacy]\npseudonym_key = \"{}\"\n[[apps]]\nname = \"a\"\nkeys = [\"k\"]\norigins = [\"*\"]",
        "00".repeat(32)
    );
    let layers = Layers::from_text(Path::new("test.toml"), &text).expect("TOML");
    Config::load(&layers).expect("a good configuration")
}

/// Reads a stream until `text` has come; what came until then.
async fn read_until<B: MessageBody + Unpin>(body: &mut B, text: &str) -> String {
    let mut all = String::new();
    while !all.contains(text) {
        let next = poll_fn(|cx| Pin::new(&mut *body).poll_next(cx));
        let patient = tokio::time::timeout(Duration::from_secs(30), next).await;
        let chunk = patient.expect("in time").expect("not the end");
        let chunk = chunk.unwrap_or_else(|_| panic!("readable"));
        all.push_str(std::str::from_utf8(&chunk).expect("text"));
    }
    all
}

fn header<'a, B>(answer: &'a ServiceResponse<B>, name: &HeaderName) -> &'a str {
    answer.headers().get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
}

#[actix_web::test]
async fn the_page_loads_nothing_but_itself() {
    let dir = tempfile::tempdir().expect("a folder");
    let app = App::new().app_data(live(dir.path())).configure(routes);
    let app = test::init_service(app).await;
    for path in ["", "/style.css", "/app.js", "/rows.js", "/describe.js", "/words.js"] {
        let request = test::TestRequest::get().uri(&format!("/live{path}")).to_request();
        let answer = test::call_service(&app, request).await;
        assert_eq!(answer.status(), StatusCode::OK, "{path}");
        let policy = header(&answer, &CONTENT_SECURITY_POLICY);
        assert!(policy.starts_with("default-src 'none'; script-src 'self'"), "{policy}");
        assert!(!policy.contains("unsafe"), "{policy}");
        let text = String::from_utf8(test::read_body(answer).await.to_vec()).expect("text");
        assert!(!text.contains("innerHTML") && !text.contains("insertAdjacent"), "{path}");
        assert!(!text.contains(" style=") && !text.contains(" onclick="), "{path}");
    }
    let head = test::TestRequest::default().method(Method::HEAD).uri("/live").to_request();
    assert_eq!(test::call_service(&app, head).await.status(), StatusCode::OK);
}

#[actix_web::test]
async fn a_viewer_receives_the_past_and_then_what_is_kept() {
    let dir = tempfile::tempdir().expect("a folder");
    let keeper = journal(dir.path()).await;
    for n in 0..300 {
        keep(&keeper, &format!("past-{n}")).await;
    }
    let live = live(dir.path());
    let app = test::init_service(App::new().app_data(live.clone()).configure(routes)).await;
    let request = test::TestRequest::get().uri("/live/events").to_request();
    let answer = test::call_service(&app, request).await;
    assert_eq!(header(&answer, &CONTENT_TYPE), "text/event-stream");
    let mut body = answer.into_body();
    assert!(matches!(body.size(), BodySize::Stream));
    let past = read_until(&mut body, "event: ready").await;
    assert_eq!(past.matches("event: entry\ndata: {").count(), 200, "the last 200");
    assert!(past.contains("past-299") && past.contains("past-100") && !past.contains("past-99\""));
    keep(&keeper, "new").await;
    let new = read_until(&mut body, "new").await;
    assert!(new.contains(r#""id":""#) && new.contains(r#""kept_at_ms":"#), "{new}");
    live.close();
    let end = poll_fn(|cx| Pin::new(&mut body).poll_next(cx)).await;
    assert!(end.is_none(), "closing ends the stream");
}

#[actix_web::test]
async fn viewers_are_bounded_and_leave_their_place() {
    let dir = tempfile::tempdir().expect("a folder");
    let counters = Arc::new(BufferCounters::default());
    let door = Door::new(&config(), journal(dir.path()).await, counters, || 0);
    let answering = answering(web::Data::new(door), Some(live(dir.path())));
    let app = answering.new_service(()).await.expect("services");
    let get = async |path| {
        let request = test::TestRequest::get().uri(path).to_request();
        app.call(request).await.expect("an answer")
    };
    let view = async || get("/live/events").await;
    let mut viewers = Vec::new();
    for _ in 0..8 {
        let answer = view().await;
        assert_eq!(answer.status(), StatusCode::OK);
        viewers.push(answer);
    }
    let refused = view().await;
    assert_eq!(refused.status(), StatusCode::SERVICE_UNAVAILABLE);
    let media_type = refused.headers().get(CONTENT_TYPE).map(HeaderValue::as_bytes);
    assert_eq!(media_type, Some(b"application/problem+json".as_slice()));
    assert!(refused.headers().contains_key(RETRY_AFTER));
    let problem = to_bytes(refused.into_body()).await.expect("a body");
    let problem: serde_json::Value = serde_json::from_slice(&problem).expect("JSON");
    let kind = "/problems/too_many_viewers";
    assert_eq!((&problem["status"], &problem["type"]), (&503.into(), &kind.into()));
    let metrics = to_bytes(get("/metrics").await.into_body()).await.expect("a body");
    let counter = "dna_ingest_frames_refused_total{reason=\"too_many_viewers\"} 1\n";
    assert!(String::from_utf8_lossy(&metrics).contains(counter));
    viewers.pop();
    let place = async {
        while view().await.status() != StatusCode::OK {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(Duration::from_secs(30), place).await.expect("a place is free");
}

#[actix_web::test]
async fn a_buffer_that_cannot_be_read_is_told_without_its_cause() {
    let live = live(Path::new("/no/such/journal"));
    let app = test::init_service(App::new().app_data(live).configure(routes)).await;
    let request = test::TestRequest::get().uri("/live/events").to_request();
    let answer = test::call_service(&app, request).await;
    assert_eq!(answer.status(), StatusCode::SERVICE_UNAVAILABLE);
    let text = String::from_utf8(test::read_body(answer).await.to_vec()).expect("text");
    assert!(text.contains("buffer_unreadable") && !text.contains("/no/such"), "{text}");
}
