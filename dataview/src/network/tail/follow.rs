//! Follows a file over rotations. Blocking, one step at a time.

use super::cursor::Cursor;
use crate::network::limits::{LINE_BYTES_MAX, READ_BYTES_MAX, RENAMED_WAIT};
use std::fs::{self, File};
use std::io;
use std::os::unix::fs::{FileExt, MetadataExt};
use std::path::{Path, PathBuf};
use std::time::Instant;

/// What a step has found.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Step {
    /// Lines, and whether there were some that are too long to be read.
    Lines { lines: Vec<String>, too_long: u64 },
    /// The file in which the cursor was is gone: what it had beyond is not known.
    Gone,
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
            // Cut down to nothing, and written to anew (copytruncate).
            *cursor = Cursor::start(file)?;
            self.passing_over = false;
        }
        let step = self.read()?;
        if step == Step::Nothing {
            return self.look_for_another();
        }
        self.renamed = None;
        Ok(step)
    }

    /// Opens the file that the kept cursor is in, under whatever name, or the one at the path.
    fn find(&mut self) -> io::Result<Option<Step>> {
        let kept = Cursor::read(&self.place);
        if let Some(cursor) = kept {
            for path in self.candidates() {
                if let Ok(file) = File::open(path)
                    && cursor.is_in(&file)?
                {
                    self.open = Some((file, cursor));
                    return Ok(None);
                }
            }
        } else {
            self.open = open(&self.path)?;
            return Ok(None);
        }
        self.open = open(&self.path)?;
        if self.open.is_none() {
            return Ok(None);
        }
        // From here on the new file's cursor counts, so this is told once.
        self.stored()?;
        Ok(Some(Step::Gone))
    }

    /// The path, and files that rotation may have made of it: `access.log.1`.
    fn candidates(&self) -> Vec<PathBuf> {
        let name = self.path.file_name().unwrap_or_default().as_encoded_bytes();
        let folder = self.path.parent().unwrap_or(Path::new("."));
        let beside = fs::read_dir(folder).into_iter().flatten().flatten().map(|it| it.path());
        let of_it = beside.filter(|path| {
            let other = path.file_name().unwrap_or_default().as_encoded_bytes();
            other.starts_with(name) && *path != self.path
        });
        std::iter::once(self.path.clone()).chain(of_it).collect()
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
        let Some((_, cursor)) = &self.open else { return Ok(Step::Nothing) };
        let other = match fs::metadata(&self.path) {
            Ok(metadata) => (metadata.dev(), metadata.ino()) != (cursor.device, cursor.inode),
            // Renamed, and not yet opened anew.
            Err(error) if error.kind() == io::ErrorKind::NotFound => false,
            Err(error) => return Err(error),
        };
        if !other {
            self.renamed = None;
            return Ok(Step::Nothing);
        }
        let since = *self.renamed.get_or_insert_with(Instant::now);
        if since.elapsed() >= RENAMED_WAIT {
            self.open = open(&self.path)?;
            (self.renamed, self.passing_over) = (None, false);
            self.stored()?;
        }
        Ok(Step::Nothing)
    }
}

/// The file at `path` from its beginning; `None` when there is none.
fn open(path: &Path) -> io::Result<Option<(File, Cursor)>> {
    match File::open(path) {
        Ok(file) => {
            let cursor = Cursor::start(&file)?;
            Ok(Some((file, cursor)))
        }
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}
