//! Judges minutes: each rule from where it has come to up to the last minute that is over and stored.

use super::baseline::{Normal, NormalError};
use super::causes::causes;
use super::incident::{Incident, Rules, State};
use super::judge::{Fares, Verdict, judge};
use super::keep::{IncidentsAsk, Judged, Keep, KeepError, Minute};
use super::limits::{
    EXPLAIN_LOOK_MAX, EXPLAIN_WITHIN_MS, EXPLAINED_AT_ONCE, ROUND_EVERY, ROUND_TIMEOUT,
    RULE_TIMEOUT, SETTLE_MS, WAIT_FOR_STORE_MS,
};
use super::reload::Rulebook;
use super::rule::{Rule, When};
use super::sample::{due, readings};
use super::set::RuleSet;
use super::track::{Change, Track, advance};
use crate::store::Store;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use tokio::time::{Instant, MissedTickBehavior, interval, timeout};

const MINUTE_MS: u64 = 60_000;

/// Given the time, the moment up to which everything is stored that was received.
pub type StoredUntil = Arc<dyn Fn(u64) -> u64 + Send + Sync>;

/// Judges minutes.
pub struct Rounds {
    store: Arc<dyn Store>,
    keep: Keep,
    rulebook: Arc<Rulebook>,
    normal: Arc<Normal>,
    stored_until: StoredUntil,
    /// The end of the last minute that was written by this process.
    written_ms: AtomicU64,
}

impl std::fmt::Debug for Rounds {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Rounds")
    }
}

impl Rounds {
    /// Rounds over `store`.
    #[must_use]
    pub fn new(
        store: Arc<dyn Store>,
        keep: Keep,
        rulebook: Arc<Rulebook>,
        normal: Arc<Normal>,
        stored_until: StoredUntil,
    ) -> Self {
        Self { store, keep, rulebook, normal, stored_until, written_ms: AtomicU64::new(0) }
    }

    /// Judges what is due, again and again, until it is dropped.
    pub async fn run(self, now: fn() -> u64) {
        let mut tick = interval(ROUND_EVERY);
        tick.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            tick.tick().await;
            if let Err(error) = self.round(now()).await {
                tracing::error!(%error, "a minute is not judged; it is tried again");
            }
        }
    }

    /// Judges every minute that is due at `now_ms`.
    ///
    /// # Errors
    /// When what was found cannot be written; then it is found again in the next round.
    pub async fn round(&self, now_ms: u64) -> Result<(), KeepError> {
        let (end_ms, is_complete) = self.end(now_ms);
        let set = self.rulebook.now();
        let rules = Rules { rules: &set.rules, forgetful: &set.forgetful };
        let mut minutes: BTreeMap<u64, Vec<(&Rule, u64)>> = BTreeMap::new();
        for rule in set.rules.values().filter(|rule| rule.enabled) {
            // A new rule begins with the last minute.
            let until_ms = self.keep.progress(&rule.name)?;
            let until_ms = until_ms.unwrap_or(end_ms.saturating_sub(MINUTE_MS));
            let (due, mut skipped) = due(until_ms, end_ms);
            for end in due {
                minutes.entry(end).or_default().push((rule, skipped));
                skipped = 0;
            }
        }
        // Incidents go on without rules: silences end, and what was removed is over.
        if self.written_ms.load(Ordering::Relaxed) < end_ms {
            minutes.entry(end_ms).or_default();
        }
        let deadline = Instant::now() + ROUND_TIMEOUT;
        let mut failed = BTreeSet::new();
        for (end_ms, due) in minutes {
            let mut judged = Vec::new();
            for (rule, skipped) in due {
                if failed.contains(&rule.name) || Instant::now() > deadline {
                    // It stays where it is, and is tried again in the next round.
                    failed.insert(rule.name.clone());
                    continue;
                }
                match timeout(RULE_TIMEOUT, self.judge(rule, end_ms, skipped, is_complete)).await {
                    Ok(Ok(one)) => judged.push(one),
                    Ok(Err(error)) => self.failed(&mut failed, rule, &error)?,
                    Err(_) => self.failed(&mut failed, rule, &"the store takes too long")?,
                }
            }
            // Some ms; this task does nothing else.
            self.keep.write(&Minute { end_ms, judged, rules })?;
            self.written_ms.fetch_max(end_ms, Ordering::Relaxed);
        }
        self.normal.save(now_ms)?;
        self.explain(&set, end_ms).await
    }

    /// Says of new incidents why they are. Whom they concern is told already: that does not wait.
    async fn explain(&self, set: &RuleSet, end_ms: u64) -> Result<(), KeepError> {
        let ask = IncidentsAsk { limit: EXPLAIN_LOOK_MAX, ..IncidentsAsk::default() };
        let is_new = |incident: &Incident| {
            let age_ms = end_ms.saturating_sub(incident.opened_at);
            incident.causes.is_none()
                && incident.state != State::Resolved
                && age_ms <= EXPLAIN_WITHIN_MS
        };
        let new = self.keep.incidents(&ask)?.into_iter().filter(is_new).take(EXPLAINED_AT_ONCE);
        for incident in new {
            let Some(part) = incident.firing().next() else { continue };
            let Some(rule) = set.rules.get(&part.rule) else { continue };
            match timeout(RULE_TIMEOUT, causes(&*self.store, rule, part, end_ms)).await {
                Ok(Ok(Some(causes))) => self.keep.explained(incident.id, causes, end_ms)?,
                Ok(Ok(None)) => {}
                Ok(Err(error)) => tracing::warn!(%error, incident = incident.id, "not explained"),
                Err(_) => tracing::warn!(incident = incident.id, "explaining takes too long"),
            }
        }
        Ok(())
    }

    fn failed(
        &self,
        failed: &mut BTreeSet<String>,
        rule: &Rule,
        error: &dyn std::fmt::Display,
    ) -> Result<(), KeepError> {
        tracing::warn!(rule = rule.name, %error, "a rule is not judged; it is tried again");
        failed.insert(rule.name.clone());
        self.keep.count("evaluations_failed", 1)
    }

    /// The end of the last minute that can be judged, and whether all of it is stored. A minute waits
    /// for what came before its end, but not for ever.
    fn end(&self, now_ms: u64) -> (u64, bool) {
        let minute = |ms: u64| ms - ms % MINUTE_MS;
        let end_ms = minute(now_ms.saturating_sub(SETTLE_MS));
        let stored_ms = minute((self.stored_until)(now_ms).min(now_ms));
        if stored_ms >= end_ms {
            return (end_ms, true);
        }
        let waited_ms = end_ms.saturating_sub(WAIT_FOR_STORE_MS);
        (stored_ms.max(waited_ms), stored_ms >= waited_ms)
    }

    async fn judge(
        &self,
        rule: &Rule,
        end_ms: u64,
        skipped: u64,
        is_complete: bool,
    ) -> Result<Judged, JudgeError> {
        let mut tracks = self.keep.tracks(&rule.name)?;
        let known: BTreeSet<String> = tracks.keys().cloned().collect();
        let is_firing = |value: &String| {
            let track = tracks.get(value);
            track.is_some_and(|track: &Track| track.firing_since_ms.is_some())
        };
        let verdicts: Vec<(String, Verdict)> = if let When::Baseline { .. } = rule.when {
            self.normal.verdicts(&*self.store, rule, &known, end_ms).await?
        } else {
            let readings = readings(&*self.store, rule, &known, end_ms).await?.into_iter();
            let judged = readings.map(|(value, readings)| {
                let verdict = judge(rule, &readings, is_firing(&value));
                (value, verdict)
            });
            judged.collect()
        };
        let mut values = Vec::new();
        for (value, mut verdict) in verdicts {
            // What is not stored yet is not absent.
            if !is_complete && matches!(rule.when, When::Absence { .. } | When::Baseline { .. }) {
                verdict.fares = Fares::Unknown;
            }
            let before = tracks.remove(&value);
            let was_known = before.is_some();
            let mut track = before;
            let change = advance(&mut track, rule, verdict, end_ms);
            if was_known || track.is_some() {
                values.push((value, track, change));
            }
        }
        // Values that the rule no longer watches.
        let gone = tracks.into_keys().map(|value| (value, None, Change::Ended));
        values.extend(gone);
        Ok(Judged { rule: rule.clone(), values, skipped })
    }
}

/// Why a rule is not judged.
#[derive(Debug, thiserror::Error)]
enum JudgeError {
    #[error(transparent)]
    Store(#[from] crate::store::StoreError),
    #[error(transparent)]
    Keep(#[from] KeepError),
    #[error(transparent)]
    Normal(#[from] NormalError),
}
