//! How an objective stands: what is left of its error budget, and how fast it burns.

use super::judge::{BURNS, bad_share};
use super::measure::float;
use super::rule::{Rule, When};
use super::sample::{range, window};
use crate::store::{Store, StoreError};
use serde::Serialize;
use utoipa::ToSchema;

/// How an objective stands.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct ObjectiveState {
    /// The rule.
    pub rule: String,
    /// The application.
    pub app: String,
    /// The department.
    pub owner: String,
    /// What is good: an availability, or a duration …
    pub measure: String,
    /// … that is at most this.
    pub at_most: Option<f64>,
    /// The share that shall be good.
    pub target: f64,
    /// Over how many days.
    pub window_days: u32,
    /// How many there were in that time.
    pub all: u64,
    /// How many of them were good.
    pub good: u64,
    /// The share that was good; null where there was nothing.
    pub share: Option<f64>,
    /// The part of the error budget that is left, 1 at most; below 0: more than all is used up. Null
    /// where there was nothing.
    pub budget_left: Option<f64>,
    /// How fast it burns: at 1 the budget is used up when its time is over.
    pub burns: Vec<Burn>,
}

/// How fast a budget burns over two windows.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct Burn {
    /// What is too fast, where both windows are.
    pub too_fast: f64,
    /// The long window, in minutes.
    pub long_minutes: u32,
    /// Its burn rate; null where there was nothing.
    pub long: Option<f64>,
    /// The short window, in minutes.
    pub short_minutes: u32,
    /// Its burn rate.
    pub short: Option<f64>,
}

/// How the objective of `rule` stands for all of its application; `None` where it is no objective.
///
/// # Errors
/// When the store does not answer.
pub async fn objective(
    store: &dyn Store,
    rule: &Rule,
    now_ms: u64,
) -> Result<Option<ObjectiveState>, StoreError> {
    let When::Objective { measure, at_most, target, window_days } = &rule.when else {
        return Ok(None);
    };
    let end_ms = now_ms - now_ms % 60_000;
    let budget = 1.0 - target;
    let mut burns = Vec::with_capacity(BURNS.len());
    for (too_fast, long_minutes, short_minutes) in BURNS {
        let mut rates = [None, None];
        for (rate, minutes) in rates.iter_mut().zip([long_minutes, short_minutes]) {
            let tally = window(store, rule, range(end_ms, minutes)).await?;
            *rate = rule.when.reading(&tally).value.map(|bad| bad / budget);
        }
        let [long, short] = rates;
        burns.push(Burn { too_fast, long_minutes, long, short_minutes, short });
    }
    let tally = window(store, rule, range(end_ms, window_days * 1_440)).await?;
    let (good, all) = rule.when.parts(&tally).unwrap_or_default();
    let bad = bad_share((good, all)).value;
    Ok(Some(ObjectiveState {
        rule: rule.name.clone(),
        app: rule.app.clone(),
        owner: rule.owner.clone(),
        measure: measure.clone(),
        at_most: *at_most,
        target: *target,
        window_days: *window_days,
        all,
        good,
        share: (all > 0).then(|| float(good) / float(all)),
        budget_left: bad.map(|bad| 1.0 - bad / budget),
        burns,
    }))
}
