//! How far a file has been read, kept over restarts.

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::fs::{self, File};
use std::io::{self, Write};
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};

use super::rotated::{id, modified_ns};
use crate::network::limits::HEAD_BYTES_MAX;

/// A place in a file, which is known by more than its name: rotation gives the name to another.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Cursor {
    pub(super) device: u64,
    pub(super) inode: u64,
    /// What is before it is stored.
    pub(super) offset: u64,
    /// So many bytes of the file's beginning are known …
    pub(super) head_bytes: usize,
    /// … by this digest. An inode is given to another file again, and a file cut down to nothing
    /// (copytruncate) may have grown beyond the offset.
    pub(super) head: String,
    /// When the file had been written last, in ns since the Unix epoch: what rotation made of it since
    /// is newer. Cursors of before have none.
    #[serde(default)]
    pub(super) modified_ns: i128,
    /// Whether all that there was is stored.
    #[serde(default)]
    pub(super) at_end: bool,
}

impl Cursor {
    /// The beginning of `file`.
    pub(super) fn start(file: &File) -> io::Result<Self> {
        let metadata = file.metadata()?;
        let (device, inode) = id(&metadata);
        let (modified_ns, at_end) = (modified_ns(&metadata), metadata.len() == 0);
        let head = digest(&[]);
        Ok(Self { device, inode, offset: 0, head_bytes: 0, head, modified_ns, at_end })
    }

    /// Device and inode of its file.
    pub(super) fn id(&self) -> (u64, u64) {
        (self.device, self.inode)
    }

    /// The same place in `copy`, if that is a copy of its file: what copying and truncating leaves.
    pub(super) fn in_copy(&self, copy: &File) -> io::Result<Option<Self>> {
        let metadata = copy.metadata()?;
        let (device, inode) = id(&metadata);
        let is_copy = self.head_bytes > 0
            && metadata.len() >= self.offset
            && self.head == head(copy, self.head_bytes)?;
        Ok(is_copy.then(|| Self { device, inode, ..self.clone() }))
    }

    /// Whether it is a place in `file`.
    pub(super) fn is_in(&self, file: &File) -> io::Result<bool> {
        let metadata = file.metadata()?;
        let same = id(&metadata) == self.id();
        Ok(same && metadata.len() >= self.offset && self.head == head(file, self.head_bytes)?)
    }

    /// Moves on to `offset`.
    pub(super) fn advance(&mut self, file: &File, offset: u64) -> io::Result<()> {
        self.offset = offset;
        let metadata = file.metadata()?;
        (self.modified_ns, self.at_end) = (modified_ns(&metadata), metadata.len() == offset);
        if self.head_bytes < HEAD_BYTES_MAX {
            self.head_bytes = usize::try_from(offset).unwrap_or(usize::MAX).min(HEAD_BYTES_MAX);
            self.head = head(file, self.head_bytes)?;
        }
        Ok(())
    }

    /// Where the cursor of the file at `path` is kept below `folder`.
    pub(super) fn place(folder: &Path, path: &Path) -> PathBuf {
        let digest = digest(path.as_os_str().as_encoded_bytes());
        folder.join(format!("network-{}.cursor", &digest[..16]))
    }

    /// Reads the cursor that was kept at `place`; none when there is none, or it is damaged: then
    /// the file is read from its beginning.
    pub(super) fn read(place: &Path) -> Option<Self> {
        serde_json::from_slice(&fs::read(place).ok()?).ok()
    }

    /// Keeps it at `place`, whole or not at all.
    pub(super) fn write(&self, place: &Path) -> io::Result<()> {
        let unfinished = place.with_extension("cursor.new");
        let mut file = File::create(&unfinished)?;
        file.write_all(&serde_json::to_vec(self)?)?;
        file.sync_all()?;
        fs::rename(unfinished, place)
    }
}

fn head(file: &File, bytes: usize) -> io::Result<String> {
    let mut head = vec![0; bytes];
    let mut read = 0;
    while read < bytes {
        match file.read_at(&mut head[read..], read as u64)? {
            0 => break,
            more => read += more,
        }
    }
    Ok(digest(&head[..read]))
}

fn digest(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}
