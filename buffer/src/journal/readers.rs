//! Who reads a journal, and how far: what consumer groups are in Redis.
//!
//! `readers/NAME.reader` in the journal's folder holds the number of a segment, in decimal digits:
//! all that is in segments before it is safe with the reader of that name. Behind it may stand the
//! journal's [`Identity`]: what a reader said of another journal that was in this folder holds
//! everything back. Ingest removes segments that every registered reader is past; a reader without
//! such a file holds nothing back.

use super::identity::Identity;
use crate::limits::READER_BYTES_MAX;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Read, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

/// The folder in the journal's.
const FOLDER: &str = "readers";

/// How files end that are whole.
const EXTENSION: &str = "reader";

/// The registered reader that has come least far.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Slowest {
    /// The number of the segment that it is in.
    pub segment: u64,
    /// The reader.
    pub name: String,
}

/// Says that everything before the segment numbered `segment` is safe with `name`; the first time,
/// that there is such a reader. `journal` is the ID of the journal that was read, where it has one.
/// After a crash the file says what it said before, or this.
///
/// # Errors
/// What the system says; then what was said before holds.
pub fn register(dir: &Path, name: &str, segment: u64, journal: Option<&str>) -> io::Result<()> {
    let folder = dir.join(FOLDER);
    match fs::create_dir(&folder) {
        Err(error) if error.kind() != io::ErrorKind::AlreadyExists => return Err(error),
        _ => {}
    }
    let unfinished = folder.join(format!("{name}.new"));
    let mut file = File::create(&unfinished)?;
    match journal {
        Some(id) => writeln!(file, "{segment} {id}")?,
        None => writeln!(file, "{segment}")?,
    }
    file.sync_all()?;
    fs::rename(unfinished, folder.join(format!("{name}.{EXTENSION}")))?;
    File::open(folder)?.sync_all()
}

/// The slowest of those that have registered; `None` when nobody has.
///
/// # Errors
/// When the folder or one of its files cannot be read, or says no number: then nobody knows what
/// has been read.
pub fn slowest(dir: &Path) -> io::Result<Option<Slowest>> {
    let listed = match fs::read_dir(dir.join(FOLDER)) {
        Ok(listed) => listed,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(error),
    };
    let journal = Identity::read(dir)?;
    let mut slowest: Option<Slowest> = None;
    for entry in listed {
        let path = entry?.path();
        // One that is half written ends otherwise.
        if path.extension().is_none_or(|extension| extension != EXTENSION) {
            continue;
        }
        let name = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        let reader = Slowest { segment: segment(&path, journal.as_ref())?, name };
        slowest = Some(slowest.map_or(reader.clone(), |before| before.min(reader)));
    }
    Ok(slowest)
}

/// The segment that a reader says it is in; 0 when it says so of another journal than `journal`.
fn segment(path: &Path, journal: Option<&Identity>) -> io::Result<u64> {
    let failed = |kind, why: &str| io::Error::new(kind, format!("{}: {why}", path.display()));
    let text = text(path).map_err(|error| failed(error.kind(), &error.to_string()))?;
    let mut words = text.split_whitespace();
    let segment = words.next().and_then(|word| word.parse().ok());
    let wrong = || failed(io::ErrorKind::InvalidData, "it does not say a segment's number");
    let segment: u64 = segment.ok_or_else(wrong)?;
    let is_of_this = words.next().is_none_or(|id| journal.is_some_and(|it| it.id == id));
    Ok(if is_of_this { segment } else { 0 })
}

/// What is in a regular file. Anybody may have put something else there, and opening or reading
/// that (a FIFO that nobody writes to) would hold up ingest's writer for ever.
fn text(path: &Path) -> io::Result<String> {
    let file = OpenOptions::new().read(true).custom_flags(libc::O_NONBLOCK).open(path)?;
    if !file.metadata()?.is_file() {
        return Err(io::Error::new(io::ErrorKind::InvalidData, "it is no regular file"));
    }
    let mut text = String::new();
    file.take(READER_BYTES_MAX).read_to_string(&mut text)?;
    Ok(text)
}
