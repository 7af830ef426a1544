//! Source maps: what is taken, what is refused, and what comes of a stack.

use dna_protocol::entry::{Entry, Receipt};
use dna_protocol::field::Text;
use dna_protocol::{Event, Frame, Header, json};
use dna_source_maps::{
    Folder, Injected, Line, Maps, ParseError, ParsedMap, Stack, inject, resolve,
};
use proptest::prelude::{any, prop, proptest};
use serde_json::{Value, json};
use std::fs;
use std::path::Path;
use std::process::{Command, Output};

/// A function of TypeScript that throws, and its call, on one line of JavaScript.
const MAP: &str = r#"{"version":3,"sources":["../src/rates.ts"],"sourcesContent":["function read(): never {\n  throw new Error('x');\n}\nread();\n"],"mappings":"AAAA,SAASA,GAAc,CACrB,MAAM,IAAI,MAAM,GAAG,CACrB,CACAA,EAAK","names":["read"]}"#;
const SCRIPT: &str = "function r(){throw new Error(\"x\")}r();\n//# sourceMappingURL=app.js.map\n";

fn event(body: &Value) -> Event {
    let frame = json!({
        "app_key": "k", "session.id": "00".repeat(16), "sequence": 0,
        "events": [{ "kind": "exception", "time": 0, "body": body }],
    });
    let decoded = json::decode_frame(frame.to_string().as_bytes()).expect("a good frame");
    decoded.frame.events.into_iter().next().expect("an event")
}

fn resolved(maps: &Maps, app: &str, release: &str, body: &Value) -> Option<Stack> {
    let event = event(body);
    let header = Header { release: Text::new(release).ok(), ..Header::default() };
    let receipt = Receipt { app: Text::new(app).ok(), ..Receipt::default() };
    let entry = Entry { receipt, frame: Frame { header, events: vec![event.clone()] } };
    resolve(maps, &entry, &event)
}

fn stack() -> String {
    let at = "https://bank.example/assets/app.js";
    format!("Error: x\n    at r ({at}:1:20)\n    at {at}:1:36\n    at Array.map (<anonymous>)")
}

#[test]
fn a_stack_is_found_by_release_and_by_debug_id() {
    let dir = tempfile::tempdir().expect("a folder");
    let folder = Folder::new(dir.path().to_owned());
    let id = "a1b2c3d4-0000-4000-8000-00000000beef";
    folder.store("bank", "1.0", "app.js", Some(id), MAP.as_bytes()).expect("kept");
    let maps = Maps::new(folder, 1 << 20, 1 << 20);

    let by_release = json!({ "exception.stacktrace": stack() });
    let found = resolved(&maps, "bank", "1.0", &by_release).expect("a stack");
    let Line::Resolved { function, source, line, context, .. } = &found.0[1] else {
        panic!("{found:?}")
    };
    assert_eq!((&**function, &**source, *line), ("read", "../src/rates.ts", 2));
    let shown: Vec<_> = context.iter().map(|(number, text)| (*number, &**text)).collect();
    assert_eq!(shown[0], (1, "function read(): never {"));
    assert_eq!(shown[1], (2, "  throw new Error('x');"));
    assert!(matches!(&found.0[2], Line::Resolved { line: 4, .. }), "{found:?}");
    assert_eq!(found.0[0], Line::Raw("Error: x".into()));
    assert_eq!(found.0[3], Line::Raw("    at Array.map (<anonymous>)".into()));

    assert_eq!(resolved(&maps, "bank", "2.0", &by_release), None);
    assert_eq!(resolved(&maps, "other", "1.0", &by_release), None);
    let by_id = json!({
        "exception.stacktrace": stack(),
        "debug_ids": { "assets/app.js": id.replace('-', "").to_uppercase() },
    });
    assert_eq!(resolved(&maps, "bank", "2.0", &by_id), Some(found));
    assert_eq!(resolved(&maps, "other", "2.0", &by_id), None);
}

#[test]
fn hostile_maps_are_refused_and_nothing_panics() {
    let deep = r#"{"version":3,"sections":[{"offset":{"line":0,"column":0},"map":"#.repeat(5000);
    let over =
        r#"{"version":3,"sections":[{"offset":{"line":4294967295,"column":4294967295},"map":"#;
    let over = format!("{over}{MAP}}}]}}");
    let many = format!(
        r#"{{"version":3,"sources":[],"names":[],"mappings":"{}"}}"#,
        "A,".repeat(9_000_000)
    );
    let huge_vlq = MAP.replace("AAAA", "AAggggggggggggggggggggE");
    let elsewhere = r#"{"version":3,"sections":[{"offset":{"line":0,"column":0},"url":"a.map"}]}"#;
    for (what, bytes) in [
        ("nothing", ""),
        ("text", "no map"),
        ("null", "null"),
        ("a bad VLQ", &MAP.replace("AAAA", "A!A")),
        ("half a VLQ", &MAP.replace("AAAA", "g")),
        ("a huge VLQ", &huge_vlq),
        ("sections without end", &deep),
        ("sections elsewhere", elsewhere),
        ("no mappings", r#"{"version":3,"sources":[],"names":[],"mappings":""}"#),
        ("a source that is not there", &MAP.replace("[\"../src/rates.ts\"]", "[]")),
        ("too many mappings", &many),
    ] {
        let read = ParsedMap::read(bytes.as_bytes());
        assert!(read.is_err(), "{what}");
        let message = read.expect_err("it is").to_string();
        assert!(!message.is_empty() && message.len() < 300, "{what}: {message}");
    }
    assert!(matches!(ParsedMap::read(many.as_bytes()), Err(ParseError::TooManyMappings)));
    // This one is a map; its places are beyond all lines.
    let beyond = ParsedMap::read(over.as_bytes()).expect("a map");
    for place in [(1, 1), (u32::MAX, u32::MAX), (0, 0), (u32::MAX, 1)] {
        let _ = beyond.original(place.0, place.1);
    }
}

proptest! {
    #[test]
    fn any_mappings_are_read_or_refused(
        mappings in "[A-Za-z0-9+/,;]{0,200}",
        ranges in "[A-Za-z0-9+/,;]{0,20}",
        line in any::<u32>(),
        column in any::<u32>(),
        offset in any::<u32>(),
    ) {
        let map = json!({
            "version": 3, "sources": ["a"], "names": ["n"], "mappings": mappings,
            "rangeMappings": ranges, "sourcesContent": ["a\nb"],
        });
        let index = json!({
            "version": 3,
            "sections": [{ "offset": { "line": offset, "column": offset }, "map": map }],
        });
        for map in [map, index] {
            if let Ok(map) = ParsedMap::read(map.to_string().as_bytes()) {
                for place in [(line, column), (1, 1), (2, 0), (offset, column)] {
                    let _ = map.original(place.0, place.1);
                }
            }
        }
    }

    #[test]
    fn any_bytes_are_refused(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        assert!(ParsedMap::read(&bytes).is_err());
    }
}

/// Writes the script and its map into a folder.
fn built(dir: &Path) -> std::path::PathBuf {
    let path = dir.join("app.js");
    fs::write(&path, SCRIPT).expect("written");
    fs::write(dir.join("app.js.map"), MAP).expect("written");
    path
}

#[test]
fn an_injected_script_is_the_same_with_a_note_behind() {
    let dir = tempfile::tempdir().expect("a folder");
    let path = built(dir.path());
    let Ok(Injected::New(id)) = inject(&path) else { panic!("it is new") };
    let script = fs::read_to_string(&path).expect("read");
    assert!(script.starts_with(SCRIPT.lines().next().expect("a line")), "no place moves");
    assert!(script.ends_with(&format!("//# debugId={id}\n//# sourceMappingURL=app.js.map\n")));
    assert!(script.contains(&format!("_dnaDebugIds||{{}})[new Error().stack]=\"{id}\"")));
    let map = fs::read(dir.path().join("app.js.map")).expect("read");
    assert_eq!(ParsedMap::read(&map).expect("a map").debug_id(), Some(id.replace('-', "")));
    assert_eq!(inject(&path).expect("fine"), Injected::Already(id.clone()));
    assert_eq!(fs::read_to_string(&path).expect("read"), script);

    // The same build gets the same identifier; nobody takes it for a number.
    built(dir.path());
    assert_eq!(inject(&path).expect("fine"), Injected::New(id.clone()));
    let hex = id.replace('-', "");
    assert_eq!(dna_protocol::privacy::clean_text(&hex), hex);

    fs::remove_file(dir.path().join("app.js.map")).expect("removed");
    let error = inject(&path).expect_err("no map").to_string();
    assert!(error.contains("no source map") && error.contains("app.js.map"), "{error}");
}

fn ingest(args: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_ingest")).args(args).output().expect("it runs")
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

#[test]
fn the_commands_say_what_they_did_and_what_is_wrong() {
    let dir = tempfile::tempdir().expect("a folder");
    let (build, kept) = (dir.path().join("build"), dir.path().join("kept"));
    fs::create_dir(&build).expect("made");
    built(&build);
    let (build, kept) = (build.display().to_string(), kept.display().to_string());
    let upload = ["sourcemaps", "upload", "--app", "bank", "--release", "1.0", "--folder", &kept];

    let injected = ingest(&["sourcemaps", "inject", &build]);
    assert!(injected.status.success(), "{}", text(&injected.stderr));
    let uploaded = ingest(&[&upload[..], &[&build]].concat());
    let told = text(&uploaded.stdout);
    assert!(told.contains("kept for app.js of bank 1.0, debug id "), "{told}");
    let listed = text(&ingest(&["sourcemaps", "list", "--folder", &kept]).stdout);
    assert_eq!(listed.lines().count(), 2, "{listed}");
    assert!(listed.contains("bank  1.0  app.js  "), "{listed}");

    fs::write(dir.path().join("build/bad.js.map"), "no map").expect("written");
    let refused = ingest(&[&upload[..], &[&build]].concat());
    assert_eq!(refused.status.code(), Some(1));
    assert!(text(&refused.stderr).contains("bad.js.map: no source map: "), "{refused:?}");
    assert!(text(&refused.stdout).contains("kept for app.js"), "the good one is kept");
    for (args, expected) in [
        (vec!["sourcemaps", "list"], "[source_maps]"),
        (
            [&upload[..], &[concat!(env!("CARGO_MANIFEST_DIR"), "/src/cli")]].concat(),
            "no file that ends in .map",
        ),
        ([&upload[..], &["/nowhere"]].concat(), "cannot read /nowhere"),
    ] {
        let wrong = ingest(&args);
        assert_eq!(wrong.status.code(), Some(2), "{wrong:?}");
        assert!(text(&wrong.stderr).contains(expected), "{wrong:?}");
    }
}
