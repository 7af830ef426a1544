//! What a view counts once.

use crate::model::{Metric, ViewId};
use crate::store::sqlite::fault::Fault;
use crate::store::sqlite::file::DayFile;
use rusqlite::{Connection, OptionalExtension};
use std::collections::HashMap;
use std::sync::Arc;

/// The metrics that views have counted: a bit each.
#[derive(Default)]
pub(super) struct Once {
    views: HashMap<(i64, ViewId), Counted>,
}

struct Counted {
    stored: u64,
    now: u64,
}

impl Once {
    /// Whether `metric` counts for `view` now: not if it did before, here or in a day beside.
    pub(super) fn counts(
        &mut self,
        write: &Connection,
        session: i64,
        beside: &[(Arc<DayFile>, i64)],
        view: ViewId,
        metric: Metric,
    ) -> Result<bool, Fault> {
        use std::collections::hash_map::Entry;
        let counted = match self.views.entry((session, view)) {
            Entry::Occupied(counted) => counted.into_mut(),
            Entry::Vacant(place) => {
                let stored = read(write, session, view)?;
                let mut now = stored;
                for (file, session) in beside {
                    now |= file.read_beside(|there| read(there, *session, view))?.unwrap_or(0);
                }
                place.insert(Counted { stored, now })
            }
        };
        let bit = 1 << (metric as u8);
        let is_new = counted.now & bit == 0;
        counted.now |= bit;
        Ok(is_new)
    }

    /// Writes what has changed.
    pub(super) fn write(&self, write: &Connection) -> Result<(), Fault> {
        for ((session, view), counted) in &self.views {
            if counted.now != counted.stored {
                write
                    .prepare_cached("REPLACE INTO views (session, view, counted) VALUES (?, ?, ?)")?
                    .execute((session, view.0, counted.now.cast_signed()))?;
            }
        }
        Ok(())
    }
}

fn read(connection: &Connection, session: i64, view: ViewId) -> Result<u64, Fault> {
    let mut ask =
        connection.prepare_cached("SELECT counted FROM views WHERE session = ? AND view = ?")?;
    let counted: Option<i64> = ask.query_row((session, view.0), |row| row.get(0)).optional()?;
    Ok(counted.unwrap_or(0).cast_unsigned())
}
