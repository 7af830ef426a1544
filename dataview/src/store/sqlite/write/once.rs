//! What a view counts once: the first time, or as it was told last.

use super::day::KnownOfDay;
use super::placed::Placed;
use crate::model::{Measure, Metric, ViewId};
use crate::store::sqlite::fault::Fault;
use crate::store::sqlite::file::DayFile;
use crate::store::sqlite::schema;
use rusqlite::{Connection, OptionalExtension};
use std::collections::HashMap;
use std::sync::Arc;

/// The metrics that views have counted.
#[derive(Default)]
pub(super) struct Once {
    views: HashMap<(i64, ViewId), View>,
}

/// Where a view is looked for.
pub(super) struct Beside<'a> {
    /// The application here.
    pub(super) app: i64,
    /// The session here.
    pub(super) session: i64,
    /// The same session in days beside.
    pub(super) days: &'a [(Arc<DayFile>, i64)],
}

/// What a view has counted: a bit a metric, and where that counts which may change.
#[derive(Debug, Default)]
pub(super) struct View {
    counted: u64,
    placed: Vec<Placed>,
    is_changed: bool,
}

/// What becomes of a measure.
#[derive(Debug, PartialEq)]
pub(super) enum Verdict {
    /// It counts.
    Counts,
    /// It does not.
    Not,
    /// It counts, and what counted there before does not.
    Replaces(Placed),
    /// It counts nothing itself, and what counted there does not any more.
    Revokes(Placed),
}

/// The metrics of which a view's last value counts, in the order of their own times: Web Vitals that
/// are told again when they have changed.
fn is_last(metric: Metric) -> bool {
    matches!(metric, Metric::Cls | Metric::Inp)
}

/// Whether what counts may change, so that its place is kept.
pub(super) fn may_change(metric: Metric) -> bool {
    is_last(metric) || metric == Metric::PageViewsOk
}

impl Once {
    /// The view, as it is here and in the days beside.
    pub(super) fn view(
        &mut self,
        write: &Connection,
        known: &mut KnownOfDay,
        beside: &Beside<'_>,
        id: ViewId,
    ) -> Result<&mut View, Fault> {
        use std::collections::hash_map::Entry;
        match self.views.entry((beside.session, id)) {
            Entry::Occupied(view) => Ok(view.into_mut()),
            Entry::Vacant(place) => {
                let (counted, bytes) = read(write, beside.session, id)?;
                let mut view = View { counted, ..View::default() };
                for placed in Placed::all(&bytes).ok_or(Fault::Stored("place of a view"))? {
                    view.keep(placed);
                }
                for (file, session) in beside.days {
                    let there = file.read_beside(|there| {
                        if !schema::has_places(there)? {
                            return Ok((read_bits(there, *session, id)?, Vec::new()));
                        }
                        let (counted, bytes) = read(there, *session, id)?;
                        let placed = Placed::all(&bytes).ok_or(Fault::Stored("place of a view"))?;
                        let named = placed.into_iter().map(|one| one.named(there));
                        Ok((counted, named.collect::<Result<Vec<_>, Fault>>()?))
                    })?;
                    let Some((counted, placed)) = there else { continue };
                    view.counted |= counted;
                    for named in placed {
                        view.keep(named.numbered(write, known, beside.app)?);
                    }
                }
                Ok(place.insert(view))
            }
        }
    }

    /// Writes what has changed.
    pub(super) fn write(&self, write: &Connection) -> Result<(), Fault> {
        for ((session, id), view) in self.views.iter().filter(|(_, view)| view.is_changed) {
            let sql = "REPLACE INTO views (session, view, counted, placed) VALUES (?, ?, ?, ?)";
            let placed = (!view.placed.is_empty()).then(|| Placed::bytes(&view.placed));
            write.prepare_cached(sql)?.execute((
                session,
                id.0,
                view.counted.cast_signed(),
                placed,
            ))?;
        }
        Ok(())
    }
}

impl View {
    /// What becomes of `measure`, of the frame number `sequence`.
    pub(super) fn judge(&mut self, measure: &Measure, sequence: u64) -> Verdict {
        let bit = |metric: Metric| 1 << (metric as u8);
        let (metric, had) = (measure.metric, self.counted);
        self.is_changed |= had & bit(metric) == 0;
        self.counted |= bit(metric);
        if had & bit(metric) == 0 {
            return match metric {
                // Whichever was told first: a view in which something was thrown did not work.
                Metric::PageViewsOk if had & bit(Metric::PageViewsBroken) != 0 => Verdict::Not,
                Metric::PageViewsBroken => match self.take(Metric::PageViewsOk) {
                    Some(ok) => Verdict::Revokes(ok),
                    None => Verdict::Not,
                },
                _ => Verdict::Counts,
            };
        }
        let is_later = |one: &Placed| one.when() < (measure.at_ms, sequence);
        let earlier = self.placed.iter().any(|one| one.metric == metric as u8 && is_later(one));
        match is_last(metric).then(|| self.take_if(metric, earlier)).flatten() {
            Some(before) => Verdict::Replaces(before),
            None => Verdict::Not,
        }
    }

    /// Notes where something counts that may change.
    pub(super) fn keep(&mut self, placed: Placed) {
        let same = self.placed.iter().position(|one| one.metric == placed.metric);
        match same {
            Some(at) if self.placed[at].when() > placed.when() => {}
            Some(at) => self.placed[at] = placed,
            None => self.placed.push(placed),
        }
    }

    fn take_if(&mut self, metric: Metric, wanted: bool) -> Option<Placed> {
        wanted.then(|| self.take(metric)).flatten()
    }

    fn take(&mut self, metric: Metric) -> Option<Placed> {
        let at = self.placed.iter().position(|one| one.metric == metric as u8)?;
        self.is_changed = true;
        Some(self.placed.swap_remove(at))
    }
}

fn read(
    connection: &Connection,
    session: i64,
    view: ViewId,
) -> Result<(u64, Vec<u8>), rusqlite::Error> {
    let sql = "SELECT counted, placed FROM views WHERE session = ? AND view = ?";
    let mut ask = connection.prepare_cached(sql)?;
    let found: Option<(i64, Option<Vec<u8>>)> =
        ask.query_row((session, view.0), |row| Ok((row.get(0)?, row.get(1)?))).optional()?;
    let (counted, placed) = found.unwrap_or_default();
    Ok((counted.cast_unsigned(), placed.unwrap_or_default()))
}

/// Of a file that has no places.
fn read_bits(connection: &Connection, session: i64, view: ViewId) -> Result<u64, Fault> {
    let sql = "SELECT counted FROM views WHERE session = ? AND view = ?";
    let mut ask = connection.prepare_cached(sql)?;
    let counted: Option<i64> = ask.query_row((session, view.0), |row| row.get(0)).optional()?;
    Ok(counted.unwrap_or(0).cast_unsigned())
}
