//! Incidents whose cause is known.

use crate::dimensions::{Set, UNICOM};
use crate::random::Random;
use crate::seasons::DAY_MINUTES;

/// What an incident does to the requests that it meets.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Effect {
    /// This part of them fails.
    Fail(f64),
    /// This part of them is slow.
    Slow(f64),
    /// This part of them does not come at all.
    Lost(f64),
}

/// An incident.
#[derive(Debug, Clone, PartialEq)]
pub struct Incident {
    /// What happened, for people.
    pub name: &'static str,
    /// Its first minute.
    pub start: u32,
    /// The minute after its last.
    pub end: u32,
    /// The requests that it meets, of any of these sets; none where it meets all, and the cause is in
    /// no dimension.
    pub sets: Vec<Set>,
    /// What it does to them.
    pub effect: Effect,
}

impl Incident {
    pub(crate) fn meets(&self, minute: u32, values: &[u8; 7]) -> bool {
        let holds = |set: &Set| set.iter().all(|(dimension, value)| values[*dimension] == *value);
        (self.start..self.end).contains(&minute)
            && (self.sets.is_empty() || self.sets.iter().any(holds))
    }
}

/// Incidents of 25 minutes, one every 100 minutes between 08:00 and 21:00 of each of `days`.
#[must_use]
pub fn schedule(seed: u64, days: std::ops::Range<u32>) -> Vec<Incident> {
    let mut random = Random::of(seed, &[77]);
    let mut incidents = Vec::new();
    for day in days {
        for turn in 0..8 {
            let start = day * DAY_MINUTES + 8 * 60 + turn * 100 + random.below(20) as u32;
            let kind = incidents.len() % KINDS;
            incidents.push(one(kind, start, &mut random));
        }
    }
    incidents
}

const KINDS: usize = 11;

fn one(kind: usize, start: u32, random: &mut Random) -> Incident {
    let (region, operator) = (random.below(6) as u8, random.below(3) as u8);
    let device = random.below(3) as u8;
    let fail = Effect::Fail(random.between(0.15, 0.5));
    let slow = Effect::Slow(random.between(0.3, 0.7));
    let (name, sets, effect) = match kind {
        0 => ("an operator fails", vec![vec![(2, operator)]], fail),
        1 => ("an operator fails in a region", vec![vec![(1, region), (2, operator)]], fail),
        2 => ("a CDN node of one operator fails", vec![vec![(6, 2)]], fail),
        3 => ("a CDN node of all is slow", vec![vec![(6, random.below(2) as u8)]], slow),
        4 => ("a release fails on a kind of device", vec![vec![(3, device), (4, 0)]], fail),
        5 => ("an API fails", vec![vec![(5, random.below(6) as u8)]], fail),
        6 => ("an API is slow", vec![vec![(5, random.below(6) as u8)]], slow),
        7 => ("an application is slow", vec![vec![(0, random.below(3) as u8)]], slow),
        8 => {
            let other = (region + 1) % 6;
            let mut regions = [region, other];
            regions.sort_unstable();
            ("two regions fail", regions.iter().map(|one| vec![(1, *one)]).collect(), fail)
        }
        9 => {
            let set = vec![vec![(1, region), (2, UNICOM)]];
            ("a line of an operator is down", set, Effect::Lost(random.between(0.85, 1.0)))
        }
        _ => ("all fails alike", Vec::new(), Effect::Fail(random.between(0.1, 0.3))),
    };
    Incident { name, start, end: start + 25, sets, effect }
}
