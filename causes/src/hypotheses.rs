//! Hypotheses: a set, or a few sets that differ in one dimension only (bitrate 500 or 2000, with CDN 5).
//! Each is judged by how much of the deviation it holds, by how far all outside it is back to normal,
//! and by how small and simple it is.

use std::collections::{HashMap, HashSet};

use crate::config::Config;
use crate::limits::TOGETHER_MAX;
use crate::measure::{Scale, Sums};
use crate::set::Set;

/// Sets that together may be the cause, and how they are judged.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Hypothesis {
    /// The one that deviates most first.
    pub(crate) sets: Vec<Set>,
    pub(crate) sums: Sums,
    /// The part of the whole deviation that is inside; above 1 where the outside deviates the other way.
    pub(crate) inside: f64,
    /// How far all outside is back to normal: 1 wholly, 0 when it deviates as the whole does.
    pub(crate) outside_normal: f64,
    pub(crate) share: f64,
    pub(crate) z: f64,
    pub(crate) score: f64,
}

/// All hypotheses, the best first. Empty where nothing deviates.
pub(crate) fn ranked(
    found: &HashMap<Set, Sums>,
    scale: &Scale,
    config: &Config,
) -> Vec<Hypothesis> {
    let grown = grown(found, scale, config);
    let whole = grown
        .iter()
        .map(|(_, sums)| scale.deviation(sums))
        .fold(scale.deviation(&scale.total), f64::max);
    if whole <= 0.0 {
        return Vec::new();
    }
    let mut judged: Vec<Hypothesis> =
        grown.into_iter().map(|(sets, sums)| judge(sets, sums, whole, scale, config)).collect();
    judged.sort_by(|a, b| b.score.total_cmp(&a.score).then_with(|| a.sets.cmp(&b.sets)));
    judged
}

/// Sets alone, and with the sets beside them that differ in one dimension and rise alike.
fn grown(found: &HashMap<Set, Sums>, scale: &Scale, config: &Config) -> Vec<(Vec<Set>, Sums)> {
    // A group: the sets that are alike but for the value of one dimension.
    let mut groups: HashMap<(Set, usize), Vec<(f64, Set)>> = HashMap::new();
    let mut seen: HashSet<Vec<Set>> = HashSet::new();
    let mut hypotheses = Vec::new();
    for (set, sums) in found {
        let deviation = scale.deviation(sums);
        if deviation > 0.0 && scale.share(sums) > 0.0 {
            seen.insert(vec![*set]);
            hypotheses.push((vec![*set], *sums));
            for (dimension, _) in set.parts() {
                let group = groups.entry((set.without(dimension), dimension)).or_default();
                group.push((deviation, *set));
            }
        }
    }
    for mut group in groups.into_values() {
        group.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
        let mut sets: Vec<Set> = Vec::new();
        let mut sums = Sums::default();
        let mut deviation = 0.0;
        for (its, set) in group.into_iter().take(TOGETHER_MAX) {
            let next = &found[&set];
            let matters = its >= config.value_share_min * (deviation + its);
            let alike =
                its * scale.share(&sums) >= config.value_rise_min * deviation * scale.share(next);
            let joins = matters && alike;
            if !sets.is_empty() && !joins {
                break;
            }
            sets.push(set);
            sums.add(next);
            deviation += its;
            if seen.insert(sets.clone()) {
                hypotheses.push((sets.clone(), sums));
            }
        }
    }
    hypotheses
}

fn judge(sets: Vec<Set>, sums: Sums, whole: f64, scale: &Scale, config: &Config) -> Hypothesis {
    let inside = scale.deviation(&sums) / whole;
    let share = scale.share(&sums);
    let outside_normal = (inside - share) / (1.0 - share + config.outside_floor);
    let weighed = config.inside_weight * inside.min(1.0)
        + (1.0 - config.inside_weight) * outside_normal.min(1.0);
    let z = scale.z(&sums);
    let dimensions = sets.first().map_or(1, |set| set.len());
    let mut score = weighed
        - config.narrow * share.max(config.share_min).ln()
        - config.dimension_cost * (dimensions - 1) as f64
        - config.value_cost * (sets.len() - 1) as f64;
    if z < config.z_min {
        // Behind everything that is not chance.
        score -= 1.0;
    }
    Hypothesis { sets, sums, inside, outside_normal, share, z, score }
}
