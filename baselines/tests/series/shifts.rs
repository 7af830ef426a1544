//! Bursts, releases, and what lasts.

use crate::made::{DAY, HOUR, MINUTE, MONDAY, Noise, count, feed, latency, openings};
use dna_baselines::{Figure, Series};

const LEARNT: i64 = MONDAY + 14 * DAY;

fn learnt(noise: &mut Noise) -> Series {
    let mut series = Series::default();
    feed(&mut series, (MONDAY, LEARNT), |at| latency(noise, at));
    series
}

fn slower(figure: Figure, by: f64) -> Figure {
    match figure {
        Figure::Level { value, volume } => Figure::Level { value: value * by, volume },
        other => other,
    }
}

#[test]
fn a_burst_counts_once_and_ends() {
    let mut noise = Noise(10);
    let mut series = learnt(&mut noise);
    let (from, to) = (LEARNT + 10 * HOUR, LEARNT + 11 * HOUR);
    // An hour in which two minutes of three are slow.
    let told = feed(&mut series, (LEARNT, LEARNT + 14 * HOUR), |at| {
        let is_slow = (from..to).contains(&at) && at / 60 % 3 != 0;
        slower(latency(&mut noise, at), if is_slow { 2.5 } else { 1.0 })
    });
    let opened = openings(&told);
    assert_eq!(opened.len(), 1, "{opened:?}");
    assert!((from..from + 5 * MINUTE).contains(&opened[0]));
    let out: Vec<i64> = told.iter().filter(|(_, it)| it.is_out).map(|(at, _)| *at).collect();
    assert!(*out.first().unwrap() <= from + 5 * MINUTE);
    assert!((to..to + 20 * MINUTE).contains(out.last().unwrap()));
}

#[test]
fn one_slow_minute_pages_nobody() {
    let mut noise = Noise(11);
    let mut series = learnt(&mut noise);
    let told = feed(&mut series, (LEARNT, LEARNT + 12 * HOUR), |at| {
        slower(latency(&mut noise, at), if at == LEARNT + 10 * HOUR { 5.0 } else { 1.0 })
    });
    assert_eq!(openings(&told), []);
    let slow = told.iter().find(|(at, _)| *at == LEARNT + 10 * HOUR).unwrap().1;
    assert!(slow.deviation > 10.0, "but it is told: {slow:?}");
}

#[test]
fn half_of_the_customers_are_missing() {
    let (mut noise, mut series) = (Noise(12), Series::default());
    feed(&mut series, (MONDAY, LEARNT), |at| count(&mut noise, at));
    let from = LEARNT + 10 * HOUR;
    let told = feed(&mut series, (from, from + 10 * MINUTE), |at| match count(&mut noise, at) {
        Figure::Count(count) => Figure::Count(count / 2),
        other => other,
    });
    assert!(told[4].1.is_out && told[4].1.deviation < -4.0, "{:?}", told[4]);
}

#[test]
fn a_shift_after_a_release_is_told_as_such_and_becomes_normal() {
    let mut noise = Noise(13);
    let mut series = learnt(&mut noise);
    let release = LEARNT + 10 * HOUR;
    series.released(release);
    let told = feed(&mut series, (LEARNT, LEARNT + 3 * DAY), |at| {
        slower(latency(&mut noise, at), if at >= release + 10 * MINUTE { 1.6 } else { 1.0 })
    });
    let at = |at: i64| told[((at - LEARNT) / 60) as usize].1;
    let out = at(release + 20 * MINUTE);
    assert_eq!((out.is_out, out.after_release), (true, Some(release)));
    assert!(!at(LEARNT + 2 * DAY + 14 * HOUR).is_out, "a day later it is the new normal");
    assert!(openings(&told).len() <= 2, "{:?}", openings(&told));
}

#[test]
fn what_begins_long_after_a_release_has_another_cause() {
    let mut noise = Noise(14);
    let mut series = learnt(&mut noise);
    series.released(LEARNT + HOUR);
    let told = feed(&mut series, (LEARNT, LEARNT + 11 * HOUR), |at| {
        slower(latency(&mut noise, at), if at >= LEARNT + 10 * HOUR { 2.0 } else { 1.0 })
    });
    let last = told.last().unwrap().1;
    assert_eq!((last.is_out, last.after_release), (true, None));
}

#[test]
fn traffic_that_grows_slowly_is_no_incident() {
    let (mut noise, mut series) = (Noise(15), Series::default());
    let told = feed(&mut series, (MONDAY, MONDAY + 42 * DAY), |at| {
        let grown = 1.0 + 0.5 * (at - MONDAY) as f64 / (42 * DAY) as f64;
        match count(&mut noise, at) {
            Figure::Count(count) => Figure::Count((count as f64 * grown) as u64),
            other => other,
        }
    });
    assert!(openings(&told).len() <= 1, "{:?}", openings(&told));
}
