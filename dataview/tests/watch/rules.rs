//! Rules while the service runs: other ones are taken over, wrong ones change nothing.

use crate::made::{CALLS, Made, OPS};
use dataview::watch::rule::Rule;
use serde_json::json;
use std::sync::Arc;
use std::time::Duration;

/// How long a change may take to be seen that is looked for every two seconds.
const PATIENCE: Duration = Duration::from_secs(60);

#[tokio::test]
async fn a_changed_file_is_read_and_a_wrong_one_changes_nothing() {
    let made = Made::new(&[OPS, CALLS].concat());
    let mut changes = made.rulebook.changes();
    let following = tokio::spawn(Arc::clone(&made.rulebook).follow());
    let file = made.folder.path().join("alerts.toml");
    std::fs::write(&file, [OPS, &CALLS.replace("\"calls\"", "\"others\"")].concat()).unwrap();
    let known = changes.wait_for(|set| set.rules.contains_key("others"));
    drop(tokio::time::timeout(PATIENCE, known).await.expect("in time").unwrap());
    assert!(!made.rulebook.now().rules.contains_key("calls"));
    following.abort();
    let refused = made.rules(&CALLS.replace("below", "belov")).unwrap_err();
    assert!(refused.contains("line 5: unknown field `belov`, expected one of"), "{refused}");
    assert_eq!(made.rulebook.refused(), Some(refused));
    assert!(made.rulebook.now().rules.contains_key("others"), "the ones before stay");
    made.rules(OPS).unwrap();
    assert_eq!(made.rulebook.refused(), None);
}

#[tokio::test]
async fn rules_of_the_api_outlive_the_process_and_yield_to_the_file() {
    let made = Made::new(OPS);
    let rule: Rule = serde_json::from_value(json!({
        "name": "calls", "app": "bank", "channels": ["ops"],
        "when": {"type": "threshold", "measure": "errors", "above": 5.0},
    }))
    .unwrap();
    made.keep.add_rule(&rule, "ada", 7).unwrap();
    assert!(made.keep.add_rule(&rule, "bob", 8).is_err());
    let made = made.again(OPS);
    let set = made.rulebook.now();
    assert_eq!(set.rules["calls"], rule);
    assert_eq!(set.kept["calls"], (7, "ada".to_owned()));
    made.rules(&[OPS, CALLS].concat()).unwrap();
    let set = made.rulebook.now();
    assert!(set.kept.is_empty());
    assert_eq!(set.rules["calls"].when.measure(), "availability.calls");
}
