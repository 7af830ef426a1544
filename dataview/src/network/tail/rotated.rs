//! The files that rotation has made of a log: `access.log.1`, `access.log-20261126`, `access.log.2.gz`.

use std::cmp::Reverse;
use std::fs::{self, File, Metadata};
use std::io;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

/// How the names of packed files end.
const PACKED: [&str; 4] = [".gz", ".bz2", ".xz", ".zst"];

/// One of them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Rotated {
    pub(super) path: PathBuf,
    /// Device and inode.
    pub(super) id: (u64, u64),
    /// When it was written last, in ns since the Unix epoch. Packing keeps it.
    pub(super) modified_ns: i128,
    /// Whether it is packed: its lines are not read.
    pub(super) is_packed: bool,
}

/// Those beside `path`, the oldest first. Of two that were written at the same moment the one of
/// the higher number is older.
pub(super) fn rotated(path: &Path) -> Vec<Rotated> {
    let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let folder = path.parent().filter(|it| !it.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let beside = fs::read_dir(folder).into_iter().flatten().flatten().map(|it| it.path());
    let mut found: Vec<_> = beside.filter_map(|path| of_name(&path, &name)).collect();
    found.sort_by_key(|(number, one)| (one.modified_ns, Reverse(*number)));
    found.into_iter().map(|(_, one)| one).collect()
}

/// The file at `path` and its number, if it is one of those of the log called `name`.
fn of_name(path: &Path, name: &str) -> Option<(u64, Rotated)> {
    let of_it = path.file_name()?.to_str()?.strip_prefix(name)?;
    let packed = PACKED.iter().find_map(|ending| of_it.strip_suffix(ending));
    let suffix = packed.unwrap_or(of_it);
    let rest = suffix.strip_prefix(['.', '-', '_'])?;
    let is_part = |c: char| c.is_ascii_digit() || matches!(c, '-' | '_' | '.' | 'T' | ':');
    // A copy of somebody's, `access.log.bak`, is none.
    if !rest.starts_with(|c: char| c.is_ascii_digit()) || !rest.chars().all(is_part) {
        return None;
    }
    let data = fs::metadata(path).ok().filter(Metadata::is_file)?;
    let (id, modified_ns) = (id(&data), modified_ns(&data));
    let one = Rotated { path: path.to_owned(), id, modified_ns, is_packed: packed.is_some() };
    Some((rest.parse().unwrap_or_default(), one))
}

/// Those of `rotated` that are newer than the file of this `id`, which is open, so that no other has
/// its number; where that is gone, than what was written at `modified_ns`.
pub(super) fn newer(
    rotated: Vec<Rotated>,
    id: Option<(u64, u64)>,
    modified_ns: i128,
) -> Vec<Rotated> {
    let ours = rotated.iter().position(|one| Some(one.id) == id);
    match ours {
        Some(at) => rotated.into_iter().skip(at + 1).collect(),
        None => rotated.into_iter().filter(|one| one.modified_ns > modified_ns).collect(),
    }
}

pub(super) fn id(data: &Metadata) -> (u64, u64) {
    (data.dev(), data.ino())
}

pub(super) fn modified_ns(data: &Metadata) -> i128 {
    i128::from(data.mtime()) * 1_000_000_000 + i128::from(data.mtime_nsec())
}

/// Opens one; `None` when it is gone since.
pub(super) fn open(path: &Path) -> io::Result<Option<File>> {
    match File::open(path) {
        Ok(file) => Ok(Some(file)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}
