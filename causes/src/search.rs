//! Sums of sets of one, two and three values. A set is only looked at when all sets of which it is a part
//! deviate enough: what explains an incident shows in each of its values alone.

use std::collections::{HashMap, HashSet};

use crate::config::Config;
use crate::limits::{OPEN_MAX, SET_MAX};
use crate::measure::{Scale, Sums};
use crate::set::Set;
use crate::table::Table;
use crate::values::OTHER_NUMBER;

/// The sums of every set that was looked at.
pub(crate) fn sums_of_sets(table: &Table, scale: &Scale, config: &Config) -> HashMap<Set, Sums> {
    let mut found = HashMap::new();
    let singles = level_one(table);
    let whole = whole_deviation(scale, singles.values());
    let mut open = most_deviating(&singles, scale, config.open_share_min * whole);
    found.extend(singles);
    let mut size = 2;
    while size <= SET_MAX.min(table.dimensions.len()) && !open.is_empty() {
        let level = next_level(table, &open, size);
        open.extend(most_deviating(&level, scale, config.open_share_min * whole));
        found.extend(level);
        size += 1;
    }
    found
}

/// The deviation of the whole, or of the set that deviates most where others hide it.
pub(crate) fn whole_deviation<'a>(scale: &Scale, sets: impl Iterator<Item = &'a Sums>) -> f64 {
    sets.map(|sums| scale.deviation(sums)).fold(scale.deviation(&scale.total), f64::max)
}

fn level_one(table: &Table) -> HashMap<Set, Sums> {
    let mut sums: HashMap<Set, Sums> = HashMap::new();
    for (leaf, counted) in &table.leaves {
        for (dimension, value) in leaf.iter().enumerate().filter(|(_, v)| **v != OTHER_NUMBER) {
            sums.entry(Set::of(&[(dimension, *value)])).or_default().add(counted);
        }
    }
    sums
}

/// The sets that deviate by `least` or more, at most [`OPEN_MAX`] of them.
fn most_deviating(level: &HashMap<Set, Sums>, scale: &Scale, least: f64) -> HashSet<Set> {
    let mut deviating: Vec<(f64, Set)> = level
        .iter()
        .map(|(set, sums)| (scale.deviation(sums), *set))
        .filter(|(deviation, _)| *deviation > 0.0 && *deviation >= least)
        .collect();
    deviating.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
    deviating.truncate(OPEN_MAX);
    deviating.into_iter().map(|(_, set)| set).collect()
}

/// The sums of the sets of `size` values all of whose parts are open.
fn next_level(table: &Table, open: &HashSet<Set>, size: usize) -> HashMap<Set, Sums> {
    let mut sums: HashMap<Set, Sums> = HashMap::new();
    let mut parts: Vec<(usize, u16)> = Vec::with_capacity(table.dimensions.len());
    for (leaf, counted) in &table.leaves {
        parts.clear();
        let own = leaf.iter().enumerate().map(|(dimension, value)| (dimension, *value));
        parts.extend(own.filter(|part| open.contains(&Set::of(&[*part]))));
        for first in 0..parts.len() {
            for second in first + 1..parts.len() {
                let pair = Set::of(&[parts[first], parts[second]]);
                if size == 2 {
                    sums.entry(pair).or_default().add(counted);
                } else if open.contains(&pair) {
                    for third in &parts[second + 1..] {
                        let others_open = open.contains(&Set::of(&[parts[first], *third]))
                            && open.contains(&Set::of(&[parts[second], *third]));
                        if others_open {
                            let triple = Set::of(&[parts[first], parts[second], *third]);
                            sums.entry(triple).or_default().add(counted);
                        }
                    }
                }
            }
        }
    }
    sums
}
