//! Follows a file over rotations. Blocking, one step at a time.

use super::cursor::Cursor;
use super::rotated::{Rotated, id, modified_ns, newer, open, rotated};
use crate::network::limits::{LINE_BYTES_MAX, READ_BYTES_MAX, RENAMED_WAIT};
use std::fs::{self, File};
use std::io;
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};
use std::time::Instant;

/// What a step has found.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Step {
    /// Lines, and whether there were some that are too long to be read.
    Lines { lines: Vec<String>, too_long: u64 },
    /// So many files are gone before they were read to their end, and so many were packed before
    /// they were read: what they had is not known.
    Missed { gone: u64, packed: u64 },
    /// Nothing now.
    Nothing,
}

/// A file being followed.
pub(super) struct Follow {
    path: PathBuf,
    place: PathBuf,
    open: Option<(File, Cursor)>,
    /// Since when another file has the name.
    renamed: Option<Instant>,
    /// The rest of a line that is too long is passed over.
    passing_over: bool,
}

impl Follow {
    /// Follows the file at `path`, from where the cursor below `folder` says.
    pub(super) fn new(path: PathBuf, folder: &Path) -> Self {
        let place = Cursor::place(folder, &path);
        Self { path, place, open: None, renamed: None, passing_over: false }
    }

    /// The lines of a step are stored: they are not read again.
    pub(super) fn stored(&mut self) -> io::Result<()> {
        match &self.open {
            Some((_, cursor)) => cursor.write(&self.place),
            None => Ok(()),
        }
    }

    /// Reads on.
    pub(super) fn step(&mut self) -> io::Result<Step> {
        if self.open.is_none() {
            match self.find()? {
                Some(step) => return Ok(step),
                None if self.open.is_none() => return Ok(Step::Nothing),
                None => {}
            }
        }
        let Some((file, cursor)) = &mut self.open else { return Ok(Step::Nothing) };
        if !cursor.is_in(file)? {
            // Cut down to nothing, and written to anew (copytruncate): the rest of it is in the copy.
            let start = Cursor::start(file)?;
            match in_copy(&rotated(&self.path), cursor)? {
                Some(copy) => self.open = Some(copy),
                None => (*cursor, self.passing_over) = (start, false),
            }
        }
        let step = self.read()?;
        if step == Step::Nothing {
            return self.look_for_another();
        }
        self.renamed = None;
        Ok(step)
    }

    /// Opens the file that the kept cursor is in, under whatever name, or what came after it.
    fn find(&mut self) -> io::Result<Option<Step>> {
        let Some(cursor) = Cursor::read(&self.place) else {
            self.open = begin(&self.path)?;
            return Ok(None);
        };
        let rotated = rotated(&self.path);
        let by_name = std::iter::once(self.path.as_path());
        for path in by_name.chain(rotated.iter().map(|one| one.path.as_path())) {
            if let Ok(file) = File::open(path)
                && cursor.is_in(&file)?
            {
                self.open = Some((file, cursor));
                return Ok(None);
            }
        }
        self.open = in_copy(&rotated, &cursor)?;
        if self.open.is_some() {
            return Ok(None);
        }
        // Packed since, and written to no more: nothing of it is missed.
        let is_whole = cursor.at_end
            && rotated.iter().any(|it| it.is_packed && it.modified_ns == cursor.modified_ns);
        self.begin_newer(newer(rotated, None, cursor.modified_ns), u64::from(!is_whole))
    }

    /// Goes on with the oldest of the files that came since, or the one at the path; `gone` files are
    /// missing before it.
    fn begin_newer(&mut self, newer: Vec<Rotated>, gone: u64) -> io::Result<Option<Step>> {
        let (packed, plain): (Vec<_>, Vec<_>) = newer.into_iter().partition(|one| one.is_packed);
        let mut opened = None;
        for one in plain {
            opened = opened.map_or_else(|| begin(&one.path), |it| Ok(Some(it)))?;
        }
        // Packed ones are older than those that are not yet: none is counted a second time.
        let opened = opened.map_or_else(|| begin(&self.path), |it| Ok(Some(it)))?;
        if opened.is_none() {
            return Ok(None);
        }
        self.open = opened;
        (self.renamed, self.passing_over) = (None, false);
        // From here on the new file's cursor counts, so what is missed is told once.
        self.stored()?;
        let packed = packed.len() as u64;
        Ok((gone + packed > 0).then_some(Step::Missed { gone, packed }))
    }

    fn read(&mut self) -> io::Result<Step> {
        let Some((file, cursor)) = &mut self.open else { return Ok(Step::Nothing) };
        let mut bytes = vec![0; READ_BYTES_MAX];
        let len = file.read_at(&mut bytes, cursor.offset)?;
        bytes.truncate(len);
        let (mut lines, mut too_long, mut used) = (Vec::new(), 0, 0);
        while let Some(end) = bytes[used..].iter().position(|byte| *byte == b'\n') {
            let line = &bytes[used..used + end];
            used += end + 1;
            if std::mem::take(&mut self.passing_over) {
                continue;
            }
            if line.len() > LINE_BYTES_MAX {
                too_long += 1;
            } else if !line.is_empty() {
                lines.push(String::from_utf8_lossy(line).into_owned());
            }
        }
        if used == 0 && bytes.len() > LINE_BYTES_MAX {
            too_long += u64::from(!std::mem::replace(&mut self.passing_over, true));
            used = bytes.len();
        }
        if used == 0 {
            return Ok(Step::Nothing);
        }
        cursor.advance(file, cursor.offset + used as u64)?;
        Ok(Step::Lines { lines, too_long })
    }

    /// At the end of a file: whether another has its name, and this one is done with.
    fn look_for_another(&mut self) -> io::Result<Step> {
        let Some((file, cursor)) = &self.open else { return Ok(Step::Nothing) };
        let other = match fs::metadata(&self.path) {
            Ok(metadata) => id(&metadata) != cursor.id(),
            // Renamed, and not yet opened anew.
            Err(error) if error.kind() == io::ErrorKind::NotFound => false,
            Err(error) => return Err(error),
        };
        if !other {
            self.renamed = None;
            return Ok(Step::Nothing);
        }
        let since = *self.renamed.get_or_insert_with(Instant::now);
        if since.elapsed() < RENAMED_WAIT {
            return Ok(Step::Nothing);
        }
        let (id, modified_ns) = (cursor.id(), modified_ns(&file.metadata()?));
        let missed = self.begin_newer(newer(rotated(&self.path), Some(id), modified_ns), 0)?;
        Ok(missed.unwrap_or(Step::Nothing))
    }
}

/// The same place in a copy that rotation has made.
fn in_copy(rotated: &[Rotated], cursor: &Cursor) -> io::Result<Option<(File, Cursor)>> {
    for one in rotated.iter().filter(|one| !one.is_packed) {
        if let Some(file) = open(&one.path)?
            && let Some(cursor) = cursor.in_copy(&file)?
        {
            return Ok(Some((file, cursor)));
        }
    }
    Ok(None)
}

/// The file at `path` from its beginning; `None` when there is none.
fn begin(path: &Path) -> io::Result<Option<(File, Cursor)>> {
    let Some(file) = open(path)? else { return Ok(None) };
    let cursor = Cursor::start(&file)?;
    Ok(Some((file, cursor)))
}
