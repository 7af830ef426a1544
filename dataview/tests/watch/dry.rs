//! What a rule would have done.

use crate::made::{MINUTE, Made, NOON};
use dataview::watch::dry::dry_run;
use dataview::watch::rule::Rule;
use dna_baselines::Calendar;
use serde_json::{Value, json};

const HOUR: u64 = 60 * MINUTE;

fn rule(more: &Value) -> Rule {
    let mut rule = json!({"name": "r", "app": "bank", "for_minutes": 2, "clear_minutes": 3,
        "when": {"type": "threshold", "measure": "availability.calls", "below": 0.9,
            "window_minutes": 1}});
    rule.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    let rule: Rule = serde_json::from_value(rule).unwrap();
    rule.check().unwrap();
    rule
}

/// Two days of calls every fifth minute, and two incidents of ten minutes in them: one everywhere, and
/// one in Beijing.
async fn made() -> Made {
    let made = Made::new("");
    let begin = NOON - 48 * HOUR;
    for at in (0..48 * 60_u64).step_by(30) {
        made.calls_at("bank", begin + at * MINUTE, "Shanghai", 30, 0).await;
    }
    for minute in 0..10 {
        made.calls_at("bank", begin + 10 * HOUR + minute * MINUTE, "Shanghai", 50, 50).await;
        made.calls_at("bank", begin + 30 * HOUR + minute * MINUTE, "Beijing", 40, 10).await;
        made.calls_at("bank", begin + 30 * HOUR + minute * MINUTE, "Shanghai", 100, 0).await;
    }
    made
}

#[tokio::test]
async fn it_would_have_fired_when_it_would_have_fired() {
    let made = made().await;
    let run =
        dry_run(&*made.store, &Calendar::default(), &rule(&json!({})), 7, NOON).await.unwrap();
    assert_eq!((run.firings, run.minutes), (1, 7 * 24 * 60));
    let firing = &run.fired[0];
    let begin = NOON - 38 * HOUR;
    assert_eq!((firing.at, firing.until), (begin + 2 * MINUTE, Some(begin + 13 * MINUTE)));
    let by_region = rule(&json!({"of": {"dimension": "region"}}));
    let run = dry_run(&*made.store, &Calendar::default(), &by_region, 7, NOON).await.unwrap();
    let values: Vec<_> = run.fired.iter().map(|firing| &*firing.value).collect();
    assert_eq!((run.firings, &values[..]), (2, &["Shanghai", "Beijing"][..]));
    let one_day =
        dry_run(&*made.store, &Calendar::default(), &rule(&json!({})), 1, NOON).await.unwrap();
    assert_eq!(one_day.firings, 0);
}

#[tokio::test]
async fn an_objective_is_tried_too() {
    let made = made().await;
    let when = json!({"type": "objective", "measure": "availability.calls", "target": 0.99});
    let run = dry_run(&*made.store, &Calendar::default(), &rule(&json!({"when": when})), 2, NOON)
        .await
        .unwrap();
    let first = &run.fired[0];
    let begin = NOON - 38 * HOUR;
    assert!((begin..begin + 5 * MINUTE).contains(&first.at), "{first:?}");
}

#[tokio::test]
async fn what_would_cost_too_much_is_refused() {
    let made = Made::new("");
    let when = json!({"type": "threshold", "measure": "lcp_ms.p75", "above": 1.0,
        "window_minutes": 60});
    let error = dry_run(&*made.store, &Calendar::default(), &rule(&json!({"when": when})), 7, NOON)
        .await
        .unwrap_err();
    assert!(error.to_string().contains("at most"), "{error}");
}
