//! The rules while the service runs: read again when the file, or one that it names, is another, or
//! somebody asks for it. A wrong file is told and changes nothing.

use super::file::FileSet;
use super::keep::Keep;
use super::limits::FILE_EVERY;
use super::set::RuleSet;
use super::start::StartError;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::watch;
use tokio::time::{MissedTickBehavior, interval};

/// The rules, and who wants to know when they are others.
#[derive(Debug)]
pub struct Rulebook {
    path: Option<PathBuf>,
    pages: Option<String>,
    keep: Keep,
    now: watch::Sender<Arc<RuleSet>>,
    /// How the files were when they were read last.
    read: Mutex<Vec<Print>>,
    /// Why the file was refused when it was read last; `None`: it was not.
    refused: Mutex<Option<String>>,
}

/// What tells one state of a file from another; `None`: there is none.
type Print = Option<(u64, u64, i64, i64)>;

impl Rulebook {
    /// Reads the rules for the first time: those of the file at `path`, if there is to be one, and
    /// those of `keep`.
    ///
    /// # Errors
    /// When the file is wrong, or what is kept cannot be read.
    pub fn start(
        path: Option<PathBuf>,
        pages: Option<String>,
        keep: Keep,
    ) -> Result<Self, StartError> {
        let file = match &path {
            Some(path) => FileSet::read(path, pages.as_deref())?,
            None => FileSet::default(),
        };
        let (set, hidden) = RuleSet::new(file, keep.rules()?);
        warn(&hidden);
        let read = Mutex::new(prints(&files(path.as_deref(), &set)));
        let now = watch::Sender::new(Arc::new(set));
        Ok(Self { path, pages, keep, now, read, refused: Mutex::default() })
    }

    /// The rules as they are now.
    #[must_use]
    pub fn now(&self) -> Arc<RuleSet> {
        Arc::clone(&self.now.borrow())
    }

    /// Tells when they are others.
    #[must_use]
    pub fn changes(&self) -> watch::Receiver<Arc<RuleSet>> {
        self.now.subscribe()
    }

    /// Why the file was refused when it was read last.
    #[must_use]
    pub fn refused(&self) -> Option<String> {
        self.refused.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Reads the file again.
    ///
    /// # Errors
    /// What is wrong with it; then the rules before stay.
    pub fn read_file(&self) -> Result<(), StartError> {
        let Some(path) = &self.path else { return Ok(()) };
        // Before reading: what changes meanwhile is a change.
        self.note(prints(&self.files()));
        let read = FileSet::read(path, self.pages.as_deref());
        *self.refused.lock().unwrap_or_else(PoisonError::into_inner) =
            read.as_ref().err().map(ToString::to_string);
        let before = self.files();
        self.put(read?)?;
        if self.files() != before {
            self.note(prints(&self.files()));
        }
        Ok(())
    }

    /// Takes the rules of the API over.
    ///
    /// # Errors
    /// When they cannot be read.
    pub fn read_kept(&self) -> Result<(), StartError> {
        let file = self.now().file.clone();
        self.put(file)
    }

    fn put(&self, file: FileSet) -> Result<(), StartError> {
        let (set, hidden) = RuleSet::new(file, self.keep.rules()?);
        warn(&hidden);
        self.now.send_replace(Arc::new(set));
        Ok(())
    }

    /// Follows the files, SIGHUP and the API until it is dropped.
    pub async fn follow(self: Arc<Self>) {
        let mut ruled = self.keep.ruled();
        let mut hang_up = match signal(SignalKind::hangup()) {
            Ok(hang_up) => Some(hang_up),
            Err(error) => {
                tracing::warn!(%error, "SIGHUP is not heard; files are looked at");
                None
            }
        };
        let mut look = interval(FILE_EVERY);
        look.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let mut seen = Vec::new();
        loop {
            let is_asked = tokio::select! {
                _ = look.tick() => false,
                changed = ruled.changed() => {
                    if changed.is_err() {
                        return;
                    }
                    ruled.mark_unchanged();
                    if let Err(error) = self.read_kept() {
                        tracing::error!(%error, "the rules before stay");
                    }
                    continue;
                }
                () = heard(&mut hang_up) => true,
            };
            let now = prints(&self.files());
            // One that is still being written is left alone until the next look.
            let is_settled = now == seen;
            seen.clone_from(&now);
            let is_known = *self.read.lock().unwrap_or_else(PoisonError::into_inner) == now;
            if !is_asked && (!is_settled || is_known) {
                continue;
            }
            match self.read_file() {
                Ok(()) => {
                    let rules = self.now().rules.len();
                    tracing::info!(rules, "rules read again");
                }
                Err(error) => tracing::error!(%error, "the rules before stay"),
            }
        }
    }

    fn note(&self, read: Vec<Print>) {
        *self.read.lock().unwrap_or_else(PoisonError::into_inner) = read;
    }

    fn files(&self) -> Vec<PathBuf> {
        files(self.path.as_deref(), &self.now())
    }
}

/// The file of rules, and those that it names.
fn files(path: Option<&Path>, set: &RuleSet) -> Vec<PathBuf> {
    let own = path.map(Path::to_path_buf).into_iter();
    let others = set.file.files.iter().filter(|other| Some(other.as_path()) != path);
    own.chain(others.cloned()).collect()
}

async fn heard(hang_up: &mut Option<tokio::signal::unix::Signal>) {
    match hang_up {
        Some(hang_up) => drop(hang_up.recv().await),
        None => std::future::pending().await,
    }
}

fn warn(hidden: &[String]) {
    if !hidden.is_empty() {
        let names = hidden.join(", ");
        tracing::warn!(names, "rules of these names are in the file; those made by the API rest");
    }
}

fn prints(files: &[PathBuf]) -> Vec<Print> {
    let print = |path: &Path| {
        let data = std::fs::metadata(path).ok()?;
        Some((data.ino(), data.size(), data.mtime(), data.mtime_nsec()))
    };
    files.iter().map(|path| print(path)).collect()
}
