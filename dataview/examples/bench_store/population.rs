//! Visitors of a bank: sessions of four frames with six events or so, as ingest puts them into the
//! buffer. The same in every run.

use dataview::store::Range;
use dna_protocol::entry::{Entry, Receipt};
use dna_protocol::field::{Id, Millis, Number, Text, Verbatim};
use dna_protocol::{Body, Frame};
use serde_json::json;

const PAGES: u64 = 40;
const FRAMES: u64 = 4;
/// Ms between a session's frames.
const FRAME_MS: u64 = 15_000;
/// VIP customers, of whom each has one session in so many.
pub(crate) const VIPS: u64 = 20;
const VIP_EVERY: u64 = 50;

/// The visitors.
pub(crate) struct Population {
    frames: Vec<Frame>,
    from_ms: u64,
    /// Ms from one session's beginning to the next one's.
    pause_ms: f64,
    random: u64,
    events_left: u64,
    /// What it has told, exactly.
    pub(crate) told: Told,
}

/// What was told, to compare with.
#[derive(Default)]
pub(crate) struct Told {
    pub(crate) sessions: u64,
    pub(crate) events: u64,
    pub(crate) lcp: Vec<f32>,
    /// Whether each user has come.
    pub(crate) users: Vec<bool>,
}

impl Population {
    /// Visitors with `events` events, evenly over `range`.
    pub(crate) fn new(range: Range, events: u64) -> Self {
        let frames: Vec<Frame> = (0..PAGES * 2).map(template).collect();
        let of_session = events_of_session(&frames);
        let sessions = events as f64 / of_session;
        let users = (sessions / 8.0).ceil() as usize + VIPS as usize;
        Self {
            frames,
            from_ms: range.from_ms,
            pause_ms: (range.to_ms - range.from_ms - 60_000) as f64 / sessions,
            random: 0x9E37_79B9_7F4A_7C15,
            events_left: events,
            told: Told { users: vec![false; users], ..Told::default() },
        }
    }

    /// The pseudonym of a user.
    pub(crate) fn user(number: u64) -> String {
        format!("{:016x}{number:048x}", number.wrapping_mul(0xD6E8_FEB8_6659_FD93))
    }

    /// The entries of the next session; `None` when all events are told.
    pub(crate) fn next_session(&mut self) -> Option<Vec<Vec<u8>>> {
        if self.events_left == 0 {
            return None;
        }
        let at = self.from_ms + (self.told.sessions as f64 * self.pause_ms) as u64;
        let (entries, events) = self.session(at);
        self.events_left = self.events_left.saturating_sub(events);
        Some(entries)
    }

    /// The entries of a session that begins at `at_ms`, and their events.
    pub(crate) fn session(&mut self, at_ms: u64) -> (Vec<Vec<u8>>, u64) {
        let number = self.told.sessions;
        self.told.sessions += 1;
        let users = self.told.users.len() as u64;
        let user = if number.is_multiple_of(VIP_EVERY) {
            number / VIP_EVERY % VIPS
        } else {
            VIPS + self.next(users - VIPS)
        };
        self.told.users[user as usize] = true;
        let receipt = self.receipt();
        let mut id = [0; 16];
        id[..8].copy_from_slice(&number.wrapping_mul(0x9E37_79B9_7F4A_7C15).to_be_bytes());
        id[8..].copy_from_slice(&number.to_be_bytes());
        let mut events = 0;
        let entries = (0..FRAMES).map(|sequence| {
            let page = self.next(PAGES);
            let is_first = sequence == 0;
            let mut frame = self.frames[(page * 2 + u64::from(!is_first)) as usize].clone();
            let at = at_ms + sequence * FRAME_MS;
            frame.header.session_id = Some(Id(id));
            frame.header.sequence = Some(sequence);
            frame.header.time_base = Some(at);
            frame.header.sent_at = Some(at + 5_000);
            frame.header.view_id = Some(Id((number * FRAMES + sequence).to_be_bytes()));
            frame.events.iter_mut().for_each(|event| self.vary(&mut event.body, user));
            if !is_first && self.next(50) != 0 {
                frame.events.retain(|event| !matches!(event.body, Body::Exception(_)));
            }
            events += frame.events.len() as u64;
            let receipt = Receipt { received_at: Some(at + 5_000), ..receipt.clone() };
            Entry { receipt, frame }.encode()
        });
        let entries = entries.collect();
        self.told.events += events;
        (entries, events)
    }

    fn vary(&mut self, body: &mut Body, user: u64) {
        match body {
            Body::WebVital(vital) if vital.name.as_deref() == Some("LCP") => {
                // Long-tailed, as paints are: 300 ms to some tens of seconds.
                let spread = (self.next(1_000) + self.next(1_000) + self.next(1_000)) as f64;
                let value = 300.0 * (spread / 600.0).exp();
                vital.value = Number::new(value).ok();
                self.told.lcp.push(value as f32);
            }
            Body::WebVital(vital) => {
                let share = 0.5 + self.next(1_000) as f64 / 1_000.0;
                vital.value = vital.value.and_then(|value| Number::new(value.get() * share).ok());
            }
            Body::ApiCall(call) => {
                call.duration = Some(Millis::rounded(20.0 + self.next(1_000) as f64));
                let mut trace = [7; 16];
                trace[..8].copy_from_slice(&self.next(u64::MAX).to_be_bytes());
                call.trace_id = Some(Id(trace));
                call.span_id = Some(Id(self.next(u64::MAX).to_be_bytes()));
                if self.next(100) == 0 {
                    call.status = Some(503);
                }
            }
            Body::Identity(identity) => {
                identity.hash = Some(Verbatim::cut(Self::user(user)));
                identity.tier = (user < VIPS).then(|| Text::cut("vip"));
            }
            _ => {}
        }
    }

    fn receipt(&mut self) -> Receipt {
        let (browser, os) = [
            ("Chrome", "Android"),
            ("Chrome", "Windows"),
            ("Safari", "iOS"),
            ("Firefox", "Linux"),
            ("Edge", "Windows"),
        ][self.next(5) as usize];
        Receipt {
            app: Some(Text::cut("demo-bank")),
            clock_skew: Some(0),
            client_address: Some(Text::cut(format!("10.{}.{}.0", self.next(34), self.next(4)))),
            browser_name: Some(Text::cut(browser)),
            browser_version: Some(Text::cut(format!("{}.0", 120 + self.next(12)))),
            os_name: Some(Text::cut(os)),
            os_version: Some(Text::cut("15")),
            device_model: Some(Text::cut(format!("Model {}", self.next(30)))),
            ..Receipt::default()
        }
    }

    /// A number below `bound` (splitmix64).
    fn next(&mut self, bound: u64) -> u64 {
        self.random = self.random.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.random;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        (z ^ (z >> 31)) % bound
    }
}

/// Events that a session has on average.
fn events_of_session(frames: &[Frame]) -> f64 {
    let average = |at: usize| frames[at].events.len() as f64;
    // One frame in fifty keeps its exception.
    average(0) + (FRAMES - 1) as f64 * (average(1) - 0.98)
}

/// What is told of a page: when it is the first, and later.
fn template(number: u64) -> Frame {
    let (page, is_first) = (number / 2, number.is_multiple_of(2));
    let call = |n: u64| {
        json!({"kind": "api_call", "time": 900 + n, "body": {
            "http.request.method": if n.is_multiple_of(2) { "GET" } else { "POST" },
            "url.full": format!("https://bank.example/api/service{}/op{n}", page % 20),
            "http.response.status_code": 200,
            "duration_ms": 100,
            "trace_id": "07070707070707070707070707070707",
            "span_id": "0707070707070707",
        }})
    };
    let vital = |name: &str, value: f64| {
        json!({"kind": "web_vital", "time": 1_500, "body": {
            "browser.web_vital.name": name, "browser.web_vital.value": value,
        }})
    };
    let mut events = vec![
        json!({"kind": "page_view", "time": 0, "body": {"fetch_start": 1, "load_event_end": 800}}),
        vital("LCP", 900.0),
        vital("TTFB", 120.0),
        call(page % 3),
    ];
    if is_first {
        events.push(vital("FCP", 500.0));
        events.push(vital("CLS", 0.05));
        events.push(json!({"kind": "identity", "time": 100, "body": {"user.hash": "00"}}));
    } else {
        events.push(call(page % 3 + 1));
        events.push(json!({"kind": "user_action", "time": 3_000, "body": {
            "user_action.type": "click", "user_action.name": "Pay",
        }}));
        events.push(json!({"kind": "exception", "time": 3_100, "body": {
            "exception.type": "TypeError",
            "exception.message": format!("undefined is not a function {}", page % 7),
        }}));
    }
    let frame = json!({
        "sent_at_ms": 1_790_000_009_000_u64,
        "app_key": "key",
        "session.id": "0102030405060708090a0b0c0d0e0f10",
        "sequence": 0,
        "time_base_ms": 1_790_000_000_000_u64,
        "view.id": "1112131415161718",
        "url.full": format!("https://bank.example/page{page}"),
        "service.version": "3.1.0",
        "events": events,
    });
    let decoded = dna_protocol::json::decode_frame(frame.to_string().as_bytes());
    let decoded = decoded.expect("the template is a frame");
    assert_eq!(decoded.rejected, [], "the template's events are allowed");
    decoded.frame
}
