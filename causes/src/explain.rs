//! From a table to an explanation.

use crate::config::Config;
use crate::evidence::{Cause, Explanation, Figure, Folded, Outside, SetEvidence, Value, WhyNot};
use crate::hypotheses::{self, Hypothesis};
use crate::limits::{BEST_TOLD, COMPARED_MAX};
use crate::measure::{Direction, Measure, Scale, Sums, ratio};
use crate::search;
use crate::set::Set;
use crate::table::Table;
use crate::why_not;

/// The smallest sets of dimension values that explain why `measure` deviates that way, or why no
/// set does. The same table always has the same answer.
#[must_use]
pub fn explain(
    table: &Table,
    measure: Measure,
    direction: Direction,
    config: &Config,
) -> Explanation {
    let mut table = table.clone();
    table.fold();
    let (before, now) = table.minutes();
    let minutes_ratio = ratio(now as f64, before as f64);
    let scale = Scale::new(measure, direction, table.total, minutes_ratio, config);
    let found = search::sums_of_sets(&table, &scale, config);
    let ranked = hypotheses::ranked(&found, &scale, config);
    let outside = outside(&scale, ranked.first(), config);
    let confidences = confidences(&ranked, config);
    let told = told(&ranked, config.causes_max);
    let why_not = told.split_first().map_or_else(Vec::new, |((_, first), others)| {
        let others: Vec<&Hypothesis> = others.iter().map(|(_, other)| *other).collect();
        why_not::reasons(&table, first, &others, &scale, config)
    });
    let why_not = std::iter::once(None).chain(why_not.into_iter().map(Some));
    let teller = Teller { table: &table, scale: &scale, found: &found };
    let causes = told
        .iter()
        .zip(why_not)
        .map(|((place, hypothesis), why_not)| {
            teller.cause(hypothesis, why_not, confidences[*place])
        })
        .collect();
    Explanation {
        measure,
        direction,
        whole: teller.figure(&table.total),
        minutes: (before, now),
        deviation: scale.deviation(&table.total),
        outside,
        causes,
        folded: teller.folded(),
        config: config.clone(),
    }
}

/// The best by score, then single values: what a person would suspect and wants to see ruled out. Each
/// with its place.
fn told(ranked: &[Hypothesis], most: usize) -> Vec<(usize, &Hypothesis)> {
    let simple = |one: &&(usize, &Hypothesis)| one.1.sets.len() == 1 && one.1.sets[0].len() == 1;
    let all: Vec<(usize, &Hypothesis)> = ranked.iter().enumerate().collect();
    let (best, rest) = all.split_at(all.len().min(BEST_TOLD));
    let singles = rest.iter().filter(simple);
    let others = rest.iter().filter(|one| !simple(one));
    best.iter().chain(singles).chain(others).take(most).copied().collect()
}

fn outside(scale: &Scale, best: Option<&Hypothesis>, config: &Config) -> Option<Outside> {
    if scale.total.all() + scale.total.bad() == 0.0 {
        return Some(Outside::NoData);
    }
    let Some(best) = best else { return Some(Outside::NoDeviation) };
    if best.z < config.z_min {
        return Some(Outside::MayBeChance { z: best.z });
    }
    let outside_normal = best.outside_normal;
    (outside_normal < config.outside_normal_min).then_some(Outside::AllAlike { outside_normal })
}

/// How likely each hypothesis is beside the others and "outside", which scores as one that holds
/// half of the deviation in half of the traffic.
fn confidences(ranked: &[Hypothesis], config: &Config) -> Vec<f64> {
    let Some(best) = ranked.first().map(|first| first.score) else { return Vec::new() };
    let outside = config.inside_weight * 0.5 + config.narrow * std::f64::consts::LN_2;
    let likely = |score: f64| ((score - best.max(outside)) / config.confidence_scale).exp();
    let all: f64 = ranked.iter().take(COMPARED_MAX).map(|one| likely(one.score)).sum();
    ranked.iter().map(|one| likely(one.score) / (all + likely(outside))).collect()
}

struct Teller<'a> {
    table: &'a Table,
    scale: &'a Scale,
    found: &'a std::collections::HashMap<Set, Sums>,
}

impl Teller<'_> {
    fn cause(&self, hypothesis: &Hypothesis, why_not: Option<WhyNot>, confidence: f64) -> Cause {
        let whole = self.scale.deviation(&hypothesis.sums) / hypothesis.inside;
        Cause {
            sets: hypothesis.sets.iter().map(|set| self.set(*set, whole)).collect(),
            inside: self.figure(&hypothesis.sums),
            outside: self.figure(&self.table.total.without(&hypothesis.sums)),
            explained: hypothesis.inside,
            outside_normal: hypothesis.outside_normal.min(1.0),
            share: hypothesis.share,
            z: hypothesis.z,
            score: hypothesis.score,
            confidence,
            why_not,
        }
    }

    fn set(&self, set: Set, whole: f64) -> SetEvidence {
        let sums = &self.found[&set];
        let value = |(dimension, value): (usize, u16)| Value {
            dimension: self.table.dimensions[dimension].clone(),
            value: self.table.values[dimension].name(value).to_owned(),
        };
        SetEvidence {
            values: set.parts().map(value).collect(),
            inside: self.figure(sums),
            explained: self.scale.deviation(sums) / whole,
        }
    }

    fn figure(&self, sums: &Sums) -> Figure {
        let (before, now) = self.scale.figures(sums);
        Figure {
            before,
            now,
            bad_before: sums.bad_before,
            all_before: sums.all_before,
            bad_now: sums.bad_now,
            all_now: sums.all_now,
        }
    }

    fn folded(&self) -> Vec<Folded> {
        let dimensions = self.table.dimensions.iter().zip(&self.table.values);
        dimensions
            .filter(|(_, values)| values.folded > 0)
            .map(|(dimension, values)| Folded {
                dimension: dimension.clone(),
                values: values.folded,
                counted: self.figure(values.other()),
            })
            .collect()
    }
}
