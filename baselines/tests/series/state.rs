//! What is kept over a restart, and how much there is of it.

use crate::made::{DAY, HOUR, MONDAY, Noise, calendar, count, feed, latency};
use dna_baselines::{Baselines, Figure, Series, SnapshotError};

#[test]
fn it_goes_on_from_a_snapshot_as_if_nothing_had_been() {
    let (mut noise, mut series) = (Noise(40), Series::default());
    let middle = MONDAY + 10 * DAY + 10 * HOUR;
    let fault = |at: i64| if (middle - 300..middle + 3_600).contains(&at) { 3.0 } else { 1.0 };
    let mut figure = move |at| match latency(&mut noise, at) {
        Figure::Level { value, volume } => Figure::Level { value: value * fault(at), volume },
        other => other,
    };
    feed(&mut series, (MONDAY, middle), &mut figure);
    let mut restored = Series::restore(&series.snapshot()).unwrap();
    assert_eq!(restored, series);
    let later: Vec<Figure> = (middle..middle + DAY).step_by(60).map(&mut figure).collect();
    let next = |at: i64| later[((at - middle) / 60) as usize];
    let (one, other) = (
        feed(&mut series, (middle, middle + DAY), next),
        feed(&mut restored, (middle, middle + DAY), next),
    );
    assert_eq!(one, other);
    assert!(one[0].1.is_out, "the incident is still open after the restart");
}

#[test]
fn a_series_of_a_year_stays_small() {
    let (mut noise, mut series) = (Noise(41), Series::default());
    // A year of hours at ten minutes' distance, with all kinds of day.
    let calendar = calendar();
    for at in (MONDAY..MONDAY + 365 * DAY).step_by(600) {
        series.observe(&calendar, at, count(&mut noise, at));
    }
    let bytes = series.snapshot().len();
    assert!(bytes <= 12 * 1024, "{bytes} bytes");
}

#[test]
fn other_bytes_are_refused_by_name() {
    let snapshot = Series::default().snapshot();
    let mut newer = snapshot.clone();
    newer[0] = 200;
    assert_eq!(Series::restore(&newer), Err(SnapshotError::Version { found: 200, known: 1 }));
    assert_eq!(Series::restore(&[]), Err(SnapshotError::Malformed));
    assert_eq!(Series::restore(&snapshot[..1]), Err(SnapshotError::Malformed));
}

#[test]
fn more_series_than_there_is_room_for_are_counted_and_idle_ones_make_room() {
    let mut baselines = Baselines::with_series_max(calendar(), 3);
    for key in ["a", "b", "c"] {
        assert!(baselines.observe(&key, MONDAY, Figure::Count(1)).is_some());
    }
    assert!(baselines.observe(&"d", MONDAY + HOUR, Figure::Count(1)).is_none());
    assert_eq!((baselines.len(), baselines.refused()), (3, 1));
    baselines.observe(&"b", MONDAY + HOUR, Figure::Count(1));
    assert!(baselines.observe(&"d", MONDAY + DAY, Figure::Count(1)).is_some());
    assert!(baselines.get(&"b").is_some(), "the one that was fed last stays");
    assert_eq!(baselines.len(), 3);
    let bytes = baselines.get(&"d").unwrap().snapshot();
    assert_eq!(baselines.restore("e", MONDAY + HOUR, &bytes), Ok(false));
    assert_eq!(baselines.restore("d", MONDAY + DAY, &bytes), Ok(true));
}
