//! Reading one segment, record by record, past damage.

use super::segment::{
    HEADER_BYTES, HeaderState, Place, RECORD_HEADER_BYTES, Step, VERSION, judge_header, step,
};
use crate::limits::READ_CHUNK_BYTES;
use bytes::Bytes;
use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};

/// What a reader passed over.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Damage {
    /// Runs of damaged bytes. Each is one lost record, or several that follow each other.
    pub runs: u64,
    /// Damaged bytes.
    pub bytes: u64,
}

impl Damage {
    /// Adds what another reader passed over.
    pub fn add(&mut self, other: Self) {
        self.runs += other.runs;
        self.bytes += other.bytes;
    }
}

/// A record as read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    /// Where it begins.
    pub place: Place,
    /// The shard.
    pub shard: u16,
    /// When it was written, in ms since the Unix epoch.
    pub kept_at_ms: u64,
    /// The entry.
    pub bytes: Bytes,
}

/// A reader of one segment, which may still grow.
#[derive(Debug)]
pub struct SegmentReader {
    file: File,
    /// Bytes read ahead; those before `at` are done with.
    window: Vec<u8>,
    at: usize,
    /// Of `window[at]`.
    place: Place,
    in_damage: bool,
    damage: Damage,
}

impl SegmentReader {
    /// Opens the segment numbered `segment` at `offset` (0: its beginning).
    ///
    /// # Errors
    /// When it cannot be opened.
    pub fn open(path: &Path, segment: u64, offset: u64) -> io::Result<Self> {
        let mut file = File::open(path)?;
        file.seek(SeekFrom::Start(offset))?;
        Ok(Self {
            file,
            window: Vec::new(),
            at: 0,
            place: Place { segment, offset },
            in_damage: false,
            damage: Damage::default(),
        })
    }

    /// Where the next record is expected.
    #[must_use]
    pub fn place(&self) -> Place {
        self.place
    }

    /// What was passed over so far.
    #[must_use]
    pub fn damage(&self) -> Damage {
        self.damage
    }

    /// The next good record; `None` when there is none in the file as it is now.
    ///
    /// # Errors
    /// When the file cannot be read or is of another version.
    pub fn next_record(&mut self) -> io::Result<Option<Found>> {
        if !self.pass_header()? {
            return Ok(None);
        }
        let mut at_end = false;
        loop {
            let bytes = &self.window[self.at..];
            match step(bytes, self.place, at_end) {
                Step::Record(record) => {
                    let (shard, kept_at_ms) = (record.shard, record.kept_at_ms);
                    let bytes = Bytes::copy_from_slice(record.payload);
                    let found = Found { place: self.place, shard, kept_at_ms, bytes };
                    self.in_damage = false;
                    self.advance(RECORD_HEADER_BYTES + found.bytes.len());
                    return Ok(Some(found));
                }
                Step::Skip(bytes) => self.skip(bytes),
                Step::More => at_end = !self.fill()?,
                Step::Tail => return Ok(None),
            }
        }
    }

    /// Gives up what is left: the segment is followed by another, so no more will come.
    ///
    /// # Errors
    /// When the file cannot be asked for its length.
    pub fn finish(&mut self) -> io::Result<Damage> {
        let left = self.file.metadata()?.len().saturating_sub(self.place.offset);
        if left > 0 {
            self.skip(0);
            self.damage.bytes += left;
        }
        Ok(self.damage)
    }

    /// Whether the header is behind us.
    fn pass_header(&mut self) -> io::Result<bool> {
        if self.place.offset > 0 {
            return Ok(true);
        }
        while self.window.len() < HEADER_BYTES {
            if !self.fill()? {
                return Ok(false);
            }
        }
        let header = self.window[..HEADER_BYTES].try_into().expect("that many bytes");
        match judge_header(header) {
            HeaderState::Good => self.advance(HEADER_BYTES),
            HeaderState::Damaged => self.skip(HEADER_BYTES),
            HeaderState::OtherVersion(found) => {
                let text = format!("format version {found}; this program reads {VERSION}");
                return Err(io::Error::new(io::ErrorKind::Unsupported, text));
            }
        }
        Ok(true)
    }

    fn skip(&mut self, bytes: usize) {
        self.damage.runs += u64::from(!self.in_damage);
        self.damage.bytes += bytes as u64;
        self.in_damage = true;
        self.advance(bytes);
    }

    fn advance(&mut self, bytes: usize) {
        self.at += bytes;
        self.place.offset += bytes as u64;
    }

    /// Reads on; false when the file has no more now.
    fn fill(&mut self) -> io::Result<bool> {
        self.window.drain(..self.at);
        self.at = 0;
        let mut chunk = (&mut self.file).take(READ_CHUNK_BYTES as u64);
        Ok(chunk.read_to_end(&mut self.window)? > 0)
    }
}

/// The name of the segment whose first record has this number.
#[must_use]
pub fn segment_name(number: u64) -> String {
    format!("{number:020}.seg")
}

/// The segments in a folder, by their numbers in order.
///
/// # Errors
/// When the folder cannot be read.
pub fn segments(dir: &Path) -> io::Result<Vec<(u64, PathBuf)>> {
    let mut found = Vec::new();
    for file in std::fs::read_dir(dir)? {
        let path = file?.path();
        let number = path
            .file_name()
            .and_then(|name| name.to_str()?.strip_suffix(".seg")?.parse().ok())
            .filter(|number| path.ends_with(segment_name(*number)));
        found.extend(number.map(|number| (number, path)));
    }
    found.sort_unstable();
    Ok(found)
}

/// Removes the segments before the one numbered `segment`; their bytes.
///
/// # Errors
/// What the system says.
pub fn remove_before(dir: &Path, segment: u64) -> io::Result<u64> {
    let mut removed = 0;
    for (_, path) in segments(dir)?.into_iter().filter(|(number, _)| *number < segment) {
        let len = path.metadata()?.len();
        std::fs::remove_file(&path)?;
        removed += len;
    }
    Ok(removed)
}
