//! Starts all of it.

use super::baseline::Normal;
use super::deliver::Deliverers;
use super::file::WrongFile;
use super::keep::{Keep, KeepError};
use super::reload::Rulebook;
use super::round::{Rounds, StoredUntil};
use crate::store::Store;
use dna_baselines::Calendar;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use tokio::task::JoinSet;

/// What is kept and the rules; what judges and tells while it lives.
#[derive(Debug)]
pub struct Watching {
    /// What is kept.
    pub keep: Keep,
    /// The rules.
    pub rulebook: Arc<Rulebook>,
    /// What is normal.
    pub normal: Arc<Normal>,
    tasks: JoinSet<()>,
}

impl Watching {
    /// Opens what is kept in `dir` and reads the rules.
    ///
    /// # Errors
    /// When one of them cannot be used.
    pub fn open(
        dir: &Path,
        rules_file: Option<PathBuf>,
        pages: Option<String>,
        calendar: Calendar,
    ) -> Result<Self, StartError> {
        let keep = Keep::open(&dir.join("watch.db"))?;
        let rulebook = Arc::new(Rulebook::start(rules_file, pages, keep.clone())?);
        let normal = Arc::new(Normal::new(calendar, keep.clone()));
        Ok(Self { keep, rulebook, normal, tasks: JoinSet::new() })
    }

    /// Judges and tells, until it is dropped.
    ///
    /// # Errors
    /// When no client of HTTP can be made.
    pub fn begin(
        &mut self,
        store: Arc<dyn Store>,
        stored_until: StoredUntil,
        now: fn() -> u64,
    ) -> Result<(), StartError> {
        let deliverers = Deliverers::new(self.keep.clone(), now)?;
        let rulebook = Arc::clone(&self.rulebook);
        let (keep, normal) = (self.keep.clone(), Arc::clone(&self.normal));
        let rounds = Rounds::new(store, keep, Arc::clone(&rulebook), normal, stored_until);
        self.tasks.spawn(rounds.run(now));
        self.tasks.spawn(deliverers.run(Arc::clone(&rulebook)));
        self.tasks.spawn(rulebook.follow());
        Ok(())
    }
}

/// Why there are no rules.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The file of rules is wrong.
    #[error(transparent)]
    File(#[from] WrongFile),
    /// What is kept cannot be read.
    #[error(transparent)]
    Keep(#[from] KeepError),
    /// No client of HTTP can be made.
    #[error("no client of HTTP: {0}")]
    Client(#[from] reqwest::Error),
}
