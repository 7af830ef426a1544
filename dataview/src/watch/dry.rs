//! What a rule would have done: the same judging over minutes that are past. Nothing is written and
//! nobody is told.

use super::baseline::{Fed, figure, verdict};
use super::judge::{Fares, Found, Reading, Verdict, bad_share, judge};
use super::limits::{
    BACKFILL_DAYS, DRY_DAYS_MAX, DRY_FIRINGS_MAX, DRY_SKETCH_MINUTES_MAX, DRY_VALUES_MAX,
};
use super::measure::Measure;
use super::rule::{Rule, Severity, When};
use super::sample::{metrics, minutes};
use super::track::{Change, Track, advance};
use crate::model::Dimension;
use crate::query::figures::Tally;
use crate::query::overview::by_value;
use crate::store::{Breakdown, Range, Store, StoreError};
use dna_baselines::Calendar;
use serde::Serialize;
use std::collections::VecDeque;
use std::sync::Arc;
use utoipa::ToSchema;

const MINUTE_MS: u64 = 60_000;
const DAY_MS: u64 = 86_400_000;

/// Minutes that are judged between two breaths of the others.
const MINUTES_AT_ONCE: usize = 512;

/// What a rule would have done.
#[derive(Debug, Serialize, ToSchema)]
pub struct DryRun {
    /// The first moment that was judged, in ms since the Unix epoch.
    pub from: u64,
    /// The last.
    pub to: u64,
    /// The values that were looked at; empty where the rule has no dimension.
    pub values: Vec<String>,
    /// Values that the rule watches too and that were not looked at.
    pub values_left_out: usize,
    /// Minutes that were judged of each value.
    pub minutes: u64,
    /// Minutes of all values with too little to be judged.
    pub minutes_unknown: u64,
    /// How often it would have fired, each value by itself.
    pub firings: usize,
    /// When; the first ones of many.
    pub fired: Vec<Firing>,
}

/// One time that a rule would have fired.
#[derive(Debug, Serialize, ToSchema)]
pub struct Firing {
    /// The value; empty where the rule has no dimension.
    pub value: String,
    /// When it would have fired, in ms since the Unix epoch.
    pub at: u64,
    /// Until when; null: it still would.
    pub until: Option<u64>,
    /// How bad.
    pub severity: Severity,
    /// What was found when it fired.
    pub found: Found,
}

/// What `rule` would have done in the `days` before `now_ms`. A baseline learns from the two weeks
/// before them.
///
/// # Errors
/// When the store does not answer.
pub async fn dry_run(
    store: &dyn Store,
    calendar: &Calendar,
    rule: &Rule,
    days: u64,
    now_ms: u64,
) -> Result<DryRun, StoreError> {
    let days = days.clamp(1, DRY_DAYS_MAX);
    check_cost(rule, days)?;
    let to = now_ms - now_ms % MINUTE_MS;
    let from = to.saturating_sub(days * DAY_MS);
    let (values, left_out) = values(store, rule, Range { from_ms: from, to_ms: to }).await?;
    let mut run = DryRun {
        from,
        to,
        values: values.iter().filter(|value| !value.is_empty()).cloned().collect(),
        values_left_out: left_out,
        minutes: (to - from) / MINUTE_MS,
        minutes_unknown: 0,
        firings: 0,
        fired: Vec::new(),
    };
    for value in &values {
        judge_value(store, calendar, rule, value, &mut run).await?;
    }
    run.fired.sort_by_key(|firing| firing.at);
    run.fired.truncate(DRY_FIRINGS_MAX);
    Ok(run)
}

/// Percentiles and different ones are added up anew for each minute, from all minutes of the window.
fn check_cost(rule: &Rule, days: u64) -> Result<(), StoreError> {
    let windows = rule.when.windows();
    let is_cheap = match Measure::named(rule.when.measure()) {
        Some(Measure::Percentile(..) | Measure::Different(_)) => false,
        Some(Measure::Count(_) | Measure::Share(_)) | None => true,
    };
    let longest = u64::from(windows.into_iter().max().unwrap_or(1));
    if is_cheap || longest * days <= DRY_SKETCH_MINUTES_MAX {
        return Ok(());
    }
    let days = (DRY_SKETCH_MINUTES_MAX / longest).max(1);
    let minutes = DRY_SKETCH_MINUTES_MAX / days;
    Err(StoreError::TooMuch(format!(
        "a window of {longest} minutes of {}; ask for fewer days, or a window of at most {minutes} \
         minutes for {days}",
        rule.when.measure(),
    )))
}

/// The values that are looked at, and how many are not.
async fn values(
    store: &dyn Store,
    rule: &Rule,
    range: Range,
) -> Result<(Vec<String>, usize), StoreError> {
    let dimension = rule.of.dimension();
    let mut values = match dimension {
        Dimension::All => vec![String::new()],
        _ if !rule.of.values.is_empty() => rule.of.values.clone(),
        _ => {
            let (app, metrics) = (rule.app.clone(), metrics(&rule.when, dimension));
            let ask = Breakdown { app, metrics, by: dimension, range, limit: rule.of.top };
            by_value(store.breakdown(ask).await?).into_iter().map(|(value, _)| value).collect()
        }
    };
    let left_out = values.len().saturating_sub(DRY_VALUES_MAX);
    values.truncate(DRY_VALUES_MAX);
    Ok((values, left_out))
}

async fn judge_value(
    store: &dyn Store,
    calendar: &Calendar,
    rule: &Rule,
    value: &str,
    run: &mut DryRun,
) -> Result<(), StoreError> {
    let mut past = Past::new(rule, run.from);
    let (mut track, mut open): (Option<Track>, Option<Firing>) = (None, None);
    let mut day_ms = past.from_ms;
    while day_ms < run.to {
        // A day at a time: what is in memory is a day's minutes and the windows.
        let day = Range { from_ms: day_ms, to_ms: (day_ms + DAY_MS).min(run.to) };
        for (at, minute) in minutes(store, rule, value, day).await?.into_iter().enumerate() {
            if at % MINUTES_AT_ONCE == 0 {
                tokio::task::yield_now().await;
            }
            let end_ms = day.from_ms + (at as u64 + 1) * MINUTE_MS;
            let is_asked = end_ms > run.from;
            let verdict = past.take(rule, calendar, minute, is_asked, open.is_some());
            let Some(verdict) = verdict.filter(|_| is_asked) else { continue };
            run.minutes_unknown += u64::from(verdict.fares == Fares::Unknown);
            match advance(&mut track, rule, verdict, end_ms) {
                Change::Began => {
                    run.firings += 1;
                    open = track.as_ref().map(|track| Firing {
                        value: value.to_owned(),
                        at: end_ms,
                        until: None,
                        severity: track.severity,
                        found: track.found.clone(),
                    });
                }
                Change::Ended => {
                    if let Some(firing) = open.take() {
                        run.fired.push(Firing { until: Some(end_ms), ..firing });
                    }
                }
                Change::Nothing | Change::GoesOn => {}
            }
        }
        day_ms = day.to_ms;
    }
    run.fired.extend(open);
    Ok(())
}

/// What is known of one value before a minute is judged.
struct Past {
    /// Where it begins, in ms since the Unix epoch.
    from_ms: u64,
    windows: Vec<Sliding>,
    /// Of a baseline.
    learnt: Option<(Measure, Box<Fed>)>,
}

impl Past {
    fn new(rule: &Rule, from_ms: u64) -> Self {
        if let When::Baseline { measure } = &rule.when {
            let from_ms = from_ms.saturating_sub(BACKFILL_DAYS * DAY_MS);
            let learnt = Measure::named(measure).map(|it| (it, Box::new(Fed::new(from_ms))));
            return Self { from_ms, windows: Vec::new(), learnt };
        }
        let windows = rule.when.windows();
        let longest = u64::from(windows.iter().copied().max().unwrap_or(1));
        let windows = windows.into_iter().map(Sliding::new).collect();
        Self { from_ms: from_ms.saturating_sub(longest * MINUTE_MS), windows, learnt: None }
    }

    /// Takes the next minute, and judges it if that is asked.
    fn take(
        &mut self,
        rule: &Rule,
        calendar: &Calendar,
        minute: Tally,
        is_asked: bool,
        is_out: bool,
    ) -> Option<Verdict> {
        if let Some((measure, fed)) = &mut self.learnt {
            let said = fed.feed(calendar, *measure, &minute)?;
            let last = Some(figure(*measure, &minute));
            return Some(verdict(rule, *measure, &said, last));
        }
        let part = Minute::of(&rule.when, minute);
        self.windows.iter_mut().for_each(|window| window.push(&part));
        let reading = |window: &Sliding| window.reading(&rule.when);
        is_asked.then(|| judge(rule, &self.windows.iter().map(reading).collect::<Vec<_>>(), is_out))
    }
}

/// What a minute adds to a window.
enum Minute {
    /// Of an objective: good, and all.
    Parts(u64, u64),
    /// Of anything else: all of it, or nothing.
    Whole(Option<Arc<Tally>>),
}

impl Minute {
    fn of(when: &When, tally: Tally) -> Self {
        match when.parts(&tally) {
            Some((good, all)) => Self::Parts(good, all),
            None if tally.is_empty() => Self::Whole(None),
            None => Self::Whole(Some(Arc::new(tally))),
        }
    }
}

/// A window that slides a minute at a time.
struct Sliding {
    length: usize,
    parts: VecDeque<(u64, u64)>,
    sum: (u64, u64),
    whole: VecDeque<Option<Arc<Tally>>>,
}

impl Sliding {
    fn new(minutes: u32) -> Self {
        let length = minutes as usize;
        Self { length, parts: VecDeque::new(), sum: (0, 0), whole: VecDeque::new() }
    }

    fn push(&mut self, minute: &Minute) {
        match minute {
            Minute::Parts(good, all) => {
                self.parts.push_back((*good, *all));
                self.sum = (self.sum.0 + good, self.sum.1 + all);
                if self.parts.len() > self.length
                    && let Some((good, all)) = self.parts.pop_front()
                {
                    self.sum = (self.sum.0 - good, self.sum.1 - all);
                }
            }
            Minute::Whole(tally) => {
                self.whole.push_back(tally.clone());
                if self.whole.len() > self.length {
                    self.whole.pop_front();
                }
            }
        }
    }

    fn reading(&self, when: &When) -> Reading {
        if let When::Objective { .. } = when {
            return bad_share(self.sum);
        }
        let mut sum = Tally::default();
        self.whole.iter().flatten().for_each(|tally| sum.merge(tally));
        when.reading(&sum)
    }
}
