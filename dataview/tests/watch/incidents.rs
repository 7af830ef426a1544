//! What fires becomes incidents, and whom that is told.

use crate::made::{CALLS, MINUTE, Made, NOON, OPS};
use dataview::watch::incident::{LineKind, Matcher, Silence, State};
use dataview::watch::rule::Severity;

#[tokio::test]
async fn an_incident_opens_and_is_over_and_each_is_told_once() {
    let made = Made::new(&[OPS, CALLS].concat());
    made.minute(0, 100, 0).await;
    made.minute(1, 80, 20).await;
    assert!(made.incidents().is_empty(), "one minute is not enough");
    made.minute(2, 70, 30).await;
    made.minute(3, 60, 40).await;
    let incident = made.incidents().remove(0);
    assert_eq!((incident.state, incident.opened_at), (State::Open, NOON + 3 * MINUTE));
    let part = &incident.parts[0];
    assert_eq!(
        (part.since, part.found.value, part.found.limit),
        (NOON + MINUTE, Some(0.6), Some(0.9))
    );
    assert_eq!(incident.title(), "bank: availability.calls 0.6 < 0.9 (rule calls)");
    assert_eq!(made.told(), ["ops opened"]);
    for minute in 4..7 {
        assert_eq!(made.incidents()[0].state, State::Open, "{minute}");
        made.minute(minute, 100, 0).await;
    }
    assert_eq!(made.incidents()[0].state, State::Resolved);
    assert_eq!(made.told(), ["ops opened", "ops resolved"]);
    let lines = made.lines(1);
    let told = [LineKind::Opened, LineKind::Explained, LineKind::Ended, LineKind::Resolved];
    assert_eq!(lines, told);
    // Shortly afterwards it is the same again, and is told; much later it is another.
    made.minute(7, 0, 50).await;
    made.minute(8, 0, 50).await;
    assert_eq!((made.incidents().len(), made.incidents()[0].reopened), (1, 1));
    assert_eq!(made.told()[2..], ["ops reopened"]);
    for minute in 9..40 {
        made.minute(minute, 100, 0).await;
    }
    made.minute(40, 0, 50).await;
    made.minute(41, 0, 50).await;
    assert_eq!(made.incidents().len(), 2);
}

#[tokio::test]
async fn what_fires_at_once_in_one_place_is_one() {
    let by_region =
        CALLS.replace("name = \"calls\"", "name = \"regions\"\nof.dimension = \"region\"");
    let other_owner = CALLS.replace("name = \"calls\"", "name = \"risk\"\nowner = \"risk\"");
    let other_app =
        CALLS.replace("\"calls\"", "\"shop\"").replace("app = \"bank\"", "app = \"shop\"");
    let made = Made::new(&[OPS, CALLS, &by_region, &other_owner, &other_app].concat());
    for minute in 0..3 {
        made.calls("bank", minute, "Beijing", 0, 100).await;
        made.calls("shop", minute, "Beijing", 0, 100).await;
        made.minute(minute, 0, 100).await;
    }
    let incidents = made.incidents();
    let places: Vec<_> =
        incidents.iter().map(|one| (&*one.app, &*one.owner, one.parts.len())).collect();
    assert_eq!(places, [("bank", "", 3), ("bank", "risk", 1), ("shop", "", 1)]);
    let values: Vec<_> = incidents[0].parts.iter().map(|part| &*part.value).collect();
    assert_eq!(values, ["", "Beijing", "Shanghai"]);
    assert_eq!(made.told(), ["ops opened"; 3], "what joins is not told again");
}

#[tokio::test]
async fn what_gets_worse_is_told_again() {
    let worse = CALLS
        .replace("\"calls\"", "\"worse\"")
        .replace("below = 0.9", "below = 0.5")
        .replace("for_minutes", "severity = \"critical\"\n    for_minutes");
    let made = Made::new(&[OPS, CALLS, &worse].concat());
    for (minute, bad) in [(0, 20), (1, 20), (2, 80), (3, 80), (4, 80)] {
        made.minute(minute, 100 - bad, bad).await;
    }
    assert_eq!(made.told(), ["ops opened", "ops worsened"]);
    assert_eq!(made.incidents()[0].severity, Severity::Critical);
}

#[tokio::test]
async fn silenced_means_that_nobody_is_told_until_it_ends() {
    let made = Made::new(&[OPS, CALLS].concat());
    let silence = |matcher, to| Silence {
        id: 0,
        matcher,
        from: NOON,
        to,
        by: "ada".to_owned(),
        comment: "a release".to_owned(),
    };
    let app = |name: &str| Matcher { app: Some(name.to_owned()), ..Matcher::default() };
    made.keep.add_silence(silence(app("shop"), NOON + 90 * MINUTE), NOON).unwrap();
    made.keep.add_silence(silence(app("bank"), NOON + 5 * MINUTE), NOON).unwrap();
    for minute in 0..4 {
        made.minute(minute, 0, 100).await;
    }
    assert!(made.told().is_empty());
    assert!(made.incidents()[0].silenced);
    made.minute(4, 0, 100).await;
    assert_eq!(made.told(), ["ops opened"], "it goes on, and the silence is over");
    assert!(!made.incidents()[0].silenced);
}

#[tokio::test]
async fn nobody_acknowledges_and_others_are_told() {
    let rule = CALLS.to_owned() + "escalate_to = [\"boss\"]\nescalate_after_minutes = 3\n";
    let boss = OPS.replace("ops", "boss");
    let made = Made::new(&[OPS, &*boss, &rule].concat());
    for minute in 0..5 {
        made.minute(minute, 0, 100).await;
        assert_eq!(made.told().contains(&"boss escalated".to_owned()), minute >= 4, "{minute}");
    }
    made.minute(5, 0, 100).await;
    assert_eq!(made.told(), ["ops opened", "boss escalated"], "once");
    // Somebody acknowledges the next one in time.
    let made = Made::new(&[OPS, &*boss, &rule].concat());
    made.minute(0, 0, 100).await;
    made.minute(1, 0, 100).await;
    made.keep.acknowledge(1, "ada", NOON).unwrap();
    made.keep.acknowledge(1, "bob", NOON).unwrap();
    for minute in 2..7 {
        made.minute(minute, 0, 100).await;
    }
    assert_eq!(made.told(), ["ops opened"]);
    let incident = &made.incidents()[0];
    assert_eq!(
        (incident.state, incident.acknowledged_by.as_deref()),
        (State::Acknowledged, Some("ada"))
    );
    let told = [LineKind::Opened, LineKind::Explained, LineKind::Acknowledged];
    assert_eq!(made.lines(1), told);
}

#[tokio::test]
async fn alertmanager_is_told_again_while_it_lasts() {
    let channel = OPS.replace("\"webhook\"", "\"alertmanager\"");
    let made = Made::new(&[&*channel, CALLS].concat());
    for minute in 0..40 {
        made.minute(minute, 0, 100).await;
    }
    assert_eq!(made.told(), ["ops opened", "ops refreshed"]);
}

#[tokio::test]
async fn an_objective_whose_budget_burns_too_fast_is_an_incident() {
    let rule = CALLS.replace(
        "{ type = \"threshold\", measure = \"availability.calls\", below = 0.9, window_minutes = 1 }",
        "{ type = \"objective\", measure = \"api_duration_ms\", at_most = 1000, target = 0.99 }",
    );
    let made = Made::new(&[OPS, &*rule].concat());
    // An hour of one in fifty too slow burns the budget twice as fast: no reason to wake anybody yet.
    for minute in 0..60 {
        made.calls("bank", minute, "Shanghai", 49, 1).await;
    }
    made.round(59).await;
    assert!(made.incidents().is_empty());
    for minute in 60..80 {
        made.minute(minute, 25, 25).await;
    }
    let incident = &made.incidents()[0];
    let found = &incident.parts[0].found;
    assert_eq!((found.limit, found.window_minutes, found.is_above), (Some(14.4), 60, true));
    assert!(found.value.unwrap() >= 14.4, "{found:?}");
}

#[tokio::test]
async fn an_incident_says_what_explains_it_and_what_does_not() {
    let made = Made::new(&[OPS, CALLS].concat());
    for minute in 0..30 {
        made.calls("bank", minute, "Beijing", 198, 2).await;
        made.calls("bank", minute, "Shanghai", 99, 1).await;
    }
    made.round(29).await;
    for minute in 30..32 {
        made.calls("bank", minute, "Beijing", 198, 2).await;
        made.minute(minute, 20, 80).await;
    }
    let incident = &made.incidents()[0];
    let causes = incident.causes.as_ref().unwrap();
    let first = &causes.causes[0];
    assert_eq!((&*first.dimension, &first.values[..]), ("region", &["Shanghai".to_owned()][..]));
    assert!(first.explained > 0.9 && first.outside_normal > 0.9, "{first:?}");
    assert_eq!((first.now.bad, first.now.all, first.rest.all), (160, 200, 400));
    assert!(causes.ruled_out.iter().any(|one| one.dimension == "browser" && one.why == "no_data"));
    assert_eq!(made.lines(1), [LineKind::Opened, LineKind::Explained]);
}

#[tokio::test]
async fn what_is_everywhere_is_explained_by_nothing() {
    let made = Made::new(&[OPS, CALLS].concat());
    for minute in 0..32 {
        let bad = if minute < 30 { 1 } else { 60 };
        made.calls("bank", minute, "Beijing", 100 - bad, bad).await;
        made.calls("bank", minute, "Shanghai", 100 - bad, bad).await;
        made.round(minute).await;
    }
    let causes = made.incidents()[0].causes.clone().unwrap();
    assert!(causes.causes.is_empty(), "{causes:?}");
    let region = causes.ruled_out.iter().find(|one| one.dimension == "region").unwrap();
    assert_eq!(region.why, "all_alike");
}
