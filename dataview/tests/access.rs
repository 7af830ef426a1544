//! The program's own commands for accounts, tokens and the audit log, and what it keeps of what
//! somebody typed: nothing.
#![allow(clippy::unwrap_used, reason = "a test says so by failing")]

use serde_json::{Value, json};
use std::io::{BufRead, BufReader, Read, Write};
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};
use std::sync::mpsc;
use std::time::Duration;
use tempfile::TempDir;

const KEY: &str = "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff";
const PASSWORD: &str = "correct horse battery";

/// `dataview` with everything in `folder`, whose configuration is made when it is not there.
fn dataview(folder: &Path) -> Command {
    let config = folder.join("dataview.toml");
    if !config.exists() {
        let text = format!(
            "listen = \"127.0.0.1:0\"\ndir = {dir:?}\n[buffer.journal]\ndir = {journal:?}\n\
             [privacy]\npseudonym_key = \"{KEY}\"\n",
            dir = folder.join("kept"),
            journal = folder.join("journal"),
        );
        std::fs::write(&config, text).unwrap();
        std::fs::create_dir_all(folder.join("journal")).unwrap();
        std::fs::create_dir_all(folder.join("kept")).unwrap();
    }
    let mut command = Command::new(env!("CARGO_BIN_EXE_dataview"));
    command.env_clear().env("DNA_LOG", "debug");
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

/// A command with its words.
fn run(folder: &Path, words: &[&str], input: &str) -> Output {
    let mut command = dataview(folder);
    let config = folder.join("dataview.toml");
    command.args(words).arg("--config").arg(config);
    let mut child = command.spawn().unwrap();
    child.stdin.take().unwrap().write_all(input.as_bytes()).unwrap();
    child.wait_with_output().unwrap()
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

#[test]
fn accounts_and_tokens_are_managed_by_commands() {
    let folder = tempfile::tempdir().unwrap();
    let run = |words: &[&str], input: &str| run(folder.path(), words, input);
    let added = run(&["users", "add", "root", "--role", "administrator"], "");
    assert!(added.status.success(), "{}", text(&added.stderr));
    assert!(text(&added.stdout).starts_with("password of root: "));
    let words = ["users", "add", "ada", "--role", "support", "--app", "bank", "--password-stdin"];
    assert!(run(&words, "correct horse battery\n").status.success());
    let again = run(&words, "correct horse battery\n");
    assert_eq!(again.status.code(), Some(2));
    assert_eq!(text(&again.stderr), "dataview: there is an account \"ada\" already\n");
    let short = run(&["users", "password", "ada", "--password-stdin"], "short\n");
    assert_eq!(short.status.code(), Some(2));
    assert!(text(&short.stderr).contains("5 characters long; allowed: 12 characters"));
    let listed = text(&run(&["users", "list", "--json"], "").stdout);
    let ada: Value = serde_json::from_str(listed.lines().next().unwrap()).unwrap();
    assert_eq!(
        (&ada["name"], &ada["role"], &ada["apps"]),
        (&json!("ada"), &json!("support"), &json!(["bank"]))
    );
    assert_eq!(ada["must_change_password"], false);
    let last = run(&["users", "remove", "root"], "");
    assert_eq!(last.status.code(), Some(2));
    assert!(text(&last.stderr).contains("last administrator"));
    let token =
        text(&run(&["tokens", "add", "wall", "--role", "viewer", "--days", "9"], "").stdout);
    assert!(token.starts_with("dna_") && token.trim().len() == 47, "{token}");
    assert!(
        text(&run(&["tokens", "list"], "").stdout).starts_with("wall  viewer  all applications")
    );
    let wrong = run(&["users", "add", "eve", "--role", "king"], "");
    assert_eq!(wrong.status.code(), Some(2));
    assert!(text(&wrong.stderr).contains("expected viewer, support or administrator"));
}

#[test]
fn the_audit_log_is_verified_and_the_first_broken_record_named() {
    let folder = tempfile::tempdir().unwrap();
    let run = |words: &[&str]| run(folder.path(), words, "");
    for name in ["a", "b", "c"] {
        assert!(run(&["tokens", "add", name, "--role", "viewer"]).status.success());
    }
    let verified = run(&["audit", "verify", "--json"]);
    let told: Value = serde_json::from_str(&text(&verified.stdout)).unwrap();
    assert_eq!((verified.status.code(), &told["records"]), (Some(0), &json!(3)));
    let head = told["head"].as_str().unwrap().to_owned();
    assert!(run(&["audit", "verify", "--head", &head]).status.success());
    let listed = text(&run(&["audit", "list", "--limit", "1"]).stdout);
    assert!(listed.contains("token_added  c"), "{listed}");

    let file = rusqlite::Connection::open(folder.path().join("kept/access.db")).unwrap();
    file.execute("DELETE FROM audit WHERE sequence = 3", []).unwrap();
    assert!(run(&["audit", "verify"]).status.success(), "what is left is whole");
    let cut = run(&["audit", "verify", "--head", &head]);
    assert_eq!(cut.status.code(), Some(1));
    assert!(text(&cut.stdout).contains("the end was cut off"));
    file.execute(
        "UPDATE audit SET record = replace(record, 'viewer', 'v') || ' ' WHERE sequence = 2",
        [],
    )
    .unwrap();
    let broken = run(&["audit", "verify"]);
    assert_eq!(broken.status.code(), Some(1));
    assert_eq!(text(&broken.stdout), "record 2 is broken: it, or the one before it, was changed\n");
}

/// A server; what it logs is in a file.
struct Server {
    child: Child,
    address: String,
}

impl Server {
    fn start(folder: &TempDir) -> Self {
        let log = std::fs::File::create(folder.path().join("log")).unwrap();
        let mut command = dataview(folder.path());
        command.arg("serve").arg("--config").arg(folder.path().join("dataview.toml")).stderr(log);
        let mut child = command.spawn().unwrap();
        let (send, receive) = mpsc::channel();
        let out = BufReader::new(child.stdout.take().unwrap());
        std::thread::spawn(move || {
            for line in out.lines().map_while(Result::ok) {
                if let Some((_, address)) = line.split_once("listening on ") {
                    let _ = send.send(address.to_owned());
                }
            }
        });
        let address = receive.recv_timeout(Duration::from_secs(60)).expect("it says where");
        Self { child, address }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[test]
fn what_was_typed_is_in_no_file_and_no_log() {
    const TYPED: [&str; 4] =
        ["customer-4711-canary", "6222021234567890128", "13812345678", "11010519491231002X"];
    let folder = tempfile::tempdir().unwrap();
    let words = ["users", "add", "ada", "--role", "support", "--app", "bank", "--password-stdin"];
    assert!(run(folder.path(), &words, &format!("{PASSWORD}\n")).status.success());
    let server = Server::start(&folder);
    drop(rustls::crypto::ring::default_provider().install_default());
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let secrets = runtime.block_on(async {
        let http = reqwest::Client::new();
        let post = |path: &str, body: Value| {
            let request = http.post(format!("{}{path}", server.address));
            request.header("content-type", "application/json").body(body.to_string())
        };
        let wrong = post("/api/v1/login", json!({"name": "ada", "password": "a wrong password"}));
        assert_eq!(wrong.send().await.unwrap().status(), 401);
        let login = post("/api/v1/login", json!({"name": "ada", "password": PASSWORD}));
        let login = login.send().await.unwrap();
        let cookie =
            login.headers()["set-cookie"].to_str().unwrap().split(';').next().unwrap().to_owned();
        let me: Value = serde_json::from_str(&login.text().await.unwrap()).unwrap();
        let csrf = me["csrf"].as_str().unwrap();
        for typed in TYPED {
            let body = json!({"app": "bank", "id": typed, "reason": format!("{typed} called")});
            let look_up = post("/api/v1/users/lookup", body);
            let look_up = look_up.header("cookie", &cookie).header("x-csrf-token", csrf);
            assert_eq!(look_up.send().await.unwrap().status(), 200);
        }
        let mine = http.get(format!("{}/api/v1/subscriptions", server.address));
        let mine = mine.header("cookie", &cookie).send().await.unwrap();
        assert_eq!(mine.status(), 200, "subscriptions are served");
        [cookie.trim_start_matches("dna_session=").to_owned(), csrf.to_owned()]
    });
    drop(server);
    let (mut files, mut bytes) = (0, 0);
    look_through(folder.path(), &mut |path, content| {
        files += 1;
        bytes += content.len();
        let known = TYPED.iter().copied().chain(secrets.iter().map(String::as_str));
        for canary in known.chain([PASSWORD, "a wrong password"]) {
            assert!(!content.contains(canary), "{canary} is in {}", path.display());
        }
    });
    assert!(files >= 4 && bytes > 10_000, "{files} files with {bytes} bytes were read");
    assert!(std::fs::read_to_string(folder.path().join("log")).unwrap().contains("audit log"));
}

fn look_through(folder: &Path, see: &mut impl FnMut(&Path, &str)) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            look_through(&path, see);
            continue;
        }
        let mut content = Vec::new();
        std::fs::File::open(&path).unwrap().read_to_end(&mut content).unwrap();
        see(&path, &String::from_utf8_lossy(&content));
    }
}
