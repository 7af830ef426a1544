//! Whom an incident hit, of a real store.

use crate::made::{MINUTE, Made, NOON, OPS, calls};
use dataview::model::{Dimension, Measure, Metric, SessionId, UserChange, Value};
use dataview::store::Batch;
use dataview::watch::customers::{Place, customers};

const RULE: &str = r#"
    [[rules]]
    name = "regions"
    app = "bank"
    of = { dimension = "region" }
    when = { type = "threshold", measure = "availability.calls", below = 0.9, window_minutes = 1 }
    for_minutes = 1
    channels = ["ops"]
"#;

/// A session of the user `user` with 100 calls, of which `bad` fail.
async fn session(made: &Made, user: u8, tier: &str, region: &str, minute: u64, bad: u32) {
    let at_ms = NOON + minute * MINUTE;
    let mut frame = calls("bank", 0, at_ms, region, 100 - u64::from(bad), u64::from(bad));
    frame.session = SessionId([user; 16]);
    let (hash, tier) = (format!("user {user}"), Some(tier.to_owned()));
    frame.of_session.user = UserChange::Known { hash, tier };
    frame.of_session.region = Some(region.to_owned());
    (frame.of_session.calls, frame.of_session.calls_failed) = (100, bad);
    frame.measures.push(Measure {
        metric: Metric::Users,
        at_ms,
        value: Value::Unique(u64::from(user) << 40 | 7),
        dimensions: vec![(Dimension::Region, region.to_owned())],
        once: None,
    });
    made.store.append(Batch { frames: vec![frame], ..Batch::default() }).await.unwrap();
}

#[tokio::test]
async fn those_count_who_were_there_then_and_whose_calls_failed() {
    let made = Made::new(&[OPS, RULE].concat());
    session(&made, 1, "vip", "Shanghai", 0, 100).await;
    made.round(1).await;
    session(&made, 2, "vip", "Shanghai", 5, 90).await;
    session(&made, 3, "gold", "Shanghai", 5, 70).await;
    session(&made, 4, "vip", "Shanghai", 5, 0).await;
    session(&made, 5, "vip", "Beijing", 5, 3).await;
    made.round(5).await;
    let incident = made.incidents().pop().unwrap();
    let tiers = ["vip".to_owned()];
    let now = NOON + 7 * MINUTE;
    let found = customers(&*made.store, &incident, &tiers, now).await.unwrap();
    let place = Place { dimension: "region".to_owned(), value: "Shanghai".to_owned() };
    assert_eq!(found.places, [place], "{incident:?}");
    assert_eq!((found.hit, found.sessions, found.present), (2, 2, Some(3)), "{found:?}");
    let vips: Vec<_> = found.vips.iter().map(|one| (&*one.user, one.calls_failed)).collect();
    assert_eq!(vips, [("user 2", 90)], "not before, not elsewhere, not the well ones, not gold");
    assert!(found.is_complete);
    // Where something is slow a session does not say whether it was hit.
    let mut slow = incident;
    slow.parts.iter_mut().for_each(|part| part.found.measure = "api_duration_ms.p95".to_owned());
    let found = customers(&*made.store, &slow, &tiers, now).await.unwrap();
    assert_eq!((found.hit, found.only_troubled), (3, false), "{found:?}");
}
