//! What is usual is not told to be outside, and the band knows the hour and the day.

use crate::made::{DAY, HOUR, MONDAY, Noise, count, feed, latency, openings};
use dna_baselines::{Confidence, Figure, Series};

const WEEK: i64 = 7 * DAY;

#[test]
fn quiet_weeks_stay_quiet() {
    let mut told = Vec::new();
    for seed in 0..4 {
        let mut noise = Noise(seed);
        let mut series = Series::default();
        let from = MONDAY;
        told.extend(openings(&feed(&mut series, (from, from + 3 * WEEK), |at| {
            count(&mut noise, at)
        })));
        let mut series = Series::default();
        told.extend(openings(&feed(&mut series, (from, from + 3 * WEEK), |at| {
            latency(&mut noise, at)
        })));
    }
    // 24 series-weeks.
    assert!(told.len() <= 3, "{} false: {told:?}", told.len());
}

#[test]
fn seasons_are_learnt() {
    let (mut noise, mut series) = (Noise(1), Series::default());
    feed(&mut series, (MONDAY, MONDAY + 2 * WEEK), |at| count(&mut noise, at));
    let calendar = crate::made::calendar();
    for (day, hour) in [(0, 3), (0, 10), (2, 16), (4, 20), (5, 10), (6, 16)] {
        let at = MONDAY + 2 * WEEK + day * DAY + hour * HOUR + HOUR / 2;
        let band = series.expected(&calendar, at).unwrap();
        let real = crate::made::traffic(at);
        assert!((band.middle / real - 1.0).abs() < 0.12, "day {day}, {hour} h: {band:?}, {real}");
        assert!(band.low < real * 0.9 && real * 1.1 < band.high, "{band:?}");
    }
}

#[test]
fn a_holiday_is_no_working_day() {
    // May 1 to 5, 2026 are holidays, Sunday May 9 is worked by the notice.
    let (mut noise, mut series) = (Noise(2), Series::default());
    let from = MONDAY + 7 * WEEK;
    let told = feed(&mut series, (from, from + 3 * WEEK), |at| count(&mut noise, at));
    assert!(openings(&told).len() <= 1, "{:?}", openings(&told));
    let band = |at| series.expected(&crate::made::calendar(), at).unwrap().middle;
    // Dragon Boat Festival, a Friday, and the Friday before it.
    let friday = from + 8 * WEEK + 4 * DAY + 10 * HOUR + HOUR / 2;
    assert!(band(friday) < band(friday - WEEK) * 0.7);
}

#[test]
fn confidence_grows_from_34_hours_on() {
    let (mut noise, mut series) = (Noise(3), Series::default());
    let told = feed(&mut series, (MONDAY, MONDAY + WEEK), |at| latency(&mut noise, at));
    let at = |at: i64| told[(at / 60) as usize].1;
    let young = at(30 * HOUR);
    assert_eq!((young.confidence, young.expected), (Confidence::Learning, None));
    assert!(at(35 * HOUR).expected.is_some());
    assert_eq!(at(35 * HOUR).confidence, Confidence::Fair);
    assert_eq!(at(4 * DAY + 12 * HOUR).confidence, Confidence::Good);
    assert_eq!(at(5 * DAY + 12 * HOUR).confidence, Confidence::Low, "the first Saturday");
}

#[test]
fn after_34_hours_a_fault_is_seen() {
    let (mut noise, mut series) = (Noise(4), Series::default());
    feed(&mut series, (MONDAY, MONDAY + 34 * HOUR), |at| latency(&mut noise, at));
    let from = MONDAY + 34 * HOUR;
    let told = feed(&mut series, (from, from + 10 * 60), |at| match latency(&mut noise, at) {
        Figure::Level { value, volume } => Figure::Level { value: value * 2.0, volume },
        other => other,
    });
    assert!(told[4].1.is_out, "{:?}", told[4]);
    assert_eq!(told[4].1.since, Some(from));
    assert!(told[4].1.deviation > 4.0);
}
