//! Reads rows of roll-ups: the longest steps that are up to date.

use crate::rollup::{Piece, Row, Step};
use crate::store::sqlite::fault::Fault;
use rusqlite::{Connection, OptionalExtension};
use std::collections::HashSet;

/// Which rows.
pub(super) struct Wanted<'a> {
    pub(super) app: i64,
    pub(super) dimension: u8,
    /// Only of this value; all where it is `None`.
    pub(super) label: Option<i64>,
    pub(super) pieces: &'a [Piece],
    /// The metrics to read: a bit each.
    pub(super) metrics: u64,
}

/// Calls `take` with the minute that each row begins at, its value and the row.
pub(super) fn read(
    connection: &Connection,
    wanted: &Wanted<'_>,
    mut take: impl FnMut(i64, i64, Row),
) -> Result<(), Fault> {
    let is_wanted = |metric: u8| wanted.metrics >> (metric & 63) & 1 == 1;
    let mut of_all = connection.prepare_cached(
        "SELECT at, label, row FROM rollups WHERE step = ? AND app = ? AND dimension = ? \
         AND at >= ? AND at < ?",
    )?;
    let mut of_one = connection.prepare_cached(
        "SELECT at, label, row FROM rollups WHERE step = ? AND app = ? AND dimension = ? \
         AND at = ? AND label = ?",
    )?;
    for piece in refined(connection, wanted)? {
        let step = piece.step as u16;
        let (app, dimension) = (wanted.app, wanted.dimension);
        // Minutes have a row a value, so one value is sought in each instead.
        if let Some(label) = wanted.label.filter(|label| *label != 0) {
            let mut at = piece.from;
            while at < piece.to {
                let row = of_one
                    .query_row((step, app, dimension, at, label), |row| {
                        Ok(Row::from_bytes(row.get_ref(2)?.as_blob()?, is_wanted))
                    })
                    .optional()?;
                if let Some(row) = row {
                    take(at, label, row?);
                }
                at += piece.step.minutes();
            }
            continue;
        }
        let mut rows = of_all.query((step, app, dimension, piece.from, piece.to))?;
        while let Some(row) = rows.next()? {
            let cells = Row::from_bytes(row.get_ref(2)?.as_blob().map_err(wrong)?, is_wanted)?;
            take(row.get(0)?, row.get(1)?, cells);
        }
    }
    Ok(())
}

fn wrong(_: rusqlite::types::FromSqlError) -> Fault {
    Fault::Stored("roll-up")
}

/// The pieces with what is not up to date replaced by what it is made of.
fn refined(connection: &Connection, wanted: &Wanted<'_>) -> Result<Vec<Piece>, Fault> {
    let mut ask =
        connection.prepare_cached("SELECT step, at FROM dirty WHERE app = ? AND step > 0")?;
    let dirty = ask.query_map([wanted.app], |row| Ok((row.get(0)?, row.get(1)?)))?;
    let dirty = dirty.collect::<Result<HashSet<(u16, i64)>, _>>()?;
    let mut pieces = Vec::new();
    wanted.pieces.iter().for_each(|piece| refine(*piece, &dirty, &mut pieces));
    Ok(pieces)
}

fn refine(piece: Piece, dirty: &HashSet<(u16, i64)>, into: &mut Vec<Piece>) {
    let Some(part) = piece.step.part() else { return push(piece, into) };
    let mut at = piece.from;
    while at < piece.to {
        let one = Piece { step: piece.step, from: at, to: at + piece.step.minutes() };
        if dirty.contains(&(piece.step as u16, at)) {
            refine(Piece { step: part, ..one }, dirty, into);
        } else {
            push(one, into);
        }
        at = one.to;
    }
}

fn push(piece: Piece, into: &mut Vec<Piece>) {
    match into.last_mut() {
        Some(last) if last.step == piece.step && last.to == piece.from => last.to = piece.to,
        _ => into.push(piece),
    }
}

/// The longest step that divides `minutes`.
pub(super) fn longest(minutes: i64) -> Step {
    [Step::Day, Step::Hour]
        .into_iter()
        .find(|step| minutes % step.minutes() == 0)
        .unwrap_or(Step::Minute)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_up_to_date_is_read_from_its_parts() {
        let dirty = HashSet::from([(1_440, 1_440), (60, 1_500)]);
        let mut pieces = Vec::new();
        refine(Piece { step: Step::Day, from: 0, to: 3 * 1_440 }, &dirty, &mut pieces);
        let piece = |step, from, to| Piece { step, from, to };
        assert_eq!(
            pieces,
            [
                piece(Step::Day, 0, 1_440),
                piece(Step::Hour, 1_440, 1_500),
                piece(Step::Minute, 1_500, 1_560),
                piece(Step::Hour, 1_560, 2_880),
                piece(Step::Day, 2_880, 4_320),
            ]
        );
    }
}
