//! `ingest doctor`, beside nothing and beside a service.

use crate::cli::{Serving, folder, run};
use crate::tls;
use serde_json::Value;

#[track_caller]
fn state(report: &Value, check: &str) -> String {
    let checks = report["checks"].as_array().expect("a list");
    let found = checks.iter().find(|finding| finding["check"] == check);
    let found = found.unwrap_or_else(|| panic!("no {check} in {report}"));
    assert!(found["detail"].as_str().is_some_and(|detail| !detail.is_empty()));
    found["state"].as_str().expect("a state").to_owned()
}

#[test]
fn it_says_what_serve_would_find() {
    let folder = folder("");
    let serving = Serving::start_at(&folder, "error");
    let output = run("doctor", &folder, &["--json"], &[]);
    let report: Value = serde_json::from_slice(&output.stdout).expect("JSON");
    assert_eq!((output.status.code(), &report["ok"]), (Some(0), &Value::Bool(true)), "{report}");
    for check in ["configuration", "clock", "disk room", "disk fsync", "keys"] {
        assert_ne!(state(&report, check), "failed", "{report}");
    }
    assert_eq!(state(&report, "redis"), "skipped");
    let text = run("doctor", &folder, &[], &[]);
    assert!(String::from_utf8_lossy(&text.stdout).contains("ok       configuration"));
    serving.terminate();
    assert_eq!(serving.finish().0, Some(0));
}

#[test]
fn what_fails_is_told_without_secrets() {
    let good = folder("");
    // Nobody listens on port 1.
    let redis = ["--json", "--redis", "redis://user:hunter2@127.0.0.1:1"];
    let output = run("doctor", &good, &redis, &[]);
    let report: Value = serde_json::from_slice(&output.stdout).expect("JSON");
    assert_eq!((output.status.code(), &report["ok"]), (Some(1), &Value::Bool(false)), "{report}");
    assert_eq!(
        (state(&report, "redis"), state(&report, "clock")),
        ("failed".into(), "skipped".into())
    );
    assert!(!report.to_string().contains("hunter2"), "{report}");
    let bad = folder("wokers = 1");
    let output = run("doctor", &bad, &["--json"], &[]);
    assert_eq!(output.status.code(), Some(2));
    let report: Value = serde_json::from_slice(&output.stdout).expect("JSON");
    assert_eq!(state(&report, "configuration"), "failed");
    assert_eq!(run("doctor", &bad, &[], &[]).status.code(), Some(2));
}

#[test]
fn the_end_of_a_certificate_is_told() {
    let pair = tempfile::tempdir().expect("a folder");
    let mut params = rcgen::CertificateParams::new(["localhost".to_owned()]).expect("a name");
    params.not_before = rcgen::date_time_ymd(2020, 1, 1);
    let served = folder(&tls::section(pair.path()));
    for (year, code, expected) in [(2099, 0, "ok"), (2021, 1, "failed")] {
        params.not_after = rcgen::date_time_ymd(year, 1, 1);
        let key = rcgen::KeyPair::generate().expect("a key");
        let certificate = params.self_signed(&key).expect("a certificate");
        for (name, text) in [("key.pem", key.serialize_pem()), ("cert.pem", certificate.pem())] {
            std::fs::write(pair.path().join(name), text).expect("writable");
        }
        let output = run("doctor", &served, &["--json"], &[]);
        let report: Value = serde_json::from_slice(&output.stdout).expect("JSON");
        assert_eq!(output.status.code(), Some(code), "{report}");
        assert_eq!(state(&report, "certificate"), expected, "{report}");
        assert!(report.to_string().contains(&format!("{year}-01-01T00:00:00Z")), "{report}");
    }
    let report = run("doctor", &folder(""), &["--json"], &[]);
    let report = serde_json::from_slice(&report.stdout).expect("JSON");
    assert_eq!(state(&report, "certificate"), "skipped");
}
