//! The list of metrics in `docs/metrics.md` is what `/metrics` says.

use crate::cli::{Serving, folder};
use crate::client::get;
use crate::tls::{section, write_pair};
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

/// Labels whose values are the metric's own and not a dimension.
const OWN_LABELS: [&str; 1] = ["le"];

/// The rows of the table, from what a scraper reads.
fn rows(text: &str) -> String {
    let mut kinds = BTreeMap::new();
    let mut helps = BTreeMap::new();
    let mut labels: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for line in text.lines() {
        if let Some(rest) = line.strip_prefix("# TYPE ") {
            kinds.extend(rest.split_once(' '));
        } else if let Some(rest) = line.strip_prefix("# HELP ") {
            helps.extend(rest.split_once(' '));
        } else if let Some((name, rest)) = line.split_once('{') {
            let known = kinds.keys().filter(|kind| name.starts_with(**kind));
            let name = known.max_by_key(|kind| kind.len()).expect("its type comes before");
            let pairs = rest.split_once('}').expect("labels end").0.split(',');
            let names = pairs.filter_map(|pair| pair.split_once('=')).map(|(name, _)| name);
            labels.entry(*name).or_default().extend(names.filter(|it| !OWN_LABELS.contains(it)));
        }
    }
    let mut rows = "| metric | type | labels | what |\n|---|---|---|---|\n".to_owned();
    for (name, kind) in kinds {
        // As they stand in queries.
        let shown = if kind == "counter" { format!("{name}_total") } else { name.to_owned() };
        let labels: Vec<_> = labels.remove(name).unwrap_or_default().into_iter().collect();
        let help = helps[name].trim_end_matches('.');
        rows += &format!("| `{shown}` | {kind} | {} | {help}. |\n", labels.join(", "));
    }
    rows
}

#[test]
fn the_documented_list_is_current() {
    const BEGIN: &str = "<!-- metrics -->\n";
    // With everything on that has metrics; nobody listens on port 1.
    let pair = tempfile::tempdir().expect("a folder");
    write_pair(pair.path());
    let folder = folder(&format!(
        "[telemetry]\notlp_endpoint = \"http://127.0.0.1:1\"\n{}",
        section(pair.path())
    ));
    let serving = Serving::start_at(&folder, "error");
    let answer = get("/metrics").send(serving.address);
    let rows = rows(answer.text());
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/metrics.md");
    let found = std::fs::read_to_string(&path).expect("readable");
    let begin = found.find(BEGIN).expect("a place for the table") + BEGIN.len();
    let end = begin + found[begin..].find("<!-- end -->").expect("its end");
    let mut expected = found.clone();
    expected.replace_range(begin..end, &rows);
    if std::env::var_os("DNA_BLESS").is_some() {
        std::fs::write(&path, &expected).expect("writable");
    } else {
        assert!(
            found == expected,
            "docs/metrics.md is not current; run DNA_BLESS=1 cargo test -p ingest --test door \
             metrics"
        );
    }
    serving.terminate();
    assert_eq!(serving.finish().0, Some(0));
}
