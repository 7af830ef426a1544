//! What ingest is told of how far we are, so that it removes what we have.

use crate::consume::settings::JournalSource;
use dna_buffer::journal::readers::register;

/// Us among the journal's readers.
pub(super) struct Registered<'a> {
    source: &'a JournalSource,
    /// The ID of the journal that is read, where it has one.
    journal: Option<&'a str>,
    /// The segment that ingest knows us to be in.
    told: Option<u64>,
    /// One and the same failure is logged once.
    said: String,
}

impl<'a> Registered<'a> {
    pub(super) fn new(source: &'a JournalSource, journal: Option<&'a str>) -> Self {
        Self { source, journal, told: None, said: String::new() }
    }

    /// Says that all before `segment` is stored. Where the folder cannot be written, reading goes on,
    /// the log says why, and the journal fills.
    pub(super) fn tell(&mut self, segment: u64) {
        if self.told == Some(segment) {
            return;
        }
        let JournalSource { dir, group, .. } = self.source;
        match register(dir, group, segment, self.journal) {
            Ok(()) => self.told = Some(segment),
            Err(error) => {
                let error = error.to_string();
                if self.said != error {
                    tracing::warn!(
                        dir = %dir.display(), reader = group, error,
                        "ingest cannot be told what of its journal is read, and removes nothing of it"
                    );
                    self.said = error;
                }
            }
        }
    }
}
