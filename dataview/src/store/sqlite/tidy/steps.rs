//! Hours are made of minutes, days of hours.

use super::Over;
use crate::model::Dimension;
use crate::rollup::{Row, Step};
use crate::store::sqlite::fault::Fault;
use rusqlite::Connection;
use std::collections::BTreeMap;
use std::time::Instant;

/// Whether there is something to roll up.
pub(super) fn has_any(
    connection: &Connection,
    over: Over,
    is_day_over: bool,
) -> Result<bool, Fault> {
    let mut ask = connection.prepare_cached(
        "SELECT EXISTS (SELECT 1 FROM dirty WHERE (step > 0 AND at + step <= ?) \
         OR (step = 0 AND ?))",
    )?;
    Ok(ask.query_row((over.minute, is_day_over), |row| row.get(0))?)
}

/// Makes the hours and days that are over and not up to date, one transaction each; whether all
/// are.
pub(super) fn roll_up(
    connection: &mut Connection,
    over: Over,
    until: Option<Instant>,
) -> Result<bool, Fault> {
    // All hours of a day before it.
    for step in [Step::Hour, Step::Day] {
        for (app, at) in dirty(connection, step, over)? {
            if until.is_some_and(|until| Instant::now() >= until) {
                return Ok(false);
            }
            make(connection, step, app, at)?;
        }
    }
    Ok(true)
}

fn dirty(connection: &Connection, step: Step, over: Over) -> Result<Vec<(i64, i64)>, Fault> {
    let mut ask = connection.prepare_cached(
        "SELECT app, at FROM dirty WHERE step = ? AND at + step <= ? ORDER BY at",
    )?;
    let rows = ask.query_map((step as u16, over.minute), |row| Ok((row.get(0)?, row.get(1)?)))?;
    Ok(rows.collect::<Result<_, _>>()?)
}

fn make(connection: &mut Connection, step: Step, app: i64, at: i64) -> Result<(), Fault> {
    let part = step.part().unwrap_or(Step::Minute) as u16;
    let end = at + step.minutes();
    let write = connection.transaction()?;
    {
        let mut read = write.prepare_cached(
            "SELECT label, row FROM rollups WHERE step = ? AND app = ? AND dimension = ? \
             AND at >= ? AND at < ?",
        )?;
        let mut put = write.prepare_cached(
            "REPLACE INTO rollups (step, app, dimension, at, label, row) VALUES (?, ?, ?, ?, ?, ?)",
        )?;
        for dimension in Dimension::ALL {
            let dimension = dimension as u8;
            let mut sums: BTreeMap<i64, Row> = BTreeMap::new();
            let mut rows = read.query((part, app, dimension, at, end))?;
            while let Some(row) = rows.next()? {
                let bytes = row.get_ref(1)?.as_blob().map_err(|_| Fault::Stored("roll-up"))?;
                sums.entry(row.get(0)?).or_default().merge(Row::from_bytes(bytes, |_| true)?);
            }
            for (label, row) in sums {
                put.execute((step as u16, app, dimension, at, label, row.to_bytes()))?;
            }
        }
        write
            .prepare_cached("DELETE FROM dirty WHERE step = ? AND app = ? AND at = ?")?
            .execute((step as u16, app, at))?;
    }
    Ok(write.commit()?)
}
