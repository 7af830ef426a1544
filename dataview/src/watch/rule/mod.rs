//! Rules: what is watched, when it is not well, and whom that concerns.

mod check;

pub use check::WrongRule;
pub(in crate::watch) use check::name;
pub(crate) use check::text;

use super::limits::TOP_DEFAULT;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A rule. In the file of rules it is a table `[[rules]]`, in the API an object; both have the same
/// members.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Rule {
    /// Its name: letters, digits, `-`, `_` and `.`.
    pub name: String,
    /// The application that it watches.
    pub app: String,
    /// Which part of the application; absent: all of it together.
    #[serde(default)]
    pub of: Scope,
    /// When it fires.
    pub when: When,
    /// The department whose rule it is. Incidents are an owner's.
    #[serde(default)]
    pub owner: String,
    /// How bad it is.
    #[serde(default)]
    pub severity: Severity,
    /// The channels that are told.
    #[serde(default)]
    pub channels: Vec<String>,
    /// The channels that are told when nobody has acknowledged in time.
    #[serde(default)]
    pub escalate_to: Vec<String>,
    /// After how many minutes without acknowledgement they are.
    #[serde(default = "escalate_default")]
    pub escalate_after_minutes: u32,
    /// So many minutes on end it must be out before it fires.
    #[serde(default = "for_default")]
    pub for_minutes: u32,
    /// So many minutes on end it must be well before it ends.
    #[serde(default = "clear_default")]
    pub clear_minutes: u32,
    /// Shares and percentiles of fewer than this in a window are not judged.
    #[serde(default = "volume_default")]
    pub volume_min: u64,
    /// What it means and what to do, for who is woken by it.
    #[serde(default)]
    pub description: String,
    /// Whether it is judged at all.
    #[serde(default = "enabled_default")]
    pub enabled: bool,
}

/// Which part of an application.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Scope {
    /// By which dimension it is watched; `all`: all of the application together.
    pub dimension: String,
    /// The values that are watched, each by itself; empty: the most frequent ones.
    pub values: Vec<String>,
    /// How many of the most frequent ones.
    pub top: usize,
}

impl Default for Scope {
    fn default() -> Self {
        Self { dimension: "all".to_owned(), values: Vec::new(), top: TOP_DEFAULT }
    }
}

/// When a rule fires.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(tag = "type", rename_all = "snake_case", deny_unknown_fields)]
pub enum When {
    /// A measure is above or below a value.
    Threshold {
        /// The measure, e.g. `availability.calls` or `lcp_ms.p75`.
        measure: String,
        /// It fires above this …
        #[serde(default)]
        above: Option<f64>,
        /// … or below this; one of the two.
        #[serde(default)]
        below: Option<f64>,
        /// It is well again only at this value; absent: where it fired.
        #[serde(default)]
        clear: Option<f64>,
        /// Over the last so many minutes.
        #[serde(default = "window_default")]
        window_minutes: u32,
    },
    /// An error budget is used up too fast: a burn rate of 14.4 over 1 h and 5 min, of 6 over 6 h
    /// and 30 min, or of 1 over 3 d and 6 h.
    Objective {
        /// What is good: an availability such as `availability.calls`, or a duration such as
        /// `lcp_ms` with `at_most`.
        measure: String,
        /// Of a duration: what is at most this is good.
        #[serde(default)]
        at_most: Option<f64>,
        /// The share that shall be good, e.g. 0.999.
        target: f64,
        /// Over how many days.
        #[serde(default = "days_default")]
        window_days: u32,
    },
    /// A measure is not what is normal for it at this hour of this kind of day. Nothing is out before
    /// 34 hours were seen.
    Baseline {
        /// The measure.
        measure: String,
    },
    /// There is none, or less than there must be.
    Absence {
        /// What is counted, e.g. `page_views`.
        measure: String,
        /// It fires below this.
        #[serde(default = "at_least_default")]
        at_least: u64,
        /// In the last so many minutes.
        #[serde(default = "window_default")]
        window_minutes: u32,
    },
}

/// How bad it is.
#[derive(
    Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, ToSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    /// To be known.
    Info,
    /// To be looked at in working hours.
    #[default]
    Warning,
    /// Somebody must be woken.
    Critical,
}

impl Severity {
    /// Its name.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Info => "info",
            Self::Warning => "warning",
            Self::Critical => "critical",
        }
    }
}

impl When {
    /// The name of what is measured.
    #[must_use]
    pub fn measure(&self) -> &str {
        match self {
            Self::Threshold { measure, .. }
            | Self::Objective { measure, .. }
            | Self::Baseline { measure }
            | Self::Absence { measure, .. } => measure,
        }
    }
}

fn escalate_default() -> u32 {
    15
}

fn for_default() -> u32 {
    2
}

fn clear_default() -> u32 {
    5
}

fn volume_default() -> u64 {
    20
}

fn window_default() -> u32 {
    5
}

fn days_default() -> u32 {
    30
}

fn at_least_default() -> u64 {
    1
}

fn enabled_default() -> bool {
    true
}
