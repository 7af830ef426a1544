//! Simple detectors beside ours, so that the scorer can be believed: what they earn is published.

use std::collections::VecDeque;

type Rows = [(i64, f64)];

/// The windowed Gaussian of NAB: how far a value is from the mean of the last 6,400, by their
/// standard deviation, both brought up to date every 100 rows. Published: 39.6 on all 58 series.
///
/// The published score is one less the normal tail's probability, which is 1 in floating point from
/// 8.3 deviations on; so it is here.
pub(crate) fn windowed_gaussian(rows: &Rows) -> Vec<f64> {
    const WINDOW: usize = 6_400;
    const STEP: usize = 100;
    let mut window: VecDeque<f64> = VecDeque::new();
    let mut step = Vec::new();
    let (mut mean, mut deviation) = (0.0, 1.0);
    let mut score = |value: f64| {
        let far = (value - mean).abs() / deviation;
        let score = 1.0 - statrs::function::erf::erfc(far / std::f64::consts::SQRT_2) / 2.0;
        let is_first = window.is_empty();
        if window.len() < WINDOW {
            window.push_back(value);
        } else {
            step.push(value);
            if step.len() < STEP {
                return score;
            }
            window.drain(..STEP);
            window.extend(step.drain(..));
        }
        let rows = window.len() as f64;
        mean = window.iter().sum::<f64>() / rows;
        let variance = window.iter().map(|it| (it - mean).powi(2)).sum::<f64>() / rows;
        deviation = if variance > 0.0 { variance.sqrt() } else { 1e-6 };
        if is_first { 0.0 } else { score }
    };
    rows.iter().map(|(_, value)| score(*value)).collect()
}

/// Like Skyline: simple tests vote (three deviations from the mean of all, from the mean of the last
/// 50, six median deviations from the median of the last 500, a histogram's rare bin).
pub(crate) fn votes(rows: &Rows) -> Vec<f64> {
    let (mut count, mut mean, mut square) = (0.0, 0.0, 0.0);
    let mut recent: VecDeque<f64> = VecDeque::new();
    let mut score = |value: f64| {
        let deviation = |square: f64, mean: f64| f64::sqrt((square - mean * mean).max(1e-12));
        let mut votes = 0;
        if recent.len() >= 100 {
            votes += usize::from((value - mean).abs() > 3.0 * deviation(square, mean));
            let last: Vec<f64> = recent.iter().rev().take(50).copied().collect();
            let last_mean = last.iter().sum::<f64>() / 50.0;
            let last_square = last.iter().map(|it| it * it).sum::<f64>() / 50.0;
            let last_deviation = deviation(last_square, last_mean);
            votes += usize::from((value - last_mean).abs() > 3.0 * last_deviation);
            let middle = median(recent.iter().copied());
            let spread = median(recent.iter().map(|it| (it - middle).abs()));
            votes += usize::from((value - middle).abs() > 6.0 * spread.max(1e-9));
            votes += usize::from(is_rare(&recent, value));
        }
        count += 1.0;
        mean += (value - mean) / count;
        square += (value * value - square) / count;
        recent.push_back(value);
        if recent.len() > 500 {
            recent.pop_front();
        }
        votes as f64 / 4.0
    };
    rows.iter().map(|(_, value)| score(*value)).collect()
}

/// An alarm every so many rows, whatever they say: what the rules pay for nothing.
pub(crate) fn every_300_rows(rows: &Rows) -> Vec<f64> {
    (1..=rows.len()).map(|row| if row % 300 == 0 { 1.0 } else { 0.0 }).collect()
}

fn median(values: impl Iterator<Item = f64>) -> f64 {
    let mut values: Vec<f64> = values.collect();
    let middle = values.len() / 2;
    *values.select_nth_unstable_by(middle, f64::total_cmp).1
}

/// Whether fewer than 1 % are in the value's bin of 15.
fn is_rare(recent: &VecDeque<f64>, value: f64) -> bool {
    let low = recent.iter().copied().fold(f64::INFINITY, f64::min);
    let high = recent.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    let width = ((high - low) / 15.0).max(1e-12);
    let bin = ((value - low) / width).floor();
    let inside = recent.iter().filter(|it| ((**it - low) / width).floor() == bin).count();
    inside * 100 < recent.len()
}
