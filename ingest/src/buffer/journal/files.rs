//! The file operations that a journal's writer needs, so that tests can make them fail.

use std::fs::{File, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::MetadataExt;
use std::path::Path;

/// A folder of segments.
pub(super) trait Files: Send + 'static {
    /// Makes a file that must not be there yet.
    ///
    /// # Errors
    /// What the system says.
    fn create(&self, path: &Path) -> io::Result<Box<dyn SegmentFile>>;

    /// Puts a folder's list of files on the disk.
    ///
    /// # Errors
    /// What the system says.
    fn sync_dir(&self, dir: &Path) -> io::Result<()>;

    /// Removes a file.
    ///
    /// # Errors
    /// What the system says.
    fn remove(&self, path: &Path) -> io::Result<()>;
}

/// A segment that is being written.
pub(super) trait SegmentFile: Send {
    /// Writes at the end.
    ///
    /// # Errors
    /// What the system says; some of the bytes may then be there.
    fn append(&mut self, bytes: &[u8]) -> io::Result<()>;

    /// Puts the file on the disk.
    ///
    /// # Errors
    /// What the system says; it is then unknown what is on the disk.
    fn sync(&mut self) -> io::Result<()>;

    /// Another handle on the same file, to put it on the disk from another thread.
    ///
    /// # Errors
    /// What the system says.
    fn again(&self) -> io::Result<Box<dyn SegmentFile>>;

    /// Cuts the file.
    ///
    /// # Errors
    /// What the system says.
    fn truncate(&mut self, len: u64) -> io::Result<()>;

    /// Whether somebody has removed the file: what is written to it, nobody will read.
    fn is_removed(&self) -> bool;
}

/// The system's files.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct OsFiles;

impl Files for OsFiles {
    fn create(&self, path: &Path) -> io::Result<Box<dyn SegmentFile>> {
        let file = OpenOptions::new().append(true).create_new(true).open(path)?;
        Ok(Box::new(file))
    }

    fn sync_dir(&self, dir: &Path) -> io::Result<()> {
        File::open(dir)?.sync_all()
    }

    fn remove(&self, path: &Path) -> io::Result<()> {
        std::fs::remove_file(path)
    }
}

impl SegmentFile for File {
    fn append(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.write_all(bytes)
    }

    fn sync(&mut self) -> io::Result<()> {
        self.sync_data()
    }

    fn again(&self) -> io::Result<Box<dyn SegmentFile>> {
        Ok(Box::new(self.try_clone()?))
    }

    fn truncate(&mut self, len: u64) -> io::Result<()> {
        self.set_len(len)
    }

    fn is_removed(&self) -> bool {
        self.metadata().is_ok_and(|data| data.nlink() == 0)
    }
}
