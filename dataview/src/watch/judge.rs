//! Whether a rule is out, by what its windows had. Pure: the same figures are judged the same,
//! now, after a restart, or when somebody asks what the rule would have done last week.

use super::measure::{Measure, at_most, float, samples_named, share_named};
use super::rule::{Rule, Severity, When};
use crate::query::figures::Tally;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Burn rates that are too fast, each over a long and a short window, in minutes: the long one says
/// that it matters, the short one that it goes on (Google, The Site Reliability Workbook, chapter 5).
pub const BURNS: [(f64, u32, u32); 3] = [(14.4, 60, 5), (6.0, 360, 30), (1.0, 4_320, 360)];

/// What one window had.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Reading {
    /// The measure's value; of an objective the share that was bad. `None`: there was nothing.
    pub value: Option<f64>,
    /// Of how many it is told.
    pub volume: u64,
}

/// How a rule fares.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fares {
    /// As it should.
    Well,
    /// It would fire.
    Out,
    /// There is too little to say.
    Unknown,
}

/// What was found.
#[derive(Debug, Clone, PartialEq)]
pub struct Verdict {
    /// How it fares.
    pub fares: Fares,
    /// How bad that is.
    pub severity: Severity,
    /// Figures by which it was judged.
    pub found: Found,
}

/// Figures by which something was judged.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Found {
    /// What was measured.
    pub measure: String,
    /// The measure's value; of an objective the burn rate over the longer window.
    pub value: Option<f64>,
    /// What it was compared with.
    pub limit: Option<f64>,
    /// Whether values above the limit are out; otherwise those below.
    pub is_above: bool,
    /// Of how many it is told; absent of what is counted.
    pub volume: Option<u64>,
    /// Over how many minutes.
    pub window_minutes: u32,
    /// Of a baseline: what was expected.
    #[serde(default)]
    pub expected: Option<Expected>,
    /// Of a baseline: by how many robust standard deviations the value is above or below that.
    #[serde(default)]
    pub deviation: Option<f64>,
    /// Of a baseline: how much to believe it, `learning`, `low`, `fair` or `good`.
    #[serde(default)]
    pub confidence: Option<String>,
    /// Of a baseline: the time of the release that came shortly before, in ms since the Unix epoch.
    #[serde(default)]
    pub after_release: Option<u64>,
}

/// What is expected of a measure, in its own unit.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Expected {
    /// What is lower is out.
    pub low: f64,
    /// What is expected most.
    pub middle: f64,
    /// What is higher is out.
    pub high: f64,
}

impl When {
    /// The windows that it looks at, in minutes.
    #[must_use]
    pub fn windows(&self) -> Vec<u32> {
        match self {
            Self::Threshold { window_minutes, .. } | Self::Absence { window_minutes, .. } => {
                vec![*window_minutes]
            }
            // A series takes a minute at a time.
            Self::Baseline { .. } => vec![1],
            Self::Objective { .. } => {
                BURNS.iter().flat_map(|(_, long, short)| [*long, *short]).collect()
            }
        }
    }

    /// What a window with these figures had.
    #[must_use]
    pub fn reading(&self, tally: &Tally) -> Reading {
        match self {
            Self::Threshold { measure, .. }
            | Self::Absence { measure, .. }
            | Self::Baseline { measure } => {
                let Some(measure) = Measure::named(measure) else { return Reading::default() };
                Reading { value: measure.value(tally), volume: measure.volume(tally) }
            }
            Self::Objective { .. } => self.parts(tally).map_or_else(Reading::default, bad_share),
        }
    }

    /// Of an objective: how many were good, and how many there were.
    #[must_use]
    pub fn parts(&self, tally: &Tally) -> Option<(u64, u64)> {
        let Self::Objective { measure, at_most: limit, .. } = self else { return None };
        match (share_named(measure), samples_named(measure), limit) {
            (Some(share), ..) => Some(share.parts(tally)),
            (None, Some(metric), Some(limit)) => Some(at_most(tally, metric, *limit)),
            _ => None,
        }
    }
}

/// The bad ones of (good, all).
#[must_use]
pub fn bad_share((good, all): (u64, u64)) -> Reading {
    let value = (all > 0).then(|| float(all - good.min(all)) / float(all));
    Reading { value, volume: all }
}

/// How `rule` fares when its [windows](When::windows) had `readings`; `is_out` says whether it was
/// out before, which hysteresis depends on.
#[must_use]
pub fn judge(rule: &Rule, readings: &[Reading], is_out: bool) -> Verdict {
    let first = readings.first().copied().unwrap_or_default();
    match &rule.when {
        When::Threshold { above, below, clear, window_minutes, .. } => {
            let limit = above.or(*below).unwrap_or_default();
            let limit = if is_out { clear.unwrap_or(limit) } else { limit };
            let is_above = above.is_some();
            let fares = match first.value {
                Some(value) if first.volume >= rule.volume_min => {
                    fares(if is_above { value > limit } else { value < limit })
                }
                _ => Fares::Unknown,
            };
            let found = found(rule, first, Some(limit), is_above, *window_minutes);
            Verdict { fares, severity: rule.severity, found }
        }
        When::Absence { at_least, window_minutes, .. } => {
            let least = float(*at_least);
            let fares = fares(first.value.is_none_or(|value| value < least));
            let reading = Reading { value: Some(first.value.unwrap_or(0.0)), ..first };
            let found = found(rule, reading, Some(least), false, *window_minutes);
            Verdict { fares, severity: rule.severity, found }
        }
        When::Objective { target, .. } => objective(rule, readings, 1.0 - target),
        // What is normal depends on more than windows: `baseline` judges it.
        When::Baseline { .. } => {
            let found = found(rule, first, None, true, 1);
            Verdict { fares: Fares::Unknown, severity: rule.severity, found }
        }
    }
}

fn fares(is_out: bool) -> Fares {
    if is_out { Fares::Out } else { Fares::Well }
}

/// The first pair of windows that burns too fast, or how fast the first one burns.
fn objective(rule: &Rule, readings: &[Reading], budget: f64) -> Verdict {
    let pairs: Vec<_> = BURNS.iter().zip(readings.chunks_exact(2)).collect();
    let rate = |reading: Reading| reading.value.map(|bad| bad / budget);
    let is_told = |reading: Reading| reading.volume >= rule.volume_min;
    let burns = pairs.iter().find(|((fast, ..), pair)| {
        let is_fast = |reading: &Reading| {
            is_told(*reading) && rate(*reading).is_some_and(|rate| rate >= *fast)
        };
        pair.iter().all(is_fast)
    });
    let is_known = pairs.first().is_some_and(|(_, pair)| pair.iter().all(|it| is_told(*it)));
    let fares = match burns {
        Some(_) => Fares::Out,
        None if is_known => Fares::Well,
        None => Fares::Unknown,
    };
    let Some(((fast, long, _), pair)) = burns.or(pairs.first()) else {
        let found = found(rule, Reading::default(), None, true, 0);
        return Verdict { fares: Fares::Unknown, severity: rule.severity, found };
    };
    // A month's budget in a month is for working hours.
    let is_slow = burns.is_some() && *fast <= 1.0;
    let severity = if is_slow { rule.severity.min(Severity::Warning) } else { rule.severity };
    let reading = Reading { value: rate(pair[0]), ..pair[0] };
    Verdict { fares, severity, found: found(rule, reading, Some(*fast), true, *long) }
}

fn found(
    rule: &Rule,
    reading: Reading,
    limit: Option<f64>,
    is_above: bool,
    window_minutes: u32,
) -> Found {
    let Reading { value, volume } = reading;
    Found {
        measure: rule.when.measure().to_owned(),
        value: value.map(rounded),
        limit: limit.map(rounded),
        is_above,
        volume: (volume < u64::MAX).then_some(volume),
        window_minutes,
        ..Found::default()
    }
}

/// Six digits behind the point: a target of five nines is told right.
fn rounded(value: f64) -> f64 {
    (value * 1e6).round() / 1e6
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};

    fn rule(when: &Value) -> Rule {
        serde_json::from_value(json!({"name": "r", "app": "bank", "when": when})).unwrap()
    }

    fn reading(value: f64, volume: u64) -> Reading {
        Reading { value: Some(value), volume }
    }

    #[test]
    fn a_threshold_has_a_side_a_volume_and_a_way_back() {
        let rule = rule(&json!({"type": "threshold", "measure": "availability.calls",
            "below": 0.9, "clear": 0.95}));
        let fares = |value, volume, is_out| judge(&rule, &[reading(value, volume)], is_out).fares;
        assert_eq!(fares(0.89, 20, false), Fares::Out);
        assert_eq!(fares(0.9, 20, false), Fares::Well);
        assert_eq!(fares(0.5, 19, false), Fares::Unknown);
        assert_eq!(fares(0.94, 20, true), Fares::Out, "it is not well again yet");
        assert_eq!(fares(0.95, 20, true), Fares::Well);
        assert_eq!(judge(&rule, &[Reading::default()], true).fares, Fares::Unknown);
    }

    #[test]
    fn absence_is_less_than_there_must_be() {
        let rule = rule(&json!({"type": "absence", "measure": "page_views", "at_least": 2}));
        let fares = |reading| judge(&rule, &[reading], false).fares;
        assert_eq!(fares(Reading::default()), Fares::Out);
        assert_eq!(fares(reading(1.0, u64::MAX)), Fares::Out);
        assert_eq!(fares(reading(2.0, u64::MAX)), Fares::Well);
    }

    /// The table of the issue: 14.4 over 1 h and 5 min, 6 over 6 h and 30 min, 1 over 3 d and 6 h.
    #[test]
    fn a_budget_that_burns_too_fast_is_out() {
        let mut rule = rule(&json!({"type": "objective", "measure": "availability",
            "target": 0.999}));
        rule.severity = Severity::Critical;
        let well = [0.0005; 6];
        let with = |changes: &[(usize, f64)]| {
            let mut bad = well;
            changes.iter().for_each(|(at, value)| bad[*at] = *value);
            let verdict = judge(&rule, &bad.map(|bad| reading(bad, 1_000)), false);
            (verdict.fares, verdict.severity, verdict.found.window_minutes)
        };
        let critical = Severity::Critical;
        assert_eq!(with(&[]), (Fares::Well, critical, 60));
        assert_eq!(with(&[(0, 0.0145), (1, 0.0145)]), (Fares::Out, critical, 60));
        assert_eq!(with(&[(0, 0.0145)]).0, Fares::Well, "it is over: the short window is well");
        assert_eq!(with(&[(1, 0.1)]).0, Fares::Well, "it is nothing yet: the long window is well");
        assert_eq!(with(&[(2, 0.0061), (3, 0.0061)]), (Fares::Out, critical, 360));
        assert_eq!(with(&[(4, 0.0011), (5, 0.0011)]), (Fares::Out, Severity::Warning, 4_320));
        let few = judge(&rule, &[reading(1.0, 3); 6], false);
        assert_eq!(few.fares, Fares::Unknown, "three of three are no share to be woken by");
        let burn = judge(&rule, &[reading(0.02, 1_000); 6], false).found.value.unwrap();
        assert!((burn - 20.0).abs() < 1e-6, "{burn}");
    }
}
