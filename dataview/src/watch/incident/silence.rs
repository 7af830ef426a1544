//! Silences: for a while nobody is told of what matches.

use super::super::limits::{SILENCE_MS_MAX, TEXT_BYTES_MAX};
use super::super::rule::WrongRule;
use super::{Incident, Part};
use crate::model::Dimension;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A silence.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Silence {
    /// Its number.
    pub id: u64,
    /// What it silences.
    pub matcher: Matcher,
    /// From when on, in ms since the Unix epoch.
    pub from: u64,
    /// Until when.
    pub to: u64,
    /// Who has made it.
    pub by: String,
    /// Why.
    pub comment: String,
}

/// What is silenced: what has all of these.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Matcher {
    /// This application.
    pub app: Option<String>,
    /// This rule.
    pub rule: Option<String>,
    /// Rules of this department.
    pub owner: Option<String>,
    /// This dimension.
    pub dimension: Option<String>,
    /// This value of it.
    pub value: Option<String>,
}

impl Matcher {
    /// Judges it.
    ///
    /// # Errors
    /// What is wrong.
    pub fn check(&self) -> Result<(), WrongRule> {
        let texts = [
            ("matcher.app", &self.app),
            ("matcher.rule", &self.rule),
            ("matcher.owner", &self.owner),
            ("matcher.dimension", &self.dimension),
            ("matcher.value", &self.value),
        ];
        if texts.iter().all(|(_, text)| text.is_none()) {
            let allowed = "at least one of app, rule, owner, dimension and value";
            return Err(WrongRule::new("matcher", "{}", allowed));
        }
        for (field, text) in texts {
            if let Some(text) = text.as_ref().filter(|text| text.len() > TEXT_BYTES_MAX) {
                return Err(WrongRule::new(field, text, format!("{TEXT_BYTES_MAX} bytes")));
            }
        }
        if let Some(name) = self.dimension.as_deref()
            && Dimension::named(name).is_none()
        {
            let names = Dimension::ALL.map(Dimension::name).join(", ");
            return Err(WrongRule::new("matcher.dimension", name, names));
        }
        if self.value.is_some() && self.dimension.is_none() {
            return Err(WrongRule::new("matcher.value", &self.value, "a dimension beside it"));
        }
        Ok(())
    }

    fn matches(&self, incident: &Incident, part: &Part) -> bool {
        let is = |wanted: &Option<String>, found: &str| {
            wanted.as_deref().is_none_or(|wanted| wanted == found)
        };
        is(&self.app, &incident.app)
            && is(&self.owner, &incident.owner)
            && is(&self.rule, &part.rule)
            && is(&self.dimension, &part.dimension)
            && is(&self.value, &part.value)
    }
}

impl Silence {
    /// Judges its time.
    ///
    /// # Errors
    /// When it ends before it begins, or is too long.
    pub fn check_time(from: u64, to: u64) -> Result<(), WrongRule> {
        if from < to && to - from <= SILENCE_MS_MAX {
            return Ok(());
        }
        let days = SILENCE_MS_MAX / 86_400_000;
        let allowed = format!("after `from` ({from}) and at most {days} days later");
        Err(WrongRule::new("to", to, allowed))
    }

    /// Whether it is in force at `at_ms` and silences `part`.
    #[must_use]
    pub fn silences(&self, incident: &Incident, part: &Part, at_ms: u64) -> bool {
        (self.from..self.to).contains(&at_ms) && self.matcher.matches(incident, part)
    }
}
