//! Opening a folder: it is locked, and what a crash left at its end is cut off.

use crate::buffer::OpenError;
use crate::buffer::slots::{Saved, Slots};
use dna_buffer::journal::Identity;
use dna_buffer::journal::scan::{SegmentReader, segments};
use dna_buffer::journal::segment::{HEADER_BYTES, Tail, VERSION, judge_tail};
use std::fs::{File, OpenOptions, TryLockError};
use std::io;
use std::path::Path;

/// A folder that is ours.
#[derive(Debug)]
pub(super) struct Recovered {
    /// Holds the lock as long as it is open.
    pub(super) lock: File,
    /// Number of the next record.
    pub(super) next_number: u64,
    /// Where the number of the newest segment is written down, that no other is given it when the
    /// operator has removed them all: a reader's place would be another record's.
    pub(super) newest: Slots<1>,
    /// Bytes of all segments.
    pub(super) total_bytes: u64,
    /// What stood behind the last good record.
    pub(super) tail: Tail,
    /// Bytes of it, which were cut off.
    pub(super) cut_bytes: u64,
}

/// Locks `dir`, which is made if it is not there, and cuts a torn tail.
///
/// Only the last segment can have one: a new segment is begun only when everything in the one
/// before is acknowledged or was taken back.
///
/// # Errors
/// When another process has the folder, or it cannot be read or written.
pub(super) fn recover(dir: &Path) -> Result<Recovered, OpenError> {
    std::fs::create_dir_all(dir).map_err(OpenError::io(dir))?;
    let lock = lock(dir)?;
    let found = segments(dir).map_err(OpenError::io(dir))?;
    let path = dir.join("newest");
    let (newest, saved) = Slots::open(&path).map_err(OpenError::io(&path))?;
    let mut recovered =
        Recovered { lock, next_number: 0, newest, total_bytes: 0, tail: Tail::None, cut_bytes: 0 };
    if let Some((number, path)) = found.last() {
        let end = good_end(path, *number)?;
        recovered.next_number = number + end.records.max(1);
        recovered.tail = tail(path, end.offset).map_err(OpenError::io(path))?;
        recovered.cut_bytes = cut(path, end.offset).map_err(OpenError::io(path))?;
    }
    match saved {
        Saved::Numbers([number]) => {
            recovered.next_number = recovered.next_number.max(number.saturating_add(1));
        }
        Saved::Damaged if found.is_empty() => {
            tracing::error!(path = %path.display(), "the number of the newest segment is damaged, \
                and there is none: numbers begin anew, in a journal of another identity");
        }
        Saved::Damaged | Saved::Nothing => {}
    }
    for (_, path) in &found {
        recovered.total_bytes += match path.metadata() {
            Ok(metadata) => metadata.len(),
            // The last one, when nothing good was in it.
            Err(error) if error.kind() == io::ErrorKind::NotFound => 0,
            Err(error) => return Err(OpenError::io(path)(error)),
        };
    }
    let (dir, bytes) = (dir.display(), recovered.cut_bytes);
    match recovered.tail {
        Tail::None => {}
        Tail::Torn => tracing::warn!(%dir, bytes, "an unfinished write was cut off the journal; \
            its record is incomplete, so it was not acknowledged"),
        Tail::Damaged => tracing::error!(%dir, bytes, "damaged bytes were cut off the journal; \
            they may have been acknowledged"),
    }
    Ok(recovered)
}

/// Gives the journal in `dir` an identity where it has none, and another where numbers begin anew:
/// a place in what was there before is none in what comes.
///
/// # Errors
/// When it cannot be read, or cannot be written for a journal that begins.
pub(super) fn identify(dir: &Path, next_number: u64) -> Result<(), OpenError> {
    let begins = next_number == 0;
    let since = match Identity::read(dir) {
        Ok(Some(_)) if !begins => return Ok(()),
        Ok(_) => next_number,
        Err(error) if error.kind() == io::ErrorKind::InvalidData => {
            tracing::error!(%error, "the journal is given another identity; readers begin anew");
            0
        }
        Err(error) => return Err(OpenError::io(dir)(error)),
    };
    match Identity::give(dir, since) {
        Ok(_) => Ok(()),
        Err(error) if begins => Err(OpenError::io(dir)(error)),
        // As likely as not the disk is full, which must not keep an older journal from being read
        // and trimmed. The next start tries again.
        Err(error) => {
            tracing::warn!(dir = %dir.display(), %error, "the journal cannot be given an identity");
            Ok(())
        }
    }
}

fn lock(dir: &Path) -> Result<File, OpenError> {
    let path = dir.join("lock");
    let file = OpenOptions::new()
        .write(true)
        .create(true)
        .truncate(false)
        .open(&path)
        .map_err(OpenError::io(&path))?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => Err(OpenError::Locked { dir: dir.to_owned() }),
        Err(TryLockError::Error(error)) => Err(OpenError::io(&path)(error)),
    }
}

/// Where the last good record of a segment ends.
struct GoodEnd {
    offset: u64,
    /// Good records and runs of damage: at most the number of records that were written.
    records: u64,
}

fn good_end(path: &Path, number: u64) -> Result<GoodEnd, OpenError> {
    let version = |error: io::Error| match error.kind() {
        io::ErrorKind::Unsupported => {
            let found = version_of(path).unwrap_or(0);
            OpenError::Version { path: path.to_owned(), found, known: VERSION }
        }
        _ => OpenError::io(path)(error),
    };
    let mut reader = SegmentReader::open(path, number, 0).map_err(OpenError::io(path))?;
    let mut end = GoodEnd { offset: 0, records: 0 };
    while reader.next_record().map_err(version)?.is_some() {
        end = GoodEnd { offset: reader.place().offset, records: end.records + 1 };
    }
    end.records += reader.damage().runs;
    Ok(end)
}

/// What stands behind `end`, where the last good record ends.
fn tail(path: &Path, end: u64) -> io::Result<Tail> {
    use std::io::{Read, Seek, SeekFrom};
    let mut file = File::open(path)?;
    file.seek(SeekFrom::Start(end.max(HEADER_BYTES as u64)))?;
    let mut bytes = Vec::new();
    file.read_to_end(&mut bytes)?;
    Ok(judge_tail(&bytes))
}

fn version_of(path: &Path) -> io::Result<u32> {
    use std::io::Read;
    let mut header = [0; HEADER_BYTES];
    File::open(path)?.read_exact(&mut header)?;
    Ok(u32::from_le_bytes([header[8], header[9], header[10], header[11]]))
}

/// Cuts a segment, or removes it when nothing good is in it; the bytes that were cut off.
fn cut(path: &Path, end: u64) -> io::Result<u64> {
    let len = path.metadata()?.len();
    if end == 0 {
        std::fs::remove_file(path)?;
        return Ok(len.saturating_sub(HEADER_BYTES as u64));
    }
    if len > end {
        let file = OpenOptions::new().write(true).open(path)?;
        file.set_len(end)?;
        file.sync_all()?;
    }
    Ok(len - end)
}
