//! Why an incident is: which values explain what deviates (`dna_causes`), with the evidence.
//!
//! The roll-ups know one dimension at a time, so each is asked by itself, and what explains most comes
//! first; values of two dimensions together are not told apart here.

use super::incident::{IncidentLine, LineKind, Part};
use super::judge::Found;
use super::limits::{CAUSE_VALUES_MAX, CAUSES_BEFORE_MS, CAUSES_MAX};
use super::measure::{Measure, Share, at_most, share_named};
use super::rule::{Rule, When};
use crate::model::{Dimension, Metric};
use crate::query::figures::Tally;
use crate::query::overview::by_value;
use crate::store::{Breakdown, Range, Store, StoreError};
use dna_causes::{Config, Direction, Outside, Period, Table, explain};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Why an incident is, as far as it was measured.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Causes {
    /// The rule whose measure is explained.
    pub rule: String,
    /// From when on is compared, in ms since the Unix epoch: an hour before it began.
    pub before_from: u64,
    /// When it began.
    pub now_from: u64,
    /// Until when was looked.
    pub now_to: u64,
    /// What explains it, the most likely first; empty where nothing that was measured does.
    pub causes: Vec<Cause>,
    /// What was looked at and explains it not: the dimension, and why.
    pub ruled_out: Vec<RuledOut>,
}

/// Values that explain a deviation.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Cause {
    /// The dimension.
    pub dimension: String,
    /// Its values, the most deviating first.
    pub values: Vec<String>,
    /// The part of the whole deviation that is inside.
    pub explained: f64,
    /// How far all the rest is as it was before, 1 at most.
    pub outside_normal: f64,
    /// How likely it is beside the dimension's other values and none of them.
    pub confidence: f64,
    /// Bad ones inside before, and all.
    pub before: Counted,
    /// Bad ones inside now, and all.
    pub now: Counted,
    /// Bad ones in all the rest now, and all.
    pub rest: Counted,
}

/// Bad ones of all.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Counted {
    /// How many were bad.
    pub bad: u64,
    /// Of how many.
    pub all: u64,
}

/// A dimension that explains nothing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct RuledOut {
    /// The dimension.
    pub dimension: String,
    /// `no_data`, `no_deviation`, `all_alike` or `may_be_chance`.
    pub why: String,
}

impl Causes {
    /// What it comes to, for the time line.
    #[must_use]
    pub fn line(&self, at: u64) -> IncidentLine {
        let text = match self.causes.first() {
            None => String::new(),
            Some(first) => format!(
                "{} = {}: {} %",
                first.dimension,
                first.values.join(", "),
                (first.explained * 100.0).round()
            ),
        };
        IncidentLine { at, who: None, kind: LineKind::Explained, text }
    }
}

/// What is bad of what a rule measures.
enum Bad {
    Share(Share),
    /// Samples above this.
    Above(Metric, f64),
}

impl Bad {
    /// A percentile is explained as the share above what it shall be.
    fn of(rule: &Rule, found: &Found) -> Option<Self> {
        let name = rule.when.measure();
        if let Some(share) = share_named(name) {
            return Some(Self::Share(share));
        }
        if let When::Objective { at_most: Some(limit), .. } = &rule.when {
            return super::measure::samples_named(name).map(|metric| Self::Above(metric, *limit));
        }
        match Measure::named(name)? {
            Measure::Percentile(metric, _) if found.is_above => {
                Some(Self::Above(metric, found.limit?))
            }
            _ => None,
        }
    }

    fn metrics(&self, dimension: Dimension) -> Vec<Metric> {
        match self {
            Self::Share(share) => Measure::Share(*share).metrics(dimension),
            Self::Above(metric, _) => vec![*metric],
        }
    }

    fn count(&self, tally: &Tally) -> Counted {
        let (good, all) = match self {
            Self::Share(share) => share.parts(tally),
            Self::Above(metric, limit) => at_most(tally, *metric, *limit),
        };
        Counted { bad: all - good.min(all), all }
    }
}

/// Why `part` of `rule` deviates, by what was counted until `end_ms`. `None`: of what is only counted
/// there is no share that could be explained.
///
/// # Errors
/// When the store does not answer.
pub async fn causes(
    store: &dyn Store,
    rule: &Rule,
    part: &Part,
    end_ms: u64,
) -> Result<Option<Causes>, StoreError> {
    let Some(bad) = Bad::of(rule, &part.found) else { return Ok(None) };
    let now = Range { from_ms: part.since, to_ms: end_ms.max(part.since + 60_000) };
    let before = Range { from_ms: part.since.saturating_sub(CAUSES_BEFORE_MS), to_ms: part.since };
    let mut told = Causes {
        rule: rule.name.clone(),
        before_from: before.from_ms,
        now_from: now.from_ms,
        now_to: now.to_ms,
        causes: Vec::new(),
        ruled_out: Vec::new(),
    };
    for dimension in Dimension::ALL.into_iter().filter(|one| *one != Dimension::All) {
        let Ok(mut table) = Table::new(&[dimension.name()]) else { continue };
        for (period, range) in [(Period::Before, before), (Period::Now, now)] {
            for (value, counted) in counted(store, rule, &bad, dimension, range).await? {
                let Counted { bad, all } = counted;
                let (bad, all) = (super::measure::float(bad), super::measure::float(all));
                // Counts from a roll-up are numbers, and there is one value a row.
                let _ = table.add(period, i64::from(period == Period::Now), bad, all, &[value]);
            }
        }
        weigh(&table, dimension, &mut told);
    }
    told.causes.sort_by(|a, b| weight(b).total_cmp(&weight(a)));
    told.causes.truncate(CAUSES_MAX);
    Ok(Some(told))
}

/// How much speaks for a cause: what it explains, and how normal all else is.
fn weight(cause: &Cause) -> f64 {
    cause.explained.min(1.0) * cause.outside_normal.max(0.0)
}

async fn counted(
    store: &dyn Store,
    rule: &Rule,
    bad: &Bad,
    dimension: Dimension,
    range: Range,
) -> Result<Vec<(String, Counted)>, StoreError> {
    let ask = Breakdown {
        app: rule.app.clone(),
        metrics: bad.metrics(dimension),
        by: dimension,
        range,
        limit: CAUSE_VALUES_MAX,
    };
    let rows = by_value(store.breakdown(ask).await?);
    Ok(rows.into_iter().map(|(value, tally)| (value, bad.count(&tally))).collect())
}

/// Adds what one dimension says.
fn weigh(table: &Table, dimension: Dimension, told: &mut Causes) {
    let found = explain(table, dna_causes::Measure::Rate, Direction::Rise, &Config::default());
    let why = found.outside.as_ref().map(|outside| match outside {
        Outside::NoData => "no_data",
        Outside::NoDeviation => "no_deviation",
        Outside::AllAlike { .. } => "all_alike",
        Outside::MayBeChance { .. } => "may_be_chance",
    });
    let dimension = dimension.name().to_owned();
    let first = found.causes.into_iter().next();
    match (why, first) {
        (None, Some(first)) => {
            let values = first.sets.iter().flat_map(|set| &set.values);
            told.causes.push(Cause {
                dimension,
                values: values.map(|value| value.value.clone()).collect(),
                explained: rounded(first.explained),
                outside_normal: rounded(first.outside_normal),
                confidence: rounded(first.confidence),
                before: whole(first.inside.bad_before, first.inside.all_before),
                now: whole(first.inside.bad_now, first.inside.all_now),
                rest: whole(first.outside.bad_now, first.outside.all_now),
            });
        }
        (why, _) => {
            let why = why.unwrap_or("no_deviation").to_owned();
            told.ruled_out.push(RuledOut { dimension, why });
        }
    }
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "sums of counts, which are whole and not negative"
)]
fn whole(bad: f64, all: f64) -> Counted {
    Counted { bad: bad.max(0.0) as u64, all: all.max(0.0) as u64 }
}

fn rounded(value: f64) -> f64 {
    (value * 1e3).round() / 1e3
}
