//! Many series, by key.

use crate::calendar::Calendar;
use crate::figure::Figure;
use crate::limits::SERIES_MAX;
use crate::series::Series;
use crate::snapshot::SnapshotError;
use crate::verdict::Verdict;
use std::collections::BTreeMap;

/// Series by key: application, measure, and the values of its dimensions.
///
/// So many at most. When there is no room the series that was not fed for longest goes, if that was
/// a day ago or more; else the new key is not watched, and counted.
#[derive(Debug, Clone)]
pub struct Baselines<K> {
    series: BTreeMap<K, Fed>,
    calendar: Calendar,
    series_max: usize,
    refused: u64,
}

#[derive(Debug, Clone)]
struct Fed {
    series: Series,
    at_s: i64,
}

/// A series that was not fed for so long, in s, makes room.
const IDLE_S: i64 = 24 * 60 * 60;

impl<K: Ord + Clone> Baselines<K> {
    /// None yet, [`SERIES_MAX`] at most.
    #[must_use]
    pub fn new(calendar: Calendar) -> Self {
        Self::with_series_max(calendar, SERIES_MAX)
    }

    /// None yet, so many at most.
    #[must_use]
    pub fn with_series_max(calendar: Calendar, series_max: usize) -> Self {
        Self { series: BTreeMap::new(), calendar, series_max, refused: 0 }
    }

    /// [`Series::observe`] of the series of this key; `None` if there is no room for it.
    pub fn observe(&mut self, key: &K, at_s: i64, figure: Figure) -> Option<Verdict> {
        if !self.series.contains_key(key) {
            if !self.has_room(at_s) {
                self.refused = self.refused.saturating_add(1);
                return None;
            }
            self.series.insert(key.clone(), Fed { series: Series::default(), at_s });
        }
        let fed = self.series.get_mut(key)?;
        fed.at_s = at_s;
        Some(fed.series.observe(&self.calendar, at_s, figure))
    }

    /// Tells all series whose key `concerns` that a release went out, Unix time in s.
    pub fn released(&mut self, at_s: i64, concerns: impl Fn(&K) -> bool) {
        for (_, fed) in self.series.iter_mut().filter(|(key, _)| concerns(key)) {
            fed.series.released(at_s);
        }
    }

    /// The series of a key.
    #[must_use]
    pub fn get(&self, key: &K) -> Option<&Series> {
        self.series.get(key).map(|fed| &fed.series)
    }

    /// All series, with the minute that each was fed last.
    pub fn iter(&self) -> impl Iterator<Item = (&K, &Series, i64)> {
        self.series.iter().map(|(key, fed)| (key, &fed.series, fed.at_s))
    }

    /// Puts a [`Series::snapshot`] back, with the minute it was fed last; false if there is no room.
    ///
    /// # Errors
    /// When the bytes are something else.
    pub fn restore(&mut self, key: K, at_s: i64, bytes: &[u8]) -> Result<bool, SnapshotError> {
        let series = Series::restore(bytes)?;
        let fits = self.series.contains_key(&key) || self.has_room(at_s);
        if fits {
            self.series.insert(key, Fed { series, at_s });
        }
        Ok(fits)
    }

    /// How many there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.series.len()
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.series.is_empty()
    }

    /// Figures whose key was not watched, for want of room.
    #[must_use]
    pub fn refused(&self) -> u64 {
        self.refused
    }

    /// The calendar that days and hours go by.
    #[must_use]
    pub fn calendar(&self) -> &Calendar {
        &self.calendar
    }

    fn has_room(&mut self, at_s: i64) -> bool {
        if self.series.len() < self.series_max {
            return true;
        }
        let oldest = self.series.iter().min_by_key(|(_, fed)| fed.at_s);
        let idle = oldest.filter(|(_, fed)| at_s.saturating_sub(fed.at_s) >= IDLE_S);
        let Some(key) = idle.map(|(key, _)| key.clone()) else { return false };
        self.series.remove(&key);
        true
    }
}
