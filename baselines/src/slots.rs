//! What is usual at an hour of a kind of day.

use crate::calendar::{DayKind, Slot};
use crate::digest::Digest;
use crate::limits::KEPT_A_WEEK;
use serde::{Deserialize, Serialize};

/// What a slot learns of. Figures of a rate are added up, others go into a distribution.
pub(crate) trait Learns: Default {
    type Item: Copy;
    fn learn(&mut self, item: Self::Item);
    fn decay(&mut self, kept: f32);
}

impl Learns for Digest {
    type Item = f64;
    fn learn(&mut self, item: f64) {
        self.add(item);
    }
    fn decay(&mut self, kept: f32) {
        Self::decay(self, kept);
    }
}

/// An hour of a kind of day.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Kept<T> {
    index: u8,
    /// The last day that it was fed.
    day: i32,
    /// Different days that it was fed.
    pub(crate) days: u16,
    pub(crate) learnt: T,
}

/// All that were seen of the 72.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Slots<T> {
    kept: Vec<Kept<T>>,
}

impl<T> Default for Slots<T> {
    fn default() -> Self {
        Self { kept: Vec::new() }
    }
}

/// Which slots stand for a moment: the hour itself and the nearer neighbour, whose weight grows
/// towards the hour's edge.
pub(crate) struct Found<'a, T> {
    pub(crate) here: &'a Kept<T>,
    pub(crate) beside: Option<(&'a Kept<T>, f64)>,
    /// Whether `here` is of the right kind of day.
    pub(crate) is_own: bool,
}

impl<T: Learns> Slots<T> {
    pub(crate) fn learn(&mut self, slot: Slot, item: T::Item) {
        let index = index(slot.hour, slot.kind);
        let at = match self.kept.binary_search_by_key(&index, |kept| kept.index) {
            Ok(at) => at,
            Err(at) => {
                let learnt = T::default();
                self.kept.insert(at, Kept { index, day: slot.day, days: 1, learnt });
                at
            }
        };
        let kept = &mut self.kept[at];
        if slot.day != kept.day {
            // Weeks of their own, not of the calendar: a slot is older by the days between.
            let weeks = slot.day.saturating_sub(kept.day).clamp(0, 70) as f32 / 7.0;
            kept.learnt.decay(KEPT_A_WEEK.powf(weeks));
            kept.day = slot.day;
            kept.days = kept.days.saturating_add(1);
        }
        kept.learnt.learn(item);
    }

    /// What stands for a moment: this hour on this kind of day, or else on another kind.
    pub(crate) fn find(&self, slot: Slot) -> Option<Found<'_, T>> {
        let kinds = match slot.kind {
            DayKind::Working => [DayKind::Working, DayKind::Weekend, DayKind::Holiday],
            DayKind::Weekend => [DayKind::Weekend, DayKind::Holiday, DayKind::Working],
            DayKind::Holiday => [DayKind::Holiday, DayKind::Weekend, DayKind::Working],
        };
        let (kind, here) =
            kinds.into_iter().find_map(|kind| Some((kind, self.get(slot.hour, kind)?)))?;
        let next = if slot.passed < 0.5 { 23 } else { 1 };
        let beside = self.get((slot.hour + next) % 24, kind);
        let share = f64::from((slot.passed - 0.5).abs());
        Some(Found { here, beside: beside.map(|kept| (kept, share)), is_own: kind == slot.kind })
    }

    fn get(&self, hour: u8, kind: DayKind) -> Option<&Kept<T>> {
        let index = index(hour, kind);
        let at = self.kept.binary_search_by_key(&index, |kept| kept.index).ok()?;
        self.kept.get(at)
    }
}

impl<T> Found<'_, T> {
    /// A figure of both slots, the neighbour's by its share.
    pub(crate) fn between(&self, figure: impl Fn(&T) -> Option<f64>) -> Option<f64> {
        let here = figure(&self.here.learnt)?;
        let Some((beside, share)) = self.beside else { return Some(here) };
        Some(figure(&beside.learnt).map_or(here, |there| here + (there - here) * share))
    }
}

fn index(hour: u8, kind: DayKind) -> u8 {
    kind as u8 * 24 + hour
}
