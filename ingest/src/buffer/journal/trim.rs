//! Removing what has been read: whole segments that every registered reader is past.

use super::files::Files;
use super::writer::Writer;
use dna_buffer::journal::readers::{Slowest, slowest};
use dna_buffer::journal::scan::segments;
use std::io;
use std::sync::atomic::Ordering::Relaxed;

impl<F: Files> Writer<F> {
    /// Removes the segments before the one that the slowest reader is in; nothing where nobody has
    /// registered, or where it cannot be told how far somebody is. A spool's own replay does this
    /// for itself.
    pub(super) fn trim_read(&mut self) {
        if self.settings.when_full.is_none() {
            return;
        }
        let dir = self.settings.dir.display().to_string();
        match slowest(&self.settings.dir).and_then(|slowest| self.trim_before(slowest)) {
            Ok(0) => {}
            Ok(bytes) => {
                self.total_bytes.fetch_sub(bytes.min(self.total_bytes.load(Relaxed)), Relaxed);
                self.counters.journal_trimmed(bytes);
                tracing::debug!(dir, bytes, "removed of the journal what all readers have");
            }
            Err(error) => {
                tracing::warn!(dir, %error, "what readers have cannot be removed of the journal");
            }
        }
    }

    /// The bytes that are gone.
    fn trim_before(&mut self, slowest: Option<Slowest>) -> io::Result<u64> {
        let (Some(slowest), mut removed) = (slowest, 0) else { return Ok(0) };
        let mut segments = segments(&self.settings.dir)?;
        // The newest stays whatever a reader says: it is written to, or tells the next start where
        // numbers go on.
        segments.pop();
        for (number, path) in segments {
            if number >= slowest.segment || self.is_written_to(number) {
                break;
            }
            let bytes = std::fs::metadata(&path)?.len();
            self.files.remove(&path)?;
            removed += bytes;
        }
        Ok(removed)
    }

    /// Who holds back what is there, for whoever is told that the journal is full.
    pub(super) fn why_not_trimmed(&self) -> String {
        if self.settings.when_full.is_none() {
            return String::new();
        }
        match slowest(&self.settings.dir) {
            Ok(None) => "; nobody has registered as its reader".to_owned(),
            Ok(Some(Slowest { segment, name })) => {
                format!("; its reader {name} has not stored all of segment {segment}")
            }
            Err(error) => format!("; how far its readers are cannot be told: {error}"),
        }
    }
}
