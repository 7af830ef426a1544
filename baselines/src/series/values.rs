//! What is normal of a count, a percentile or a mean.

use super::Judged;
use crate::calendar::Slot;
use crate::digest::Digest;
use crate::figure::Figure;
use crate::hold::Look;
use crate::limits::KEPT_A_WEEK;
use crate::range::Range;
use crate::slots::{Found, Learns, Slots};
use crate::verdict::Band;
use serde::{Deserialize, Serialize};

/// On which sides of the band is outside.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Sides {
    /// A count: too many, and too few.
    Both,
    /// A time: too long.
    High,
}

/// Deviations that are outside in any case, and that are not before: for the figure itself, its
/// smoothed form, and its change from one to the next.
const VALUE: (f64, f64) = (4.0, 12.0);
const SMOOTH: (f64, f64) = (2.5, 8.0);
const CHANGE: (f64, f64) = (5.0, 16.0);
/// How much of a new deviation goes into the smoothed one: half of it is of the last two minutes.
const SMOOTHING: f64 = 0.3;
/// One figure alone does not bring the smoothed form outside, however far out it is.
const ONE_MAX: f64 = 8.0;
/// Residuals are never smaller than this share of the middle: nobody cares about less.
const FLOOR: f64 = 0.02;
/// A drift of all hours is followed with a half-life of about 12 hours.
const DRIFT: f64 = 0.001;
/// A mean absolute deviation is so much smaller than a standard deviation.
const SIGMA: f64 = 1.2533;
/// Of days of another kind, and of less than three days, less is known.
const UNSURE: f64 = 1.5;

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct Values {
    slots: Slots<Usual>,
    overall: Digest,
    day: Option<i32>,
    /// What all hours are higher by than they used to be: traffic that grows.
    level: f32,
    /// The usual volume.
    volume: f32,
    deviations: Range,
    smooths: Range,
    changes: Range,
    smooth: f32,
    last: Option<f32>,
    /// How the newest compare with what was expected, while it is outside.
    shift: f32,
}

/// What is usual in a slot.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
struct Usual {
    values: Digest,
    /// Mean absolute residual, and on how much it rests.
    spread: f32,
    spreads: f32,
}

impl Learns for Usual {
    /// The value, and its residual if something was expected.
    type Item = (f64, Option<f64>);

    fn learn(&mut self, (value, residual): Self::Item) {
        self.values.add(value);
        if let Some(residual) = residual {
            self.spreads += 1.0;
            self.spread += (residual as f32 - self.spread) / self.spreads;
        }
    }

    fn decay(&mut self, kept: f32) {
        self.values.decay(kept);
        self.spreads *= kept;
    }
}

/// What is expected at a moment.
struct Expected {
    middle: f64,
    scale: f64,
    days: u16,
    is_own: bool,
}

impl Default for Values {
    fn default() -> Self {
        Self {
            slots: Slots::default(),
            overall: Digest::default(),
            day: None,
            level: 1.0,
            volume: 0.0,
            deviations: Range::default(),
            smooths: Range::default(),
            changes: Range::default(),
            smooth: 0.0,
            last: None,
            shift: 1.0,
        }
    }
}

impl Values {
    pub(super) fn judge(&self, slot: Slot, figure: Figure, sides: Sides) -> Option<Judged> {
        let expected = self.usual(slot, figure)?;
        let deviation = (figure.value() - expected.middle) / expected.scale;
        let smooth = self.smoothed(deviation);
        let change = self.last.map_or(0.0, |last| deviation - f64::from(last));
        let [value_size, smooth_size, change_size] =
            [deviation, smooth, change].map(|it| match sides {
                Sides::Both => it.abs(),
                Sides::High => it,
            });
        let bound = self.bound(&expected);
        let smooth_bound = self.smooths.bound(SMOOTH) * bound.unsure;
        let change_bound = self.changes.bound(CHANGE) * bound.unsure;
        let is_new = value_size > bound.value && change_size > change_bound;
        let look = if value_size > bound.value * 2.0 || is_new {
            Look::FarOut
        } else if value_size > bound.value || smooth_size > smooth_bound {
            Look::Out
        } else if value_size < bound.value / 2.0 && smooth_size < smooth_bound / 2.0 {
            Look::Calm
        } else {
            Look::Near
        };
        let band = self.band(&expected);
        Some(Judged { band, deviation, look, days: expected.days, is_own: expected.is_own })
    }

    /// On how many days this hour was seen, and whether they are of this kind.
    pub(super) fn known(&self, slot: Slot) -> Option<(u16, bool)> {
        self.usual(slot, Figure::Count(0)).map(|expected| (expected.days, expected.is_own))
    }

    pub(super) fn expected(&self, slot: Slot, sides: Sides) -> Option<Band> {
        let figure = match sides {
            Sides::Both => Figure::Count(0),
            Sides::High => Figure::Level { value: 0.0, volume: self.volume as u64 },
        };
        self.usual(slot, figure).map(|expected| self.band(&expected))
    }

    pub(super) fn learn(
        &mut self,
        slot: Slot,
        figure: Figure,
        judged: Option<&Judged>,
        is_out: bool,
        is_learning: bool,
    ) {
        let value = figure.value();
        let deviation = judged.map(|judged| judged.deviation);
        if let Some(deviation) = deviation {
            self.keep_recent(deviation, is_out || is_learning);
        }
        if let Some(middle) = judged.map(|judged| judged.band.middle).filter(|it| *it > 0.0) {
            let ratio = (value / middle).clamp(0.01, 100.0);
            if is_out {
                self.shift += (ratio as f32 - self.shift) * 0.02;
            } else {
                let step = (ratio.clamp(0.5, 2.0) - 1.0) * DRIFT;
                self.level = (self.level * (1.0 + step as f32)).clamp(0.001, 1_000.0);
                self.shift = 1.0;
            }
        }
        if is_out {
            return;
        }
        if let Figure::Level { volume, .. } = figure {
            let volume = volume as f32;
            let step = if self.volume == 0.0 { 1.0 } else { 0.01 };
            self.volume += (volume - self.volume) * step;
        }
        // A residual counts for four deviations at most: it is the usual spread that is wanted.
        let residual = judged.map(|judged| {
            let scale = (value - judged.band.middle).abs() / judged.deviation.abs().max(1e-9);
            judged.deviation.abs().min(4.0) * scale
        });
        self.slots.learn(slot, (value, residual));
        let days = slot.day.saturating_sub(self.day.unwrap_or(slot.day));
        if days > 0 {
            let kept = KEPT_A_WEEK.powf(days.min(70) as f32 / 7.0);
            self.overall.decay(kept);
            [&mut self.deviations, &mut self.smooths, &mut self.changes]
                .into_iter()
                .for_each(|range| range.decay(kept));
        }
        self.day = Some(slot.day);
        self.overall.add(value);
    }

    pub(super) fn forget_recent(&mut self) {
        self.smooth = 0.0;
        self.last = None;
    }

    /// What is now is normal: all hours are expected to be higher or lower by as much.
    pub(super) fn adopt(&mut self) {
        self.level = (self.level * self.shift).clamp(0.001, 1_000.0);
        self.shift = 1.0;
        self.forget_recent();
    }

    fn keep_recent(&mut self, deviation: f64, is_odd: bool) {
        let smooth = self.smoothed(deviation);
        if !is_odd {
            self.deviations.learn(deviation.abs(), VALUE);
            self.smooths.learn(smooth.abs(), SMOOTH);
            if let Some(last) = self.last {
                self.changes.learn((deviation - f64::from(last)).abs(), CHANGE);
            }
        }
        self.smooth = smooth as f32;
        self.last = Some(deviation as f32);
    }

    fn smoothed(&self, deviation: f64) -> f64 {
        let before = f64::from(self.smooth);
        before + (deviation.clamp(-ONE_MAX, ONE_MAX) - before) * SMOOTHING
    }

    /// `None` before the first figure.
    fn usual(&self, slot: Slot, figure: Figure) -> Option<Expected> {
        let found = self.slots.find(slot);
        let level = f64::from(self.level);
        let (middle, half, days, is_own) = match &found {
            Some(found) => {
                let quantile = |q| found.between(|usual| usual.values.quantile(q));
                let half = (quantile(0.84)? - quantile(0.16)?) / 2.0;
                let half = spread(found).unwrap_or(half);
                (quantile(0.5)?, half, found.here.days, found.is_own)
            }
            None => {
                let quantile = |q| self.overall.quantile(q);
                (quantile(0.5)?, (quantile(0.84)? - quantile(0.16)?) / 2.0, 0, false)
            }
        };
        let middle = middle * level;
        let (noise, small) = match figure {
            // Independent arrivals vary by their root.
            Figure::Count(_) | Figure::Rate { .. } => (middle.abs().max(1.0).sqrt(), 1.0),
            Figure::Level { volume, .. } => {
                let few = f64::from(self.volume) / volume.max(1) as f64;
                (0.0, few.max(1.0).sqrt())
            }
        };
        let unsure = if is_own { 1.0 } else { UNSURE };
        let scale = (half * level).max(middle.abs() * FLOOR).max(noise).max(1e-9) * small * unsure;
        Some(Expected { middle, scale, days, is_own })
    }

    fn bound(&self, expected: &Expected) -> Bound {
        let unsure = if expected.days < 3 { UNSURE } else { 1.0 };
        Bound { value: self.deviations.bound(VALUE) * unsure, unsure }
    }

    fn band(&self, expected: &Expected) -> Band {
        let reach = self.bound(expected).value * expected.scale;
        let Expected { middle, .. } = *expected;
        let low = middle - reach;
        // What never is negative is not expected to be.
        let low = if middle >= 0.0 { low.max(0.0) } else { low };
        Band { low, middle, high: middle + reach }
    }
}

struct Bound {
    value: f64,
    unsure: f64,
}

/// By the residuals, as soon as there were some on another day than the first.
fn spread(found: &Found<'_, Usual>) -> Option<f64> {
    let enough = found.here.days >= 2 && found.here.learnt.spreads >= 20.0;
    enough.then(|| found.between(|usual| Some(f64::from(usual.spread) * SIGMA))).flatten()
}
