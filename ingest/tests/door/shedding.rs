//! More than the buffer takes: timings go before errors, it is said and counted, and beyond the
//! last mark clients are told to come back.

use crate::client::{post, receive};
use crate::frames::json;
use crate::server::{NOW, Server};
use dna_protocol::entry::Entry;
use ingest::buffer::memory::Memory;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::net::TcpStream;
use std::time::{Duration, Instant};

/// Entries that may wait: each is five percent.
const QUEUE: usize = 20;

/// A test that hangs fails after this time; none waits for it.
const GIVE_UP: Duration = Duration::from_secs(30);

fn event(kind: &str, body: &Value) -> Value {
    json!({"kind": kind, "time": NOW, "body": body})
}

fn resource() -> Value {
    event("resource", &json!({"url.full": "https://bank.example/a.png"}))
}

/// One of each worth: a detail, two measurements, two that stay.
fn mixed() -> Value {
    let call = |status: u16| {
        event("api_call", &json!({"url.full": "/api", "http.response.status_code": status}))
    };
    let vital = json!({"browser.web_vital.name": "LCP", "browser.web_vital.value": 1});
    let exception = json!({"exception.message": "m"});
    json!([
        resource(),
        event("web_vital", &vital),
        call(200),
        call(500),
        event("exception", &exception)
    ])
}

/// A server whose buffer holds a group for ever, and what waits behind that.
struct Full {
    server: Server,
    memory: Memory,
    waiting: Vec<TcpStream>,
}

impl Full {
    fn start(more: &str) -> Self {
        let (memory, sink) = Memory::held();
        let server = Server::start_on_memory(more, sink, QUEUE);
        let mut full = Self { server, memory, waiting: Vec::new() };
        // One is on its way to where the sink keeps it, and does not wait in the queue.
        full.send("bank-key", mixed());
        let runtime = tokio::runtime::Builder::new_current_thread().build().expect("a runtime");
        runtime.block_on(full.memory.group_arrived());
        full
    }

    /// Sends a frame of the application of `key`, whose answer is waited for later.
    fn send(&mut self, key: &str, events: Value) {
        let frame = self.frame(key, events);
        let length = frame.len();
        self.waiting.push(post(frame).start(self.server.address, length));
    }

    fn frame(&self, key: &str, events: Value) -> String {
        let mut frame = json(self.server.sequence(), events);
        frame["app_key"] = key.into();
        frame.to_string()
    }

    /// Sends until `count` wait in the queue.
    fn fill(&mut self, key: &str, count: usize) {
        let before = self.queued();
        for wanted in before + 1..=count {
            self.send(key, mixed());
            self.wait_for(wanted);
        }
    }

    fn queued(&self) -> usize {
        let ready = self.server.send(&crate::client::get("/health/ready")).json();
        let queued = ready["queued"].as_u64().unwrap_or_else(|| panic!("{ready}"));
        usize::try_from(queued).expect("few")
    }

    #[track_caller]
    fn wait_for(&self, wanted: usize) {
        let begun = Instant::now();
        while self.queued() != wanted {
            assert!(begun.elapsed() < GIVE_UP, "{} wait, not {wanted}", self.queued());
            std::thread::sleep(Duration::from_millis(2));
        }
    }

    #[track_caller]
    fn wait_for_pushed_out(&self, wanted: u64) {
        let name = "dna_ingest_buffer_refused_total{reason=\"queue_full\"}";
        let begun = Instant::now();
        while self.server.counters().get(name).copied().unwrap_or_default() != wanted {
            assert!(begun.elapsed() < GIVE_UP, "not {wanted} have gone");
            std::thread::sleep(Duration::from_millis(2));
        }
    }

    /// Lets everything be kept; the answers in the order of their requests.
    fn answers(&self) -> Vec<Value> {
        self.memory.release(1000);
        let answers = self.waiting.iter().map(|stream| {
            let answer = receive(stream);
            let mut json = answer.json();
            json["status"] = answer.status.into();
            json
        });
        answers.collect()
    }
}

impl Drop for Full {
    fn drop(&mut self) {
        // The server waits at its end for its connections, and for what the buffer holds.
        self.waiting.clear();
        self.memory.release(1000);
    }
}

/// The kinds of the events that were kept, frame by frame.
fn kept(memory: &Memory) -> Vec<Vec<&'static str>> {
    let decode = |bytes: &[u8]| Entry::decode(bytes).expect("an entry").1.frame.events;
    let items = memory.items();
    let kinds = items.iter().map(|item| decode(&item.bytes));
    kinds.map(|events| events.iter().map(|event| event.body.name()).collect()).collect()
}

#[test]
fn timings_go_before_errors_and_then_nothing_is_taken() {
    let mut full = Full::start("");
    full.fill("bank-key", 10);
    // From half of the queue on.
    let nothing_left = full.frame("bank-key", json!([resource(), resource()]));
    let answer = full.server.send(&post(nothing_left));
    assert_eq!((answer.status, answer.text()), (200, r#"{"accepted":0,"shed":2}"#));
    full.fill("bank-key", 19);
    // From 95 percent on.
    let (answer, moved) =
        full.server.counted(|| full.server.send(&post(full.frame("bank-key", mixed()))));
    full.server.check_problem(&answer, (503, "overloaded"), &[]);
    let wait: u64 = answer.header("retry-after").and_then(|it| it.parse().ok()).expect("seconds");
    assert!((1..=5).contains(&wait), "{wait}");
    let refused = "dna_ingest_frames_refused_total{reason=\"overloaded\"}";
    assert_eq!(moved, BTreeMap::from([(refused.to_owned(), 1)]));
    // The one in the sink, ten that came below half, five below three quarters, four above.
    let expected: Vec<Value> = [
        vec![json!({"status": 200, "accepted": 5}); 11],
        vec![json!({"status": 200, "accepted": 4, "shed": 1}); 5],
        vec![json!({"status": 200, "accepted": 2, "shed": 3}); 4],
    ]
    .concat();
    assert_eq!(full.answers(), expected);
    let all = vec!["resource", "web_vital", "api_call", "api_call", "exception"];
    let expected = [vec![all.clone(); 11], vec![all[1..].to_vec(); 5], vec![all[3..].to_vec(); 4]];
    assert_eq!(kept(&full.memory), expected.concat());
    let counters = full.server.counters();
    for (kind, count) in [("resource", 5 + 4 + 2), ("web_vital", 4), ("api_call", 4)] {
        let name = format!("dna_ingest_events_shed_total{{kind=\"{kind}\"}}");
        assert_eq!(counters.get(&name), Some(&count), "{kind}");
    }
    let all: u64 = counters
        .iter()
        .filter(|(name, _)| name.starts_with("dna_ingest_events_shed"))
        .map(|(_, count)| count)
        .sum();
    assert_eq!(all, 11 + 4 + 4, "nothing else");
    // It passes as it came.
    full.wait_for(0);
    let answer = full.server.send(&post(full.frame("bank-key", mixed())));
    assert_eq!((answer.status, answer.text()), (200, r#"{"accepted":5}"#));
}

#[test]
fn the_marks_are_the_operators() {
    let mut full =
        Full::start("[overload]\ndetails_percent = 5\nmeasures_percent = 10\nall_percent = 15");
    full.fill("bank-key", 3);
    let answer = full.server.send(&post(full.frame("bank-key", mixed())));
    full.server.check_problem(&answer, (503, "overloaded"), &[]);
    let shed: Vec<_> = full.answers().iter().map(|answer| answer["shed"].clone()).collect();
    assert_eq!(shed, [Value::Null, Value::Null, json!(1), json!(3)]);
}

/// One that fills the queue does so at its own cost: who has less than a fair part of it there is
/// neither shed nor refused, and makes the other one's newest go when there is no room at all.
#[test]
fn an_application_is_judged_by_its_own_part_of_the_queue() {
    let mut full = Full::start("");
    full.fill("bank-key", 19);
    let noisy = full.server.send(&post(full.frame("bank-key", mixed())));
    full.server.check_problem(&noisy, (503, "overloaded"), &[]);
    let first_quiet = full.waiting.len();
    // Of two who wait each has a half: up to a half of that everything is kept.
    for waiting in 1..=7 {
        full.send("open-key", mixed());
        // The first finds room; from then on, each has come when one has gone.
        full.wait_for(QUEUE);
        full.wait_for_pushed_out(waiting - 1);
    }
    let answers = full.answers();
    let (noisy, quiet) = answers.split_at(first_quiet);
    let expected = [
        vec![json!({"status": 200, "accepted": 5}); 5],
        vec![json!({"status": 200, "accepted": 4, "shed": 1}); 2],
    ];
    assert_eq!(quiet, expected.concat());
    // Six had to make room, the newest.
    let statuses: Vec<u64> = noisy.iter().filter_map(|answer| answer["status"].as_u64()).collect();
    assert_eq!(statuses, [[200; 14].to_vec(), [503; 6].to_vec()].concat());
}
