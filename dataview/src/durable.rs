//! Writing a file so that it is whole after a crash at any moment: the old one, or the new one.

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::Path;

/// Puts a file with these bytes at `path`, forced to disk with its name.
///
/// # Errors
/// What the system says; then what was there is still there.
pub(crate) fn replace(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let new = path.with_extension("new");
    let mut file = File::create(&new)?;
    file.write_all(bytes)?;
    file.sync_all()?;
    fs::rename(&new, path)?;
    match path.parent() {
        Some(folder) => File::open(folder)?.sync_all(),
        None => Ok(()),
    }
}
