//! Folders that `serve` writes to, and makes when they are not there yet.

use super::{Config, ConfigError, Layers, Section};
use crate::buffer::Settings;
use std::fs::OpenOptions;
use std::io;
use std::path::{Path, PathBuf};

/// What is there of `folder`: itself, or what is nearest above it.
#[must_use]
pub fn nearest(folder: &Path) -> PathBuf {
    let absolute = std::path::absolute(folder).unwrap_or_else(|_| folder.to_owned());
    let found = absolute.ancestors().find(|path| path.exists());
    found.map_or_else(|| PathBuf::from("/"), Path::to_owned)
}

/// Judges the buffer's folder: whether it can be made and written to by who asks. Nothing stays.
///
/// Not a part of [`Config::load`]: that is also for those who only read, and may run as others.
///
/// # Errors
/// What is wrong with it.
pub fn check(layers: &Layers, config: &Config) -> Result<(), ConfigError> {
    let (section, folder) = match &config.buffer.settings {
        Settings::Journal(journal) => ("journal", &journal.dir),
        Settings::Redis(redis) => match &redis.spool {
            Some(spool) => ("spool", &spool.dir),
            None => return Ok(()),
        },
    };
    let existing = nearest(folder);
    let Err(error) = try_write(&existing) else { return Ok(()) };
    let section = Section::root(layers).section("buffer")?.section(section)?;
    let allowed = format!(
        "a directory that can be written, or made when it does not exist: cannot write to {}: \
         {error}",
        existing.display()
    );
    Err(section.refuse("dir", &folder.display().to_string(), allowed))
}

/// Makes a file and removes it. The system's own words on rights are not enough: they grant root
/// everything, also where nothing can be made.
fn try_write(folder: &Path) -> io::Result<()> {
    let path = folder.join(format!(".ingest-check-{}", std::process::id()));
    OpenOptions::new().write(true).create_new(true).open(&path)?;
    std::fs::remove_file(path)
}
