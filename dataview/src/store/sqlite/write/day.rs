//! Writes one day: a group of frames is one transaction.

use super::OfDay;
use super::once::Once;
use super::session::Sessions;
use super::untold::{FrameKey, Untold, Written};
use crate::model::Dimension;
use crate::rollup::{Admitted, LabelId, Labels, OTHER, Table};
use crate::store::Appended;
use crate::store::sqlite::fault::Fault;
use crate::store::sqlite::file::{DayFacts, DayFile};
use crate::store::sqlite::{Durability, schema};
use dna_protocol::packed::EntryPacker;
use rusqlite::{Connection, TransactionBehavior};
use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

/// A day that is open for writing, with what it knows of its own file.
pub(super) struct DayWriter {
    pub(super) file: Arc<DayFile>,
    connection: Connection,
    known: KnownOfDay,
}

/// What would be asked of the file again and again.
#[derive(Default)]
pub(super) struct KnownOfDay {
    pub(super) apps: HashMap<String, i64>,
    labels: HashMap<i64, Labels>,
    pub(super) packer: EntryPacker,
    facts: DayFacts,
}

/// What a transaction gathers before it is written.
pub(super) struct Gathered {
    pub(super) sessions: Sessions,
    pub(super) once: Once,
    pub(super) table: Table,
    pub(super) facts: DayFacts,
}

impl DayWriter {
    pub(super) fn open(file: Arc<DayFile>, durability: Durability) -> Result<Self, Fault> {
        let connection = schema::open_to_write(&file.path, durability)?;
        let known = KnownOfDay::load(&connection)?;
        Ok(Self { file, connection, known })
    }

    /// Writes `part`; what became of it. After an error nothing of it is there, and this writer knows
    /// things that are not so.
    pub(super) fn write(
        &mut self,
        part: &OfDay<'_>,
        neighbours: &[Arc<DayFile>],
        untold: &Untold,
    ) -> Result<Written, Fault> {
        let mut appended = vec![Appended::default(); part.batches];
        let mut new = Vec::new();
        let write = self.connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        let mut gathered = Gathered {
            sessions: Sessions::new(neighbours.to_vec()),
            once: Once::default(),
            table: Table::default(),
            facts: self.known.facts,
        };
        for (number, frame) in &part.frames {
            let counts = &mut appended[*number];
            let is_new = super::frame::write(&write, &mut self.known, &mut gathered, frame)?;
            if is_new || untold.has(frame) {
                if part.is_of_several || !untold.is_empty() {
                    new.push(FrameKey::of(frame));
                }
                counts.frames += 1;
                counts.events += u64::from(frame.of_session.events);
            } else {
                counts.duplicates += 1;
            }
        }
        for (number, told) in &part.others {
            let is_new = u64::from(told.write(&write, neighbours)?);
            appended[*number].others += is_new;
            gathered.facts.others += is_new;
        }
        gathered.sessions.write(&write, &mut gathered.facts)?;
        gathered.once.write(&write)?;
        super::rollups::write(&write, &gathered.table, &mut gathered.facts)?;
        if gathered.facts != self.known.facts {
            gathered.facts.write(&write)?;
        }
        write.commit()?;
        self.known.facts = gathered.facts;
        self.file.set_facts(gathered.facts);
        Ok(Written { appended, new })
    }
}

impl Drop for DayWriter {
    /// Puts the log into the file and empties it. SQLite does so when the last connection is closed,
    /// but readers keep theirs, and a copy of a day that is over is a copy of its file. No reader is
    /// waited for: then the log stays until the next one is closed.
    fn drop(&mut self) {
        let emptied = self.connection.busy_timeout(Duration::ZERO).and_then(|()| {
            self.connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()))
        });
        if let Err(error) = emptied {
            tracing::debug!(file = %self.file.path.display(), %error, "the log of a day stays");
        }
    }
}

impl KnownOfDay {
    fn load(connection: &Connection) -> Result<Self, Fault> {
        let mut known = Self { facts: DayFacts::read(connection)?, ..Self::default() };
        let mut ask = connection.prepare("SELECT name, id FROM apps")?;
        for row in ask.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))? {
            let (name, id) = row?;
            known.apps.insert(name, id);
        }
        let mut ask = connection.prepare("SELECT app, dimension, text, id FROM labels")?;
        let mut rows = ask.query([])?;
        while let Some(row) = rows.next()? {
            let number: u8 = row.get(1)?;
            let dimension = Dimension::ALL.into_iter().find(|one| *one as u8 == number);
            let dimension = dimension.ok_or(Fault::Stored("dimension"))?;
            let text: String = row.get(2)?;
            known.labels.entry(row.get(0)?).or_default().note(dimension, &text, row.get(3)?);
        }
        Ok(known)
    }

    /// The number of an application.
    pub(super) fn app(&mut self, write: &Connection, name: &str) -> Result<i64, Fault> {
        if let Some(id) = self.apps.get(name) {
            return Ok(*id);
        }
        write.prepare_cached("INSERT INTO apps (name) VALUES (?)")?.execute([name])?;
        let id = write.last_insert_rowid();
        self.apps.insert(name.to_owned(), id);
        Ok(id)
    }

    /// The number of a dimension's value.
    pub(super) fn label(
        &mut self,
        write: &Connection,
        app: i64,
        dimension: Dimension,
        text: &str,
    ) -> Result<LabelId, Fault> {
        let labels = self.labels.entry(app).or_default();
        let text = Labels::cut(text);
        let text = match labels.admit(dimension, text) {
            Admitted::Known(id) => return Ok(id),
            Admitted::New { is_other: true } => OTHER,
            Admitted::New { is_other: false } => text,
        };
        write
            .prepare_cached("INSERT INTO labels (app, dimension, text) VALUES (?, ?, ?)")?
            .execute((app, dimension as u8, text))?;
        let id = write.last_insert_rowid();
        labels.note(dimension, text, id);
        Ok(id)
    }
}
