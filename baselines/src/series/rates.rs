//! What is normal of a rate.

use super::Judged;
use crate::calendar::Slot;
use crate::figure::Figure;
use crate::hold::Look;
use crate::limits::{KEPT_A_WEEK, WINDOW_MINUTES};
use crate::range::Range;
use crate::rate::{Share, highest, surprise, tolerated};
use crate::slots::{Learns as _, Slots};
use crate::verdict::Band;
use serde::{Deserialize, Serialize};

/// -log10 of the probability below which a minute is outside, where history does not ask for more.
/// Second: however wild a series was, this is outside.
const SURPRISE: (f64, f64) = (4.0, 40.0);
/// What all other hours say of this one counts as so many requests.
const PRIOR: f64 = 500.0;

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct Rates {
    slots: Slots<Share>,
    overall: Share,
    overall_day: Option<i32>,
    /// Variance beside the binomial one: 1 when each goes wrong by itself, more when they clump.
    dispersion: f32,
    surprises: Range,
    /// The newest minutes, bad and all.
    recent: Vec<(f32, f32)>,
}

impl Default for Rates {
    fn default() -> Self {
        Self {
            slots: Slots::default(),
            overall: Share::default(),
            overall_day: None,
            dispersion: 1.0,
            surprises: Range::default(),
            recent: Vec::new(),
        }
    }
}

impl Rates {
    pub(super) fn judge(&self, slot: Slot, figure: Figure) -> Option<Judged> {
        let (bad, all) = parts(figure);
        let (rate, known, days, is_own) = self.usual(slot)?;
        let bound = self.bound();
        let fine = tolerated(rate, known);
        let (dispersion, together) = (f64::from(self.dispersion), self.with(bad, all));
        let alone = surprise(bad, all, fine, dispersion);
        // Minutes that are each too few to say anything may say it together.
        let all_in_all = surprise(together.0, together.1, fine, dispersion);
        // An old peak among them is over as soon as the newest minute is as usual.
        let most = if bad > rate * all { alone.max(all_in_all) } else { alone };
        let look = match most {
            _ if most >= bound * 2.0 => Look::FarOut,
            _ if most >= bound => Look::Out,
            _ if most < bound / 2.0 => Look::Calm,
            _ => Look::Near,
        };
        let error = (rate.max(1.0 / known.max(1.0)) / all.max(1.0) * dispersion).sqrt();
        let deviation = if all > 0.0 { (bad / all - rate) / error } else { 0.0 };
        Some(Judged { band: self.band(rate, fine, all), deviation, look, days, is_own })
    }

    pub(super) fn expected(&self, slot: Slot) -> Option<Band> {
        let (rate, known, ..) = self.usual(slot)?;
        let minutes = self.recent.len().max(1) as f64;
        let all = self.recent.iter().map(|(_, all)| f64::from(*all)).sum::<f64>() / minutes;
        Some(self.band(rate, tolerated(rate, known), all))
    }

    /// On how many the newest minutes and this one rest.
    pub(super) fn volume_with(&self, figure: Figure) -> f64 {
        let (bad, all) = parts(figure);
        self.with(bad, all).1
    }

    pub(super) fn learn(
        &mut self,
        slot: Slot,
        figure: Figure,
        judged: Option<&Judged>,
        is_out: bool,
        is_learning: bool,
    ) {
        let (bad, all) = parts(figure);
        if let Some((rate, known, ..)) = self.usual(slot).filter(|_| !is_out) {
            let variance = all * rate.max(1.0 / known.max(1.0)) * (1.0 - rate).max(0.01);
            // One minute may say 10 at most, so that an incident's first minutes do not raise it.
            let seen = ((bad - all * rate).powi(2) / variance.max(1e-9)).min(10.0) as f32;
            self.dispersion = (self.dispersion + (seen - self.dispersion) * 0.003).max(1.0);
            if !is_learning && judged.is_some() {
                let fine = tolerated(rate, known);
                let size = surprise(bad, all, fine, f64::from(self.dispersion));
                self.surprises.learn(size, SURPRISE);
            }
        }
        if self.recent.len() >= usize::from(WINDOW_MINUTES) {
            self.recent.remove(0);
        }
        self.recent.push((bad as f32, all as f32));
        if !is_out {
            self.slots.learn(slot, (bad, all));
            let days = slot.day.saturating_sub(self.overall_day.unwrap_or(slot.day));
            if days > 0 {
                let kept = KEPT_A_WEEK.powf(days.min(70) as f32 / 7.0);
                self.overall.decay(kept);
                self.surprises.decay(kept);
            }
            self.overall_day = Some(slot.day);
            self.overall.learn((bad, all));
        }
    }

    pub(super) fn forget_recent(&mut self) {
        self.recent.clear();
    }

    /// What is now is normal: what was before counts for little from here on.
    pub(super) fn adopt(&mut self) {
        self.slots = Slots::default();
        self.overall = Share::default();
        let recent = std::mem::take(&mut self.recent);
        recent.iter().for_each(|(bad, all)| {
            self.overall.learn((f64::from(*bad), f64::from(*all)));
        });
    }

    /// On how many days this hour was seen, and whether they are of this kind.
    pub(super) fn known(&self, slot: Slot) -> Option<(u16, bool)> {
        self.usual(slot).map(|(.., days, is_own)| (days, is_own))
    }

    /// The usual rate, on how many it rests, on how many days, and whether they are of this kind.
    fn usual(&self, slot: Slot) -> Option<(f64, f64, u16, bool)> {
        let overall_all = f64::from(self.overall.all);
        if overall_all <= 0.0 {
            return None;
        }
        let overall = f64::from(self.overall.bad) / overall_all;
        let Some(found) = self.slots.find(slot) else {
            return Some((overall, overall_all.min(PRIOR), 0, false));
        };
        let share = found.here.learnt;
        let (bad, all) = (f64::from(share.bad), f64::from(share.all));
        let prior = PRIOR.min(overall_all);
        let rate = (bad + overall * prior) / (all + prior);
        Some((rate, all + prior, found.here.days, found.is_own))
    }

    fn with(&self, bad: f64, all: f64) -> (f64, f64) {
        let skipped = (self.recent.len() + 1).saturating_sub(usize::from(WINDOW_MINUTES));
        self.recent.iter().skip(skipped).fold((bad, all), |sum, minute| {
            (sum.0 + f64::from(minute.0), sum.1 + f64::from(minute.1))
        })
    }

    fn bound(&self) -> f64 {
        self.surprises.bound(SURPRISE)
    }

    fn band(&self, rate: f64, fine: f64, all: f64) -> Band {
        let high = highest(all.max(1.0), fine, f64::from(self.dispersion), self.bound());
        Band { low: 0.0, middle: rate, high }
    }
}

fn parts(figure: Figure) -> (f64, f64) {
    match figure {
        Figure::Rate { bad, all } => (bad.min(all) as f64, all as f64),
        Figure::Count(_) | Figure::Level { .. } => (0.0, 0.0),
    }
}
