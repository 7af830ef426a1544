//! Questions, each answered from the files that it is about.

mod errors;
mod feed;
mod matches;
mod rows;
mod series;
mod session;
mod sessions;
mod trace;

pub(super) use errors::{Groups, errors, occurrences};
pub(super) use feed::{feed, feed_end};
pub(super) use series::{breakdown, series};
pub(super) use session::session;
pub(super) use sessions::sessions;
pub(super) use trace::trace;

use super::catalog::Catalog;
use super::day::Day;
use super::fault::Fault;
use super::file::DayFile;
use super::limits::DAMAGED_DAYS_MAX;
use crate::store::{DayState, Range, StoreError, StoredDay};
use rusqlite::Connection;
use std::collections::BTreeSet;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::time::Instant;

/// Asks one file; `None` when it is damaged.
fn ask<T>(
    file: &DayFile,
    deadline: Instant,
    ask: impl FnOnce(&Connection) -> Result<T, Fault>,
) -> Result<Option<T>, StoreError> {
    // What a damaged file has may make a sketch panic.
    let ask = |connection: &Connection| {
        catch_unwind(AssertUnwindSafe(|| ask(connection))).unwrap_or(Err(Fault::Panicked))
    };
    file.read(Some(deadline), ask).map_err(|fault| fault.at(&file.path))
}

/// The minutes of a range: those that are partly in it are in it.
fn minutes(range: Range) -> (i64, i64) {
    let minute = |ms: u64| i64::try_from(ms / 60_000).unwrap_or(i64::MAX / 2);
    (minute(range.from_ms), minute(range.to_ms.saturating_add(59_999)))
}

/// The applications that have figures or sessions in `range`.
pub(super) fn apps(
    catalog: &Catalog,
    deadline: Instant,
    range: Range,
) -> Result<Vec<String>, StoreError> {
    let (from, to) = minutes(range);
    let mut apps = BTreeSet::new();
    for file in catalog.all() {
        if !file.has_minutes(from, to) && !file.is_active_in(range) {
            continue;
        }
        let of_file = ask(&file, deadline, |connection| {
            let mut ask = connection.prepare_cached("SELECT name FROM apps")?;
            let names = ask.query_map([], |row| row.get(0))?;
            Ok(names.collect::<Result<Vec<String>, _>>()?)
        })?;
        apps.extend(of_file.unwrap_or_default());
    }
    Ok(apps.into_iter().collect())
}

/// All files.
pub(super) fn days(catalog: &Catalog) -> Vec<StoredDay> {
    let day = |file: &DayFile| StoredDay {
        name: file.name.to_string(),
        day: file.name.day.to_string(),
        bytes: file.bytes(),
        frames: file.facts().frames,
        state: match file.damage() {
            Some(damage) => DayState::Damaged(damage),
            None if file.name.is_rolled_up => DayState::RolledUp,
            None => DayState::Whole,
        },
    };
    catalog.all().iter().map(|file| day(file)).collect()
}

/// Days of `range` of which a file is damaged, the newest of them in their order. A file's day is when
/// its frames were received; one that was read once has told of which times it has something.
pub(super) fn damaged_days(catalog: &Catalog, range: Range) -> Vec<String> {
    let (first, last) = (Day::of_ms(range.from_ms), Day::of_ms(range.to_ms.saturating_sub(1)));
    let (from, to) = minutes(range);
    let is_of_range = |file: &DayFile| {
        (first..=last).contains(&file.name.day)
            || file.has_minutes(from, to)
            || file.is_active_in(range)
    };
    let is_damaged = |file: &&Arc<DayFile>| file.damage().is_some() && is_of_range(file);
    let days: BTreeSet<Day> =
        catalog.all().iter().filter(is_damaged).map(|file| file.name.day).collect();
    let left_out = days.len().saturating_sub(DAMAGED_DAYS_MAX);
    days.iter().skip(left_out).map(Day::to_string).collect()
}
