//! Another configuration while the service runs: taken over whole, or refused and told.

use crate::cli::{Serving, folder, run};
use crate::client::{get, post};
use crate::frames::{self, KEY};
use crate::server::toml;
use crate::tls::{section, write_pair};
use dna_protocol::json::frame_value;
use serde_json::{Value, json};
use std::net::SocketAddr;
use std::path::Path;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant, SystemTime};

/// How long a change may take to be seen.
const DEADLINE: Duration = Duration::from_secs(30);

/// Puts `text` in the file's place in one step, as deployments do.
pub(crate) fn write(folder: &Path, text: &str) {
    let new = folder.join("ingest.toml.new");
    std::fs::write(&new, text).expect("writable");
    std::fs::rename(new, folder.join("ingest.toml")).expect("renamed");
}

/// A frame of now by `key`.
pub(crate) fn frame(sequence: u64, key: &str) -> Vec<u8> {
    let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).expect("after 1970");
    let now = now.as_millis() as u64;
    let mut header = frames::header(sequence);
    header.sent_at = Some(now);
    let mut frame = frame_value(&dna_protocol::Frame { header, events: vec![] });
    frame["app_key"] = key.into();
    frame["events"] = json!([{"kind": "custom", "time": now, "body": {"event.name": "n"}}]);
    frame.to_string().into_bytes()
}

fn config(address: SocketAddr) -> Value {
    get("/health/ready").send(address).json()["config"].clone()
}

/// Waits until `/health/ready` says of its configuration what `is_there` wants.
#[track_caller]
pub(crate) fn wait_for(address: SocketAddr, is_there: impl Fn(&Value) -> bool) -> Value {
    let start = Instant::now();
    loop {
        let config = config(address);
        if is_there(&config) {
            return config;
        }
        assert!(start.elapsed() < DEADLINE, "{config}");
        std::thread::sleep(Duration::from_millis(20));
    }
}

fn metric(address: SocketAddr, name: &str) -> u64 {
    let answer = get("/metrics").send(address);
    let line = answer.text().lines().find(|line| line.starts_with(&format!("dna_ingest_{name} ")));
    let line = line.unwrap_or_else(|| panic!("no {name}"));
    line.rsplit(' ').next().and_then(|value| value.parse().ok()).expect("a number")
}

#[test]
fn a_changed_file_is_taken_over_and_a_wrong_one_refused() {
    let folder = folder("");
    let mut serving = Serving::start(&folder);
    let address = serving.address;
    let send = |sequence, key: &str| post(frame(sequence, key)).send(address).status;
    let good = toml(folder.path(), "");
    assert_eq!(config(address)["generation"], 1);
    assert_eq!((send(1, KEY), send(2, "new-key")), (200, 401));

    // A key is added: nobody asks, the file's change is enough.
    write(folder.path(), &good.replace(&format!("{KEY:?}"), &format!("{KEY:?}, \"new-key\"")));
    wait_for(address, |config| config["generation"] == 2);
    assert_eq!((send(3, KEY), send(4, "new-key")), (200, 200));

    // A wrong file, and at once, by the signal: the one in force stays, and why is told.
    write(folder.path(), &format!("wokers = 1\n{good}"));
    serving.signal("-HUP");
    let told = wait_for(address, |config| config["refused"].is_string());
    assert!(told["refused"].as_str().is_some_and(|why| why.contains("`wokers`")), "{told}");
    assert_eq!(told["generation"], 2);
    serving.wait_for("configuration refused");
    assert_eq!((send(5, KEY), send(6, "new-key")), (200, 200));
    assert_eq!((metric(address, "config_refused"), metric(address, "config_generation")), (1, 2));

    // A right one, of which a part waits for a restart: by name.
    let other = good.replace("workers = 1", "workers = 2").replace(KEY, "third-key");
    write(folder.path(), &other);
    serving.signal("-HUP");
    let told = wait_for(address, |config| config["generation"] == 3);
    assert_eq!(told["needs_restart"], json!(["workers"]));
    assert!(told.get("refused").is_none(), "{told}");
    assert_eq!((send(7, KEY), send(8, "new-key"), send(9, "third-key")), (401, 401, 200));
    assert_eq!(metric(address, "config_refused"), 0);
    assert_eq!(metric(address, "config_needs_restart"), 1);

    // An application goes; its counters stay, and the others' are still theirs.
    let (before, rest) = other.split_once("[[apps]]").expect("an application");
    let (_, open) = rest.split_once("[[apps]]").expect("another");
    write(folder.path(), &format!("{before}[[apps]]{open}"));
    serving.signal("-HUP");
    wait_for(address, |config| config["generation"] == 4);
    assert_eq!((send(10, "third-key"), send(11, "open-key")), (401, 200));
    assert_eq!(metric(address, "frames_accepted_total{app=\"bank\"}"), 6);
    assert_eq!(metric(address, "frames_accepted_total{app=\"open\"}"), 1);
    serving.terminate();
    assert_eq!(serving.finish().0, Some(0));
}

/// A key file is a part of the configuration: when it changes, pseudonyms do.
#[test]
fn a_secret_in_a_file_is_rotated() {
    let folder = folder("");
    let key = folder.path().join("pseudonym.key");
    std::fs::write(&key, "11".repeat(32)).expect("writable");
    let text = toml(folder.path(), "");
    let line = text.lines().find(|line| line.starts_with("pseudonym_key")).expect("a line");
    write(folder.path(), &text.replace(line, &format!("pseudonym_key_file = {key:?}")));
    let serving = Serving::start(&folder);
    std::fs::write(&key, "22".repeat(32)).expect("writable");
    wait_for(serving.address, |config| config["generation"] == 2);
    std::fs::write(&key, "short").expect("writable");
    let told = wait_for(serving.address, |config| config["refused"].is_string());
    assert!(told["refused"].as_str().is_some_and(|why| why.contains("32 bytes")), "{told}");
    assert!(!told.to_string().contains("short"), "{told}");
    serving.terminate();
    let (code, log) = serving.finish();
    assert_eq!(code, Some(0));
    for secret in ["11".repeat(32), "22".repeat(32), "\"short\"".to_owned()] {
        assert!(!log.contains(&secret), "{log}");
    }
}

/// A certificate is renewed in two files: while they do not fit, the old pair is served, and the
/// rest of the configuration is taken over all the same.
#[test]
fn a_half_renewed_certificate_holds_up_nothing_else() {
    let folder = folder("");
    write_pair(folder.path());
    let good = toml(folder.path(), &section(folder.path()));
    write(folder.path(), &good);
    let mut serving = Serving::start(&folder);
    let address = serving.address;
    let other = tempfile::tempdir().expect("a folder");
    write_pair(other.path());
    std::fs::copy(other.path().join("cert.pem"), folder.path().join("cert.pem")).expect("copied");
    write(folder.path(), &good.replace(KEY, "third-key"));
    serving.signal("-HUP");
    let told = wait_for(address, |config| {
        config["generation"].as_u64() >= Some(2) || config["refused"].is_string()
    });
    assert!(told.get("refused").is_none(), "{told}");
    assert_eq!(post(frame(1, "third-key")).send(address).status, 200);
    serving.wait_for("certificate not reloaded");
    // The other half comes: nobody asks, and the pair is served.
    std::fs::copy(other.path().join("key.pem"), folder.path().join("key.pem")).expect("copied");
    serving.wait_for("certificate reloaded");
    // At a start, and for who asks, it is judged; who serves nothing does not need it.
    std::fs::write(folder.path().join("key.pem"), "no key").expect("writable");
    let judged = run("check-config", &folder, &[], &[]);
    assert_eq!(judged.status.code(), Some(2), "{judged:?}");
    let tail = run("tail", &folder, &["--no-follow"], &[]);
    assert_eq!(tail.status.code(), Some(0), "{tail:?}");
    serving.terminate();
    assert_eq!(serving.finish().0, Some(0));
}

/// Keys rotate and files are wrong now and then while clients send: none of them notices.
#[test]
fn swapped_under_load_no_request_fails() {
    let full = std::env::var_os("DNA_SOAK").is_some_and(|value| value == "1");
    let swaps = if full { 200 } else { 12 };
    let folder = folder("");
    let serving = Serving::start_at(&folder, "error");
    let address = serving.address;
    let good = toml(folder.path(), "");
    let is_over = AtomicBool::new(false);
    // Of each client: on a busy machine one may wait for its turn while the others send many.
    let sent = [(); 4].map(|()| AtomicU64::new(0));
    let key = |generation: u64| format!("key-{generation}");
    // What clients may use: a key of the generation in force is also one of the next.
    let current = AtomicU64::new(0);
    let with_keys = |generation: u64| {
        let keys = format!("[{:?}, {:?}]", key(generation), key(generation + 1));
        good.replace(&format!("[{KEY:?}]"), &keys)
    };
    let count = || sent.each_ref().map(|sent| sent.load(Ordering::Relaxed));
    write(folder.path(), &with_keys(0));
    serving.signal("-HUP");
    wait_for(address, |config| config["generation"] == 2);
    std::thread::scope(|scope| {
        for (client, sent) in sent.iter().enumerate() {
            let (is_over, current) = (&is_over, &current);
            scope.spawn(move || {
                let mut sequence = (client as u64) << 32;
                while !is_over.load(Ordering::Relaxed) {
                    sequence += 1;
                    let key = key(current.load(Ordering::SeqCst));
                    let answer = post(frame(sequence, &key)).send(address);
                    assert_eq!(answer.status, 200, "{key}: {}", answer.text());
                    sent.fetch_add(1, Ordering::Relaxed);
                }
            });
        }
        for swap in 1..=swaps {
            if swap % 4 == 0 {
                write(folder.path(), "wrong");
                serving.signal("-HUP");
                wait_for(address, |config| config["refused"].is_string());
            }
            // Clients go on to the next key, which is in force already; who was under way with the
            // last one has ended when he is answered once more.
            current.store(swap, Ordering::SeqCst);
            let before = count();
            let start = Instant::now();
            while count().iter().zip(&before).any(|(now, before)| now == before) {
                assert!(start.elapsed() < DEADLINE, "the clients have stopped");
                std::thread::yield_now();
            }
            write(folder.path(), &with_keys(swap));
            serving.signal("-HUP");
            wait_for(address, |config| config["generation"].as_u64() >= Some(swap + 2));
        }
        is_over.store(true, Ordering::Relaxed);
    });
    let sent: u64 = count().iter().sum();
    eprintln!("{swaps} configurations, {sent} frames sent and acknowledged, 0 failed");
    assert_eq!(metric(address, "frames_accepted_total{app=\"bank\"}"), sent);
    assert_eq!(post(frame(1 << 50, &key(0))).send(address).status, 401, "the first key is gone");
    serving.terminate();
    assert_eq!(serving.finish().0, Some(0));
}
