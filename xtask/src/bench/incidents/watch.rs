//! The series that a monitoring service would watch: all, each value of each dimension, and each region's
//! line of each operator.

use dna_baselines::{Baselines, Calendar, Figure, Holidays};
use dna_simulator::{Minute, VALUES};
use jiff::tz::TimeZone;

/// 2026-06-01, a Monday: the bank's minute 0, in Unix seconds.
const MONDAY_S: i64 = 1_780_272_000;
/// In the place of a dimension: all requests.
const ALL: usize = usize::MAX;
/// In the place of a dimension: a region's line of an operator. A bank watches the pair by itself, since
/// lines go down one by one.
const LINE: usize = usize::MAX - 1;
/// The places of both among the dimensions.
const REGION: usize = 1;
const OPERATOR: usize = 2;

/// What a series is of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Measure {
    /// The part that failed.
    Failed,
    /// The part that was slow.
    Slow,
    /// How many there were.
    Traffic,
    /// How long an SMS code took.
    Sms,
}

/// A measure, and the value of a dimension.
type Key = (Measure, usize, u8);

/// A series that went out.
#[derive(Debug, Clone, Copy)]
pub(super) struct Alarm {
    /// When it was told.
    pub(super) minute: u32,
    /// The first minute outside.
    pub(super) since: u32,
    pub(super) measure: Measure,
    /// Whether the figure is above the band.
    pub(super) is_high: bool,
}

/// All series of a bank.
pub(super) struct Watch {
    baselines: Baselines<Key>,
    out: std::collections::BTreeSet<Key>,
}

/// Requests, failed, slow.
type Counts = (u64, u64, u64);

impl Watch {
    pub(super) fn new() -> Self {
        let calendar = Calendar::new(TimeZone::UTC, Holidays::default());
        Self { baselines: Baselines::new(calendar), out: std::collections::BTreeSet::new() }
    }

    /// Takes a minute; the series that went out in it and deviates most, if one did.
    pub(super) fn feed(&mut self, minute: u32, told: &Minute) -> Option<Alarm> {
        let mut opened: Option<(f64, Alarm)> = None;
        for (key, figure) in figures(told) {
            let at_s = MONDAY_S + i64::from(minute) * 60;
            let Some(verdict) = self.baselines.observe(&key, at_s, figure) else { continue };
            let was_out =
                if verdict.is_out { !self.out.insert(key) } else { self.out.remove(&key) };
            if verdict.is_out && !was_out {
                let since = verdict.since.map_or(minute, |since| ((since - MONDAY_S) / 60) as u32);
                let (measure, is_high) = (key.0, verdict.deviation >= 0.0);
                let alarm = Alarm { minute, since, measure, is_high };
                if opened.is_none_or(|best| verdict.deviation.abs() > best.0) {
                    opened = Some((verdict.deviation.abs(), alarm));
                }
            }
        }
        opened.map(|(_, alarm)| alarm)
    }
}

fn figures(minute: &Minute) -> Vec<(Key, Figure)> {
    let mut all: Counts = (0, 0, 0);
    let operators = VALUES[OPERATOR].len();
    let mut lines: Vec<Counts> = vec![(0, 0, 0); VALUES[REGION].len() * operators];
    let mut counts: Vec<Vec<Counts>> = VALUES.iter().map(|v| vec![(0, 0, 0); v.len()]).collect();
    for request in &minute.requests {
        let (failed, slow) = (u64::from(request.failed), u64::from(request.slow));
        let own = counts.iter_mut().zip(request.values).map(|(d, v)| &mut d[usize::from(v)]);
        let line =
            usize::from(request.values[REGION]) * operators + usize::from(request.values[OPERATOR]);
        for count in own.chain([&mut all, &mut lines[line]]) {
            *count = (count.0 + 1, count.1 + failed, count.2 + slow);
        }
    }
    let mut figures =
        vec![((Measure::Sms, ALL, 0), Figure::Level { value: minute.sms.0, volume: minute.sms.1 })];
    let mut add = |dimension: usize, value: u8, count: Counts| {
        let rate = |bad| Figure::Rate { bad, all: count.0 };
        figures.push(((Measure::Failed, dimension, value), rate(count.1)));
        figures.push(((Measure::Slow, dimension, value), rate(count.2)));
        figures.push(((Measure::Traffic, dimension, value), Figure::Count(count.0)));
    };
    add(ALL, 0, all);
    for (line, count) in lines.iter().enumerate() {
        add(LINE, line as u8, *count);
    }
    for (dimension, values) in counts.iter().enumerate() {
        for (value, count) in values.iter().enumerate() {
            add(dimension, value as u8, *count);
        }
    }
    figures
}
