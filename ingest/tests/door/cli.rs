//! The binary itself: what it prints, how it stops, its exit codes, and what its logs do not say.

use crate::client::{get, post};
use crate::frames::{self, KEY};
use crate::remote_config;
use crate::server::toml;
use dna_protocol::json::frame_value;
use serde_json::{Value, json};
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::process::{Child, ChildStderr, ChildStdout, Command, Output, Stdio};
use std::time::SystemTime;
use tempfile::TempDir;

fn ingest() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_ingest"));
    command.env_clear();
    command
}

/// A folder with a configuration of `more` lines at its head.
pub(crate) fn folder(more: &str) -> TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    let text = toml(folder.path(), more);
    std::fs::write(folder.path().join("ingest.toml"), text).expect("writable");
    folder
}

pub(crate) fn run(
    command: &str,
    folder: &TempDir,
    args: &[&str],
    environment: &[(&str, &str)],
) -> Output {
    let mut ingest = ingest();
    ingest.arg(command).arg("--config").arg(folder.path().join("ingest.toml")).args(args);
    ingest.envs(environment.iter().copied()).output().expect("it runs")
}

pub(crate) struct Serving {
    child: Child,
    pub(crate) address: SocketAddr,
    errors: BufReader<ChildStderr>,
    log: String,
    /// Open to its end: more may be announced.
    out: BufReader<ChildStdout>,
}

impl Serving {
    pub(crate) fn start(folder: &TempDir) -> Self {
        Self::start_at(folder, "trace")
    }

    /// A server that logs at `level`; empty: as it does by itself.
    pub(crate) fn start_at(folder: &TempDir, level: &str) -> Self {
        Self::start_as(ingest(), folder, level)
    }

    /// The same with at most so many open files, as `ulimit` is told it.
    pub(crate) fn start_with_ulimit(folder: &TempDir, ulimit: &str) -> Self {
        let mut command = Command::new("sh");
        command.env_clear().args(["-c", &format!("ulimit {ulimit} && exec \"$0\" \"$@\"")]);
        command.arg(env!("CARGO_BIN_EXE_ingest"));
        Self::start_as(command, folder, "info")
    }

    fn start_as(mut command: Command, folder: &TempDir, level: &str) -> Self {
        command.arg("serve").arg("--config").arg(folder.path().join("ingest.toml"));
        // No balancer has to notice that it ends.
        command.env("DNA_HTTP_DRAIN_DELAY_MS", "0");
        command.env("DNA_LOG", level).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().expect("it starts");
        let mut line = String::new();
        let mut out = BufReader::new(child.stdout.take().expect("piped"));
        out.read_line(&mut line).expect("a line");
        let address = line.trim_end().strip_prefix("ingest listening on http://");
        let address = address.unwrap_or_else(|| panic!("{line:?}")).parse().expect("an address");
        let errors = BufReader::new(child.stderr.take().expect("piped"));
        Self { child, address, errors, log: String::new(), out }
    }

    /// Where it speaks TLS, which it announces next.
    pub(crate) fn tls_address(&mut self) -> SocketAddr {
        let mut line = String::new();
        self.out.read_line(&mut line).expect("a line");
        let address = line.trim_end().strip_prefix("ingest listening on https://");
        address.unwrap_or_else(|| panic!("{line:?}")).parse().expect("an address")
    }

    /// The system's number of it.
    pub(crate) fn id(&self) -> u32 {
        self.child.id()
    }

    pub(crate) fn terminate(&self) {
        self.signal("-TERM");
    }

    pub(crate) fn signal(&self, signal: &str) {
        let pid = self.child.id().to_string();
        let killed = Command::new("kill").args([signal, &pid]).status().expect("kill runs");
        assert!(killed.success());
    }

    /// Reads the log until a line has `words`.
    pub(crate) fn wait_for(&mut self, words: &str) {
        loop {
            let start = self.log.len();
            let read = self.errors.read_line(&mut self.log).expect("UTF-8");
            assert!(read > 0, "no {words:?} in {}", self.log);
            if self.log[start..].contains(words) {
                return;
            }
        }
    }

    /// The exit code and the whole log.
    pub(crate) fn finish(mut self) -> (Option<i32>, String) {
        self.errors.read_to_string(&mut self.log).expect("UTF-8");
        (self.child.wait().expect("it ends").code(), std::mem::take(&mut self.log))
    }
}

impl Drop for Serving {
    /// Leaves none behind, however its test ends.
    fn drop(&mut self) {
        // Neither can fail but where it has ended already.
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

/// A frame of now with a user ID in it.
fn frame(user_id: &str) -> Vec<u8> {
    event(1, "identity", &json!({"user.id": user_id}))
}

/// A frame of now, as the binary has a real clock, with one event.
fn event(sequence: u64, kind: &str, body: &Value) -> Vec<u8> {
    let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).expect("after 1970");
    let now = now.as_millis() as u64;
    let mut header = frames::header(sequence);
    header.sent_at = Some(now);
    let mut frame = frame_value(&dna_protocol::Frame { header, events: vec![] });
    frame["events"] = json!([{"kind": kind, "time": now, "body": body}]);
    frame.to_string().into_bytes()
}

#[test]
fn it_serves_and_logs_nothing_personal_at_any_level() {
    let folder = folder("");
    let serving = Serving::start(&folder);
    let canary = "canary-0815";
    assert_eq!(post(frame(canary)).send(serving.address).status, 200);
    let mut broken = frame(canary);
    broken.pop();
    assert_eq!(post(broken).send(serving.address).status, 400);
    assert_eq!(get(&format!("/{canary}")).send(serving.address).status, 404);
    assert!(!get("/metrics").send(serving.address).text().contains(canary));
    let vital = json!({"browser.web_vital.name": canary, "browser.web_vital.value": 1});
    let refused = event(2, "web_vital", &vital);
    assert_eq!(post(refused).send(serving.address).status, 422);
    serving.terminate();
    let (code, log) = serving.finish();
    assert_eq!(code, Some(0), "{log}");
    assert!(log.contains("frame refused"), "the level is on: {log}");
    assert!(!log.contains(canary), "{log}");
    let lines = log.lines().filter(|line| line.contains("127.0.0.1"));
    assert_eq!(lines.count(), 0, "no addresses: {log}");
    let tail = run("tail", &folder, &["--json", "--no-follow"], &[]);
    let text = String::from_utf8(tail.stdout).expect("UTF-8");
    let entry: Value = serde_json::from_str(&text).expect("one line of JSON");
    let hash = &entry["frame"]["events"][0]["body"]["user.hash"];
    assert_eq!(hash.as_str().map(str::len), Some(64), "{text}");
    assert!(!text.contains(canary) && !text.contains(KEY), "{text}");
}

#[test]
fn strangers_cannot_fill_the_log_unless_it_is_asked_for() {
    for (level, is_logged) in [("", false), ("warn", false), ("debug", true)] {
        let folder = folder("");
        let serving = Serving::start_at(&folder, level);
        for bytes in ["hello\r\n\r\n", "GET / HTTP/1.1\r\nContent-Length: x\r\n\r\n"] {
            let mut stream = TcpStream::connect(serving.address).expect("it listens");
            stream.write_all(bytes.as_bytes()).expect("taken");
            let mut answer = String::new();
            stream.read_to_string(&mut answer).expect("an answer");
            assert!(answer.starts_with("HTTP/1.1 400"), "{answer}");
        }
        serving.terminate();
        let (_, log) = serving.finish();
        assert_eq!(log.contains("stream error"), is_logged, "at {level:?}: {log}");
        assert_eq!(log.contains("ERROR"), is_logged, "at {level:?}: {log}");
    }
}

#[test]
fn a_request_in_flight_is_finished_before_it_stops() {
    let folder = folder("");
    let mut serving = Serving::start(&folder);
    let body = frame("u");
    let mut stream = TcpStream::connect(serving.address).expect("it listens");
    let head =
        format!("POST /v1/beacon HTTP/1.1\r\nHost: d\r\nContent-Length: {}\r\n\r\n", body.len());
    stream.write_all(head.as_bytes()).expect("taken");
    stream.write_all(&body[..10]).expect("taken");
    // Another request on the one worker: when it is answered, the first was begun.
    assert_eq!(get("/health/live").send(serving.address).status, 200);
    serving.terminate();
    serving.wait_for("stopping");
    stream.write_all(&body[10..]).expect("taken");
    let mut answer = String::new();
    stream.read_to_string(&mut answer).expect("an answer");
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    assert_eq!(serving.finish().0, Some(0));
    let tail = run("tail", &folder, &["--json", "--no-follow"], &[]);
    assert_eq!(String::from_utf8_lossy(&tail.stdout).lines().count(), 1);
}

#[test]
fn exit_codes_and_words() {
    let good = folder("");
    let bad = folder("wokers = 1");
    let taken = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
    let taken = taken.local_addr().expect("its address").to_string();
    let journal = good.path().join("ingest.toml").display().to_string();
    let under = format!("{journal}/journal");
    type Case<'a> = (&'a str, &'a TempDir, &'a [&'a str], &'a [(&'a str, &'a str)], i32, &'a str);
    let key = good.path().join("remote-config.pem");
    std::fs::write(&key, remote_config::PEM).expect("writable");
    let key = key.to_str().expect("UTF-8");
    let signing = [("DNA_REMOTE_CONFIG_SIGNING_KEY_FILE", key)];
    let shown = format!("data-config-key is {}", remote_config::PUBLIC);
    let cases: &[Case<'_>] = &[
        ("check-config", &good, &[], &signing, 0, &shown),
        ("check-config", &good, &["--json"], &signing, 0, remote_config::PUBLIC),
        ("check-config", &good, &[], &[], 0, "is fine"),
        ("check-config", &good, &["--json"], &[], 0, r#""ok":true"#),
        ("check-config", &bad, &[], &[], 2, "unknown key `wokers`"),
        ("check-config", &bad, &["--json"], &[], 2, r#""ok":false"#),
        ("check-config", &good, &["--redis", "redis://h"], &[], 0, "Redis, 4 streams"),
        (
            "check-config",
            &good,
            &["--journal", "/j"],
            &[("DNA_BUFFER_REDIS_URL", "redis://h")],
            0,
            "/j",
        ),
        ("check-config", &good, &[], &[("DNA_LISEN", "x")], 0, "DNA_LISEN sets nothing"),
        ("check-config", &good, &["--workers", "0"], &[], 2, "--workers"),
        ("check-config", &good, &["--workers", "x"], &[], 2, "`workers` = \"x\" (from --workers)"),
        ("serve", &good, &["--workers", "x"], &[], 2, "an integer from 1 to 512"),
        ("serve", &good, &["--listen", "here"], &[], 2, "IP:PORT"),
        ("serve", &bad, &[], &[], 2, "unknown key `wokers`"),
        ("serve", &good, &[], &[("DNA_LOG", "loud")], 2, "\"loud\""),
        ("serve", &good, &["--bogus"], &[], 2, "--bogus"),
        ("serve", &good, &["--listen", &taken], &[], 1, "cannot listen on"),
        ("serve", &good, &["--journal", &under], &[], 1, "cannot open the buffer"),
        ("serve", &good, &["--journal", &journal], &[], 2, "(from --journal)"),
        ("check-config", &good, &["--journal", &journal], &[], 2, "`buffer.journal.dir`"),
    ];
    for (command, folder, args, environment, code, words) in cases {
        let output = run(command, folder, args, environment);
        let text = [output.stdout, output.stderr].concat();
        let text = String::from_utf8(text).expect("UTF-8");
        assert_eq!(output.status.code(), Some(*code), "{command} {args:?}: {text}");
        assert!(text.contains(words), "{command} {args:?}: {text}");
    }
    let tail = ingest().arg("tail").output().expect("it runs");
    assert_eq!(tail.status.code(), Some(2));
    let help = ingest().arg("--help").output().expect("it runs");
    assert!(String::from_utf8_lossy(&help.stdout).contains("Exit codes: 0 done, 1 failed, 2"));
}

/// The folder need not be there, but it must be possible to make it.
#[test]
fn check_config_judges_where_the_journal_would_be() {
    let folder = folder("");
    for (journal, word) in [("/proc/nope", "/proc: "), ("/dev/null/a/b", "/dev/null: ")] {
        let judged = run("check-config", &folder, &["--journal", journal], &[]);
        let said = String::from_utf8_lossy(&judged.stderr);
        assert_eq!(judged.status.code(), Some(2), "{said}");
        for word in ["`buffer.journal.dir`", journal, "--journal", "a directory", word] {
            assert!(said.contains(word), "{said:?} does not say {word:?}");
        }
    }
    let new = folder.path().join("a/b/c");
    let judged = run("check-config", &folder, &["--journal", &new.display().to_string()], &[]);
    assert_eq!(judged.status.code(), Some(0), "{judged:?}");
    assert!(!folder.path().join("a").exists(), "nothing stays");
    let left = std::fs::read_dir(folder.path()).expect("readable").count();
    assert_eq!(left, 1, "only the configuration");
}
