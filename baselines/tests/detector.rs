//! Scores of rows: what somebody sees who feeds a series.

use dna_baselines::{Detector, SnapshotError};
use proptest::prelude::*;

/// Numbers that look random, the same ones each time (SplitMix64).
struct Noise(u64);

impl Noise {
    fn normal(&mut self) -> f64 {
        let mut sum = 0.0;
        for _ in 0..12 {
            self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
            let mut z = self.0;
            z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
            z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
            sum += ((z ^ (z >> 31)) >> 11) as f64 / (1_u64 << 53) as f64;
        }
        sum - 6.0
    }
}

fn scores(values: impl IntoIterator<Item = f64>) -> Vec<f64> {
    let mut detector = Detector::default();
    let at = |n: usize| 1_772_409_600 + 300 * n as i64;
    values.into_iter().enumerate().map(|(n, value)| detector.observe(at(n), value)).collect()
}

/// Rows whose score is at least that.
fn above(scores: &[f64], score: f64) -> Vec<usize> {
    (0..scores.len()).filter(|n| scores[*n] >= score).collect()
}

fn noise(rows: usize, seed: u64) -> Vec<f64> {
    let mut noise = Noise(seed);
    (0..rows).map(|_| 50.0 + 3.0 * noise.normal()).collect()
}

#[test]
fn noise_waves_and_constants_are_usual() {
    let all: Vec<Vec<f64>> = (0..10).map(|seed| scores(noise(4_000, seed))).collect();
    let told = |score| all.iter().map(|one| above(one, score).len()).sum::<usize>();
    assert!(told(Detector::OUT) <= 100, "{} of 40,000 rows of noise", told(Detector::OUT));
    assert!(told(0.75) <= 6, "{} of 40,000 rows of noise", told(0.75));
    let wave = (0..4_000).map(|n| (f64::from(n) / 288.0 * std::f64::consts::TAU).sin());
    // The first hundreds of rows are half a wave, and its top is new.
    let told = above(&scores(wave), Detector::OUT);
    assert!(told.iter().all(|row| *row < 288), "{told:?}");
    for constant in [0.0, 7.0, -1e9] {
        assert_eq!(above(&scores([constant; 4_000]), 1e-9), []);
    }
}

#[test]
fn a_spike_a_shift_and_a_change_of_noise_score_most() {
    let mut spike = noise(3_000, 1);
    spike[2_000..2_010].iter_mut().for_each(|value| *value += 60.0);
    let mut shift = noise(3_000, 2);
    shift[2_000..].iter_mut().for_each(|value| *value += 15.0);
    let mut wild = noise(3_000, 3);
    wild[2_000..].iter_mut().for_each(|value| *value += (*value - 50.0) * 5.0);
    for (what, series) in [("spike", spike), ("shift", shift), ("noise", wild)] {
        let scores = scores(series);
        let most = scores.iter().copied().fold(0.0, f64::max);
        let at = above(&scores, most)[0];
        assert!((2_000..2_060).contains(&at) && most >= 0.75, "{what}: {most} at {at}");
    }
}

#[test]
fn a_burst_is_told_once_and_the_next_again() {
    let mut series = noise(4_000, 4);
    for burst in [2_000, 3_000] {
        series[burst..burst + 100].iter_mut().for_each(|value| *value += 80.0);
    }
    let scores = scores(series);
    let told = |from, score| {
        above(&scores, score).iter().filter(|n| (from..from + 100).contains(*n)).count()
    };
    assert!((1..=8).contains(&told(2_000, Detector::OUT)), "{:?}", above(&scores, Detector::OUT));
    assert!((1..=8).contains(&told(3_000, Detector::OUT)), "{:?}", above(&scores, Detector::OUT));
    assert_eq!(above(&scores, 0.75).len(), told(2_000, 0.75) + told(3_000, 0.75));
}

#[test]
fn it_goes_on_from_a_snapshot_as_if_nothing_had_been() {
    let mut one = Detector::default();
    for (n, value) in noise(2_000, 5).into_iter().enumerate() {
        one.observe(300 * n as i64, value);
    }
    let bytes = one.snapshot();
    assert!(bytes.len() < 1_024, "{} bytes", bytes.len());
    let mut other = Detector::restore(&bytes).unwrap();
    for (n, value) in noise(500, 6).into_iter().enumerate() {
        let at = 300 * (2_000 + n as i64);
        assert_eq!(one.observe(at, value * 1.3), other.observe(at, value * 1.3));
    }
    assert_eq!(
        Detector::restore(&bytes[1..]),
        Err(SnapshotError::Version { found: bytes[1], known: 1 })
    );
}

proptest! {
    #[test]
    fn scores_are_scores(rows in prop::collection::vec((any::<i64>(), any::<f64>()), 0..400)) {
        let mut detector = Detector::default();
        for (at, value) in rows {
            let score = detector.observe(at, value);
            prop_assert!((0.0..=1.0).contains(&score), "{score}");
        }
        prop_assert!(Detector::restore(&detector.snapshot()).is_ok());
    }
}
