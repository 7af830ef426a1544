//! How much each may send: addresses, applications, a day; and limits that change.

use crate::cli::{Serving, folder};
use crate::client::{Request, Response, post};
use crate::frames::{self, KEY, custom, header};
use crate::reload;
use crate::server::{NOW, Server, toml};
use dna_protocol::cbor::encode_frame;
use dna_protocol::field::Text;
use dna_protocol::model::Frame;
use ingest::buffer::KeepError;
use ingest::buffer::commit::GroupError;
use ingest::buffer::memory::Memory;
use std::time::{Duration, Instant};

/// A test that hangs fails after this time; none waits for it.
const GIVE_UP: Duration = Duration::from_secs(30);

/// Far more than any burst here.
const MANY: usize = 40;

/// A frame of `events` events by the application of `key`.
fn by(key: &str, sequence: u64, events: usize) -> Request {
    let mut header = header(sequence);
    header.app_key = Some(Text::cut(key));
    post(encode_frame(&Frame { header, events: vec![custom("good"); events] }))
}

/// An application with limits of its own.
fn noisy(limits: &str) -> String {
    format!(
        "[[apps]]\nname = \"noisy\"\nkeys = [\"noisy-key\"]\norigins = [\"*\"]\n\
         [apps.rates]\n{limits}\n"
    )
}

/// Sends many requests one after the other: at one a second, exactly `burst` and one for each
/// second that this took may pass. Returns a refusal.
#[track_caller]
fn check_rate(burst: usize, send: impl Fn() -> Response) -> Response {
    check_rate_since(Instant::now(), burst, send)
}

/// The same when the time counts from `begun` on.
#[track_caller]
fn check_rate_since(begun: Instant, burst: usize, send: impl Fn() -> Response) -> Response {
    let (passed, mut refused): (Vec<_>, Vec<_>) =
        (0..MANY).map(|_| send()).partition(|answer| answer.status == 200);
    let seconds = usize::try_from(begun.elapsed().as_secs()).expect("few") + 1;
    assert!(passed.len() >= burst, "{} of {MANY} passed", passed.len());
    assert!(passed.len() <= burst + seconds, "{} passed in {seconds} s", passed.len());
    let refused = refused.pop().expect("more than a burst");
    // It is at most one request short.
    assert_eq!(refused.header("retry-after"), Some("1"));
    refused
}

/// Waits as a client does that was told to come back.
#[track_caller]
fn check_comes_back(send: impl Fn() -> Response) {
    let begun = Instant::now();
    while send().status != 200 {
        assert!(begun.elapsed() < GIVE_UP, "never let in again");
        std::thread::sleep(Duration::from_millis(50));
    }
}

#[test]
fn an_address_may_send_so_many_a_second() {
    let server = Server::start_with(
        "[http]\ntrusted_proxies = [\"127.0.0.1\"]\n\
         [rates]\naddress_requests_per_second = 1\naddress_burst = 5",
    );
    let of = |address: &str| {
        let request = post(frames::good(server.sequence()));
        server.send(&request.header("X-Forwarded-For", address))
    };
    let words = ["1 requests a second", "5 at once", "one address"];
    let refused = check_rate(5, || of("203.0.113.7"));
    server.check_problem(&refused, (429, "address_rate_limited"), &words);
    // Of IPv6 a subscriber has a network.
    let hosts = std::cell::Cell::new(0);
    let refused = check_rate(5, || {
        hosts.set(hosts.get() + 1);
        of(&format!("2001:db8:1:2::{:x}", hosts.get()))
    });
    server.check_problem(&refused, (429, "address_rate_limited"), &words);
    // Others have their own, and the proxy, which many come by, has no limit.
    assert_eq!(of("203.0.113.8").status, 200);
    assert_eq!(of("2001:db8:1:3::1").status, 200);
    for _ in 0..MANY {
        server.acknowledge_one();
    }
    check_comes_back(|| of("203.0.113.7"));
    let refusals = "dna_ingest_frames_refused_total{reason=\"address_rate_limited\"}";
    assert!(server.counters()[refusals] > 2);
}

/// One that sends too much costs no more than it must: what would be refused anyway is not read.
#[test]
fn a_frame_that_is_too_much_is_refused_unread() {
    let server = Server::start_with(&noisy("requests_per_second = 1\nburst = 1"));
    let broken = |key: &str| post(format!("{{\"app_key\": {key:?}, broken")).send(server.address);
    assert_eq!(broken("noisy-key").status, 400, "while nothing is refused all is read");
    let begun = Instant::now();
    let refused = loop {
        // The only one of this second, and then one that is too much.
        while server.send(&by("noisy-key", server.sequence(), 1)).status == 200 {}
        let answer = broken("noisy-key");
        // A second may pass in between.
        if answer.status != 400 {
            break answer;
        }
        assert!(begun.elapsed() < GIVE_UP, "it is always read");
    };
    server.check_problem(&refused, (429, "app_rate_limited"), &["\"noisy\""]);
    assert_eq!(broken(KEY).status, 400, "others are read as ever");
    assert_eq!(broken("unknown").status, 400);
    server.acknowledge_one();
}

#[test]
fn an_application_may_send_so_many_a_second_and_the_others_do_not_notice() {
    let server = Server::start_with(&noisy("requests_per_second = 1\nburst = 7"));
    let send = |key| server.send(&by(key, server.sequence(), 1));
    let refused = check_rate(7, || {
        assert_eq!(send(KEY).status, 200);
        send("noisy-key")
    });
    let words = ["1 requests a second", "7 at once", "\"noisy\""];
    server.check_problem(&refused, (429, "app_rate_limited"), &words);
    // A page can read it, and when to come back.
    assert_eq!(refused.header("access-control-allow-origin"), Some("*"));
    let exposed = refused.header("access-control-expose-headers");
    assert!(exposed.is_some_and(|it| it.contains("Retry-After")), "{exposed:?}");
    check_comes_back(|| send("noisy-key"));
}

/// Without limits of its own an application has those of all, each for itself.
#[test]
fn what_all_applications_may() {
    let server =
        Server::start_with("[rates]\napp_requests_per_second = 1\napp_events_per_day = 100");
    let send = |key| server.send(&by(key, server.sequence(), 1));
    // By itself the burst is two seconds' worth.
    for (key, name) in [(KEY, "\"bank\""), ("open-key", "\"open\"")] {
        let refused = check_rate(2, || send(key));
        server.check_problem(&refused, (429, "app_rate_limited"), &[name, "2 at once"]);
    }
}

#[test]
fn an_application_may_send_so_many_events_a_day() {
    let (memory, sink) = Memory::new();
    let server = Server::start_on_memory(&noisy("events_per_day = 10"), sink, 100);
    let send = |sequence, events| server.send(&by("noisy-key", sequence, events));
    assert_eq!((send(1, 4).status, send(2, 4).status), (200, 200));
    let refused = send(3, 3);
    let words = ["10 events a day (UTC)", "\"noisy\""];
    server.check_problem(&refused, (429, "app_quota_used"), &words);
    // The server's clock stands at 08:00 UTC.
    assert_eq!(NOW % 86_400_000, 8 * 3_600_000);
    assert_eq!(refused.header("retry-after"), Some("57600"));
    // What was kept before is not counted twice, what is not kept is not counted at all.
    assert_eq!(send(2, 4).json()["duplicate"], true);
    memory.fail_with(|_| Err(GroupError::All(KeepError::Unavailable { reason: "no".into() })));
    assert_eq!(send(4, 2).status, 503);
    memory.fail_with(|_| Ok(()));
    assert_eq!(send(4, 2).text(), r#"{"accepted":2}"#);
    server.check_problem(&send(5, 1), (429, "app_quota_used"), &words);
    // The others' days are their own.
    server.acknowledge_one();
}

#[test]
fn limits_change_while_it_runs() {
    let folder = folder("");
    let serving = Serving::start_at(&folder, "error");
    let address = serving.address;
    let sequence = std::cell::Cell::new(0);
    let send = || {
        sequence.set(sequence.get() + 1);
        post(reload::frame(sequence.get(), KEY)).send(address)
    };
    let all_pass = || (0..MANY).for_each(|_| assert_eq!(send().status, 200));
    let configure = |more: &str, generation: u64| {
        reload::write(folder.path(), &toml(folder.path(), more));
        serving.signal("-HUP");
        reload::wait_for(address, |config| config["generation"] == generation);
    };
    all_pass();
    configure("[rates]\napp_requests_per_second = 1\napp_burst = 3", 2);
    let refused = check_rate(3, send);
    assert_eq!(refused.json()["type"], "/problems/app_rate_limited");
    // More at once: what has been used of the smaller burst is used of this one too.
    let begun = Instant::now();
    configure("[rates]\napp_requests_per_second = 1\napp_burst = 13", 3);
    check_rate_since(begun, 10, send);
    configure("[rates]\naddress_requests_per_second = 1\naddress_burst = 4", 4);
    let refused = check_rate(4, send);
    assert_eq!(refused.json()["type"], "/problems/address_rate_limited");
    configure("", 5);
    all_pass();
    serving.terminate();
    assert_eq!(serving.finish().0, Some(0));
}
