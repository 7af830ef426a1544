//! What the web UI says for each code that the server can send: in both languages, with the same
//! places to be filled.
#![allow(clippy::unwrap_used, reason = "a test says so by failing")]

use dataview::access::Role;
use dataview::http::{Code, openapi};
use dataview::{network, otlp};
use dna_protocol::model::KINDS;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

const LANGUAGES: [&str; 2] = ["en", "zh"];

/// The enumerations of the OpenAPI document whose names people read, and how the keys of their texts
/// begin. An enumeration that is in neither list fails the test: whoever adds one decides.
const SAID: [(&str, &str); 18] = [
    ("Action", "audit.action."),
    ("AuditBrokenWhy", "audit.broken."),
    ("DayState", "day."),
    ("DeadReason", "dead."),
    ("DeliveryErrorCode", "delivery."),
    ("DeliveryState", "delivery.state."),
    ("DropReason", "dropped."),
    ("Kind", "notice."),
    ("LineKind", "line."),
    ("NotJoined", "not_joined."),
    ("Role", "role."),
    ("Severity", "severity."),
    ("State", "incident.state."),
    ("TraceGapBetween", "gap."),
    ("TraceGapCode", "gap.why."),
    ("TraceNoteCode", "note."),
    ("TraceRowKind", "step."),
    ("WaitingCode", "waiting."),
];

/// Those that no page shows by their names: where a rule is from is told by who wrote it.
const UNSAID: [&str; 1] = ["Source"];

fn ui(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("ui/js").join(path)
}

/// The texts of a language by their keys. One line of a file has one text.
fn texts(language: &str) -> BTreeMap<String, String> {
    let mut texts = BTreeMap::new();
    for entry in fs::read_dir(ui("texts").join(language)).unwrap() {
        let path = entry.unwrap().path();
        for line in fs::read_to_string(&path).unwrap().lines() {
            let Some((key, text)) = line.trim().split_once("': ") else { continue };
            let key = key.trim_start_matches('\'').to_owned();
            let text = text.trim_end_matches(',').trim_matches('\'').to_owned();
            let before = texts.insert(key, text);
            assert!(before.is_none(), "{}: a key is there twice: {line}", path.display());
        }
    }
    assert!(texts.len() > 300, "{language}: {}", texts.len());
    texts
}

fn enumerations() -> BTreeMap<String, Vec<String>> {
    let document: Value = serde_json::from_str(&openapi::document()).unwrap();
    let schemas = document["components"]["schemas"].as_object().unwrap().clone();
    let names = |schema: &Value| -> Option<Vec<String>> {
        let simple = schema["enum"].as_array().cloned();
        // With a description each, names are alternatives of one.
        let described = || {
            let all = schema["oneOf"].as_array()?;
            all.iter().map(|one| Some(one["enum"].as_array()?.first()?.clone())).collect()
        };
        let names: Vec<Value> = simple.or_else(described)?;
        names.iter().map(|name| name.as_str().map(str::to_owned)).collect()
    };
    schemas.iter().filter_map(|(name, schema)| Some((name.clone(), names(schema)?))).collect()
}

/// The key of the text of every code that the server can send.
fn keys() -> BTreeSet<String> {
    let mut keys = BTreeSet::new();
    let found = enumerations();
    for (name, names) in &found {
        if UNSAID.contains(&name.as_str()) {
            continue;
        }
        let said = SAID.iter().find(|(said, _)| said == name);
        let (_, prefix) = said.unwrap_or_else(|| panic!("{name} is in neither list: {names:?}"));
        keys.extend(names.iter().map(|name| format!("{prefix}{name}")));
    }
    for (name, _) in SAID {
        assert!(found.contains_key(name), "{name} is no enumeration of the document");
    }
    let drops = otlp::Counters::default().dropped();
    let drops = drops.into_iter().chain(network::Counters::default().dropped());
    keys.extend(drops.map(|(reason, _)| format!("dropped.{reason}")));
    keys.extend(Code::ALL.iter().map(|code| format!("code.{}", code.name())));
    keys.extend(Role::ALL.iter().map(|role| format!("role.{}.words", role.name())));
    keys.extend(KINDS.iter().map(|kind| format!("kind.{}", kind.name)));
    keys
}

#[test]
fn every_code_of_the_server_has_its_text_in_both_languages() {
    let keys = keys();
    assert!(keys.len() > 120, "{}", keys.len());
    for language in LANGUAGES {
        let texts = texts(language);
        let missing: Vec<_> = keys.iter().filter(|key| !texts.contains_key(*key)).collect();
        assert!(missing.is_empty(), "{language} says nothing for {missing:#?}");
        let empty: Vec<_> = keys.iter().filter(|key| texts[*key].is_empty()).collect();
        assert!(empty.is_empty(), "{language} says nothing for {empty:#?}");
    }
}

#[test]
fn both_languages_have_the_same_texts_with_the_same_places() {
    let [english, chinese] = LANGUAGES.map(texts);
    let keys = |texts: &BTreeMap<String, String>| texts.keys().cloned().collect::<BTreeSet<_>>();
    let (ours, theirs) = (keys(&english), keys(&chinese));
    let apart: Vec<_> = ours.symmetric_difference(&theirs).collect();
    assert!(apart.is_empty(), "in one language only: {apart:#?}");
    for (key, text) in &english {
        assert_eq!(places(text), places(&chinese[key]), "{key}");
    }
}

/// What stands in braces.
fn places(text: &str) -> BTreeSet<&str> {
    text.split('{').skip(1).filter_map(|part| Some(part.split_once('}')?.0)).collect()
}
