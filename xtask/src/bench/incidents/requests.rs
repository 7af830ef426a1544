//! Whether the first cause of an incident over requests is the true one.

use std::collections::{BTreeMap, BTreeSet};

use dna_causes::{Config, Direction, Measure, Period, Table};
use dna_simulator::{Bank, DIMENSIONS, Effect, Incident, value};

use super::FOUND_MINUTES;
use super::watch::{Alarm, Measure as Watched};

/// Minutes before the incident that are normal.
const BEFORE_MINUTES: u32 = 10;

/// Right and all, by kind of incident.
#[derive(Default)]
pub(super) struct Explained {
    pub(super) kinds: BTreeMap<&'static str, (usize, usize)>,
}

impl Explained {
    pub(super) fn add(&mut self, kind: &'static str, is_right: bool) {
        let (right, all) = self.kinds.entry(kind).or_default();
        *right += usize::from(is_right);
        *all += 1;
    }

    pub(super) fn right(&self) -> usize {
        self.kinds.values().map(|kind| kind.0).sum()
    }

    pub(super) fn all(&self) -> usize {
        self.kinds.values().map(|kind| kind.1).sum()
    }
}

/// As an operator would see it: what went out, since when, up to the minute in which it was told.
pub(super) fn at_alarm(bank: &Bank, incident: &Incident, alarm: &Alarm) -> bool {
    let direction = if alarm.is_high { Direction::Rise } else { Direction::Fall };
    is_right(bank, incident, alarm.measure, direction, alarm.since..alarm.minute + 1)
}

/// The causes by themselves: what truly is wrong, in its first minutes.
pub(super) fn by_label(bank: &Bank, incident: &Incident) -> bool {
    let (measure, direction) = match incident.effect {
        Effect::Fail(_) => (Watched::Failed, Direction::Rise),
        Effect::Slow(_) => (Watched::Slow, Direction::Rise),
        Effect::Lost(_) => (Watched::Traffic, Direction::Fall),
    };
    is_right(bank, incident, measure, direction, incident.start..incident.start + FOUND_MINUTES)
}

fn is_right(
    bank: &Bank,
    incident: &Incident,
    watched: Watched,
    direction: Direction,
    now: std::ops::Range<u32>,
) -> bool {
    let Ok(mut table) = Table::new(&DIMENSIONS) else { return false };
    let before = now.start.saturating_sub(BEFORE_MINUTES)..now.start;
    for (period, minutes) in [(Period::Before, before), (Period::Now, now)] {
        for minute in minutes {
            for request in &bank.minute(minute).requests {
                let values: Vec<&str> =
                    request.values.iter().enumerate().map(|(d, v)| value(d, *v)).collect();
                let bad = match watched {
                    Watched::Failed => request.failed,
                    Watched::Slow => request.slow,
                    Watched::Traffic | Watched::Sms => true,
                };
                let bad = f64::from(u8::from(bad));
                if table.add(period, i64::from(minute), bad, 1.0, &values).is_err() {
                    return false;
                }
            }
        }
    }
    let measure = if watched == Watched::Traffic { Measure::Count } else { Measure::Rate };
    let told = dna_causes::explain(&table, measure, direction, &Config::default());
    let named: BTreeSet<BTreeMap<String, String>> = told
        .causes
        .first()
        .filter(|_| told.outside.is_none())
        .into_iter()
        .flat_map(|cause| &cause.sets)
        .map(|set| set.values.iter().map(|v| (v.dimension.clone(), v.value.clone())).collect())
        .collect();
    let truth: BTreeSet<BTreeMap<String, String>> = incident
        .sets
        .iter()
        .map(|set| {
            let named =
                |(d, v): &(usize, u8)| (DIMENSIONS[*d].to_owned(), value(*d, *v).to_owned());
            set.iter().map(named).collect()
        })
        .collect();
    if std::env::var_os("DNA_BENCH_WRONG").is_some() && named != truth {
        println!("{} {watched:?}: {truth:?} but {named:?} {:?}", incident.name, told.outside);
    }
    named == truth
}
