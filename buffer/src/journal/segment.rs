//! The form of a segment, and how records are found in it.
//!
//! ```text
//! header   magic "DNAJRNL\n" 8 | version u32 | crc32c u32 over the twelve bytes before
//! record   len u32 | crc32c u32 | shard u16 | kept_at_ms u64 | payload (len bytes)
//! ```
//! All integers are little-endian. A record's checksum covers everything in it but the checksum,
//! and is seeded with its place (the segment's number and the offset), so that bytes which look
//! like a record but are not where one was written, in a payload or a reused disk block, are
//! never taken for one.
//!
//! Behind a damaged record the reader searches byte by byte for the next good one, so damage
//! loses exactly the records that it touches. A record is at most [`ENTRY_BYTES_MAX`] long,
//! which bounds the search at each byte and what must be held.

use crate::limits::ENTRY_BYTES_MAX;
use crc32c::{crc32c, crc32c_append};

const MAGIC: [u8; 8] = *b"DNAJRNL\n";

/// The version that this code writes and reads.
pub const VERSION: u32 = 1;

/// Bytes of a segment's header.
pub const HEADER_BYTES: usize = 16;

/// Bytes of a record before its payload.
pub const RECORD_HEADER_BYTES: usize = 18;

/// The latest time of a record (the year 2248): most damaged headers are told by this or by
/// their length, without a checksum over what follows. A clock beyond it is taken for it.
pub const KEPT_AT_MAX: u64 = (1 << 43) - 1;

/// A segment's header.
#[must_use]
pub fn header() -> [u8; HEADER_BYTES] {
    let mut header = [0; HEADER_BYTES];
    header[..8].copy_from_slice(&MAGIC);
    header[8..12].copy_from_slice(&VERSION.to_le_bytes());
    let checksum = crc32c(&header[..12]);
    header[12..].copy_from_slice(&checksum.to_le_bytes());
    header
}

/// What the first bytes of a segment say.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum HeaderState {
    /// As this code writes it.
    Good,
    /// Of another version.
    OtherVersion(u32),
    /// Damaged. The records say for themselves whether they are good.
    Damaged,
}

/// Judges a header.
#[must_use]
pub fn judge_header(found: &[u8; HEADER_BYTES]) -> HeaderState {
    let checksum = u32_at(found, 12);
    let version = u32_at(found, 8);
    if found[..8] != MAGIC || crc32c(&found[..12]) != checksum {
        HeaderState::Damaged
    } else if version != VERSION {
        HeaderState::OtherVersion(version)
    } else {
        HeaderState::Good
    }
}

/// Where a record begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Place {
    /// The segment's number.
    pub segment: u64,
    /// Bytes from the segment's beginning.
    pub offset: u64,
}

impl Place {
    fn seed(self) -> u32 {
        crc32c_append(crc32c(&self.segment.to_le_bytes()), &self.offset.to_le_bytes())
    }

    fn after(self, bytes: usize) -> Self {
        Self { offset: self.offset + bytes as u64, ..self }
    }
}

/// A record in a reader's window.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Record<'a> {
    /// The shard.
    pub shard: u16,
    /// When it was written, in ms since the Unix epoch.
    pub kept_at_ms: u64,
    /// The entry.
    pub payload: &'a [u8],
}

impl Record<'_> {
    /// Writes the record, which will stand at `place`, behind `out`.
    pub fn write(&self, place: Place, out: &mut Vec<u8>) {
        let len = u32::try_from(self.payload.len()).expect("entries are bounded far below u32");
        let start = out.len();
        out.extend_from_slice(&len.to_le_bytes());
        out.extend_from_slice(&[0; 4]);
        out.extend_from_slice(&self.shard.to_le_bytes());
        out.extend_from_slice(&self.kept_at_ms.min(KEPT_AT_MAX).to_le_bytes());
        out.extend_from_slice(self.payload);
        let checksum = checksum(&out[start..], place);
        out[start + 4..start + 8].copy_from_slice(&checksum.to_le_bytes());
    }
}

fn checksum(record: &[u8], place: Place) -> u32 {
    crc32c_append(crc32c_append(place.seed(), &record[..4]), &record[8..])
}

/// What stands at the beginning of some bytes.
enum Parsed<'a> {
    Record(Record<'a>),
    /// A good record may stand here, if more bytes come.
    Incomplete,
    /// No good record stands here.
    Bad,
}

fn parse(window: &[u8], place: Place) -> Parsed<'_> {
    if window.len() < RECORD_HEADER_BYTES {
        return Parsed::Incomplete;
    }
    let len = u32_at(window, 0) as usize;
    let shard = u16::from_le_bytes([window[8], window[9]]);
    let kept_at_ms = u64::from(u32_at(window, 10)) | u64::from(u32_at(window, 14)) << 32;
    if len == 0 || len > ENTRY_BYTES_MAX || kept_at_ms > KEPT_AT_MAX {
        return Parsed::Bad;
    }
    let Some(record) = window.get(..RECORD_HEADER_BYTES + len) else {
        return Parsed::Incomplete;
    };
    if checksum(record, place) != u32_at(window, 4) {
        return Parsed::Bad;
    }
    Parsed::Record(Record { shard, kept_at_ms, payload: &record[RECORD_HEADER_BYTES..] })
}

/// What a reader does next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step<'a> {
    /// Take this record.
    Record(Record<'a>),
    /// Pass over this many damaged bytes.
    Skip(usize),
    /// Read more of the file, then ask again.
    More,
    /// No good record is in the rest of the file as it is now.
    Tail,
}

/// Looks at the bytes from `place` on; `at_end` says that the file has no more of them now.
#[must_use]
pub fn step(window: &[u8], place: Place, at_end: bool) -> Step<'_> {
    let mut undecided = match parse(window, place) {
        Parsed::Record(record) => return Step::Record(record),
        Parsed::Incomplete if !at_end => return Step::More,
        Parsed::Incomplete => Some(0),
        Parsed::Bad => None,
    };
    for at in 1..window.len().saturating_sub(RECORD_HEADER_BYTES) {
        match parse(&window[at..], place.after(at)) {
            // Records are written in their order, so what stands before a good one is all there
            // will ever be.
            Parsed::Record(_) => return Step::Skip(at),
            Parsed::Incomplete if undecided.is_none() => undecided = Some(at),
            Parsed::Incomplete | Parsed::Bad => {}
        }
    }
    let decided =
        undecided.unwrap_or_else(|| window.len().saturating_sub(RECORD_HEADER_BYTES).max(1));
    if at_end { Step::Tail } else { Step::Skip(decided) }
}

/// What stands at the end of a segment, behind its last good record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tail {
    /// Nothing.
    None,
    /// An unfinished write: a record of which the end is missing, or room that was never written.
    Torn,
    /// Records that are all there, as their lengths say, or bytes that no write of ours leaves.
    Damaged,
}

/// Judges what stands behind the last good record. A flipped bit that makes the length of the
/// last record larger cannot be told from an unfinished write.
#[must_use]
pub fn judge_tail(tail: &[u8]) -> Tail {
    if tail.is_empty() {
        return Tail::None;
    }
    if tail.len() < RECORD_HEADER_BYTES || tail.iter().all(|byte| *byte == 0) {
        return Tail::Torn;
    }
    let len = u32_at(tail, 0) as usize;
    let is_torn = (1..=ENTRY_BYTES_MAX).contains(&len) && tail.len() < RECORD_HEADER_BYTES + len;
    if is_torn { Tail::Torn } else { Tail::Damaged }
}

fn u32_at(bytes: &[u8], at: usize) -> u32 {
    let bytes = bytes[at..at + 4].try_into().expect("four bytes");
    u32::from_le_bytes(bytes)
}
