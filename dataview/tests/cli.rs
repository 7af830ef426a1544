//! The command line, as somebody types it.

use dna_tests::process::Process;
use dna_tests::redis_server::RedisServer;
use serde_json::Value;
use std::path::Path;
use std::process::{Command, Output};
use std::time::{Duration, Instant};
use tempfile::TempDir;

fn dataview(words: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_dataview"));
    command.args(words);
    command
}

fn run(words: &[&str]) -> Output {
    dataview(words).output().expect("it runs")
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

fn words<'a>(first: &[&'a str], dir: &'a Path, redis: &'a str) -> Vec<&'a str> {
    let dir = dir.to_str().expect("UTF-8");
    [first, &["--dir", dir, "--redis", redis]].concat()
}

#[test]
fn a_configuration_is_judged() {
    let folder = TempDir::new().unwrap();
    let file = folder.path().join("dataview.toml");
    std::fs::write(&file, "[buffer.redis]\nurl = \"redis://:hunter2@127.0.0.1:1\"").unwrap();
    let path = file.to_str().unwrap();
    let good = run(&["check-config", "--config", path]);
    let told = text(&good.stdout);
    assert_eq!(good.status.code(), Some(0), "{told}");
    assert!(told.contains("4 streams of Redis") && !told.contains("hunter2"), "{told}");
    std::fs::write(&file, "[geo]\nfiles = [\"/nowhere.mmdb\"]").unwrap();
    let bad = run(&["check-config", "--json", "--config", path]);
    assert_eq!(bad.status.code(), Some(2));
    let told: Value = serde_json::from_slice(&bad.stdout).unwrap();
    assert_eq!(told["ok"], false);
    assert!(told["error"].as_str().unwrap().contains("/nowhere.mmdb"), "{told}");
    std::fs::write(&file, "lisen = 1").unwrap();
    let bad = run(&["serve", "--config", path]);
    assert_eq!(bad.status.code(), Some(2));
    assert!(text(&bad.stderr).contains("unknown key `lisen`"));
}

#[test]
fn dead_letters_are_listed_replayed_and_removed() {
    let redis = RedisServer::start();
    let (folder, url) = (TempDir::new().unwrap(), redis.url());
    let mut serve = dataview(&words(&["serve", "--listen", "127.0.0.1:0"], folder.path(), &url));
    serve.stderr(std::process::Stdio::null());
    let (mut server, _) = Process::start(serve, "dataview listening on ");
    let mut add = redis::cmd("XADD");
    add.arg("dna:{2}:events").arg("*").arg("e").arg("no entry");
    let id: String = add.query(&mut redis.connect()).unwrap();

    let list = || {
        let listed = run(&words(&["dead-letters", "list", "--json"], folder.path(), &url));
        assert_eq!(listed.status.code(), Some(0), "{}", text(&listed.stderr));
        let lines = text(&listed.stdout);
        lines.lines().map(|line| serde_json::from_str(line).unwrap()).collect::<Vec<Value>>()
    };
    let until = |holds: &dyn Fn(&[Value]) -> bool| {
        let begun = Instant::now();
        loop {
            let letters = list();
            if holds(&letters) {
                return letters;
            }
            assert!(begun.elapsed() < Duration::from_secs(60), "{letters:?}");
        }
    };
    let letters = until(&|letters| letters.len() == 1);
    assert_eq!(letters[0]["reason"], "malformed_entry");
    assert_eq!(letters[0]["origin"], format!("dna:{{2}}:events {id}"));

    let first = letters[0]["id"].as_str().unwrap();
    let replay = run(&words(&["dead-letters", "replay", first], folder.path(), &url));
    assert_eq!(text(&replay.stdout), "1 to be tried again\n", "{}", text(&replay.stderr));
    until(&|letters| letters.len() == 1 && letters[0]["id"] != first);

    let unknown = run(&words(&["dead-letters", "remove", "2/1-1"], folder.path(), &url));
    assert_eq!(unknown.status.code(), Some(2));
    assert!(text(&unknown.stderr).contains("no dead letter is called \"2/1-1\""));
    let removed = run(&words(&["dead-letters", "remove", "--all"], folder.path(), &url));
    assert_eq!(text(&removed.stdout), "1 removed\n");
    until(&|letters| letters.is_empty());
    server.signal("TERM");
    server.wait();
}

#[test]
fn the_cause_in_a_file_of_rows_is_explained() {
    let folder = TempDir::new().unwrap();
    let file = folder.path().join("rows.csv");
    let mut rows = "when,region,operator,failed,requests\n".to_owned();
    for (minute, bad) in
        [("2026-01-31 07:58", 5), ("2026-01-31 07:59", 5), ("2026-01-31 08:00", 200)]
    {
        for (region, operator) in [("gd", "cu"), ("gd", "cm"), ("bj", "cu"), ("bj", "cm")] {
            let bad = if operator == "cu" { bad } else { 5 };
            rows.push_str(&format!("{minute},{region},{operator},{bad},1000\n"));
        }
    }
    std::fs::write(&file, rows).unwrap();
    let columns = ["--minute-column", "when", "--bad-column", "failed", "--all-column", "requests"];
    let asked =
        [&["explain", file.to_str().unwrap(), "--at", "2026-01-31 08:00"], &columns[..]].concat();
    let table = run(&asked);
    let told = text(&table.stdout);
    assert_eq!(table.status.code(), Some(0), "{told}{}", text(&table.stderr));
    assert!(told.contains("100%") && told.contains("0.50% → 20.00%"), "{told}");
    assert!(told.lines().nth(3).unwrap().ends_with("operator=cu"), "{told}");
    let json = run(&[&asked[..], &["--json"]].concat());
    let told: Value = serde_json::from_slice(&json.stdout).unwrap();
    assert_eq!(told["causes"][0]["sets"][0]["values"][0]["value"], "cu");
    assert_eq!(told["outside"], Value::Null);
    let wrong = run(&["explain", file.to_str().unwrap(), "--at", "2026-01-31 08:00"]);
    assert_eq!(wrong.status.code(), Some(2));
    assert!(text(&wrong.stderr).contains("line 1: there is no column \"min\""));
}
