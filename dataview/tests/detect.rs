//! `dataview detect`, as somebody types it.

use std::io::Write;
use std::process::{Command, Output, Stdio};

fn detect(csv: &str, words: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_dataview"));
    command.args(["detect", "-"]).args(words);
    let mut child = command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("it runs");
    let mut stdin = child.stdin.take().expect("piped");
    let csv = csv.to_owned();
    let writer = std::thread::spawn(move || {
        // A program that has seen enough closes its end.
        let _ = stdin.write_all(csv.as_bytes());
    });
    let output = child.wait_with_output().expect("it ends");
    writer.join().expect("no panic");
    output
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// A day's wave at five minutes for ten days, with a fault of two hours on the ninth.
fn wave(row: impl Fn(usize, f64) -> String) -> String {
    let value = |n: usize| {
        let hour = (n % 288) as f64 / 12.0;
        let usual = 100.0 + 20.0 * (hour / 24.0 * std::f64::consts::TAU).sin() + (n * 7 % 5) as f64;
        if (FAULT..FAULT + 24).contains(&n) { usual + 150.0 } else { usual }
    };
    (0..2_880).map(|n| row(n, value(n))).collect()
}

const FAULT: usize = 8 * 288 + 100;

#[test]
fn each_row_has_a_score_and_the_fault_stands_out_once() {
    let rows = wave(|n, value| format!("{},{value:.2}\n", 1_772_409_600 + n * 300));
    let output = detect(&format!("timestamp,value\n{rows}"), &[]);
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
    let told = text(&output.stdout);
    let mut lines = told.lines();
    assert_eq!(lines.next(), Some("timestamp,value,score"));
    let scores: Vec<f64> =
        lines.map(|line| line.rsplit(',').next().unwrap().parse().unwrap()).collect();
    assert_eq!(scores.len(), 2_880);
    assert!(scores.iter().all(|score| (0.0..=1.0).contains(score)));
    // In the first day the wave's own top is new.
    let out: Vec<usize> = (288..scores.len()).filter(|n| scores[*n] >= 0.5).collect();
    assert!((FAULT..FAULT + 12).contains(&out[0]), "{out:?}");
    assert!(out.len() <= 12 && out.iter().all(|n| (FAULT..FAULT + 60).contains(n)), "{out:?}");
}

#[test]
fn quotes_other_columns_and_json() {
    let csv = "\u{FEFF}note,\"when\",\"how, much\"\r\n\"a \"\"b\"\"\nc\",2026-03-02 10:00,7\r\n\
               x,2026-03-02 10:05,\r\n";
    let words = ["--timestamp", "when", "--value", "how, much", "--json"];
    let output = detect(csv, &words);
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
    let told: Vec<serde_json::Value> =
        text(&output.stdout).lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(
        (&told[0]["timestamp"], &told[0]["value"]),
        (&"2026-03-02 10:00".into(), &7.0.into())
    );
    assert_eq!(told[0]["is_out"], false);
    assert!(told[1]["value"].is_null() && told[1]["score"] == 0.0, "a gap: {}", told[1]);
}

#[test]
fn rows_without_a_heading_are_rows() {
    let output = detect("2026-03-02,1\n2026-03-03,2\n", &[]);
    assert_eq!(text(&output.stdout).lines().count(), 3, "{}", text(&output.stderr));
}

#[test]
fn bad_rows_are_told_with_their_line_and_the_others_scored() {
    let csv = "timestamp,value\n2026-03-02 10:00,1\nyesterday,2\n2026-03-02 10:10,many\n\n2026-03-02 10:15\n2026-03-02 10:20,5\n";
    let output = detect(csv, &[]);
    let told = text(&output.stderr);
    assert_eq!(output.status.code(), Some(1));
    assert!(told.contains("line 3: \"yesterday\" is no timestamp; expected"), "{told}");
    assert!(told.contains("line 4: \"many\" is no value; expected a number"), "{told}");
    assert!(told.contains("line 6: 1 columns; the value should be in column 2"), "{told}");
    assert!(told.contains("3 of 5 rows"), "{told}");
    assert_eq!(text(&output.stdout).lines().count(), 3);
}

#[test]
fn what_is_no_series_is_refused_by_name() {
    let missing = detect("a,b\n1,2\n", &[]);
    assert_eq!(missing.status.code(), Some(2));
    let told = text(&missing.stderr);
    assert!(told.contains("no column \"timestamp\"; the first row has a,b"), "{told}");
    let empty = detect("", &[]);
    assert!(text(&empty.stderr).contains("is empty") && empty.status.code() == Some(2));
    let open = detect(&format!("timestamp,value\n2026-03-02,\"1{}", "1\n".repeat(100_000)), &[]);
    let told = text(&open.stderr);
    assert!(
        told.contains("line 2: a row of more than 65536 bytes; is a quote not closed?"),
        "{told}"
    );
    let none =
        Command::new(env!("CARGO_BIN_EXE_dataview")).args(["detect", "/nowhere.csv"]).output();
    let none = none.expect("it runs");
    assert_eq!(none.status.code(), Some(2));
    assert!(text(&none.stderr).contains("/nowhere.csv"));
}
