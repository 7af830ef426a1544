//! Lists of sessions, the newest first.
//!
//! A session that was active over midnight has a row in two files. It is listed once, where its
//! newest row that answers the question stands, with what all rows say.

use super::ask;
use super::matches::Matches;
use crate::model::{SessionFacts, SessionId};
use crate::store::sqlite::catalog::Catalog;
use crate::store::sqlite::file::{DayFile, signed};
use crate::store::sqlite::limits::SESSION_PAUSE_MS_MAX;
use crate::store::{Listed, SessionRow, SessionsAsk, StoreError};
use std::sync::Arc;
use std::time::Instant;

/// The place of a row in the list: its last time, then its identifier, both downwards.
pub(super) type Place = (u64, SessionId);

/// A row of a session, and the file that has it.
struct Found<'a> {
    place: Place,
    facts: SessionFacts,
    file: &'a DayFile,
}

/// Answers [`SessionsAsk`].
pub(in crate::store::sqlite) fn sessions(
    catalog: &Catalog,
    deadline: Instant,
    asked: &SessionsAsk,
) -> Result<Listed<SessionRow>, StoreError> {
    let before = asked.cursor.as_deref().map(read_cursor).transpose()?;
    let list = List { raw: &catalog.raw(), deadline, asked, matches: Matches::new(asked) };
    let files = list.files();
    let mut rows: Vec<(Place, SessionFacts)> = Vec::new();
    let mut end = before;
    // Rows of several files are taken until enough sessions were found that are listed there.
    loop {
        let page = list.next_page(&files, end)?;
        let is_last = page.len() < asked.limit;
        end = page.last().map(|found| found.place);
        for found in page {
            if rows.len() == asked.limit {
                break;
            }
            let place = found.place;
            if rows.last().is_some_and(|(last, _)| *last == place) {
                continue;
            }
            if let Some(facts) = list.whole(found)? {
                rows.push((place, facts));
            }
        }
        if is_last || rows.len() == asked.limit {
            let next = rows.last().filter(|_| rows.len() == asked.limit).map(|(place, _)| *place);
            return Ok(Listed {
                items: rows
                    .into_iter()
                    .map(|((_, id), facts)| SessionRow { app: asked.app.clone(), id, facts })
                    .collect(),
                next: next.map(|(last_at, id)| format!("{last_at}-{id}")),
            });
        }
    }
}

fn read_cursor(cursor: &str) -> Result<Place, StoreError> {
    let place = cursor
        .split_once('-')
        .and_then(|(last_at, id)| Some((last_at.parse().ok()?, SessionId::from_hex(id)?)));
    place.ok_or_else(|| StoreError::Wrong(format!("{cursor:?} is not a cursor of this list")))
}

/// A question, and where it is looked for.
struct List<'a> {
    raw: &'a [Arc<DayFile>],
    deadline: Instant,
    asked: &'a SessionsAsk,
    matches: Matches,
}

impl<'a> List<'a> {
    /// The files that may have some of the list, in the order of their newest sessions.
    fn files(&self) -> Vec<&'a DayFile> {
        let mut files: Vec<&DayFile> = self.raw.iter().map(AsRef::as_ref).collect();
        files.retain(|file| file.is_active_in(self.asked.range));
        files.sort_by_key(|file| std::cmp::Reverse(newest(file)));
        files
    }

    /// The next rows of all files together, in the order of the list.
    fn next_page(
        &self,
        files: &[&'a DayFile],
        before: Option<Place>,
    ) -> Result<Vec<Found<'a>>, StoreError> {
        let limit = self.asked.limit;
        let mut page: Vec<Found<'a>> = Vec::new();
        for file in files {
            // Those behind have nothing newer.
            let last = page.get(limit.saturating_sub(1));
            if last.is_some_and(|last| signed(last.place.0) > newest(file)) {
                break;
            }
            let of_file = ask(file, self.deadline, |connection| {
                self.matches.page(connection, self.asked, before)
            })?;
            let found = |(place, facts)| Found { place, facts, file };
            page.extend(of_file.unwrap_or_default().into_iter().map(found));
            page.sort_by_key(|found| std::cmp::Reverse(found.place));
            page.truncate(limit);
        }
        Ok(page)
    }

    /// What all rows of a session say; `None` when it is listed at another place.
    fn whole(&self, found: Found<'_>) -> Result<Option<SessionFacts>, StoreError> {
        let Found { place, facts, file } = found;
        let mut left: Vec<&DayFile> = self.raw.iter().map(AsRef::as_ref).collect();
        left.retain(|other| !std::ptr::eq(*other, file));
        let (mut first, mut last) = (signed(facts.first_at_ms), signed(facts.last_at_ms));
        let mut rows = vec![facts];
        // A row that is found may lead to files that the rows before it did not.
        while let Some(at) = left.iter().position(|file| is_near(file, first, last)) {
            let file = left.swap_remove(at);
            let row = ask(file, self.deadline, |connection| {
                self.matches.row(connection, self.asked, place.1)
            })?;
            let Some((facts, is_match)) = row.flatten() else { continue };
            if is_match && facts.last_at_ms > place.0 {
                return Ok(None);
            }
            first = first.min(signed(facts.first_at_ms));
            last = last.max(signed(facts.last_at_ms));
            rows.push(facts);
        }
        rows.sort_by_key(|facts| facts.last_at_ms);
        let whole = rows.into_iter().reduce(|mut whole, more| {
            whole.merge(&more);
            whole
        });
        Ok(whole)
    }
}

/// The last time of a file's sessions.
fn newest(file: &DayFile) -> i64 {
    file.facts().active.map_or(0, |(_, last)| last)
}

/// Whether a file may have another row of a session that was active from `first` to `last`.
fn is_near(file: &DayFile, first: i64, last: i64) -> bool {
    let from = first.saturating_sub(SESSION_PAUSE_MS_MAX);
    let to = last.saturating_add(SESSION_PAUSE_MS_MAX);
    file.facts().active.is_some_and(|(first, last)| first <= to && last >= from)
}
