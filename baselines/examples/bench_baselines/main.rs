//! Scores a folder of NAB's form, and measures what a minute of 10,000 series costs. Writes JSON, of
//! which `cargo xtask bench baselines` makes a table.
//!
//! Usage: `bench_baselines OUT [FOLDER]`; without a folder only the cost is measured.

mod corpus;
mod cost;
mod nab;
mod peers;

use corpus::Series;
use dna_baselines::Detector;
use nab::{Judged, PROFILES, Profile};
use serde_json::{Value, json};
use std::error::Error;
use std::path::Path;

fn main() -> Result<(), Box<dyn Error>> {
    let mut args = std::env::args().skip(1);
    let out = args.next().ok_or("usage: bench_baselines OUT [FOLDER]")?;
    let mut report = json!({"cost": cost::measure()?});
    if let Some(folder) = args.next() {
        let corpus = corpus::read(Path::new(&folder))?;
        if corpus.is_empty() {
            return Err(format!("no labelled series in {folder}").into());
        }
        report["series"] = json!(corpus.len());
        report["rows"] = json!(corpus.iter().map(|one| one.rows.len()).sum::<usize>());
        report["windows"] = json!(corpus.iter().map(|one| one.windows.len()).sum::<usize>());
        report["detectors"] = json!([
            detector("dna", &corpus, ours),
            detector("windowed Gaussian", &corpus, peers::windowed_gaussian),
            detector("votes of simple tests", &corpus, peers::votes),
            detector("an alarm every 300 rows", &corpus, peers::every_300_rows),
        ]);
    }
    std::fs::write(&out, serde_json::to_string_pretty(&report)?)
        .map_err(|error| format!("cannot write {out}: {error}").into())
}

fn ours(rows: &[(i64, f64)]) -> Vec<f64> {
    let mut detector = Detector::default();
    rows.iter().map(|(at, value)| detector.observe(*at, *value)).collect()
}

fn detector(name: &str, corpus: &[Series], scores: fn(&[(i64, f64)]) -> Vec<f64>) -> Value {
    let judged: Vec<Judged> =
        corpus.iter().map(|one| nab::judge(&scores(&one.rows), &one.windows)).collect();
    let all: Vec<&Judged> = judged.iter().collect();
    let profiles = PROFILES.map(|profile| {
        let threshold = nab::best_threshold(&all, profile);
        let earned = nab::earn(&all, profile, threshold);
        json!({
            "name": profile.name,
            "in_sample": earned.normalised(profile),
            "threshold": threshold,
            "found": earned.found,
            "false_alarms": earned.false_alarms,
            "at_published_threshold": nab::earn(&all, profile, Detector::OUT).normalised(profile),
            "without_one_group": without_one_group(corpus, &judged, profile),
            "half_to_half": half_to_half(&judged, profile),
        })
    });
    let threshold = nab::best_threshold(&all, PROFILES[0]);
    let series = corpus.iter().zip(&judged).map(|(one, judged)| {
        let earned = nab::earn(&[judged], PROFILES[0], threshold);
        json!({"name": one.name, "points": earned.points, "windows": earned.windows,
               "found": earned.found, "false_alarms": earned.false_alarms})
    });
    json!({"name": name, "profiles": profiles, "series": series.collect::<Vec<_>>()})
}

/// Each group scored by the threshold that is best for the others.
fn without_one_group(corpus: &[Series], judged: &[Judged], profile: Profile) -> f64 {
    let mut groups: Vec<&str> = corpus.iter().map(|one| one.group.as_str()).collect();
    groups.sort_unstable();
    groups.dedup();
    let folds: Vec<usize> = corpus
        .iter()
        .map(|one| groups.iter().position(|group| *group == one.group).unwrap_or(0))
        .collect();
    across(&folds, groups.len(), judged, profile)
}

/// Thirty times: halves by lot, each scored by the threshold that is best for the other.
fn half_to_half(judged: &[Judged], profile: Profile) -> f64 {
    let mut state = 1_u64;
    let mut sum = 0.0;
    for _ in 0..30 {
        let folds: Vec<usize> = judged
            .iter()
            .map(|_| {
                // A linear congruential generator (Knuth's MMIX): the same halves each time.
                state = state
                    .wrapping_mul(6_364_136_223_846_793_005)
                    .wrapping_add(1_442_695_040_888_963_407);
                usize::from(state >> 63 == 1)
            })
            .collect();
        sum += across(&folds, 2, judged, profile);
    }
    sum / 30.0
}

fn across(folds: &[usize], count: usize, judged: &[Judged], profile: Profile) -> f64 {
    let mut sum = nab::Earned { points: 0.0, found: 0, windows: 0, false_alarms: 0 };
    for fold in 0..count {
        let part = |inside: bool| -> Vec<&Judged> {
            let of = folds.iter().zip(judged).filter(|(it, _)| (**it == fold) == inside);
            of.map(|(_, one)| one).collect()
        };
        let threshold = nab::best_threshold(&part(false), profile);
        let earned = nab::earn(&part(true), profile, threshold);
        sum.points += earned.points;
        sum.windows += earned.windows;
    }
    sum.normalised(profile)
}
