//! Why a hypothesis stands behind the first: the rows of both are counted once more.

use crate::config::Config;
use crate::evidence::WhyNot;
use crate::hypotheses::Hypothesis;
use crate::measure::{Scale, Sums};
use crate::set::Set;
use crate::table::Table;

/// Below this part two sets of rows are the same, above one minus it two are different.
const SAME_PART: f64 = 0.02;
/// A set that keeps less than this of the deviation without the first's rows deviates through them.
const LEFT_PART: f64 = 0.2;

/// One reason for each of `others`, in their order.
pub(crate) fn reasons(
    table: &Table,
    first: &Hypothesis,
    others: &[&Hypothesis],
    scale: &Scale,
    config: &Config,
) -> Vec<WhyNot> {
    let mut shared = vec![Sums::default(); others.len()];
    for (leaf, sums) in &table.leaves {
        if holds(&first.sets, leaf) {
            for (other, shared) in others.iter().zip(&mut shared) {
                if holds(&other.sets, leaf) {
                    shared.add(sums);
                }
            }
        }
    }
    others
        .iter()
        .zip(&shared)
        .map(|(other, shared)| reason(first, other, shared, scale, config))
        .collect()
}

fn holds(sets: &[Set], leaf: &[u16]) -> bool {
    sets.iter().any(|set| set.holds(leaf))
}

fn reason(
    first: &Hypothesis,
    other: &Hypothesis,
    shared: &Sums,
    scale: &Scale,
    config: &Config,
) -> WhyNot {
    let part = |sums: &Sums| {
        let most = first.sums.all() + first.sums.bad();
        if most > 0.0 { (sums.all() + sums.bad()) / most } else { 0.0 }
    };
    let (only_first, only_other) = (first.sums.without(shared), other.sums.without(shared));
    if part(&only_first) <= SAME_PART && part(&only_other) <= SAME_PART {
        return WhyNot::SameRows;
    }
    if other.z < config.z_min {
        return WhyNot::MayBeChance;
    }
    if part(&only_other) <= SAME_PART {
        let unexplained = (first.inside - other.inside).max(0.0);
        return WhyNot::TooNarrow { unexplained };
    }
    let whole = scale.deviation(&first.sums) / first.inside;
    let explained_without = scale.deviation(&only_other) / whole;
    if explained_without < LEFT_PART * other.inside {
        return WhyNot::OnlyThroughTheFirst { explained_without };
    }
    if other.inside < first.inside && explained_without < other.inside {
        return WhyNot::ExplainsLess;
    }
    WhyNot::Beside
}
