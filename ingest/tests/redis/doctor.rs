//! `ingest doctor` with a real Redis.

use crate::server::RedisServer;
use std::process::Command;

#[test]
fn redis_and_its_clock_are_looked_at() {
    let server = RedisServer::start(&["--appendonly", "yes"]);
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("ingest.toml");
    let config = format!(
        "[buffer.redis]\nurl = {:?}\n[privacy]\npseudonym_key = {:?}\n[[apps]]\nname = \"a\"\n\
         keys = [\"k\"]\norigins = [\"*\"]\n",
        server.url(),
        "ab".repeat(32)
    );
    std::fs::write(&file, config).expect("writable");
    let doctor = || {
        let mut command = Command::new(env!("CARGO_BIN_EXE_ingest"));
        let output = command.current_dir(&folder).env_clear().arg("doctor").arg("--json");
        let output = output.arg("--config").arg(&file).output().expect("it runs");
        let report: serde_json::Value = serde_json::from_slice(&output.stdout).expect("JSON");
        let of = |check: &str| {
            let checks = report["checks"].as_array().expect("a list");
            let found = checks.iter().find(|it| it["check"] == check);
            found.unwrap_or_else(|| panic!("no {check} in {report}"))["state"].clone()
        };
        (output.status.code(), of("redis"), of("clock"))
    };
    assert_eq!(doctor(), (Some(0), "ok".into(), "ok".into()));
    drop(server);
    assert_eq!(doctor(), (Some(1), "failed".into(), "skipped".into()));
}
