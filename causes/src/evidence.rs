//! What is told of an incident's causes.

use serde::Serialize;

use crate::config::Config;
use crate::measure::{Direction, Measure};

/// A figure before and now, and what it was counted from.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Figure {
    /// The rate, the mean, or the count expected.
    pub before: f64,
    /// The rate, the mean, or the count.
    pub now: f64,
    /// Bad ones before, or the sum.
    pub bad_before: f64,
    /// All before.
    pub all_before: f64,
    /// Bad ones now, or the sum.
    pub bad_now: f64,
    /// All now.
    pub all_now: f64,
}

/// A value of a dimension.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Value {
    /// The name of the dimension.
    pub dimension: String,
    /// As it came, cut at 256 bytes.
    pub value: String,
}

/// One set of a cause, by itself.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct SetEvidence {
    /// Values that hold together, each of another dimension.
    pub values: Vec<Value>,
    /// What was counted inside.
    pub inside: Figure,
    /// The part of the whole deviation that is inside.
    pub explained: f64,
}

/// Why a hypothesis stands behind the first.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
#[serde(rename_all = "snake_case", tag = "reason")]
pub enum WhyNot {
    /// It holds the same rows: which of the two it is cannot be told from these figures.
    SameRows,
    /// What deviates in it is the first's: without the first's rows it is normal.
    OnlyThroughTheFirst {
        /// The part of the deviation left in it without the first.
        explained_without: f64,
    },
    /// Part of the first; the rest of the first deviates too.
    TooNarrow {
        /// The part of the deviation that it leaves to the rest of the first.
        unexplained: f64,
    },
    /// Too little of the deviation is in it.
    ExplainsLess,
    /// The deviation may well be chance.
    MayBeChance,
    /// It explains something of its own beside the first.
    Beside,
}

/// A cause, or a hypothesis that stands behind one.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Cause {
    /// The sets, the most deviating first; more than one only where values of the same dimension
    /// deviate alike.
    pub sets: Vec<SetEvidence>,
    /// What was counted in all of them.
    pub inside: Figure,
    /// What was counted in all the rest.
    pub outside: Figure,
    /// The part of the whole deviation that is inside; above 1 where the rest deviates the other way.
    pub explained: f64,
    /// How far the rest is back to normal, at most 1.
    pub outside_normal: f64,
    /// The part of the traffic that is inside (of a count: of the count expected).
    pub share: f64,
    /// The deviation inside in standard deviations of chance.
    pub z: f64,
    /// What hypotheses are ranked by; only its differences mean something.
    pub score: f64,
    /// 0 to 1: this hypothesis beside all others and "outside what was measured".
    pub confidence: f64,
    /// Why it is not the first; nothing of the first.
    pub why_not: Option<WhyNot>,
}

/// Why no cause is named.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "snake_case", tag = "reason")]
pub enum Outside {
    /// Nothing was counted before or now, so nothing can deviate.
    NoData,
    /// The figure does not deviate that way, as a whole or in any set.
    NoDeviation,
    /// All deviates alike: what is wrong is not in these dimensions.
    AllAlike {
        /// How far outside the best hypothesis is back to normal.
        outside_normal: f64,
    },
    /// The deviation may well be chance.
    MayBeChance {
        /// In standard deviations.
        z: f64,
    },
}

/// Values of a dimension that were not told apart.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Folded {
    /// The name of the dimension.
    pub dimension: String,
    /// How often a value was made "other"; one that came again is counted again.
    pub values: u64,
    /// What was counted as "other".
    pub counted: Figure,
}

/// Why a figure deviates.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Explanation {
    /// What kind of figure.
    pub measure: Measure,
    /// Which way it deviates.
    pub direction: Direction,
    /// The whole before and now.
    pub whole: Figure,
    /// Minutes before and now.
    pub minutes: (usize, usize),
    /// The deviation in the unit of `bad`: so many more (or less) than expected.
    pub deviation: f64,
    /// Why no cause is named; then `causes` are hypotheses only.
    pub outside: Option<Outside>,
    /// The cause first, then the hypotheses behind it and why they are.
    pub causes: Vec<Cause>,
    /// Dimensions of more values than are told apart.
    pub folded: Vec<Folded>,
    /// The weights of this judgement.
    pub config: Config,
}
