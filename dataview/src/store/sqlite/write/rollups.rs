//! Adds minutes to those that are there.

use crate::rollup::{Row, Step, Table};
use crate::store::sqlite::fault::Fault;
use crate::store::sqlite::file::{DayFacts, widen};
use rusqlite::{Connection, OptionalExtension};
use std::collections::BTreeSet;

/// Adds `table` to the stored minutes, and notes the hours and days that have to be made anew.
pub(super) fn write(write: &Connection, table: &Table, of_day: &mut DayFacts) -> Result<(), Fault> {
    let mut read = write.prepare_cached(
        "SELECT row FROM rollups WHERE step = 1 AND app = ? AND dimension = ? AND at = ? \
         AND label = ?",
    )?;
    let mut put = write.prepare_cached(
        "REPLACE INTO rollups (step, app, dimension, at, label, row) VALUES (1, ?, ?, ?, ?, ?)",
    )?;
    let mut dirty = BTreeSet::new();
    for (key, row) in &table.rows {
        let place = (key.app, key.dimension as u8, key.minute, key.label);
        let stored = read
            .query_row(place, |stored| Ok(Row::from_bytes(stored.get_ref(0)?.as_blob()?, |_| true)))
            .optional()?;
        let bytes = match stored {
            Some(stored) => {
                let mut sum = stored?;
                sum.merge(row.clone());
                sum.to_bytes()
            }
            None => row.to_bytes(),
        };
        put.execute((place.0, place.1, place.2, place.3, bytes))?;
        for step in [Step::Hour, Step::Day] {
            dirty.insert((step as u16, key.app, key.minute - key.minute % step.minutes()));
        }
        widen(&mut of_day.minutes, key.minute, key.minute);
    }
    let mut mark = write.prepare_cached(
        "INSERT INTO dirty (step, app, at) VALUES (?, ?, ?) ON CONFLICT DO NOTHING",
    )?;
    for place in dirty {
        mark.execute(place)?;
    }
    Ok(())
}
