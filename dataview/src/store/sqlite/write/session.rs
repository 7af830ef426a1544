//! Sessions that a group of frames touches: read once, written once.

use crate::model::{SessionFacts, SessionId};
use crate::store::sqlite::fault::Fault;
use crate::store::sqlite::file::{DayFacts, DayFile, signed, widen};
use crate::store::sqlite::sessions::{self, COLUMNS};
use rusqlite::{Connection, OptionalExtension};
use std::collections::HashMap;
use std::sync::Arc;

/// The sessions of a transaction.
pub(super) struct Sessions {
    neighbours: Vec<Arc<DayFile>>,
    open: HashMap<(i64, SessionId), OpenSession>,
}

/// One of them.
#[derive(Default)]
pub(super) struct OpenSession {
    /// Its number here, when it has a frame here.
    pk: Option<i64>,
    facts: SessionFacts,
    is_changed: bool,
    /// The same session in days beside this one, with its number there.
    beside: Vec<(Arc<DayFile>, i64)>,
}

impl Sessions {
    pub(super) fn new(neighbours: Vec<Arc<DayFile>>) -> Self {
        Self { neighbours, open: HashMap::new() }
    }

    /// The session, as it is here and in the days beside.
    pub(super) fn open(
        &mut self,
        write: &Connection,
        app: i64,
        app_name: &str,
        id: SessionId,
    ) -> Result<&mut OpenSession, Fault> {
        use std::collections::hash_map::Entry;
        match self.open.entry((app, id)) {
            Entry::Occupied(open) => Ok(open.into_mut()),
            Entry::Vacant(place) => {
                let mut session = OpenSession::default();
                let here = format!("SELECT {COLUMNS} FROM sessions s WHERE s.app = ? AND s.id = ?");
                let here = write
                    .prepare_cached(&here)?
                    .query_row((app, id.0), |row| Ok((row.get(0)?, sessions::facts(row)?)))
                    .optional()?;
                if let Some((pk, facts)) = here {
                    session.pk = Some(pk);
                    session.facts = facts;
                }
                for file in &self.neighbours {
                    let pk = file.read_beside(|there| sessions::find(there, app_name, id))?;
                    session.beside.extend(pk.flatten().map(|pk| (Arc::clone(file), pk)));
                }
                Ok(place.insert(session))
            }
        }
    }

    /// Where else an open session is.
    pub(super) fn beside(&self, app: i64, id: SessionId) -> &[(Arc<DayFile>, i64)] {
        self.open.get(&(app, id)).map_or(&[], |session| &session.beside)
    }

    /// Writes those that have changed.
    pub(super) fn write(&self, write: &Connection, of_day: &mut DayFacts) -> Result<(), Fault> {
        for session in self.open.values().filter(|session| session.is_changed) {
            let Some(pk) = session.pk else { continue };
            let facts = &session.facts;
            sessions::update(write, pk, facts)?;
            widen(&mut of_day.active, signed(facts.first_at_ms), signed(facts.last_at_ms));
        }
        Ok(())
    }
}

impl OpenSession {
    /// Whether a day beside this one has the frame.
    pub(super) fn is_beside(&self, sequence: u64) -> Result<bool, Fault> {
        for (file, pk) in &self.beside {
            let is_there = file.read_beside(|there| {
                let mut ask = there.prepare_cached(
                    "SELECT EXISTS (SELECT 1 FROM frames WHERE session = ? AND sequence = ?)",
                )?;
                Ok(ask.query_row((pk, sequence.cast_signed()), |row| row.get::<_, bool>(0))?)
            })?;
            if is_there == Some(true) {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Its number here; it is made when it has none.
    pub(super) fn pk(&mut self, write: &Connection, app: i64, id: SessionId) -> Result<i64, Fault> {
        if let Some(pk) = self.pk {
            return Ok(pk);
        }
        write
            .prepare_cached("INSERT INTO sessions (app, id) VALUES (?, ?)")?
            .execute((app, id.0))?;
        let pk = write.last_insert_rowid();
        self.pk = Some(pk);
        Ok(pk)
    }

    /// Adds what a frame says.
    pub(super) fn merge(&mut self, more: &SessionFacts) {
        if self.is_changed || self.facts.last_at_ms > 0 {
            self.facts.merge(more);
        } else {
            self.facts = more.clone();
        }
        self.is_changed = true;
    }
}
