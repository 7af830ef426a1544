//! Cross-validation: weights are chosen on four fifths of the cases and judged on the fifth.

use std::collections::BTreeMap;

use dna_causes::Config;

use super::cases::Case;
use super::ours;
use super::score::Score;

const FOLDS: usize = 5;

/// The weights that are tried, each near the default; what they do is said in `dna_causes::Config`.
fn grid() -> Vec<Config> {
    let mut configs = Vec::new();
    for inside_weight in [0.0, 0.25, 0.5] {
        for narrow in [0.06, 0.08, 0.1] {
            for value_cost in [0.1, 0.13, 0.16] {
                configs.push(Config { inside_weight, narrow, value_cost, ..Config::default() });
            }
        }
    }
    configs
}

/// What the validation found.
pub(super) struct Validated {
    /// Every case once, judged with weights that were chosen without its stream.
    pub(super) score: Score,
    /// The weights of each fold.
    pub(super) chosen: Vec<Config>,
    /// The default weights on each fold, to see how far folds differ.
    pub(super) default_by_fold: Vec<Score>,
}

/// Chooses by F1, then recall at 3, on the other folds. A stream's cases are in one fold.
pub(super) fn run(cases: &[Case]) -> Validated {
    let folds = folds(cases);
    let judged = |config: &Config| -> Vec<Score> {
        let mut scores = vec![Score::default(); FOLDS];
        for (case, fold) in cases.iter().zip(&folds) {
            scores[*fold].add(&case.truth, &ours(&case.table, config));
        }
        scores
    };
    let tried: Vec<(Config, Vec<Score>)> =
        grid().into_iter().map(|config| (config.clone(), judged(&config))).collect();
    let mut score = Score::default();
    let mut chosen = Vec::new();
    for fold in 0..FOLDS {
        let training = |scores: &[Score]| {
            let mut sum = Score::default();
            for (_, other) in scores.iter().enumerate().filter(|(other, _)| *other != fold) {
                sum.merge(other);
            }
            (sum.f1(), sum.recall(3))
        };
        let best = tried.iter().max_by(|a, b| {
            let (a, b) = (training(&a.1), training(&b.1));
            a.0.total_cmp(&b.0).then(a.1.total_cmp(&b.1))
        });
        if let Some((config, scores)) = best {
            score.merge(&scores[fold]);
            chosen.push(config.clone());
        }
    }
    Validated { score, chosen, default_by_fold: judged(&Config::default()) }
}

/// The fold of each case: streams in the order of their names, dealt out in turn.
fn folds(cases: &[Case]) -> Vec<usize> {
    let mut streams: BTreeMap<&str, usize> = BTreeMap::new();
    for case in cases {
        streams.entry(&case.stream).or_default();
    }
    for (index, fold) in streams.values_mut().enumerate() {
        *fold = index % FOLDS;
    }
    cases.iter().map(|case| streams[case.stream.as_str()]).collect()
}
