//! Reading a journal, from another process or this one, while it is written.

use super::scan::{Damage, Found, SegmentReader, remove_before, segments};
use super::segment::Place;
use crate::ReadError;
use crate::limits::{BATCH_BYTES_MAX, FOLLOW_INTERVAL};
use crate::read::{Kept, Start};
use std::collections::VecDeque;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::time::Instant;

/// A position in a journal. A record may be seen a moment before it is acknowledged.
#[derive(Debug)]
pub struct JournalReader {
    /// Behind a lock because reading happens on a blocking thread.
    cursor: Arc<Mutex<Cursor>>,
}

impl JournalReader {
    /// Opens the journal in `dir`.
    ///
    /// # Errors
    /// When it cannot be read.
    pub async fn open(dir: PathBuf, start: Start) -> Result<Self, ReadError> {
        let cursor = blocking(move || Cursor::open(dir, start)).await?;
        Ok(Self { cursor: Arc::new(Mutex::new(cursor)) })
    }

    /// The next records, at most `max`; none when none came within `wait`.
    ///
    /// # Errors
    /// When the journal cannot be read.
    pub async fn next(&mut self, max: usize, wait: Duration) -> Result<Vec<Kept>, ReadError> {
        let deadline = Instant::now() + wait;
        loop {
            let cursor = Arc::clone(&self.cursor);
            let read = move || cursor.lock().unwrap_or_else(PoisonError::into_inner).read(max);
            let found = blocking(read).await?;
            let left = deadline.saturating_duration_since(Instant::now());
            if !found.is_empty() || left.is_zero() {
                return Ok(found);
            }
            tokio::time::sleep(left.min(FOLLOW_INTERVAL)).await;
        }
    }

    /// What was passed over so far.
    #[must_use]
    pub fn damage(&self) -> Damage {
        self.cursor().damage()
    }

    fn cursor(&self) -> MutexGuard<'_, Cursor> {
        self.cursor.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// For who replays a journal and removes what is done with.
impl JournalReader {
    /// Opens the journal in `dir` at `place`, behind so many records of its segment, or at the
    /// first segment that is there when that is gone.
    ///
    /// # Errors
    /// When it cannot be read.
    pub async fn open_at(dir: PathBuf, place: Place, records: u64) -> Result<Self, ReadError> {
        let cursor = blocking(move || Cursor::open_at(dir, place, records)).await?;
        Ok(Self { cursor: Arc::new(Mutex::new(cursor)) })
    }

    /// Where the next record is expected, and how many of its segment were read before it.
    pub fn place(&self) -> Option<(Place, u64)> {
        self.cursor().segment.as_ref().map(|at| (at.reader.place(), at.records))
    }

    /// Counts as damage what is left of the segment: nothing more will come in it.
    pub fn give_up_rest(&self) {
        if let Some(at) = &mut self.cursor().segment {
            // A file whose length cannot be told has nothing that could be counted.
            let _ = at.reader.finish();
        }
    }

    /// Removes the segments before the one numbered `segment`; their bytes.
    ///
    /// # Errors
    /// What the system says.
    pub async fn remove_before(&self, segment: u64) -> Result<u64, ReadError> {
        let dir = self.cursor().dir.clone();
        blocking(move || remove_before(&dir, segment).map_err(failed(&dir))).await
    }
}

async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, ReadError> + Send + 'static,
) -> Result<T, ReadError> {
    let joined = tokio::task::spawn_blocking(work).await;
    joined.unwrap_or_else(|error| {
        Err(ReadError::Io { path: PathBuf::new(), source: io::Error::other(error) })
    })
}

fn failed(path: &Path) -> impl Fn(io::Error) -> ReadError {
    move |source| ReadError::Io { path: path.to_owned(), source }
}

#[derive(Debug)]
struct Cursor {
    dir: PathBuf,
    /// The segment that is read; `None` before the first.
    segment: Option<Segment>,
    /// Of the segments that are done with.
    damage: Damage,
}

#[derive(Debug)]
struct Segment {
    number: u64,
    path: PathBuf,
    reader: SegmentReader,
    /// Records that were read.
    records: u64,
}

impl Segment {
    fn open(number: u64, path: PathBuf, offset: u64) -> Result<Self, ReadError> {
        let reader = SegmentReader::open(&path, number, offset).map_err(failed(&path))?;
        Ok(Self { number, path, reader, records: 0 })
    }

    fn next(&mut self) -> Result<Option<Found>, ReadError> {
        let found = self.reader.next_record().map_err(failed(&self.path))?;
        self.records += u64::from(found.is_some());
        Ok(found)
    }
}

impl Cursor {
    fn open(dir: PathBuf, start: Start) -> Result<Self, ReadError> {
        let found = segments(&dir).map_err(failed(&dir))?;
        let segment = match start {
            Start::Beginning => None,
            Start::End => last_records(&found, 0)?,
            Start::Last(count) => last_records(&found, count)?,
        };
        Ok(Self { dir, segment, damage: Damage::default() })
    }

    fn open_at(dir: PathBuf, place: Place, records: u64) -> Result<Self, ReadError> {
        let found = segments(&dir).map_err(failed(&dir))?;
        let segment = found.into_iter().find(|(number, _)| *number == place.segment);
        let open = |(number, path)| {
            let segment = Segment::open(number, path, place.offset)?;
            Ok(Segment { records, ..segment })
        };
        Ok(Self { dir, segment: segment.map(open).transpose()?, damage: Damage::default() })
    }

    fn damage(&self) -> Damage {
        let mut damage = self.damage;
        if let Some(segment) = &self.segment {
            damage.add(segment.reader.damage());
        }
        damage
    }

    /// What is there now, at most `max` records.
    fn read(&mut self, max: usize) -> Result<Vec<Kept>, ReadError> {
        let mut batch = Vec::new();
        let mut bytes = 0;
        while batch.len() < max && bytes < BATCH_BYTES_MAX {
            match self.next()? {
                Some(found) => {
                    bytes += found.bytes.len();
                    batch.push(kept(found));
                }
                None => break,
            }
        }
        Ok(batch)
    }

    fn next(&mut self) -> Result<Option<Found>, ReadError> {
        loop {
            if let Some(found) = self.next_here()? {
                return Ok(Some(found));
            }
            let after = self.segment.as_ref().map(|segment| segment.number);
            let found = segments(&self.dir).map_err(failed(&self.dir))?;
            let newer = found.into_iter().find(|(number, _)| Some(*number) > after);
            let Some((number, path)) = newer else { return Ok(None) };
            // The writer may have ended this segment after we looked and before we listed.
            if let Some(found) = self.next_here()? {
                return Ok(Some(found));
            }
            let newer = match Segment::open(number, path, 0) {
                // Removed since we listed: the next one is looked for.
                Err(ReadError::Io { source, .. }) if source.kind() == io::ErrorKind::NotFound => {
                    continue;
                }
                opened => opened?,
            };
            if let Some(segment) = &mut self.segment {
                self.damage.add(segment.reader.finish().map_err(failed(&segment.path))?);
            }
            self.segment = Some(newer);
        }
    }

    fn next_here(&mut self) -> Result<Option<Found>, ReadError> {
        self.segment.as_mut().map_or(Ok(None), Segment::next)
    }
}

fn kept(found: Found) -> Kept {
    let id = format!("{}-{}", found.place.segment, found.place.offset);
    Kept { shard: found.shard, id, kept_at_ms: found.kept_at_ms, bytes: found.bytes }
}

/// A reader before the last `count` records; `None` when that is the beginning.
///
/// Goes back segment by segment. Each is read from its beginning: records lead only forward.
fn last_records(found: &[(u64, PathBuf)], count: usize) -> Result<Option<Segment>, ReadError> {
    let mut wanted = count;
    for (number, path) in found.iter().rev() {
        let mut reader = SegmentReader::open(path, *number, 0).map_err(failed(path))?;
        let mut last = VecDeque::with_capacity(wanted);
        while let Some(record) = reader.next_record().map_err(failed(path))? {
            if last.len() == wanted {
                last.pop_front();
            }
            if wanted > 0 {
                last.push_back(record.place.offset);
            }
        }
        if last.len() == wanted {
            let offset = last.front().copied().unwrap_or(reader.place().offset);
            return Segment::open(*number, path.clone(), offset).map(Some);
        }
        wanted -= last.len();
    }
    Ok(None)
}
