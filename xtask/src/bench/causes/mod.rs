//! `cargo xtask bench causes --data DIR`: how often the set of dimension values that is named is the
//! cause, beside Adtributor on the same cases.

mod adtributor;
mod cases;
mod score;
mod validate;

use std::time::{Duration, Instant};

use anyhow::{Context, Result};
use dna_causes::{Config, Direction, Measure, Table};
use serde_json::json;

use self::cases::{BEFORE_MINUTES, Case, PAPER_MINUTES, Set};
use self::score::{Answer, Score};
use super::Args;
use crate::progress::{Step, note};
use crate::workspace::Workspace;

/// Measures, prints the Markdown and leaves target/bench/causes.json.
pub(crate) fn run(workspace: &Workspace, args: &Args) -> Result<()> {
    let Some(folder) = &args.data else {
        println!("bench causes: skipped, there is no folder of cases; give one by --data DIR");
        return Ok(());
    };
    let step = Step::start("bench causes");
    let cases = cases::read(folder)?;
    let config = Config::default();
    let (score, time) = timed(&cases, |case| ours(&case.table, &config));
    let (paper, paper_time) = timed(&cases, |case| ours(&case.paper_table, &config));
    let (referee, referee_time) = timed(&cases, |case| adtributors(case, 1));
    let (referee_3, _) = timed(&cases, |case| adtributors(case, 3));
    let validated = validate::run(&cases);
    let confidence = confidence(&cases, &config);
    step.done();

    println!("\n{} cases of {}\n", cases.len(), folder.display());
    println!(
        "| method | F1 | first right | recall@1 | recall@3 | s a case |\n|---|---|---|---|---|---|"
    );
    row("ours, default weights (in-sample)", &score, Some(time));
    row("the same, the paper's minutes before", &paper, Some(paper_time));
    row("ours, weights chosen on the other folds", &validated.score, None);
    row("Adtributor, its first dimension", &referee, Some(referee_time));
    row("Adtributor, its first three dimensions", &referee_3, None);
    let by_fold: Vec<String> = validated
        .default_by_fold
        .iter()
        .map(|fold| format!("{:.2} ({})", fold.f1(), fold.cases))
        .collect();
    println!("\nThe default weights by fold, F1 (cases): {}.", by_fold.join(", "));
    println!("{confidence}");
    println!(
        "A set is right when it is exactly a true one. F1 = 2 TP / (2 TP + FP + FN), the counts summed \
         over all cases, of the sets named as the cause. recall@k: the true sets among the first k, \
         of all true sets. Normal are the {BEFORE_MINUTES} minutes before; for Adtributor the \
         {PAPER_MINUTES} of RobustSpot's forecast. Known for all 135 cases: RobustSpot F1 .420, recall \
         .867, 0.90 s; Adtributor F1 .274, 0.06 s.\n\nWeights: {}",
        serde_json::to_string(&json_of(&config))?
    );
    let report = json!({
        "cases": cases.len(),
        "config": json_of(&config),
        "default": figures(&score, Some(time)),
        "paper_minutes": figures(&paper, Some(paper_time)),
        "cross_validated": figures(&validated.score, None),
        "chosen": validated.chosen.iter().map(json_of).collect::<Vec<_>>(),
        "adtributor": figures(&referee, Some(referee_time)),
    });
    let path = workspace.target().join("bench/causes.json");
    std::fs::create_dir_all(path.parent().context("it has a parent")?)?;
    std::fs::write(&path, serde_json::to_vec_pretty(&report)?)?;
    note(&path.display().to_string());
    Ok(())
}

/// What ours says; nothing is named where the cause is outside what was measured.
fn ours(table: &Table, config: &Config) -> Answer {
    let explanation = dna_causes::explain(table, Measure::Rate, Direction::Rise, config);
    let sets = explanation.causes.iter().map(|cause| {
        let set = |set: &dna_causes::SetEvidence| -> Set {
            set.values.iter().map(|v| (v.dimension.clone(), v.value.clone())).collect()
        };
        cause.sets.iter().map(set).collect::<Vec<Set>>()
    });
    let sets: Vec<Vec<Set>> = sets.collect();
    let named = if explanation.outside.is_none() { sets.first().cloned() } else { None };
    Answer { named: named.unwrap_or_default(), ranked: one_by_one(sets) }
}

fn adtributors(case: &Case, dimensions: usize) -> Answer {
    let sets = adtributor::ranked(case);
    let named = sets.iter().take(dimensions).flatten().cloned().collect();
    Answer { named, ranked: one_by_one(sets) }
}

/// The sets in their order, each once.
fn one_by_one(causes: Vec<Vec<Set>>) -> Vec<Set> {
    let mut ranked = Vec::new();
    for set in causes.into_iter().flatten() {
        if !ranked.contains(&set) {
            ranked.push(set);
        }
    }
    ranked
}

/// The score over all cases, and the time of a case on average.
fn timed(cases: &[Case], answer: impl Fn(&Case) -> Answer) -> (Score, Duration) {
    let mut score = Score::default();
    let mut time = Duration::ZERO;
    for case in cases {
        let start = Instant::now();
        let answer = answer(case);
        time += start.elapsed();
        score.add(&case.truth, &answer);
    }
    (score, time / u32::try_from(cases.len()).unwrap_or(u32::MAX))
}

/// Whether the confidence means what it says: cases above and below its middle.
fn confidence(cases: &[Case], config: &Config) -> String {
    let mut by_confidence: Vec<(f64, bool)> = cases
        .iter()
        .filter_map(|case| {
            let told = dna_causes::explain(&case.table, Measure::Rate, Direction::Rise, config);
            let right = ours(&case.table, config).named.iter().all(|set| case.truth.contains(set));
            told.causes.first().map(|cause| (cause.confidence, right))
        })
        .collect();
    by_confidence.sort_by(|a, b| a.0.total_cmp(&b.0));
    let half = by_confidence.len() / 2;
    let told = |part: &[(f64, bool)]| {
        let many = part.len().max(1) as f64;
        let mean = part.iter().map(|one| one.0).sum::<f64>() / many;
        let right = part.iter().filter(|one| one.1).count() as f64 / many;
        format!("{mean:.2} told, {right:.2} right")
    };
    let (low, high) = (told(&by_confidence[..half]), told(&by_confidence[half..]));
    format!("Confidence, the lower half of the cases: {low}; the upper half: {high}.")
}

fn row(name: &str, score: &Score, time: Option<Duration>) {
    let time = time.map_or("–".to_owned(), |time| format!("{:.4}", time.as_secs_f64()));
    println!(
        "| {name} | {:.3} | {:.3} | {:.3} | {:.3} | {time} |",
        score.f1(),
        score.first(),
        score.recall(1),
        score.recall(3)
    );
}

fn figures(score: &Score, time: Option<Duration>) -> serde_json::Value {
    json!({
        "f1": score.f1(),
        "first": score.first(),
        "recall_1": score.recall(1),
        "recall_3": score.recall(3),
        "seconds_a_case": time.map(|time| time.as_secs_f64()),
    })
}

fn json_of(config: &Config) -> serde_json::Value {
    serde_json::to_value(config).unwrap_or_default()
}
