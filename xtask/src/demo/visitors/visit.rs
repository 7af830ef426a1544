//! One visit: sign in, look at the accounts, transfer; sometimes something goes wrong.

use std::time::{Duration, Instant};

use serde_json::{Value, json};

use super::post::post;

/// Different visitors.
const VISITORS: u64 = 40;

/// Browsers, as they say who they are.
const USER_AGENTS: [&str; 4] = [
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.0.0 Safari/537.36",
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.1 Mobile/15E148 Safari/604.1",
    "Mozilla/5.0 (Linux; Android 14; Pixel 8) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.0.0 Mobile Safari/537.36",
    "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.1 Safari/605.1.15",
];

/// Networks for documentation (RFC 5737), and where the demo says that they are: country, region and
/// city in English and Chinese, and the operator.
pub(crate) fn places() -> [(&'static str, [[&'static str; 2]; 3], &'static str); 3] {
    let china = ["China", "中国"];
    [
        ("192.0.2.0/24", [china, ["Guangdong", "广东"], ["Shenzhen", "深圳"]], "China Telecom"),
        ("198.51.100.0/24", [china, ["Shanghai", "上海"], ["Shanghai", "上海"]], "China Unicom"),
        ("203.0.113.0/24", [china, ["Sichuan", "四川"], ["Chengdu", "成都"]], "China Mobile"),
    ]
}

/// A visit.
pub(crate) struct Visit<'a> {
    number: u64,
    begun: Duration,
    bank: &'a str,
    dice: Dice,
    session: String,
    /// How long its sign-in took and its status, where it was a real one.
    called: Option<(f64, u16)>,
    trace: String,
    span: String,
}

impl<'a> Visit<'a> {
    /// The visit of that number, which began at `begun` after the Unix epoch.
    pub(crate) fn new(number: u64, begun: Duration, bank: &'a str) -> Self {
        let mut dice = Dice(begun.as_nanos() as u64 ^ number.wrapping_mul(0x9e37_79b9_7f4a_7c15));
        let session = format!("{:016x}{:016x}", dice.roll(), dice.roll());
        let trace = format!("{:016x}{:016x}", dice.roll(), dice.roll() | 1);
        let span = format!("{:016x}", dice.roll() | 1);
        Self { number, begun, bank, dice, session, called: None, trace, span }
    }

    /// Its session, as the protocol writes it.
    pub(crate) fn session(&self) -> &str {
        &self.session
    }

    /// The trace of its sign-in.
    pub(crate) fn trace(&self) -> &str {
        &self.trace
    }

    fn visitor(&self) -> u64 {
        self.number % VISITORS
    }

    pub(super) fn user_agent(&self) -> &'static str {
        USER_AGENTS[(self.visitor() % USER_AGENTS.len() as u64) as usize]
    }

    pub(super) fn address(&self) -> String {
        let places = places();
        let (network, ..) = places[(self.visitor() % places.len() as u64) as usize];
        network.replace("0/24", &(self.visitor() + 1).to_string())
    }

    fn user(&self) -> String {
        format!("scripted-{:03}", self.visitor())
    }

    /// Signs in at the bank, as the page would.
    pub(crate) fn call(&mut self) {
        let headers = [("traceparent", format!("00-{}-{}-01", self.trace, self.span))];
        let body = json!({"userId": self.user(), "password": "scripted"});
        let begun = Instant::now();
        let status = post(&format!("{}/api/sign-in", self.bank), &headers, &body).unwrap_or(0);
        self.called = Some((begun.elapsed().as_secs_f64() * 1000.0, status));
    }

    /// What its pages tell, sent at `now` after the Unix epoch.
    pub(crate) fn frame(&mut self, now: Duration) -> Value {
        let mut events = Vec::new();
        self.sign_in(&mut events);
        self.accounts(&mut events);
        self.transfer(&mut events);
        let page = |path: &str| format!("{}{path}", self.bank);
        let views: Vec<Value> = ["/", "/accounts", "/transfer"]
            .into_iter()
            .enumerate()
            .map(|(place, path)| {
                let id = format!("{:015x}{place:x}", self.number);
                json!({"view.id": id, "url.full": page(path)})
            })
            .collect();
        json!({
            "app_key": "demo-bank",
            "session.id": self.session,
            "sequence": 1,
            "sent_at_ms": millis(now),
            "time_base_ms": millis(self.begun.min(now)),
            "service.version": "scripted",
            "telemetry.sdk.name": "dna-demo-visitors",
            "views": views,
            "events": events,
        })
    }

    fn sign_in(&mut self, events: &mut Vec<Value>) {
        self.page_view(events, 0, 0);
        events.push(event(
            "user_action",
            1800,
            0,
            json!({
                "user_action.type": "click", "user_action.name": "Sign in", "duration_ms": 24,
                "user_action.id": 1,
            }),
        ));
        let made_up = (self.dice.around(90.0), if self.dice.one_in(25) { 503 } else { 200 });
        let is_real = self.called.is_some();
        let (took, status) = self.called.unwrap_or(made_up);
        let mut call = json!({
            "http.request.method": "POST",
            "url.full": format!("{}/api/sign-in", self.bank),
            "http.response.status_code": status,
            "duration_ms": took,
            "initiator_type": "fetch",
            "user_action.id": 1,
        });
        if is_real {
            call["trace_id"] = self.trace.as_str().into();
            call["span_id"] = self.span.as_str().into();
        }
        events.push(event("api_call", 1812, 0, call));
        let tier = if self.visitor().is_multiple_of(8) { "vip" } else { "standard" };
        let identity = json!({"user.id": self.user(), "user.tier": tier});
        events.push(event("identity", 1900, 0, identity));
    }

    fn accounts(&mut self, events: &mut Vec<Value>) {
        self.page_view(events, 2000, 1);
        events.push(event(
            "api_call",
            2300,
            1,
            json!({
                "http.request.method": "GET",
                "url.full": format!("{}/api/accounts", self.bank),
                "http.response.status_code": 200,
                "duration_ms": self.dice.around(60.0),
                "initiator_type": "fetch",
            }),
        ));
    }

    fn transfer(&mut self, events: &mut Vec<Value>) {
        self.page_view(events, 9000, 2);
        let late = self.dice.one_in(6);
        let waited = self.dice.around(if late { 38_000.0 } else { 4_000.0 }).min(45_000.0);
        events.push(event(
            "transaction",
            9500,
            2,
            json!({
                "transaction.name": "sms-code",
                "duration_ms": waited,
                "transaction.outcome": if late { "abandoned" } else { "ok" },
            }),
        ));
        if self.dice.one_in(9) {
            events.push(event("exception", 9800, 2, json!({
                "exception.type": "TypeError",
                "exception.message": "Cannot read properties of undefined (reading 'rate')",
                "exception.stacktrace": format!(
                    "TypeError: Cannot read properties of undefined (reading 'rate')\n    \
                     at rate ({0}/assets/transfer.js:31:17)\n    at submit ({0}/assets/transfer.js:88:9)",
                    self.bank
                ),
            })));
        }
    }

    fn page_view(&mut self, events: &mut Vec<Value>, time: u64, view: usize) {
        let first = self.dice.around(140.0);
        let paint = first + self.dice.around(500.0);
        let load = paint + self.dice.around(400.0);
        events.push(event(
            "page_view",
            time,
            view,
            json!({
                "navigation.type": "navigate",
                "fetch_start": 1,
                "response_start": first,
                "response_end": first + 20.0,
                "dom_interactive": paint,
                "load_event_end": load,
            }),
        ));
        let vitals = [
            ("TTFB", first),
            ("FCP", paint),
            ("LCP", paint + self.dice.around(300.0)),
            ("CLS", self.dice.around(40.0) / 1000.0),
            ("INP", self.dice.around(90.0)),
        ];
        for (name, value) in vitals {
            events.push(event(
                "web_vital",
                time + 900,
                view,
                json!({
                    "browser.web_vital.name": name, "browser.web_vital.value": value,
                }),
            ));
        }
    }
}

fn event(kind: &str, time: u64, view: usize, body: Value) -> Value {
    let mut event = json!({"kind": kind, "time": time, "view": view});
    event["body"] = body;
    event
}

fn millis(time: Duration) -> u64 {
    u64::try_from(time.as_millis()).unwrap_or(u64::MAX)
}

/// Numbers that look like chance (xorshift64*, Vigna 2016).
struct Dice(u64);

impl Dice {
    fn roll(&mut self) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        self.0.wrapping_mul(0x2545_f491_4f6c_dd1d)
    }

    fn one_in(&mut self, many: u64) -> bool {
        self.roll().is_multiple_of(many)
    }

    /// Mostly near `middle`, now and then several times as much, as waiting times are.
    fn around(&mut self, middle: f64) -> f64 {
        let unit = (self.roll() >> 11) as f64 / (1_u64 << 53) as f64;
        let long = if self.one_in(20) { 4.0 } else { 1.0 };
        middle * (0.6 + 0.8 * unit) * long
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_visitors_tell_is_what_the_protocol_knows() {
        for number in 0..200 {
            let begun = Duration::from_secs(1_795_694_400);
            let mut visit = Visit::new(number, begun, "http://127.0.0.1:8600");
            let frame = visit.frame(begun + Duration::from_secs(60)).to_string();
            let decoded = dna_protocol::json::decode_frame(frame.as_bytes()).unwrap();
            assert!(decoded.rejected.is_empty(), "{:?}", decoded.rejected);
            assert_eq!((decoded.skipped.keys, decoded.skipped.kinds), (0, 0), "{frame}");
            assert!(decoded.frame.events.len() > 20);
        }
    }
}
