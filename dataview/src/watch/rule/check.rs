//! Judges a rule: what is wrong is told with its key, what was found and what is allowed.

use super::super::limits::{
    HOLD_MINUTES_MAX, RULE_CHANNELS_MAX, TEXT_BYTES_MAX, VALUES_MAX, WINDOW_MINUTES_MAX,
};
use super::super::measure::{Measure, samples_named, share_named};
use super::{Rule, Scope, When};
use crate::model::Dimension;
use crate::subscribe::Name;
use std::ops::RangeInclusive;

/// Characters of a wrong value that are repeated.
const SHOWN_CHARS_MAX: usize = 80;

/// A rule that cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{field}` = {found} is not allowed; expected {allowed}")]
pub struct WrongRule {
    /// The key.
    pub field: String,
    /// What is there, cut.
    pub found: String,
    /// What may be there.
    pub allowed: String,
}

impl WrongRule {
    pub(in crate::watch) fn new(
        field: impl Into<String>,
        found: impl std::fmt::Debug,
        allowed: impl Into<String>,
    ) -> Self {
        let found = format!("{found:?}");
        let mut shown: String = found.chars().take(SHOWN_CHARS_MAX).collect();
        if shown.len() < found.len() {
            shown.push('…');
        }
        Self { field: field.into(), found: shown, allowed: allowed.into() }
    }

    /// The same below `place`.
    pub(in crate::watch) fn within(mut self, place: &str) -> Self {
        self.field = format!("{place}.{}", self.field);
        self
    }
}

impl Rule {
    /// Judges it.
    ///
    /// # Errors
    /// The first thing that is wrong.
    pub fn check(&self) -> Result<(), WrongRule> {
        name("name", &self.name)?;
        text("app", &self.app, 1)?;
        text("owner", &self.owner, 0)?;
        text("description", &self.description, 0)?;
        self.of.check()?;
        self.when.check()?;
        if matches!(self.when, When::Absence { .. })
            && self.of.dimension() != Dimension::All
            && self.of.values.is_empty()
        {
            let allowed = "the values that must be there: what is absent is not among the frequent";
            return Err(WrongRule::new("of.values", &self.of.values, allowed));
        }
        for (field, names) in [("channels", &self.channels), ("escalate_to", &self.escalate_to)] {
            if names.len() > RULE_CHANNELS_MAX {
                let allowed = format!("at most {RULE_CHANNELS_MAX} channels");
                return Err(WrongRule::new(field, names, allowed));
            }
            names.iter().try_for_each(|channel| name(field, channel))?;
        }
        number("for_minutes", self.for_minutes, 1..=HOLD_MINUTES_MAX)?;
        number("clear_minutes", self.clear_minutes, 1..=HOLD_MINUTES_MAX)?;
        number("escalate_after_minutes", self.escalate_after_minutes, 1..=HOLD_MINUTES_MAX)
    }
}

impl Scope {
    /// The dimension; [`check`](Self::check) has said that it is one.
    #[must_use]
    pub fn dimension(&self) -> Dimension {
        Dimension::named(&self.dimension).unwrap_or(Dimension::All)
    }

    fn check(&self) -> Result<(), WrongRule> {
        if Dimension::named(&self.dimension).is_none() {
            let names = Dimension::ALL.map(Dimension::name).join(", ");
            return Err(WrongRule::new("of.dimension", &self.dimension, names));
        }
        let is_all = self.dimension() == Dimension::All;
        if is_all && !self.values.is_empty() {
            let allowed = "no values where `of.dimension` is `all`";
            return Err(WrongRule::new("of.values", &self.values, allowed));
        }
        if self.values.len() > VALUES_MAX {
            let allowed = format!("at most {VALUES_MAX} values");
            return Err(WrongRule::new("of.values", self.values.len(), allowed));
        }
        self.values.iter().try_for_each(|value| text("of.values", value, 1))?;
        number("of.top", u32::try_from(self.top).unwrap_or(u32::MAX), 1..=VALUES_MAX as u32)
    }
}

impl When {
    fn check(&self) -> Result<(), WrongRule> {
        match self {
            Self::Threshold { measure, above, below, clear, window_minutes } => {
                known(measure)?;
                number("when.window_minutes", *window_minutes, 1..=WINDOW_MINUTES_MAX)?;
                for (field, value) in
                    [("when.above", above), ("when.below", below), ("when.clear", clear)]
                {
                    finite(field, *value)?;
                }
                let (field, limit, clears) = match (above, below) {
                    (Some(above), None) => ("when.above", above, clear.is_none_or(|c| c <= *above)),
                    (None, Some(below)) => ("when.below", below, clear.is_none_or(|c| c >= *below)),
                    _ => {
                        let found = (above, below);
                        let allowed = "either `when.above` or `when.below`";
                        return Err(WrongRule::new("when.above", found, allowed));
                    }
                };
                if clears {
                    return Ok(());
                }
                let allowed = format!("a value on the good side of `{field}`, {limit}");
                Err(WrongRule::new("when.clear", clear.unwrap_or_default(), allowed))
            }
            Self::Objective { measure, at_most, target, window_days } => {
                let is_share = share_named(measure).is_some();
                if !is_share && samples_named(measure).is_none() {
                    let allowed = "an availability, or a duration without percentile: ".to_owned()
                        + &Measure::names();
                    return Err(WrongRule::new("when.measure", measure, allowed));
                }
                finite("when.at_most", *at_most)?;
                if is_share == at_most.is_some() {
                    let allowed = "a value where `when.measure` is a duration, none otherwise";
                    return Err(WrongRule::new("when.at_most", at_most, allowed));
                }
                if !(0.5..=0.999_99).contains(target) {
                    return Err(WrongRule::new("when.target", target, "0.5 to 0.99999"));
                }
                number("when.window_days", *window_days, 1..=90)
            }
            Self::Baseline { measure } => known(measure),
            Self::Absence { measure, at_least, window_minutes } => {
                if !Measure::named(measure).is_some_and(Measure::is_count) {
                    let allowed = "something that is counted: ".to_owned() + &Measure::names();
                    return Err(WrongRule::new("when.measure", measure, allowed));
                }
                if *at_least == 0 {
                    return Err(WrongRule::new("when.at_least", at_least, "at least 1"));
                }
                number("when.window_minutes", *window_minutes, 1..=WINDOW_MINUTES_MAX)
            }
        }
    }
}

fn known(measure: &str) -> Result<(), WrongRule> {
    match Measure::named(measure) {
        Some(_) => Ok(()),
        None => Err(WrongRule::new("when.measure", measure, Measure::names())),
    }
}

/// A name of a rule or channel.
pub(in crate::watch) fn name(field: &str, found: &str) -> Result<(), WrongRule> {
    match Name::parse(found) {
        Ok(_) => Ok(()),
        Err(wrong) => Err(WrongRule::new(field, found, wrong.allowed)),
    }
}

pub(crate) fn text(field: &str, found: &str, least: usize) -> Result<(), WrongRule> {
    let is_plain = found.chars().all(|it| !it.is_control() || it == '\n');
    if (least..=TEXT_BYTES_MAX).contains(&found.len()) && is_plain {
        return Ok(());
    }
    let allowed = format!("{least} to {TEXT_BYTES_MAX} bytes without control characters");
    Err(WrongRule::new(field, found, allowed))
}

fn finite(field: &str, value: Option<f64>) -> Result<(), WrongRule> {
    match value {
        Some(value) if !(value.is_finite() && value >= 0.0) => {
            Err(WrongRule::new(field, value, "a number from 0 on"))
        }
        _ => Ok(()),
    }
}

fn number(field: &str, found: u32, allowed: RangeInclusive<u32>) -> Result<(), WrongRule> {
    if allowed.contains(&found) {
        return Ok(());
    }
    let allowed = format!("a whole number from {} to {}", allowed.start(), allowed.end());
    Err(WrongRule::new(field, found, allowed))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};

    fn judged(change: &Value) -> String {
        let mut rule = json!({
            "name": "calls", "app": "bank",
            "when": {"type": "threshold", "measure": "availability.calls", "below": 0.98},
        });
        for (key, value) in change.as_object().unwrap() {
            rule[key] = value.clone();
        }
        match serde_json::from_value::<Rule>(rule) {
            Ok(rule) => rule.check().map_or_else(|wrong| wrong.field, |()| "good".to_owned()),
            Err(error) => error.to_string(),
        }
    }

    #[test]
    fn wrong_rules_are_told_by_their_key() {
        let when = |when: Value| json!({ "when": when });
        let threshold = |more: Value| {
            let mut when = json!({"type": "threshold", "measure": "lcp_ms.p75"});
            when.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
            json!({ "when": when })
        };
        for (change, expected) in [
            (json!({}), "good"),
            (json!({"name": "a b"}), "name"),
            (json!({"app": ""}), "app"),
            (json!({"of": {"dimension": "colour"}}), "of.dimension"),
            (json!({"of": {"values": ["x"]}}), "of.values"),
            (json!({"of": {"dimension": "region", "top": 51}}), "of.top"),
            (json!({"of": {"dimension": "region", "values": ["Zürich"]}}), "good"),
            (json!({"for_minutes": 0}), "for_minutes"),
            (json!({"channels": ["a/b"]}), "channels"),
            (threshold(json!({})), "when.above"),
            (threshold(json!({"above": 1.0, "below": 2.0})), "when.above"),
            (threshold(json!({"above": -1.0})), "when.above"),
            (threshold(json!({"above": 3.0, "clear": 4.0})), "when.clear"),
            (threshold(json!({"above": 3.0, "clear": 2.0})), "good"),
            (threshold(json!({"above": 3.0, "window_minutes": 0})), "when.window_minutes"),
            (when(json!({"type": "threshold", "measure": "x", "above": 1})), "when.measure"),
            (
                when(json!({"type": "objective", "measure": "availability", "target": 99.9})),
                "when.target",
            ),
            (
                when(json!({"type": "objective", "measure": "lcp_ms", "target": 0.9})),
                "when.at_most",
            ),
            (
                when(
                    json!({"type": "objective", "measure": "lcp_ms", "target": 0.9, "at_most": 2500}),
                ),
                "good",
            ),
            (when(json!({"type": "absence", "measure": "lcp_ms.p75"})), "when.measure"),
            (when(json!({"type": "absence", "measure": "page_views"})), "good"),
            (
                json!({"of": {"dimension": "page"}, "when": {"type": "absence", "measure": "events"}}),
                "of.values",
            ),
        ] {
            assert_eq!(judged(&change), expected, "{change}");
        }
        assert!(judged(&json!({"colour": 1})).contains("unknown field `colour`"));
        assert!(judged(&when(json!({"type": "guess"}))).contains("unknown variant `guess`"));
    }
}
