//! What is done when nobody waits: hours and days are rolled up, old days are let go.

mod errors;
mod reserve;
mod retention;
mod steps;

use super::Options;
use super::catalog::Catalog;
use super::day::{Day, Name};
use super::fault::Fault;
use super::file::{DayFile, signed};
use super::limits::ROLL_UP_AFTER_MINUTES;
use super::schema;
use crate::store::StoreError;
use reserve::Reserve;
use std::collections::BTreeSet;
use std::time::Instant;

/// Does what there is to do, at most `until`; whether all is done. `close` is told of files that
/// go. What is too old goes first, and whatever else fails: on a full disk that is what makes room.
///
/// # Errors
/// The first file's that was not tidied. All others were.
pub(super) fn run(
    catalog: &Catalog,
    options: &Options,
    until: Option<Instant>,
    mut close: impl FnMut(Name),
) -> Result<bool, StoreError> {
    let now_ms = (options.clock)();
    let mut failed = Failed::default();
    retention::apply(catalog, options, Day::of_ms(now_ms), &mut failed, &mut close);
    let mut is_done = true;
    for file in catalog.raw() {
        let over = Over::at(now_ms);
        if file.damage().is_some() {
            continue;
        }
        match roll_up(&file, options, over, until) {
            Ok(true) => {}
            Ok(false) => {
                is_done = false;
                break;
            }
            Err(error) => failed.note(&file, error),
        }
    }
    Reserve::of(&options.folder).keep();
    failed.first.map_or(Ok(is_done), Err)
}

/// Files that were not tidied this time.
#[derive(Debug, Default)]
struct Failed {
    names: BTreeSet<Name>,
    first: Option<StoreError>,
}

impl Failed {
    fn note(&mut self, file: &DayFile, error: StoreError) {
        tracing::warn!(file = %file.path.display(), %error, "a day is not tidied; the others are");
        self.names.insert(file.name);
        self.first.get_or_insert(error);
    }
}

/// Up to when hours and days are over.
#[derive(Debug, Clone, Copy)]
struct Over {
    minute: i64,
}

impl Over {
    fn at(now_ms: u64) -> Self {
        Self { minute: signed(now_ms) / 60_000 - ROLL_UP_AFTER_MINUTES }
    }

    /// Everything, of a day that gets nothing more.
    const ALL: Self = Self { minute: i64::MAX / 2 };
}

/// Rolls up what is over in a file; whether all of it is.
fn roll_up(
    file: &DayFile,
    options: &Options,
    over: Over,
    until: Option<Instant>,
) -> Result<bool, StoreError> {
    let is_day_over = (i64::from(file.name.day.0) + 1) * 1_440 <= over.minute;
    let ask = |connection: &rusqlite::Connection| steps::has_any(connection, over, is_day_over);
    let has_any = file.read(None, ask).map_err(|fault| fault.at(&file.path))?;
    if has_any != Some(true) {
        return Ok(true);
    }
    let work = || -> Result<bool, Fault> {
        let mut connection = schema::open_to_write(&file.path, options.durability)?;
        if !steps::roll_up(&mut connection, over, until)? {
            return Ok(false);
        }
        if is_day_over {
            errors::roll_up(&mut connection)?;
        }
        Ok(true)
    };
    // What a damaged file has may make a sketch panic.
    let done = std::panic::catch_unwind(std::panic::AssertUnwindSafe(work));
    match done.unwrap_or(Err(Fault::Panicked)) {
        Err(fault) if fault.is_damage() => {
            file.set_damage(&fault);
            Ok(true)
        }
        done => done.map_err(|fault| fault.at(&file.path)),
    }
}
