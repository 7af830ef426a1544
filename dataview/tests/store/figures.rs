//! Figures: over time, by dimensions, errors.

use crate::made::{ALWAYS, APP, DAY, HOUR, MINUTE, Made, NOON, error, frame, known, session};
use dataview::model::{Dimension, Metric};
use dataview::store::{Breakdown, Filter, Range, SeriesAsk, Store, StoreError};

fn series(metrics: &[Metric], filter: (Dimension, &str), range: Range, step_ms: u64) -> SeriesAsk {
    SeriesAsk {
        app: APP.to_owned(),
        metrics: metrics.to_vec(),
        filter: Filter { dimension: filter.0, value: filter.1.to_owned() },
        range,
        step_ms,
    }
}

/// Frames of three sessions, one a minute for three hours around midnight, a day each.
async fn filled() -> Made {
    let made = Made::with(|options| options.clock = || NOON + 3 * DAY);
    let midnight = NOON + DAY / 2;
    let frames = (0..180_u64).map(|n| frame((n % 3) as u8, n, midnight - 90 * MINUTE + n * MINUTE));
    made.append(frames.collect()).await;
    made
}

#[tokio::test]
async fn a_series_has_every_step_that_has_something() {
    let made = filled().await;
    let midnight = NOON + DAY / 2;
    for tidied in [false, true] {
        if tidied {
            made.store.tidy().await.unwrap();
        }
        let ask = series(&[Metric::PageViews, Metric::Lcp], (Dimension::All, ""), ALWAYS, HOUR);
        let buckets = made.store.series(ask).await.unwrap();
        let counts: Vec<_> = buckets
            .iter()
            .filter(|bucket| bucket.metric == Metric::PageViews)
            .map(|bucket| (bucket.at_ms, bucket.count))
            .collect();
        assert_eq!(
            counts,
            [
                (midnight - 2 * HOUR, 30),
                (midnight - HOUR, 60),
                (midnight, 60),
                (midnight + HOUR, 30)
            ]
        );
        let lcp = buckets[1].sketch.as_ref().unwrap();
        assert_eq!((buckets[1].metric, lcp.count()), (Metric::Lcp, 30));
        let range = Range { from_ms: midnight - 10 * MINUTE, to_ms: midnight + 5 * MINUTE };
        let of_page = series(&[Metric::PageViews], (Dimension::Page, "/page/1"), range, DAY);
        let counts: Vec<_> =
            made.store.series(of_page).await.unwrap().iter().map(|b| (b.at_ms, b.count)).collect();
        assert_eq!(counts.iter().map(|(_, count)| count).sum::<u64>(), 5, "{counts:?}");
        assert_eq!(counts.len(), 2);
    }
}

#[tokio::test]
async fn a_breakdown_adds_days_up() {
    let made = filled().await;
    let ask = |limit| Breakdown {
        app: APP.to_owned(),
        metrics: vec![Metric::PageViews, Metric::Sessions],
        by: Dimension::Page,
        range: ALWAYS,
        limit,
    };
    for tidied in [false, true] {
        if tidied {
            made.store.tidy().await.unwrap();
        }
        let rows = made.store.breakdown(ask(10)).await.unwrap();
        let told: Vec<_> =
            rows.iter().map(|(page, b)| (page.as_str(), b.metric, b.count)).collect();
        assert_eq!(
            told,
            [
                ("/page/0", Metric::PageViews, 60),
                ("/page/0", Metric::Sessions, 1),
                ("/page/1", Metric::PageViews, 60),
                ("/page/1", Metric::Sessions, 1),
                ("/page/2", Metric::PageViews, 60),
                ("/page/2", Metric::Sessions, 1),
            ]
        );
        assert_eq!(made.store.breakdown(ask(1)).await.unwrap().len(), 2);
    }
    assert_eq!(made.store.apps(ALWAYS).await.unwrap(), [APP]);
    let before = Range { from_ms: NOON - 9 * DAY, to_ms: NOON - 8 * DAY };
    assert_eq!(made.store.apps(before).await.unwrap(), Vec::<String>::new());
}

#[tokio::test]
async fn wrong_steps_are_told() {
    let made = Made::new();
    for step_ms in [0, 1, 90_001] {
        let ask = series(&[Metric::PageViews], (Dimension::All, ""), ALWAYS, step_ms);
        assert!(matches!(made.store.series(ask).await, Err(StoreError::Wrong(_))));
    }
    let ask = series(&[Metric::PageViews], (Dimension::All, ""), ALWAYS, MINUTE);
    assert!(matches!(made.store.series(ask).await, Err(StoreError::TooMuch(_))));
}

#[tokio::test]
async fn errors_are_grouped_over_days() {
    let made = Made::with(|options| options.clock = || NOON + 3 * DAY);
    let mut frames = Vec::new();
    for n in 0..6_u64 {
        let mut frame = frame((n % 2) as u8, n, NOON - n * DAY / 2);
        frame.of_session.release = Some(format!("1.{}.0", 9 - n));
        known(&mut frame, "alice");
        error(&mut frame, u64::MAX - 5, &format!("x is undefined, {n}"));
        if n == 0 {
            error(&mut frame, 7, "other");
        }
        frames.push(frame);
    }
    made.append(frames).await;
    for tidied in [false, true] {
        if tidied {
            made.store.tidy().await.unwrap();
        }
        let groups = made.store.errors(APP.to_owned(), ALWAYS).await.unwrap();
        assert_eq!(groups.len(), 2);
        let group = &groups[0];
        assert_eq!((group.fingerprint, group.count), (u64::MAX - 5, 6));
        assert_eq!((group.sessions, group.users), (2, 1));
        assert_eq!(group.message, "x is undefined, 0");
        assert_eq!((group.first_at_ms, group.last_at_ms), (NOON - 5 * DAY / 2, NOON));
        assert_eq!(group.releases.1.as_deref(), Some("1.9.0"));
        let half = Range { from_ms: NOON - 11 * HOUR, to_ms: NOON + 1 };
        let groups = made.store.errors(APP.to_owned(), half).await.unwrap();
        assert_eq!(groups.iter().map(|group| group.count).collect::<Vec<_>>(), [1, 1]);
    }
    let found = made.store.occurrences(APP.to_owned(), u64::MAX - 5, ALWAYS, 2).await.unwrap();
    let told: Vec<_> = found.iter().map(|one| (one.session, one.sequence, one.at_ms)).collect();
    assert_eq!(told, [(session(0), 0, NOON), (session(1), 1, NOON - DAY / 2)]);
    assert_eq!(found[0].user.as_deref(), Some("alice"));
}
