//! The configuration while the service runs: read again when one of its files has changed or
//! somebody asks for it.
//!
//! What requests are judged by is taken over at once. What was built at the start, such as the
//! address to listen on and the buffer, is not: [`Reread::needs_restart`] names each such key.

use super::Layers;
use super::{Config, ConfigError};
use std::fmt;
use std::os::unix::fs::MetadataExt;
use std::path::PathBuf;
use toml::{Table, Value};

/// The keys, and sections of keys, that are taken over while the service runs.
const RELOADED: [&str; 10] = [
    "apps",
    "overload",
    "privacy",
    "rates",
    "remote_config",
    "http.trusted_proxies",
    "http.forwarded_header",
    "limits.body_bytes_max",
    "limits.decompressed_bytes_max",
    "limits.body_timeout_ms",
];

/// Reads file, environment and flags, not yet judged.
pub type Reading = Box<dyn Fn() -> Result<Layers, ConfigError> + Send>;

/// Reads a configuration again and again.
pub struct Reloader {
    reading: Reading,
    /// The file as it was at the start, which what needs a restart is compared with.
    started: Table,
    /// The files that were read last, whether they were taken or refused.
    files: Vec<PathBuf>,
    /// How they were then.
    read: Vec<Print>,
    /// How they were when they were looked at last.
    seen: Vec<Print>,
}

/// What tells one state of a file from another. `None` when there is no such file. A link's
/// target counts, so that the swapped link of a Kubernetes ConfigMap is seen.
type Print = Option<(u64, u64, i64, i64)>;

/// A configuration that may be taken over.
#[derive(Debug)]
pub struct Reread {
    /// All of it.
    pub config: Config,
    /// The keys that have another value than at the start and are not taken over.
    pub needs_restart: Vec<String>,
}

impl fmt::Debug for Reloader {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Reloader").field("files", &self.files).finish_non_exhaustive()
    }
}

impl Reloader {
    /// Reads the configuration for the first time.
    ///
    /// # Errors
    /// The first wrong setting.
    pub fn start(reading: Reading) -> Result<(Self, Config), ConfigError> {
        let layers = reading()?;
        let config = Config::load(&layers)?;
        let files = layers.files();
        // Taken after reading: what changed in between is found at the next change, or by SIGHUP.
        let read = prints(&files);
        let started = layers.file().clone();
        Ok((Self { reading, started, files, seen: read.clone(), read }, config))
    }

    /// Whether a file is another than the one that was read, and has been for two looks in a row:
    /// one that is still being written is left alone.
    pub fn has_changed(&mut self) -> bool {
        let now = prints(&self.files);
        let is_settled = now == self.seen;
        let has_changed = is_settled && now != self.read;
        self.seen = now;
        has_changed
    }

    /// Reads everything again. A refusal changes nothing, and is not repeated until a file changes.
    ///
    /// # Errors
    /// The first wrong setting.
    pub fn read(&mut self) -> Result<Reread, ConfigError> {
        // Before reading: what changes meanwhile is a change.
        self.read = prints(&self.files);
        // Its two files are renewed one after the other: that must not hold up all the rest.
        let layers = (self.reading)()?.without_certificate();
        let config = Config::load(&layers)?;
        if self.files != layers.files() {
            self.files = layers.files();
            self.read = prints(&self.files);
        }
        self.seen.clone_from(&self.read);
        Ok(Reread { config, needs_restart: self.needs_restart(&layers) })
    }

    fn needs_restart(&self, layers: &Layers) -> Vec<String> {
        let (mut before, mut after) = (Vec::new(), Vec::new());
        flatten("", &self.started, &mut before);
        flatten("", layers.file(), &mut after);
        let differs = |(key, value): &&(String, Value)| {
            !before.iter().any(|(other, was)| other == key && was == value)
        };
        let gone = |(key, _): &&(String, Value)| !after.iter().any(|(other, _)| other == key);
        let mut keys: Vec<String> = after
            .iter()
            .filter(differs)
            .chain(before.iter().filter(gone))
            .map(|(key, _)| key.clone())
            // A flag or variable wins over both.
            .filter(|key| !is_reloaded(key) && layers.overriding(key).is_none())
            .collect();
        keys.sort();
        keys
    }
}

fn is_reloaded(key: &str) -> bool {
    RELOADED.iter().any(|reloaded| {
        key.strip_prefix(reloaded).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
    })
}

/// The keys of `table` with their sections; a list of tables is one value.
fn flatten(section: &str, table: &Table, keys: &mut Vec<(String, Value)>) {
    for (key, value) in table {
        let name = if section.is_empty() { key.clone() } else { format!("{section}.{key}") };
        match value {
            Value::Table(table) => flatten(&name, table, keys),
            value => keys.push((name, value.clone())),
        }
    }
}

fn prints(files: &[PathBuf]) -> Vec<Print> {
    let print = |file: &PathBuf| {
        let found = std::fs::metadata(file).ok()?;
        // Nanoseconds of the change of the inode, too: a file may be replaced by one of its age.
        let changed = found.ctime().wrapping_mul(1_000_000_000).wrapping_add(found.ctime_nsec());
        let written = found.mtime().wrapping_mul(1_000_000_000).wrapping_add(found.mtime_nsec());
        Some((found.ino(), found.len(), written, changed))
    };
    files.iter().map(print).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::path::Path;
    use tempfile::TempDir;

    const GOOD: &str = "workers = 1\n[privacy]\npseudonym_key_file = \"KEY\"\n[[apps]]\n\
                        name = \"a\"\nkeys = [\"k\"]\norigins = [\"*\"]\n";

    struct Files(TempDir);

    impl Files {
        fn new() -> Self {
            let files = Self(tempfile::tempdir().expect("a folder"));
            files.write_key("00");
            files.write(GOOD);
            files
        }

        fn path(&self, name: &str) -> PathBuf {
            self.0.path().join(name)
        }

        fn write(&self, text: &str) {
            let key = self.path("key").display().to_string();
            // Beside it and then in its place, as editors and deployments do.
            std::fs::write(self.path("new"), text.replace("KEY", &key)).expect("writable");
            std::fs::rename(self.path("new"), self.path("ingest.toml")).expect("renamed");
        }

        fn write_key(&self, pair: &str) {
            std::fs::write(self.path("key"), pair.repeat(32 + pair.len())).expect("writable");
        }

        fn start(&self) -> Reloader {
            let path = self.path("ingest.toml");
            Reloader::start(Box::new(move || Layers::from_file(Path::new(&path)))).expect("good").0
        }
    }

    #[test]
    fn a_change_is_seen_once_when_it_has_settled() {
        let files = Files::new();
        let mut reloader = files.start();
        assert!(!reloader.has_changed());
        for change in 0..2 {
            match change {
                0 => files.write(&GOOD.replace("\"k\"", "\"k\", \"k2\"")),
                // A file that the configuration names is a part of it.
                _ => files.write_key("1111"),
            }
            assert!(!reloader.has_changed(), "it may still be being written");
            assert!(reloader.has_changed());
            reloader.read().expect("good");
            assert!(!reloader.has_changed() && !reloader.has_changed());
        }
    }

    #[test]
    fn a_refused_file_is_refused_once_and_the_next_is_read() {
        let files = Files::new();
        let mut reloader = files.start();
        files.write("workers = 0");
        assert!(!reloader.has_changed() && reloader.has_changed());
        assert!(reloader.read().is_err());
        assert!(!reloader.has_changed() && !reloader.has_changed(), "nothing is new");
        files.write(GOOD);
        assert!(!reloader.has_changed() && reloader.has_changed());
        assert!(reloader.read().is_ok());
    }

    #[test]
    fn what_needs_a_restart_is_named() {
        let files = Files::new();
        let mut reloader = files.start();
        files.write(&format!(
            "{}\n[buffer]\nshards = 2\n[buffer.journal]\ndir = \"x\"\n[limits]\n\
             body_timeout_ms = 9\nbody_bytes_max = 2048\n",
            GOOD.replace("workers = 1\n", "").replace("\"k\"", "\"new\"")
        ));
        reloader.read().expect_err("9 ms are too few");
        files.write(&format!(
            "{}\n[buffer]\nshards = 2\n[buffer.journal]\ndir = \"x\"\n[limits]\n\
             body_timeout_ms = 90\nbody_bytes_max = 2048\n",
            GOOD.replace("workers = 1\n", "").replace("\"k\"", "\"new\"")
        ));
        let reread = reloader.read().expect("good");
        assert_eq!(reread.needs_restart, ["buffer.journal.dir", "buffer.shards", "workers"]);
        files.write(GOOD);
        assert!(reloader.read().expect("good").needs_restart.is_empty());
    }
}
