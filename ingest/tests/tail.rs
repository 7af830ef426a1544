//! `ingest tail`: lines for people, JSON for programs, and how it ends.

use bytes::Bytes;
use dna_buffer::read::Source;
use dna_protocol::entry::{Entry, Receipt};
use dna_protocol::field::{Id, Text};
use dna_protocol::{Event, Frame, Header, json};
use ingest::buffer::{BufferCounters, Item, JournalSettings, Keeper, Settings, open};
use ingest::tail::{Options, TailError, print};
use serde_json::{Value, json};
use std::io::{self, Write};
use std::path::Path;
use std::sync::{Arc, Mutex};

async fn journal(dir: &Path) -> Keeper {
    let counters = Arc::new(BufferCounters::default());
    open(Settings::Journal(JournalSettings::new(dir)), counters).await.expect("opened")
}

async fn keep(keeper: &Keeper, bytes: impl Into<Bytes>) {
    keeper.keep(Item { shard: 2, bytes: bytes.into() }).await.expect("kept");
}

fn event(kind: &str, body: &Value) -> Event {
    let frame = json!({
        "app_key": "k", "session.id": "00".repeat(16), "sequence": 0,
        "events": [{ "kind": kind, "time": 0, "body": body }],
    });
    let decoded = json::decode_frame(frame.to_string().as_bytes()).expect("a good frame");
    decoded.frame.events.into_iter().next().unwrap_or_else(|| panic!("{:?}", decoded.rejected))
}

fn entry(events: Vec<Event>) -> Entry {
    let header = Header {
        session_id: Some(Id([0xab; 16])),
        url: Text::new("https://bank.example/accounts").ok(),
        time_base: Some(1_700_000_000_000),
        ..Header::default()
    };
    let app = Text::new("demo-bank").ok();
    let receipt = Receipt { app, clock_skew: Some(1500), ..Receipt::default() };
    Entry { receipt, frame: Frame { header, events } }
}

fn all() -> Options {
    Options { no_follow: true, ..Options::default() }
}

async fn printed(options: &Options, dir: &Path) -> Vec<String> {
    let mut out = Vec::new();
    let source = Source::Journal { dir: dir.to_owned() };
    print(options, &source, &mut anstream::StripStream::new(&mut out)).await.expect("printed");
    String::from_utf8(out).expect("text").lines().map(str::to_owned).collect()
}

/// Events of each kind and what is printed of them.
fn cases() -> Vec<(Event, &'static str)> {
    let mut cases = page_cases();
    cases.extend(failure_cases());
    cases.extend(other_cases());
    cases
}

fn page_cases() -> Vec<(Event, &'static str)> {
    vec![
        (
            event("page_view", &json!({ "load_event_end": 812.4, "response_start": 90 })),
            "page       /accounts  load 812 ms, first byte 90 ms",
        ),
        (event("page_view", &json!({})), "page       /accounts  left before it had loaded"),
        (
            event(
                "web_vital",
                &json!({ "browser.web_vital.name": "LCP", "browser.web_vital.value": 1200.5 }),
            ),
            "vital      LCP 1200 ms",
        ),
        (
            event(
                "web_vital",
                &json!({ "browser.web_vital.name": "CLS", "browser.web_vital.value": 0.0312 }),
            ),
            "vital      CLS 0.031",
        ),
    ]
}

fn failure_cases() -> Vec<(Event, &'static str)> {
    vec![
        (
            event(
                "exception",
                &json!({
                    "exception.type": "TypeError", "exception.message": "no \u{1b}[31m余额\nhere",
                    "code.file.path": "https://bank.example/app.js", "code.line.number": 10,
                }),
            ),
            "error      TypeError: no \\u{1b}[31m余额\\nhere  @/app.js:10",
        ),
        (
            event("unhandled_rejection", &json!({ "exception.message": "offline" })),
            "rejection  offline",
        ),
        (
            event(
                "resource_failure",
                &json!({ "url.full": "https://bank.example/a.png", "element.name": "img" }),
            ),
            "resource   img https://bank.example/a.png",
        ),
        (
            event(
                "api_call",
                &json!({
                    "http.request.method": "POST", "url.full": "https://bank.example/api",
                    "http.response.status_code": 500, "duration_ms": 120.5,
                }),
            ),
            "api        POST https://bank.example/api  500  120 ms",
        ),
        (
            event("api_call", &json!({ "url.full": "/api", "error.type": "network" })),
            "api         /api  no answer network",
        ),
    ]
}

fn other_cases() -> Vec<(Event, &'static str)> {
    vec![
        (
            event(
                "custom",
                &json!({ "event.name": "paid", "attributes": { "band": "1k", "first": true } }),
            ),
            "custom     paid  band=1k  first=true",
        ),
        (
            event("identity", &json!({ "user.hash": "0123456789abcdef", "user.tier": "vip" })),
            "user       0123456789ab  tier vip",
        ),
        (event("identity", &json!({})), "user       signed out"),
    ]
}

#[tokio::test]
async fn each_kind_says_what_matters_of_it() {
    let dir = tempfile::tempdir().expect("a folder");
    let keeper = journal(dir.path()).await;
    let (events, expected): (Vec<Event>, Vec<&str>) = cases().into_iter().unzip();
    keep(&keeper, entry(events).encode()).await;
    let lines = printed(&all(), dir.path()).await;
    assert_eq!(lines.len(), expected.len());
    for (line, expected) in lines.iter().zip(expected) {
        let (start, words) = line.split_at(line.find("abababab").expect("the session"));
        // 1.5 s of clock skew; the date and hour are the reader's zone's.
        assert!(start.ends_with(":21.500  demo-bank     "), "{line}");
        assert_eq!(words, format!("abababab  {expected}"));
    }
}

#[tokio::test]
async fn json_is_one_entry_a_line() {
    let dir = tempfile::tempdir().expect("a folder");
    let keeper = journal(dir.path()).await;
    keep(&keeper, entry(vec![event("identity", &json!({}))]).encode()).await;
    keep(&keeper, "no entry").await;
    let lines = printed(&Options { json: true, ..all() }, dir.path()).await;
    let values: Vec<Value> =
        lines.iter().map(|line| serde_json::from_str(line).expect("JSON")).collect();
    assert_eq!(values.len(), 2);
    assert_eq!((&values[0]["shard"], &values[0]["service.name"]), (&2.into(), &"demo-bank".into()));
    assert_eq!(values[0]["frame"]["events"][0]["kind"], "identity");
    assert_eq!(values[0]["id"], "0-16");
    assert!(values[0]["kept_at_ms"].as_u64() > Some(1_700_000_000_000));
    assert!(values[1]["error"].is_string() && values[1]["id"].is_string(), "{}", values[1]);
    let lines = printed(&all(), dir.path()).await;
    assert!(lines[1].contains("unreadable entry"), "{lines:?}");
}

#[tokio::test]
async fn a_limit_ends_it_and_a_follower_begins_with_the_last_ten() {
    let dir = tempfile::tempdir().expect("a folder");
    let keeper = journal(dir.path()).await;
    for _ in 0..15 {
        keep(&keeper, entry(vec![event("identity", &json!({}))]).encode()).await;
    }
    let ids = |lines: Vec<String>| -> Vec<Value> {
        let id = |line: &String| serde_json::from_str::<Value>(line).expect("JSON")["id"].clone();
        lines.iter().map(id).collect()
    };
    let json = Options { json: true, ..all() };
    let everything = ids(printed(&json, dir.path()).await);
    assert_eq!(everything.len(), 15);
    let limited = Options { limit: Some(4), ..json.clone() };
    assert_eq!(ids(printed(&limited, dir.path()).await), everything[..4]);
    let follower = Options { no_follow: false, limit: Some(10), ..json.clone() };
    assert_eq!(ids(printed(&follower, dir.path()).await), everything[5..]);
    let from_start = Options { from_start: true, limit: Some(15), ..follower };
    assert_eq!(ids(printed(&from_start, dir.path()).await), everything);
}

/// Output that another task can look at.
#[derive(Clone, Default)]
struct Shown(Arc<Mutex<Vec<u8>>>);

impl Write for Shown {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().expect("whole").write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[tokio::test]
async fn a_follower_prints_what_comes() {
    let dir = tempfile::tempdir().expect("a folder");
    let keeper = journal(dir.path()).await;
    let shown = Shown::default();
    let (mut out, source) = (shown.clone(), Source::Journal { dir: dir.path().to_owned() });
    let options = Options { limit: Some(1), ..Options::default() };
    let following = tokio::spawn(async move { print(&options, &source, &mut out).await });
    tokio::task::yield_now().await;
    keep(&keeper, entry(vec![event("identity", &json!({}))]).encode()).await;
    following.await.expect("no panic").expect("printed");
    let text = String::from_utf8(shown.0.lock().expect("whole").clone()).expect("text");
    assert!(text.contains("signed out"), "{text}");
}

struct Closed;

impl Write for Closed {
    fn write(&mut self, _: &[u8]) -> io::Result<usize> {
        Err(io::ErrorKind::BrokenPipe.into())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[tokio::test]
async fn failures_are_told_apart() {
    let dir = tempfile::tempdir().expect("a folder");
    let keeper = journal(dir.path()).await;
    keep(&keeper, entry(vec![event("identity", &json!({}))]).encode()).await;
    let source = Source::Journal { dir: dir.path().to_owned() };
    let closed = print(&all(), &source, &mut Closed).await.expect_err("closed");
    assert!(matches!(closed, TailError::Write(_)), "{closed}");
    let source = Source::Journal { dir: dir.path().join("missing") };
    let missing = print(&all(), &source, &mut Vec::new()).await.expect_err("missing");
    assert!(matches!(missing, TailError::Read(_)), "{missing}");
}

#[test]
fn one_buffer_is_named_at_a_time() {
    use clap::{Args, FromArgMatches};
    let parse = |args: &[&str]| {
        let command = Options::augment_args(clap::Command::new("tail"));
        let matches = command.try_get_matches_from([&["tail"], args].concat())?;
        Options::from_arg_matches(&matches)
    };
    assert!(parse(&["--journal", "a", "--redis", "redis://b"]).is_err());
    let redis = parse(&["--redis", "redis://:secret@b"]).expect("good").source();
    assert!(matches!(&redis, Some(Source::Redis { shards: None, .. })));
    assert!(!format!("{redis:?}").contains("secret"));
    assert!(parse(&[]).expect("good").source().is_none());
    assert!(!parse(&["--no-follow", "--follow"]).expect("good").no_follow);
}
