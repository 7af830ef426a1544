//! The golden vectors, which the other parts' tests read too, and the document's tables.
//!
//! `DNA_BLESS=1` writes what is derived anew.

use dna_protocol::entry::Receipt;
use dna_protocol::model::{Header, KINDS};
use dna_protocol::{FieldInfo, Record, cbor, json};
use std::fs;
use std::path::{Path, PathBuf};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// Compares a derived file with what it should be, or writes it when blessing.
fn check_file(path: &Path, expected: &str) {
    if std::env::var_os("DNA_BLESS").is_some() {
        fs::write(path, expected).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        return;
    }
    let found = fs::read_to_string(path).unwrap_or_default();
    assert!(
        found == expected,
        "{} is not current; if the change is meant, run DNA_BLESS=1 cargo test -p dna-protocol",
        path.display()
    );
}

fn to_hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn from_hex(hex: &str) -> Vec<u8> {
    let digit = |at| u8::from_str_radix(&hex[at..at + 2], 16).expect("hex");
    (0..hex.trim().len()).step_by(2).map(digit).collect()
}

#[test]
fn frames_are_the_same_in_both_forms() {
    let folder = root().join("tests/golden/frames");
    let mut count = 0;
    for file in fs::read_dir(folder).expect("the vectors") {
        let path = file.expect("readable").path();
        if path.extension().is_none_or(|extension| extension != "json") {
            continue;
        }
        count += 1;
        let text = fs::read(&path).expect("readable");
        let frame = json::decode_frame(&text).expect("a good frame");
        assert_eq!((frame.rejected.len(), frame.skipped), (0, Default::default()), "{path:?}");
        let value: serde_json::Value = serde_json::from_slice(&text).expect("JSON");
        assert_eq!(json::frame_value(&frame.frame), value, "{path:?}");
        let bytes = cbor::encode_frame(&frame.frame);
        check_file(&path.with_extension("hex"), &format!("{}\n", to_hex(&bytes)));
        let hex = fs::read_to_string(path.with_extension("hex")).expect("readable");
        assert_eq!(cbor::decode_frame(&from_hex(&hex)), Ok(frame), "{path:?}");
    }
    assert!(count >= 3, "the vectors are missing");
}

#[test]
fn refused_frames_are_refused_for_the_reason_given() {
    let text = fs::read(root().join("tests/golden/refused.json")).expect("readable");
    let vectors: Vec<serde_json::Value> = serde_json::from_slice(&text).expect("JSON");
    assert!(vectors.len() >= 20);
    for vector in &vectors {
        let refused = match (vector["hex"].as_str(), vector["text"].as_str()) {
            (Some(hex), None) => cbor::decode_frame(&from_hex(hex)),
            (None, Some(text)) => json::decode_frame(text.as_bytes()),
            _ => panic!("either hex or text: {vector}"),
        };
        let problem = refused.expect_err(&vector["name"].to_string());
        assert_eq!(problem.code(), vector["code"], "{}: {problem}", vector["name"]);
    }
}

/// Every record with its fields, under the name that documents and vectors use.
fn records() -> Vec<(String, &'static [FieldInfo], &'static [&'static str])> {
    let mut records =
        vec![("header".to_owned(), Header::FIELDS, &["app_key", "session.id", "sequence"][..])];
    for kind in KINDS {
        records.push((format!("{} {}", kind.key, kind.name), kind.fields, kind.required));
    }
    records.push(("receipt".to_owned(), Receipt::FIELDS, &[]));
    records
}

/// A key's number, meaning and type never change: a client may be cached for a year.
#[test]
fn keys_keep_their_meaning() {
    let path = root().join("tests/golden/keys.txt");
    let mut lines = Vec::new();
    for (record, fields, _) in records() {
        let line = |f: &FieldInfo| format!("{record}: {} {} {} {}", f.key, f.name, f.kind, f.max);
        lines.extend(fields.iter().map(line));
    }
    for kept in fs::read_to_string(&path).unwrap_or_default().lines() {
        assert!(lines.iter().any(|line| line == kept), "`{kept}` was promised and is gone");
    }
    check_file(&path, &(lines.join("\n") + "\n"));
}

#[test]
fn the_document_has_every_field() {
    let path = root().join("docs/protocol.md");
    let document = fs::read_to_string(&path).expect("readable");
    let mut expected = document.clone();
    for (record, fields, required) in records() {
        let slug = record.split(' ').next_back().expect("not empty").to_owned();
        let (begin, end) = (format!("<!-- fields:{slug} -->\n"), "<!-- end -->".to_owned());
        let from = expected.find(&begin).unwrap_or_else(|| panic!("no {begin} in the document"));
        let from = from + begin.len();
        let to = from + expected[from..].find(&end).expect("a table's end");
        expected.replace_range(from..to, &table(fields, required));
    }
    check_file(&path, &expected);
}

fn table(fields: &[FieldInfo], required: &[&str]) -> String {
    let mut table = "| key | name | type | what |\n|---|---|---|---|\n".to_owned();
    for field in fields {
        let bound = match (field.kind, field.max) {
            ("text", max) => format!("text, ≤ {max} bytes"),
            ("bytes (hex in JSON)", max) => format!("{max} bytes"),
            ("map of text to text, number or boolean", max) => format!("attributes, ≤ {max}"),
            (kind, _) => kind.to_owned(),
        };
        let must = if required.contains(&field.name) && !field.doc.contains("Required") {
            " Required."
        } else {
            ""
        };
        table += &format!(
            "| {} | `{}` | {bound} | {}{must} |\n",
            field.key,
            field.name,
            field.doc.trim()
        );
    }
    table
}
