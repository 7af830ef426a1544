//! The maps that were read lately: reading one takes tenths of a second, and an error comes in
//! numbers.

use super::{Folder, ParsedMap};
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::SystemTime;

/// Source maps by name, a bounded number of bytes of them in memory.
#[derive(Debug)]
pub struct Maps {
    folder: Folder,
    file_bytes_max: u64,
    cache_bytes_max: usize,
    /// The last used one comes last.
    cache: Mutex<Vec<Cached>>,
}

#[derive(Debug)]
struct Cached {
    path: PathBuf,
    /// A file that was replaced is read again.
    changed: Option<SystemTime>,
    /// Nothing where the file is no map, so that it is not read again and again.
    map: Option<Arc<ParsedMap>>,
}

/// Bytes of an entry without a map.
const ENTRY_BYTES: usize = 512;

impl Cached {
    fn bytes(&self) -> usize {
        ENTRY_BYTES + self.map.as_ref().map_or(0, |map| map.bytes())
    }
}

impl Maps {
    /// The maps of a folder. Larger files are passed over.
    #[must_use]
    pub fn new(folder: Folder, file_bytes_max: u64, cache_bytes_max: usize) -> Self {
        Self { folder, file_bytes_max, cache_bytes_max, cache: Mutex::default() }
    }

    /// The map with a debug id.
    #[must_use]
    pub fn of_id(&self, app: &str, id: &str) -> Option<Arc<ParsedMap>> {
        self.at(&self.folder.of_id(app, id))
    }

    /// The map of a release's script.
    #[must_use]
    pub fn of_release(&self, app: &str, release: &str, script: &str) -> Option<Arc<ParsedMap>> {
        self.at(&self.folder.of_release(app, release, script))
    }

    fn at(&self, path: &Path) -> Option<Arc<ParsedMap>> {
        let found = fs::metadata(path).ok().filter(fs::Metadata::is_file)?;
        let changed = found.modified().ok();
        if let Some(known) = self.cached(path, changed) {
            return known;
        }
        let map = if found.len() > self.file_bytes_max {
            tracing::warn!(path = %path.display(), bytes = found.len(), "a source map is too large");
            None
        } else {
            let read = ParsedMap::read(&fs::read(path).ok()?);
            let warn = |error| tracing::warn!(path = %path.display(), %error, "a source map");
            read.map_err(warn).ok().map(Arc::new)
        };
        self.keep(Cached { path: path.to_owned(), changed, map: map.clone() });
        map
    }

    /// What is known of a path; the inner nothing says that it is no map.
    #[expect(clippy::option_option, reason = "known to be none, and not known, are two things")]
    fn cached(&self, path: &Path, changed: Option<SystemTime>) -> Option<Option<Arc<ParsedMap>>> {
        let mut cache = self.cache.lock().unwrap_or_else(PoisonError::into_inner);
        let at = cache.iter().position(|one| one.path == path && one.changed == changed)?;
        let used = cache.remove(at);
        let map = used.map.clone();
        cache.push(used);
        Some(map)
    }

    fn keep(&self, fresh: Cached) {
        let mut cache = self.cache.lock().unwrap_or_else(PoisonError::into_inner);
        cache.retain(|one| one.path != fresh.path);
        cache.push(fresh);
        let mut bytes: usize = cache.iter().map(Cached::bytes).sum();
        // The one that is used now goes too if it alone is too large.
        while bytes > self.cache_bytes_max && !cache.is_empty() {
            bytes -= cache.remove(0).bytes();
        }
    }

    /// Bytes in memory.
    #[cfg(test)]
    pub(super) fn bytes(&self) -> usize {
        let cache = self.cache.lock().unwrap_or_else(PoisonError::into_inner);
        cache.iter().map(Cached::bytes).sum()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MAP: &str = r#"{"version":3,"sources":["a.ts"],"names":[],"mappings":"AAAA"}"#;

    #[test]
    fn the_cache_is_bounded_and_sees_what_changed() {
        let dir = tempfile::tempdir().expect("a folder");
        let folder = Folder::new(dir.path().to_owned());
        let one = ENTRY_BYTES + ParsedMap::read(MAP.as_bytes()).expect("a map").bytes();
        let maps = Maps::new(folder.clone(), 1000, 2 * one);
        for at in 0..5 {
            folder.store("a", "1", &format!("{at}.js"), None, MAP.as_bytes()).expect("kept");
            assert!(maps.of_release("a", "1", &format!("https://bank/{at}.js")).is_some());
            assert!(maps.bytes() <= 2 * one);
        }
        let first = maps.of_release("a", "1", "4.js").expect("a map");
        assert!(Arc::ptr_eq(&first, &maps.of_release("a", "1", "4.js").expect("cached")));
        fs::write(folder.of_release("a", "1", "4.js"), "no map").expect("written");
        let later = SystemTime::now() + std::time::Duration::from_secs(9);
        let file = fs::File::options().append(true).open(folder.of_release("a", "1", "4.js"));
        file.and_then(|file| file.set_modified(later)).expect("a later time");
        assert!(maps.of_release("a", "1", "4.js").is_none());
        assert!(maps.of_release("b", "1", "4.js").is_none(), "another application's");
        let narrow = Maps::new(folder, 10, 2 * one);
        assert!(narrow.of_release("a", "1", "3.js").is_none(), "larger than allowed");
    }
}
