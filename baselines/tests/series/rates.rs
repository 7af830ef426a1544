//! Rates are judged by how many there were.

use crate::made::{DAY, HOUR, MINUTE, MONDAY, Noise, feed, openings, traffic};
use dna_baselines::{Figure, Series};

const LEARNT: i64 = MONDAY + 7 * DAY;

fn rate(noise: &mut Noise, all: u64, rate: f64) -> Figure {
    Figure::Rate { bad: noise.bad(all, rate), all }
}

#[test]
fn a_quiet_week_and_then_a_fault() {
    let (mut noise, mut series) = (Noise(20), Series::default());
    let fault = LEARNT + 10 * HOUR;
    let told = feed(&mut series, (MONDAY, fault + HOUR), |at| {
        let by = if at >= fault { 0.05 } else { 0.01 };
        rate(&mut noise, traffic(at) as u64, by)
    });
    let opened = openings(&told);
    assert_eq!(opened.len(), 1, "{opened:?}");
    assert!((fault..fault + 4 * MINUTE).contains(&opened[0]));
}

#[test]
fn two_of_three_at_night_are_no_incident_but_two_of_three_for_long_are() {
    let (mut noise, mut series) = (Noise(21), Series::default());
    feed(&mut series, (MONDAY, LEARNT), |_| rate(&mut noise, 12, 0.02));
    // A minute of them.
    let told = feed(&mut series, (LEARNT, LEARNT + HOUR), |at| {
        let bad = if at == LEARNT + 30 * MINUTE { 2 } else { 0 };
        Figure::Rate { bad, all: 3 }
    });
    assert_eq!(openings(&told), []);
    let told = feed(&mut series, (LEARNT + HOUR, LEARNT + HOUR + 20 * MINUTE), |_| Figure::Rate {
        bad: 5,
        all: 8,
    });
    assert!(told[7].1.is_out, "{:?}", told[7]);
}

#[test]
fn significant_but_tiny_is_no_incident() {
    let (mut noise, mut series) = (Noise(22), Series::default());
    // Half a million requests a minute: 1.00 % or 1.05 % is beyond any doubt, and beyond any care.
    let told = feed(&mut series, (MONDAY, LEARNT), |at| {
        let rate = if at > MONDAY + 3 * DAY { 0.0105 } else { 0.01 };
        let all = 500_000.0_f64;
        let bad = all * rate + (all * rate).sqrt() * noise.normal();
        Figure::Rate { bad: bad as u64, all: all as u64 }
    });
    assert_eq!(openings(&told), []);
}

#[test]
fn what_never_failed_and_fails_now_is_seen() {
    let mut series = Series::default();
    feed(&mut series, (MONDAY, LEARNT), |_| Figure::Rate { bad: 0, all: 200 });
    let told =
        feed(&mut series, (LEARNT, LEARNT + 10 * MINUTE), |_| Figure::Rate { bad: 8, all: 200 });
    assert!(told[3].1.is_out, "{:?}", told[3]);
    let band = told[3].1.expected.unwrap();
    assert!(band.middle < 0.001 && band.high < 0.04, "{band:?}");
}

#[test]
fn failures_that_always_come_in_clumps_are_usual() {
    let (mut noise, mut series) = (Noise(23), Series::default());
    // Every few minutes a batch of ten fails together.
    let told = feed(&mut series, (MONDAY, LEARNT), |_| {
        let clumps = noise.bad(5, 0.06);
        Figure::Rate { bad: clumps * 10, all: 300 }
    });
    assert!(openings(&told).len() <= 2, "{:?}", openings(&told));
}
