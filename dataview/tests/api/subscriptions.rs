//! Subscriptions over HTTP: made by administrators, read by those who may ask about all they have.

use crate::client::{Answer, Client};
use crate::server::{NOW, Server};
use bytes::Bytes;
use dataview::access::{Role, Scope};
use dataview::facts;
use dataview::geo::Place;
use dataview::store::{Batch, Store};
use dna_protocol::entry::{Entry, Receipt};
use dna_protocol::field::Text;
use serde_json::{Value, json};
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::time::Duration;

/// Stores a frame of one custom event called `step SEQUENCE`.
pub(crate) fn store(server: &Server, app: &str, sequence: u64) {
    let frame = json!({
        "sent_at_ms": NOW, "app_key": "key", "session.id": "01".repeat(16), "sequence": sequence,
        "events": [{"kind": "custom", "time": NOW, "body": {"event.name": format!("step {sequence}")}}],
    });
    let decoded = dna_protocol::json::decode_frame(frame.to_string().as_bytes()).unwrap();
    let app = Some(Text::cut(app));
    let receipt = Receipt { received_at: Some(NOW), app, ..Receipt::default() };
    let entry = Bytes::from(Entry { receipt, frame: decoded.frame }.encode());
    let frames = vec![facts::read(entry, |_| Place::default()).unwrap().facts];
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    runtime.block_on(server.feeder.append(Batch { frames, ..Batch::default() })).unwrap();
}

/// The lines of an answer without the last, and the last.
pub(crate) fn lines(answer: &Answer) -> (Vec<String>, Value) {
    let lines: Vec<Value> = match &answer.body {
        Value::String(text) => {
            text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
        }
        one => vec![one.clone()],
    };
    let (end, lines) = lines.split_last().unwrap();
    let name = |line: &Value| line["event.name"].as_str().unwrap().to_owned();
    (lines.iter().map(name).collect(), end.clone())
}

pub(crate) fn subscribe(server: &Server, name: &str, filter: &Value) -> Answer {
    let body = json!({"name": name, "filter": filter, "from": 0});
    server.client.post("/api/v1/subscriptions", body)
}

#[test]
fn lines_are_told_until_they_are_acknowledged() {
    let server = Server::start();
    assert_eq!(subscribe(&server, "risk", &json!({"everything": true})).status, 201);
    store(&server, "bank", 1);
    store(&server, "bank", 2);
    let path = "/api/v1/subscriptions/risk/events?limit=1";
    let (first, end) = lines(&server.client.get(path));
    assert_eq!((&first[..], &end["behind"]), (&["step 1".to_owned()][..], &json!(1)));
    assert_eq!(lines(&server.client.get(path)).0, first, "nothing was acknowledged");
    let acknowledge = |cursor: &Value| {
        let body = json!({"cursor": cursor});
        server.client.post("/api/v1/subscriptions/risk/ack", body)
    };
    // Said twice it counts once.
    acknowledge(&end["cursor"]);
    assert_eq!(acknowledge(&end["cursor"]).body["lines"], 1);
    let (second, end) = lines(&server.client.get(path));
    assert_eq!((&second[..], &end["behind"]), (&["step 2".to_owned()][..], &json!(0)));
    assert_eq!(acknowledge(&json!("made up")).status, 400);
    let told = server.client.get("/api/v1/subscriptions/risk").body;
    assert_eq!(
        (&told["lines"], &told["behind"], &told["error"]),
        (&json!(1), &json!(1), &Value::Null)
    );
}

#[test]
fn it_is_replayed_from_a_time_and_old_cursors_say_nothing_then() {
    let server = Server::start();
    subscribe(&server, "risk", &json!({"everything": true}));
    store(&server, "bank", 1);
    let (_, end) = lines(&server.client.get("/api/v1/subscriptions/risk/events"));
    let acknowledge = || {
        let body = json!({"cursor": end["cursor"]});
        server.client.post("/api/v1/subscriptions/risk/ack", body)
    };
    assert_eq!(acknowledge().status, 200);
    let replay = json!({"from": NOW});
    let replayed = || server.client.post("/api/v1/subscriptions/risk/replay", replay.clone()).body;
    assert_eq!(replayed()["behind"], 1);
    assert_eq!(acknowledge().status, 400);
    // Replayed from the very time that it began with, it is another reading all the same.
    let (_, end) = lines(&server.client.get("/api/v1/subscriptions/risk/events"));
    assert_eq!(replayed()["behind"], 1);
    let body = json!({"cursor": end["cursor"]});
    assert_eq!(server.client.post("/api/v1/subscriptions/risk/ack", body).status, 400);
    let (told, _) = lines(&server.client.get("/api/v1/subscriptions/risk/events"));
    assert_eq!(told, ["step 1"]);
    let audit = server.client.get("/api/v1/audit").body;
    let actions: Vec<_> =
        audit["records"].as_array().unwrap().iter().map(|one| &one["action"]).collect();
    let replayed = "subscription_replayed";
    assert_eq!(actions, [replayed, replayed, "subscription_added"]);
}

#[test]
fn who_may_not_ask_about_all_of_it_may_not_read_it() {
    let server = Server::start();
    subscribe(&server, "all", &json!({"everything": true}));
    subscribe(&server, "bank", &json!({"apps": ["bank"]}));
    let bank = server.client_of(Role::Viewer, Scope::Apps(vec!["bank".to_owned()]));
    assert_eq!(bank.get("/api/v1/subscriptions/bank/events").status, 200);
    assert_eq!(bank.get("/api/v1/subscriptions/all/events").status, 403);
    assert_eq!(bank.get("/api/v1/subscriptions/all/stream").status, 403);
    let all = bank.get("/api/v1/subscriptions").body;
    assert_eq!(all["subscriptions"].as_array().unwrap().len(), 1);
    let body = json!({"name": "x", "filter": {"apps": ["bank"]}});
    assert_eq!(bank.post("/api/v1/subscriptions", body).status, 403);
}

#[test]
fn wrong_subscriptions_are_told_what_is_wrong() {
    let server = Server::start();
    assert_eq!(subscribe(&server, "risk", &json!({"failed": true})).status, 201);
    for (name, filter, status, detail) in [
        ("risk", json!({"failed": true}), 409, "there is a subscription risk already"),
        ("a b", json!({"failed": true}), 422, "`name` = \"a b\" is not allowed"),
        ("x", json!({}), 422, "or \"everything\": true where every event"),
        ("x", json!({"kinds": ["clicks"]}), 422, "expected one of page_view"),
        ("x", json!({"kind": ["clicks"]}), 400, "unknown field `kind`"),
    ] {
        let answer = subscribe(&server, name, &filter);
        let found = answer.body["detail"].as_str().unwrap();
        assert!(answer.status == status && found.contains(detail), "{}: {found}", answer.status);
    }
    for path in ["/api/v1/subscriptions/none", "/api/v1/subscriptions/%20/events"] {
        assert_eq!(server.client.get(path).status, 404, "{path}");
    }
}

#[test]
fn a_webhooks_secret_is_told_once() {
    let server = Server::start();
    let body = json!({
        "name": "risk",
        "filter": {"failed": true},
        "delivery": {"type": "webhook", "url": "https://risk.bank.example/hook"},
    });
    let added = server.client.post("/api/v1/subscriptions", body).body;
    assert!(added["secret"].as_str().unwrap().starts_with("whsec_"));
    let told = server.client.get("/api/v1/subscriptions/risk").body;
    assert_eq!((told.get("secret"), &told["delivery"]["type"]), (None, &json!("webhook")));
}

#[test]
fn a_stream_tells_what_is_stored_and_goes_on_where_a_browser_was() {
    let server = Server::start();
    subscribe(&server, "risk", &json!({"everything": true}));
    store(&server, "bank", 1);
    let mut stream = Stream::open(&server, None);
    assert_eq!(stream.step(), "step 1");
    let id = stream.id();
    store(&server, "bank", 2);
    assert_eq!(stream.step(), "step 2");
    let mut again = Stream::open(&server, Some(&id));
    assert_eq!(again.step(), "step 2");
    let told = server.client.get("/api/v1/subscriptions/risk").body;
    assert_eq!(told["lines"], 1, "what was before the last id is acknowledged");
    assert_eq!(server.client.request("DELETE", "/api/v1/subscriptions/risk", None).status, 204);
    store(&server, "bank", 3);
    assert_eq!(stream.rest(), "", "it ends with its subscription");
}

#[test]
fn a_stream_ends_with_the_right_to_read_it() {
    let server = Server::start();
    subscribe(&server, "risk", &json!({"everything": true}));
    let viewer = server.client_of(Role::Viewer, Scope::All);
    let mut stream = Stream::of(&viewer, None);
    store(&server, "bank", 1);
    assert_eq!(stream.step(), "step 1");
    let tokens = server.access.tokens().unwrap();
    let token = tokens.iter().find(|token| token.role == Role::Viewer).unwrap();
    server.access.remove_token(&token.name).unwrap();
    store(&server, "bank", 2);
    assert_eq!(stream.rest(), "");
}

#[test]
fn a_stream_ends_when_another_subscription_has_its_name() {
    let server = Server::start();
    subscribe(&server, "risk", &json!({"apps": ["bank"]}));
    let mut stream = Stream::open(&server, None);
    store(&server, "bank", 1);
    assert_eq!(stream.step(), "step 1");
    assert_eq!(server.client.request("DELETE", "/api/v1/subscriptions/risk", None).status, 204);
    assert_eq!(subscribe(&server, "risk", &json!({"apps": ["shop"]})).status, 201);
    store(&server, "bank", 2);
    assert_eq!(stream.rest(), "");
}

#[test]
fn nobody_but_its_webhook_moves_a_webhooks_cursor() {
    let server = Server::start();
    let delivery = json!({"type": "webhook", "url": "https://risk.bank.example/hook"});
    let body =
        json!({"name": "risk", "filter": {"everything": true}, "from": 0, "delivery": delivery});
    assert_eq!(server.client.post("/api/v1/subscriptions", body).status, 201);
    store(&server, "bank", 1);
    store(&server, "bank", 2);
    let viewer = server.client_of(Role::Viewer, Scope::All);
    let (told, end) = lines(&viewer.get("/api/v1/subscriptions/risk/events?limit=1"));
    assert_eq!(told, ["step 1"], "it may be looked at");
    let body = json!({"cursor": end["cursor"]});
    let refused = viewer.post("/api/v1/subscriptions/risk/ack", body);
    assert_eq!(refused.status, 422, "{}", refused.body);
    let mut stream = Stream::of(&viewer, end["cursor"].as_str());
    assert_eq!(stream.step(), "step 2");
    let now = server.client.get("/api/v1/subscriptions/risk").body;
    assert_eq!((&now["lines"], &now["behind"]), (&json!(0), &json!(2)));
}

#[test]
fn what_was_acknowledged_is_neither_told_nor_counted_again() {
    let server = Server::start();
    for name in ["one", "two"] {
        subscribe(&server, name, &json!({"everything": true}));
    }
    store(&server, "bank", 1);
    store(&server, "bank", 2);
    let cursor = |name: &str, limit: u64| {
        let path = format!("/api/v1/subscriptions/{name}/events?limit={limit}");
        lines(&server.client.get(&path)).1["cursor"].clone()
    };
    let acknowledge = |name: &str, cursor: &Value| {
        let path = format!("/api/v1/subscriptions/{name}/ack");
        server.client.post(&path, json!({"cursor": cursor})).body["lines"].clone()
    };
    // The later one first: the earlier one says nothing then.
    let (first, both) = (cursor("one", 1), cursor("one", 2));
    assert_eq!((acknowledge("one", &both), acknowledge("one", &first)), (json!(2), json!(2)));
    assert_eq!(server.client.get("/api/v1/subscriptions/one").body["behind"], 0);
    // One after the other: the second one's lines are not those of the first once more.
    let (first, both) = (cursor("two", 1), cursor("two", 2));
    assert_eq!((acknowledge("two", &first), acknowledge("two", &both)), (json!(1), json!(2)));
}

/// A browser's side of a stream.
pub(crate) struct Stream(BufReader<TcpStream>);

impl Stream {
    fn open(server: &Server, last: Option<&str>) -> Self {
        Self::of(&server.client, last)
    }

    pub(crate) fn of(client: &Client, last: Option<&str>) -> Self {
        let mut stream = TcpStream::connect(client.address).unwrap();
        stream.set_read_timeout(Some(Duration::from_secs(60))).unwrap();
        let authorization = client.headers["authorization"].to_str().unwrap();
        let last = last.map(|id| format!("Last-Event-ID: {id}\r\n")).unwrap_or_default();
        write!(
            stream,
            "GET /api/v1/subscriptions/risk/stream HTTP/1.1\r\nHost: x\r\n\
             Authorization: {authorization}\r\n{last}Connection: close\r\n\r\n"
        )
        .unwrap();
        Self(BufReader::new(stream))
    }

    /// The rest of the next line that begins with `word`.
    fn next(&mut self, word: &str) -> String {
        loop {
            let mut line = String::new();
            assert_ne!(self.0.read_line(&mut line).unwrap(), 0, "the stream goes on");
            if let Some(rest) = line.strip_prefix(word) {
                return rest.trim_end().to_owned();
            }
        }
    }

    pub(crate) fn step(&mut self) -> String {
        self.next("event: line");
        let line: Value = serde_json::from_str(&self.next("data: ")).unwrap();
        line["event.name"].as_str().unwrap().to_owned()
    }

    fn id(&mut self) -> String {
        self.next("id: ")
    }

    /// The next event's line; empty when the stream ends before.
    pub(crate) fn rest(&mut self) -> String {
        let mut lines = self.0.by_ref().lines().map(Result::unwrap);
        // The first is enough: a stream that should have ended may never do.
        lines.find(|line| line.starts_with("data: {\"id\"")).unwrap_or_default()
    }
}
