//! What is normal of what rules of baselines watch: a series (`dna_baselines`) for each application,
//! measure and value, fed with every minute of the roll-ups, whichever rules ask.
//!
//! A new series learns from the days that are stored, a part of them a minute. What was learnt is
//! written every quarter of an hour; what came since is read from the roll-ups again after a restart,
//! so a restart changes nothing.

use super::judge::{Expected, Fares, Found, Verdict};
use super::keep::{Keep, KeepError, SeriesKey};
use super::limits::{BACKFILL_CHUNKS_MAX, BACKFILL_DAYS, SAVE_SERIES_MS, SERIES_MAX};
use super::measure::Measure;
use super::rule::{Rule, When};
use super::sample::{minutes, watched};
use crate::query::figures::Tally;
use crate::store::{Range, Store, StoreError};
use dna_baselines::{Calendar, Figure, Series};
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Mutex, MutexGuard, PoisonError};
use utoipa::ToSchema;

const MINUTE_MS: u64 = 60_000;
const DAY_MS: u64 = 86_400_000;

/// All series.
#[derive(Debug)]
pub struct Normal {
    calendar: Calendar,
    keep: Keep,
    series: Mutex<BTreeMap<SeriesKey, Fed>>,
}

/// What is expected of a series.
#[derive(Debug, Clone, PartialEq)]
pub struct Band {
    /// What it has learnt.
    pub learnt: Learnt,
    /// What is expected at each moment that was asked for, in the measure's own unit.
    pub expected: Vec<Option<Expected>>,
}

/// What a series has learnt.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Learnt {
    /// Until when, in ms since the Unix epoch.
    pub until: u64,
    /// Different hours that it has seen; of less than 34 nothing is expected.
    pub hours_seen: u32,
    /// How much to believe what is expected now: `learning`, `low`, `fair` or `good`.
    pub confidence: String,
    /// Since when it has been outside, in ms since the Unix epoch; null: it is not.
    pub out_since: Option<u64>,
}

/// A series and how far it was fed.
#[derive(Debug, Clone)]
pub struct Fed {
    /// It.
    pub series: Series,
    /// The end of the last minute, in ms since the Unix epoch.
    pub until_ms: u64,
    /// Whether there was anything yet: an application that was not there is no traffic of none.
    pub has_begun: bool,
    /// The end of the last minute that is written.
    pub saved_ms: u64,
}

impl Fed {
    /// One that has learnt nothing, and is fed from `from_ms` on.
    #[must_use]
    pub fn new(from_ms: u64) -> Self {
        Self { series: Series::default(), until_ms: from_ms, has_begun: false, saved_ms: 0 }
    }

    /// Takes the next minute.
    pub fn feed(
        &mut self,
        calendar: &Calendar,
        measure: Measure,
        tally: &Tally,
    ) -> Option<dna_baselines::Verdict> {
        let at_ms = self.until_ms;
        self.until_ms += MINUTE_MS;
        self.has_begun |= !tally.is_empty();
        if !self.has_begun {
            return None;
        }
        Some(self.series.observe(calendar, seconds(at_ms), figure(measure, tally)))
    }
}

impl Normal {
    /// Series that `keep` has, by the days and hours of `calendar`.
    #[must_use]
    pub fn new(calendar: Calendar, keep: Keep) -> Self {
        Self { calendar, keep, series: Mutex::default() }
    }

    /// The calendar.
    #[must_use]
    pub fn calendar(&self) -> &Calendar {
        &self.calendar
    }

    /// How each value of `rule` fares in the minute that ends at `end_ms`.
    ///
    /// # Errors
    /// When the store or what is kept does not answer.
    pub async fn verdicts(
        &self,
        store: &dyn Store,
        rule: &Rule,
        known: &BTreeSet<String>,
        end_ms: u64,
    ) -> Result<Vec<(String, Verdict)>, NormalError> {
        let When::Baseline { measure: name } = &rule.when else { return Ok(Vec::new()) };
        let Some(measure) = Measure::named(name) else { return Ok(Vec::new()) };
        let mut chunks = BACKFILL_CHUNKS_MAX;
        let mut verdicts = Vec::new();
        for value in watched(store, rule, known, end_ms).await? {
            let key = SeriesKey {
                app: rule.app.clone(),
                measure: name.clone(),
                dimension: rule.of.dimension.clone(),
                value: value.clone(),
            };
            let Some(mut fed) = self.fed(&key, end_ms)? else { continue };
            if fed.until_ms >= end_ms {
                // A rule that catches up asks for what the series has long learnt.
                verdicts.push((value, unknown(rule)));
                continue;
            }
            let mut said = None;
            // The last minute itself is always read.
            while fed.until_ms < end_ms && (chunks > 0 || end_ms - fed.until_ms == MINUTE_MS) {
                chunks = chunks.saturating_sub(1);
                let to_ms = end_ms.min(fed.until_ms + DAY_MS);
                let range = Range { from_ms: fed.until_ms, to_ms };
                let tallies = minutes(store, rule, &value, range).await?;
                let mut told = None;
                for tally in &tallies {
                    told = fed.feed(&self.calendar, measure, tally);
                }
                said = told.map(|verdict| (verdict, tallies));
                // A timeout may end this at the next await; what was fed stays.
                self.put(&key, &fed);
            }
            let verdict = match said.filter(|_| fed.until_ms == end_ms) {
                Some((said, tallies)) => {
                    let last = tallies.last().map(|tally| figure(measure, tally));
                    verdict(rule, measure, &said, last)
                }
                None => unknown(rule),
            };
            verdicts.push((value, verdict));
        }
        Ok(verdicts)
    }

    /// The series of `key`: in memory, as it was written, or a new one. `None`: there is no room.
    fn fed(&self, key: &SeriesKey, end_ms: u64) -> Result<Option<Fed>, KeepError> {
        if let Some(fed) = self.lock().get(key) {
            // The same minute again, for another rule: it is told, and not learnt again.
            let mut fed = fed.clone();
            if fed.until_ms == end_ms {
                fed.until_ms -= MINUTE_MS;
            }
            return Ok(Some(fed));
        }
        if self.lock().len() >= SERIES_MAX {
            self.keep.count("alert_series_no_room", 1)?;
            return Ok(None);
        }
        let from_ms = end_ms.saturating_sub(BACKFILL_DAYS * DAY_MS);
        let kept = self.keep.series(key)?;
        let restored = kept.and_then(|(until_ms, bytes)| {
            // One of another version is learnt anew.
            let series = Series::restore(&bytes).ok()?;
            // One that was not fed for long has a gap that it need not fill.
            let until_ms = until_ms.max(from_ms);
            Some(Fed { series, until_ms, has_begun: true, saved_ms: until_ms })
        });
        Ok(Some(restored.unwrap_or_else(|| Fed::new(from_ms))))
    }

    fn put(&self, key: &SeriesKey, fed: &Fed) {
        self.lock().insert(key.clone(), fed.clone());
    }

    /// Writes what was learnt since it was written last, if that is a while ago at `now_ms`.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn save(&self, now_ms: u64) -> Result<(), KeepError> {
        let mut due = Vec::new();
        for (key, fed) in &mut *self.lock() {
            if fed.has_begun && fed.until_ms.saturating_sub(fed.saved_ms) >= SAVE_SERIES_MS {
                fed.saved_ms = fed.until_ms;
                due.push((key.clone(), fed.until_ms, fed.series.snapshot()));
            }
        }
        self.keep.save_series(&due, now_ms)
    }

    /// What is expected of a series at each of these moments, in ms since the Unix epoch. `None`: there
    /// is no such series.
    ///
    /// # Errors
    /// When what is kept cannot be read.
    pub fn expected(
        &self,
        key: &SeriesKey,
        moments: impl Iterator<Item = u64>,
    ) -> Result<Option<Band>, KeepError> {
        let Some(measure) = Measure::named(&key.measure) else { return Ok(None) };
        Ok(self.find(key)?.map(|(until_ms, series)| {
            let at = |at_ms: u64| {
                series.expected(&self.calendar, seconds(at_ms)).map(|band| expected(measure, band))
            };
            let learnt = self.learnt(until_ms, &series);
            Band { learnt, expected: moments.map(at).collect() }
        }))
    }

    /// The series of `app`, by measure, dimension and value, at most `limit` of them, and how many are
    /// left out.
    ///
    /// # Errors
    /// When what is kept cannot be read.
    pub fn known(
        &self,
        app: &str,
        limit: usize,
    ) -> Result<(Vec<(SeriesKey, Learnt)>, u64), KeepError> {
        let mut keys: BTreeSet<SeriesKey> = self.keep.series_of(app)?.into_iter().collect();
        let has_begun = |(key, fed): &(&SeriesKey, &Fed)| key.app == app && fed.has_begun;
        keys.extend(self.lock().iter().filter(has_begun).map(|(key, _)| key.clone()));
        let left_out = keys.len().saturating_sub(limit) as u64;
        let mut known = Vec::new();
        for key in keys.into_iter().take(limit) {
            let Some((until_ms, series)) = self.find(&key)? else { continue };
            let learnt = self.learnt(until_ms, &series);
            known.push((key, learnt));
        }
        Ok((known, left_out))
    }

    /// A series as it is in memory, or else as it was written.
    fn find(&self, key: &SeriesKey) -> Result<Option<(u64, Series)>, KeepError> {
        if let Some(fed) = self.lock().get(key) {
            return Ok(Some((fed.until_ms, fed.series.clone())));
        }
        let kept = self.keep.series(key)?;
        Ok(kept.and_then(|(until_ms, bytes)| Some((until_ms, Series::restore(&bytes).ok()?))))
    }

    fn learnt(&self, until_ms: u64, series: &Series) -> Learnt {
        let ms = |at_s: i64| u64::try_from(at_s).unwrap_or(0).saturating_mul(1_000);
        Learnt {
            until: until_ms,
            hours_seen: series.hours_seen(),
            confidence: series.confidence(&self.calendar, seconds(until_ms)).name().to_owned(),
            out_since: series.out_since().map(ms),
        }
    }

    fn lock(&self) -> MutexGuard<'_, BTreeMap<SeriesKey, Fed>> {
        self.series.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn seconds(at_ms: u64) -> i64 {
    i64::try_from(at_ms / 1_000).unwrap_or(i64::MAX)
}

/// A minute as series take it.
#[must_use]
pub fn figure(measure: Measure, tally: &Tally) -> Figure {
    match measure {
        Measure::Share(share) => {
            let (good, all) = share.parts(tally);
            Figure::Rate { bad: all - good.min(all), all }
        }
        Measure::Count(metric) => Figure::Count(tally.count(metric)),
        Measure::Different(metric) => Figure::Count(tally.different(metric)),
        Measure::Percentile(metric, _) => {
            let value = measure.value(tally).unwrap_or(f64::NAN);
            Figure::Level { value, volume: tally.count(metric) }
        }
    }
}

/// What a series has said, in words of rules.
#[must_use]
pub fn verdict(
    rule: &Rule,
    measure: Measure,
    said: &dna_baselines::Verdict,
    figure: Option<Figure>,
) -> Verdict {
    let band = said.expected.map(|band| expected(measure, band));
    let is_share = matches!(measure, Measure::Share(_));
    // A share of bad ones that is too high is a share of good ones that is too low.
    let is_above = said.deviation > 0.0 && !is_share;
    let fares = match (said.is_out, said.is_judged && band.is_some()) {
        (true, _) => Fares::Out,
        (false, true) => Fares::Well,
        (false, false) => Fares::Unknown,
    };
    let value = figure.map(Figure::value).filter(|value| value.is_finite());
    let volume = figure.map(Figure::volume).filter(|volume| *volume < u64::MAX);
    let found = Found {
        measure: rule.when.measure().to_owned(),
        value: value.map(|value| if is_share { 1.0 - value } else { value }).map(rounded),
        limit: band.map(|band| if is_above { band.high } else { band.low }),
        is_above,
        volume,
        window_minutes: 1,
        expected: band,
        deviation: Some(rounded(if is_share { -said.deviation } else { said.deviation })),
        confidence: Some(said.confidence.name().to_owned()),
        after_release: said
            .after_release
            .map(|at| u64::try_from(at).unwrap_or(0).saturating_mul(1_000)),
    };
    Verdict { fares, severity: rule.severity, found }
}

/// A band in the measure's own unit.
fn expected(measure: Measure, band: dna_baselines::Band) -> Expected {
    let (low, middle, high) = match measure {
        Measure::Share(_) => (1.0 - band.high, 1.0 - band.middle, 1.0 - band.low),
        _ => (band.low, band.middle, band.high),
    };
    Expected { low: rounded(low), middle: rounded(middle), high: rounded(high) }
}

fn unknown(rule: &Rule) -> Verdict {
    let measure = rule.when.measure().to_owned();
    let found = Found { measure, window_minutes: 1, ..Found::default() };
    Verdict { fares: Fares::Unknown, severity: rule.severity, found }
}

/// Five digits that count: a band is no more exact.
fn rounded(value: f64) -> f64 {
    if value == 0.0 || !value.is_finite() {
        return 0.0;
    }
    let digits = 10_f64.powf(4.0 - value.abs().log10().floor());
    (value * digits).round() / digits
}

/// Why nothing is known.
#[derive(Debug, thiserror::Error)]
pub enum NormalError {
    /// The store does not answer.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// What is kept cannot be read.
    #[error(transparent)]
    Keep(#[from] KeepError),
}
