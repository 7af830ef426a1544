//! Incidents: what fires at the same time in the same place is one, whoever is told of it.

mod book;
mod notice;
mod silence;

pub use book::{Book, Happening, Rules};
pub use notice::{Kind, Notice};
pub use silence::{Matcher, Silence};

use super::causes::Causes;
use super::judge::Found;
use super::rule::Severity;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Something is not as it should be, since when, and who looks after it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Incident {
    /// Its number.
    pub id: u64,
    /// The application.
    pub app: String,
    /// The department whose rules have found it.
    pub owner: String,
    /// What the rule that opened it says that it means and what to do.
    #[serde(default)]
    pub description: String,
    /// Where it stands.
    pub state: State,
    /// The worst that it was.
    pub severity: Severity,
    /// When the first rule fired, in ms since the Unix epoch.
    pub opened_at: u64,
    /// When it was over.
    pub resolved_at: Option<u64>,
    /// Who has acknowledged it.
    pub acknowledged_by: Option<String>,
    /// When.
    pub acknowledged_at: Option<u64>,
    /// When those were told to whom it was escalated.
    pub escalated_at: Option<u64>,
    /// Whether all that fires in it is silenced, so that nobody is told.
    pub silenced: bool,
    /// How often it began again shortly after it was over.
    pub reopened: u32,
    /// What fired in it, the first one first.
    pub parts: Vec<Part>,
    /// Further ones that it had no room for.
    pub parts_left_out: u64,
    /// The channels that were told that it is open.
    pub told: Vec<String>,
    /// When the first of them was.
    pub told_at: Option<u64>,
    /// How bad it was when they were told last.
    pub told_severity: Option<Severity>,
    /// When it was last told to those that forget.
    #[serde(default)]
    pub refreshed_at: Option<u64>,
    /// Why it is, as far as it was measured; null: that is not known yet, or cannot be.
    #[serde(default)]
    pub causes: Option<Causes>,
    /// How many notices there were of it.
    #[serde(default)]
    pub notices: u64,
}

/// Where an incident stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// Nobody has said that they look after it.
    Open,
    /// Somebody does.
    Acknowledged,
    /// It is over.
    Resolved,
}

impl State {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Open, Self::Acknowledged, Self::Resolved];

    /// Its name.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Acknowledged => "acknowledged",
            Self::Resolved => "resolved",
        }
    }
}

/// A rule that fires, for one value.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Part {
    /// The rule.
    pub rule: String,
    /// The dimension that it watches; `all`: the whole application.
    pub dimension: String,
    /// The value.
    pub value: String,
    /// Since when it has been out, in ms since the Unix epoch.
    pub since: u64,
    /// Until when it fired; null: it does.
    pub until: Option<u64>,
    /// The worst that it was.
    pub severity: Severity,
    /// What was found last while it was out.
    pub found: Found,
}

/// A line of an incident's time line.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct IncidentLine {
    /// When, in ms since the Unix epoch.
    pub at: u64,
    /// Who; null: nobody, it happened.
    pub who: Option<String>,
    /// What happened.
    pub kind: LineKind,
    /// More about it: a rule and its value, a comment, a channel.
    pub text: String,
}

/// What happened to an incident.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum LineKind {
    /// It began with this rule.
    Opened,
    /// This rule fires, too.
    Joined,
    /// This rule is well again.
    Ended,
    /// It began again with this rule.
    Reopened,
    /// It got worse.
    Worsened,
    /// Those were told to whom it is escalated.
    Escalated,
    /// All that fires is silenced.
    Silenced,
    /// It is over.
    Resolved,
    /// Somebody looks after it.
    Acknowledged,
    /// It was looked why it is.
    Explained,
    /// Somebody has said something.
    Commented,
}

impl Incident {
    /// Those of its parts that fire.
    pub fn firing(&self) -> impl Iterator<Item = &Part> {
        self.parts.iter().filter(|part| part.until.is_none())
    }

    /// In one line: the application and what fired first.
    #[must_use]
    pub fn title(&self) -> String {
        let first = self.firing().next().or(self.parts.first());
        first.map_or_else(|| self.app.clone(), |part| format!("{}: {}", self.app, part.title()))
    }
}

impl Part {
    /// In one line: `availability.calls 0.91 < 0.98, region = Shanghai (rule calls)`.
    #[must_use]
    pub fn title(&self) -> String {
        let Found { measure, value, limit, is_above, .. } = &self.found;
        let sign = if *is_above { '>' } else { '<' };
        let number =
            |value: Option<f64>| value.map_or_else(|| "?".to_owned(), |value| value.to_string());
        let place = match &*self.dimension {
            "all" => String::new(),
            dimension => format!(", {dimension} = {}", plain(&self.value)),
        };
        let (value, limit) = (number(*value), number(*limit));
        format!("{measure} {value} {sign} {limit}{place} (rule {})", self.rule)
    }
}

/// Characters of a value that are told.
const VALUE_CHARS_MAX: usize = 80;

/// A value as it is told. What pages are called comes from clients: it is no markup, mentions nobody
/// and begins no line.
fn plain(value: &str) -> String {
    let mut plain: String = value
        .chars()
        .take(VALUE_CHARS_MAX)
        .map(|letter| match letter {
            '<' => '‹',
            '>' => '›',
            '@' => '＠',
            letter if letter.is_control() => ' ',
            letter => letter,
        })
        .collect();
    if value.chars().nth(VALUE_CHARS_MAX).is_some() {
        plain.push('…');
    }
    plain
}
