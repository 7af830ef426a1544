//! Rules of baselines: what is normal is learnt from what is stored.

use crate::made::{MINUTE, Made, NOON, OPS, calls};
use dataview::store::Batch;
use dataview::watch::dry::dry_run;
use dataview::watch::incident::State;
use dataview::watch::keep::SeriesKey;
use dna_baselines::Calendar;

const RULE: &str = r#"
    [[rules]]
    name = "unusual"
    app = "bank"
    when = { type = "baseline", measure = "availability.calls" }
    for_minutes = 1
    clear_minutes = 3
    channels = ["ops"]
"#;

/// `hours` before noon of 200 calls a minute, one in fifty of which fails.
async fn past(made: &Made, hours: u64) {
    let frame = |minute: u64| {
        let mut frame = calls("bank", minute + 1, NOON - minute * MINUTE, "Shanghai", 196, 4);
        // Counts alone: durations of 48 hours would take a while.
        frame.measures.truncate(3);
        frame
    };
    for hour in 0..hours {
        let frames = (hour * 60 + 1..=(hour + 1) * 60).map(frame).collect();
        made.store.append(Batch { frames, ..Batch::default() }).await.unwrap();
    }
}

/// Calls of one minute, numbered behind those of the past.
async fn minute(made: &Made, minute: u64, bad: u64) {
    let mut frame =
        calls("bank", 100_000 + minute, NOON + minute * MINUTE, "Shanghai", 200 - bad, bad);
    frame.measures.truncate(3);
    made.store.append(Batch { frames: vec![frame], ..Batch::default() }).await.unwrap();
    made.round(minute).await;
}

#[tokio::test]
async fn what_is_not_as_it_was_is_an_incident_and_a_restart_changes_nothing() {
    let rules = [OPS, RULE].concat();
    let mut made = Made::new(&rules);
    past(&made, 48).await;
    for at in 0..5 {
        minute(&made, at, 4).await;
    }
    assert!(made.incidents().is_empty(), "as it was");
    for at in 5..16 {
        minute(&made, at, 60).await;
        if at == 12 {
            made = made.again(&rules);
        }
    }
    let incident = made.incidents().remove(0);
    let found = &incident.parts[0].found;
    assert_eq!((found.value, found.is_above), (Some(0.7), false));
    let expected = found.expected.unwrap();
    assert!(expected.low > 0.9 && (0.97..0.99).contains(&expected.middle), "{expected:?}");
    assert!(found.deviation.unwrap() < -3.0, "{found:?}");
    for at in 16..40 {
        minute(&made, at, 4).await;
    }
    assert_eq!(made.incidents()[0].state, State::Resolved);
    assert_eq!(made.told(), ["ops opened", "ops resolved"]);
}

#[tokio::test]
async fn nothing_is_out_before_enough_was_seen() {
    let made = Made::new(&[OPS, RULE].concat());
    past(&made, 20).await;
    for at in 0..10 {
        minute(&made, at, 100).await;
    }
    assert!(made.incidents().is_empty());
}

#[tokio::test]
async fn what_was_learnt_is_kept_and_shown() {
    let rules = [OPS, RULE].concat();
    let made = Made::new(&rules);
    past(&made, 48).await;
    minute(&made, 0, 4).await;
    let made = made.again("");
    let key = SeriesKey {
        app: "bank".to_owned(),
        measure: "availability.calls".to_owned(),
        dimension: "all".to_owned(),
        value: String::new(),
    };
    assert_eq!(made.keep.series(&key).unwrap().unwrap().0, NOON + MINUTE);
    let normal = dataview::watch::baseline::Normal::new(Calendar::default(), made.keep.clone());
    let band = normal.expected(&key, [NOON].into_iter()).unwrap().unwrap();
    assert_eq!((band.learnt.until, band.learnt.hours_seen), (NOON + MINUTE, 49));
    assert_eq!((&*band.learnt.confidence, band.learnt.out_since), ("fair", None));
    assert!((0.97..0.99).contains(&band.expected[0].unwrap().middle), "{band:?}");
    let (known, left_out) = normal.known("bank", 9).unwrap();
    assert_eq!((known, left_out), (vec![(key, band.learnt)], 0));
    assert_eq!(normal.known("bank", 0).unwrap(), (vec![], 1));
    assert_eq!(normal.known("shop", 9).unwrap(), (vec![], 0));
}

#[tokio::test]
async fn it_is_tried_over_what_is_past() {
    let made = Made::new(&[OPS, RULE].concat());
    past(&made, 60).await;
    for at in 1..60 {
        let mut frame = calls(
            "bank",
            200_000 + at,
            NOON + at * MINUTE,
            "Shanghai",
            if (20..40).contains(&at) { 140 } else { 196 },
            if (20..40).contains(&at) { 60 } else { 4 },
        );
        frame.measures.truncate(3);
        made.store.append(Batch { frames: vec![frame], ..Batch::default() }).await.unwrap();
    }
    let rule = &made.rulebook.now().rules["unusual"];
    let run = dry_run(&*made.store, &Calendar::default(), rule, 1, NOON + 60 * MINUTE).await;
    let run = run.unwrap();
    assert_eq!(run.firings, 1, "{run:?}");
    assert!((NOON + 20 * MINUTE..NOON + 30 * MINUTE).contains(&run.fired[0].at), "{run:?}");
}
