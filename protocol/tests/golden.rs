//! The golden vectors, which the other parts' tests read too, and the document's tables.
//!
//! `DNA_BLESS=1` writes what is derived anew.

use dna_protocol::entry::{Entry, Receipt};
use dna_protocol::model::{Header, KINDS, View};
use dna_protocol::packed::{EntryPacker, pack, unpack, unpack_entry};
use dna_protocol::{FieldInfo, Record, cbor, json};
use serde_json::{Value, json};
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
        let from_json = json::decode_frame(&text).expect("a good frame");
        assert_eq!(
            (from_json.rejected.len(), from_json.skipped),
            (0, Default::default()),
            "{path:?}"
        );
        let value: Value = serde_json::from_slice(&text).expect("JSON");
        assert_eq!(json::frame_value(&from_json.frame), value, "{path:?}");
        let bytes = cbor::encode_frame(&from_json.frame);
        check_file(&path.with_extension("hex"), &format!("{}\n", to_hex(&bytes)));
        let hex = fs::read_to_string(path.with_extension("hex")).expect("readable");
        let frame = cbor::decode_frame(&from_hex(&hex));
        assert_eq!(frame.as_ref(), Ok(&from_json), "{path:?}");
        check_packed(&path.with_extension("packed.hex"), &bytes);
        let name = path.file_stem().expect("it has a name");
        check_entry(&root().join("tests/golden/entries").join(name), frame.expect("read").frame);
    }
    assert!(count >= 3, "the vectors are missing");
}

/// Other writers may find other repeats; ours finds these.
fn check_packed(path: &Path, frame: &[u8]) {
    let packed = pack(frame);
    assert!(packed.len() < frame.len(), "every vector repeats something");
    check_file(path, &format!("{}\n", to_hex(&packed)));
    let hex = fs::read_to_string(path).expect("readable");
    assert_eq!(unpack(&from_hex(&hex), frame.len()), Ok(Some(frame.to_vec())), "{path:?}");
}

/// A frame as it is kept in Redis, in `PATH.hex`, and packed.
fn check_entry(path: &Path, mut frame: dna_protocol::Frame) {
    frame.header.app_key = None;
    let receipt = Receipt { received_at: Some(1_790_000_000_123), ..Receipt::default() };
    let bytes = Entry { receipt, frame }.encode();
    let packed =
        EntryPacker::default().pack(&bytes).expect("every vector has something of the dictionary");
    check_file(&path.with_extension("hex"), &format!("{}\n", to_hex(&bytes)));
    check_file(&path.with_extension("packed.hex"), &format!("{}\n", to_hex(&packed)));
    assert_eq!(unpack_entry(&packed, bytes.len()), Ok(Some(bytes)), "{path:?}");
}

#[test]
fn refused_frames_are_refused_for_the_reason_given() {
    let text = fs::read(root().join("tests/golden/refused.json")).expect("readable");
    let vectors: Vec<Value> = serde_json::from_slice(&text).expect("JSON");
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
    records.push(("view".to_owned(), View::FIELDS, &[]));
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
    check_tables("docs/protocol.md", &|_| true, |_, fields, required| table(fields, required));
}

/// Those who judge what is sent read it in words, each field with an example that is a good one.
#[test]
fn every_field_is_explained_by_an_example() {
    let text = fs::read(root().join("tests/golden/examples.json")).expect("readable");
    let examples: Value = serde_json::from_slice(&text).expect("JSON");
    let known: Vec<String> = records().into_iter().map(|(record, ..)| slug(&record)).collect();
    let told = examples.as_object().expect("a map");
    assert!(told.keys().all(|record| known.contains(record)), "an example of nothing");
    for kind in KINDS {
        let event = json!({"kind": kind.name, "time": 1, "body": examples[kind.name]});
        let mut frame = examples["header"].clone();
        frame["events"] = json!([event]);
        let read = json::decode_frame(frame.to_string().as_bytes()).expect("a good header");
        assert_eq!((&read.rejected, read.skipped), (&Vec::new(), Default::default()));
    }
    let explained = |slug: &str, fields: &[FieldInfo], _: &[&str]| {
        let record = examples[slug].as_object().expect("an example of each record");
        let mut table = "| field | what | example |\n|---|---|---|\n".to_owned();
        for field in fields {
            let value = record.get(field.name);
            let value = value.unwrap_or_else(|| panic!("no example of {slug} {}", field.name));
            let value = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
            table += &format!("| `{}` | {} | `{value}` |\n", field.name, field.doc.trim());
        }
        assert_eq!(record.len(), fields.len(), "an example of a field that {slug} does not have");
        table
    };
    check_tables("docs/fields.md", &|_| true, explained);
    // The package for mini programs has those that its client tells.
    let mini = |slug: &str| !ONLY_PAGES.contains(&slug);
    check_tables("js-wrapper/mini/PRIVACY.md", &mini, explained);
}

/// Kinds that only a browser tells.
const ONLY_PAGES: &[&str] = &["long_frame", "browser_report", "console", "user_action"];

fn slug(record: &str) -> String {
    record.split(' ').next_back().expect("not empty").to_owned()
}

/// Puts what `table` makes of each of the `wanted` records between its two comments in the document.
fn check_tables(
    document: &str,
    wanted: &dyn Fn(&str) -> bool,
    table: impl Fn(&str, &[FieldInfo], &[&str]) -> String,
) {
    let path = root().join(document);
    let mut expected = fs::read_to_string(&path).expect("readable");
    for (record, fields, required) in records() {
        let slug = slug(&record);
        if !wanted(&slug) {
            continue;
        }
        let (begin, end) = (format!("<!-- fields:{slug} -->\n"), "<!-- end -->");
        let from = expected.find(&begin).unwrap_or_else(|| panic!("no {begin} in {document}"));
        let from = from + begin.len();
        let to = from + expected[from..].find(end).expect("a table's end");
        expected.replace_range(from..to, &table(&slug, fields, required));
    }
    check_file(&path, &expected);
}

/// What a page's filter needs to read events and write them again.
#[test]
fn the_filter_knows_every_field() {
    let mut script = "// Written by protocol/tests/golden.rs from the wire's own tables.\n\n\
        /** By the kind's number: its name, and by the field's number its name, its longest text, and whether it is attributes. */\n\
        export const KINDS: { [kind: number]: [name: string, fields: { [key: number]: [name: string, max: number, map?: 1] }] } = {\n"
        .to_owned();
    for kind in KINDS {
        script += &format!("  {}: ['{}', {{\n", kind.key, kind.name);
        for field in kind.fields {
            let map = if field.kind.starts_with("map") { ", 1" } else { "" };
            script += &format!("    {}: ['{}', {}{map}],\n", field.key, field.name, field.max);
        }
        script += "  }],\n";
    }
    script += "};\n";
    check_file(&root().join("js-wrapper/src/filter/fields.ts"), &script);
}

fn table(fields: &[FieldInfo], required: &[&str]) -> String {
    let mut table = "| key | name | type | what |\n|---|---|---|---|\n".to_owned();
    for field in fields {
        let bound = match (field.kind, field.max) {
            ("text", max) => format!("text, ≤ {max} bytes"),
            ("bytes (hex in JSON)", max) => format!("{max} bytes"),
            ("list of views", max) => format!("list, ≤ {max}"),
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
