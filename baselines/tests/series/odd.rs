//! Gaps, clocks that jump, zeros, one figure a day, and numbers that are none.

use crate::made::{DAY, HOUR, MINUTE, MONDAY, Noise, calendar, count, feed, latency, openings};
use dna_baselines::{Figure, Series, limits};
use proptest::prelude::*;

const LEARNT: i64 = MONDAY + 14 * DAY;

#[test]
fn a_gap_is_no_incident_and_forgets_nothing() {
    let (mut noise, mut series) = (Noise(30), Series::default());
    feed(&mut series, (MONDAY, LEARNT), |at| count(&mut noise, at));
    let after = LEARNT + 3 * DAY + 10 * HOUR;
    let told = feed(&mut series, (after, after + 4 * HOUR), |at| count(&mut noise, at));
    assert_eq!(openings(&told), []);
    assert!(told[0].1.expected.is_some());
}

#[test]
fn minutes_that_come_again_count_once() {
    let (mut noise, mut series) = (Noise(31), Series::default());
    feed(&mut series, (MONDAY, LEARNT), |at| latency(&mut noise, at));
    let before = series.clone();
    let again = feed(&mut series, (LEARNT - 30 * MINUTE, LEARNT), |_| Figure::Level {
        value: 9_000.0,
        volume: 500,
    });
    assert!(again.iter().all(|(_, verdict)| !verdict.is_out));
    let band = |series: &Series| series.expected(&calendar(), LEARNT);
    assert_eq!(band(&series), band(&before));
}

#[test]
fn a_clock_that_was_a_year_ahead_does_not_stop_it() {
    let (mut noise, mut series) = (Noise(32), Series::default());
    feed(&mut series, (MONDAY, LEARNT), |at| latency(&mut noise, at));
    series.observe(&calendar(), LEARNT + 365 * DAY, Figure::Level { value: 200.0, volume: 100 });
    let told =
        feed(&mut series, (LEARNT, LEARNT + 12 * HOUR), |at| match latency(&mut noise, at) {
            Figure::Level { value, volume } if at >= LEARNT + 10 * HOUR => {
                Figure::Level { value: value * 3.0, volume }
            }
            usual => usual,
        });
    assert_eq!(openings(&told), [LEARNT + 10 * HOUR]);
}

#[test]
fn zeros_are_normal_where_there_are_only_zeros() {
    let mut series = Series::default();
    let told = feed(&mut series, (MONDAY, LEARNT), |_| Figure::Count(0));
    assert_eq!(openings(&told), []);
    let told = feed(&mut series, (LEARNT, LEARNT + 10 * MINUTE), |_| Figure::Count(50));
    assert!(told[3].1.is_out);
}

#[test]
fn one_figure_a_day_is_enough() {
    let (mut noise, mut series) = (Noise(33), Series::default());
    let mut told = Vec::new();
    for day in 0..90 {
        let value = if day == 85 { 400.0 } else { 100.0 + 3.0 * noise.normal() };
        let at = MONDAY + day * DAY + 6 * HOUR;
        let figure = Figure::Level { value, volume: 5_000 };
        told.push((at, series.observe(&calendar(), at, figure)));
    }
    assert_eq!(openings(&told), [MONDAY + 85 * DAY + 6 * HOUR]);
}

#[test]
fn what_rests_on_a_dozen_is_not_judged() {
    let (mut noise, mut series) = (Noise(34), Series::default());
    feed(&mut series, (MONDAY, LEARNT), |at| latency(&mut noise, at));
    let few = Figure::Level { value: 5_000.0, volume: limits::VOLUME_MIN - 1 };
    let told = feed(&mut series, (LEARNT, LEARNT + HOUR), |_| few);
    assert!(told.iter().all(|(_, verdict)| !verdict.is_judged && !verdict.is_out));
}

#[test]
fn another_kind_of_figure_is_not_judged() {
    let (mut noise, mut series) = (Noise(35), Series::default());
    feed(&mut series, (MONDAY, LEARNT), |at| latency(&mut noise, at));
    let told = feed(&mut series, (LEARNT, LEARNT + HOUR), |_| Figure::Count(1_000_000));
    assert!(told.iter().all(|(_, verdict)| !verdict.is_judged && !verdict.is_out));
}

fn any_figure() -> impl Strategy<Value = Figure> {
    prop_oneof![
        (any::<u64>(), any::<u64>()).prop_map(|(bad, all)| Figure::Rate { bad, all }),
        any::<u64>().prop_map(Figure::Count),
        (any::<f64>(), any::<u64>()).prop_map(|(value, volume)| Figure::Level { value, volume }),
    ]
}

proptest! {
    #[test]
    fn nothing_makes_it_panic_or_tell_what_is_no_number(
        figures in prop::collection::vec((any::<i64>(), any_figure()), 1..120),
        minutes in prop::collection::vec(any_figure(), 0..400),
    ) {
        let (mut series, calendar) = (Series::default(), calendar());
        let hours = (0..).map(|n| MONDAY + n * HOUR).zip(minutes);
        for (at, figure) in figures.into_iter().chain(hours) {
            series.released(at);
            let verdict = series.observe(&calendar, at, figure);
            prop_assert!(!verdict.deviation.is_nan(), "{:?}", verdict);
            if let Some(band) = verdict.expected {
                prop_assert!(band.low <= band.middle && band.middle <= band.high, "{:?}", verdict);
            }
        }
        prop_assert!(Series::restore(&series.snapshot()).is_ok());
    }

    #[test]
    fn hostile_snapshots_are_refused(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
        let _ = Series::restore(&bytes);
    }
}
