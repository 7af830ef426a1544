//! Skips work whose inputs did not change: a hash of the inputs is kept beside the outputs.

use std::fs;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

/// Folders that hold outputs, never inputs.
const OUTPUTS: [&str; 5] = ["node_modules", "dist", "generated", "target", "fuzz"];

/// The file that remembers which inputs the outputs beside it were made from.
pub(crate) struct Stamp(PathBuf);

impl Stamp {
    /// A stamp kept in `file`, which goes when the outputs' folder goes.
    pub(crate) fn new(file: PathBuf) -> Self {
        Self(file)
    }

    /// Whether the outputs were made from these inputs.
    pub(crate) fn is(&self, inputs: u64) -> bool {
        fs::read_to_string(&self.0).is_ok_and(|kept| kept == format!("{inputs:016x}"))
    }

    /// Remembers that the outputs are made from these inputs now.
    pub(crate) fn set(&self, inputs: u64) -> Result<()> {
        fs::write(&self.0, format!("{inputs:016x}"))
            .with_context(|| format!("cannot write {}", self.0.display()))
    }
}

/// Collects what a piece of work depends on. The hash need only be stable on one machine.
pub(crate) struct Inputs(DefaultHasher);

impl Inputs {
    /// No inputs yet.
    pub(crate) fn new() -> Self {
        Self(DefaultHasher::new())
    }

    /// Adds a setting, such as a version or a list of flags.
    pub(crate) fn value(mut self, value: &str) -> Self {
        value.hash(&mut self.0);
        self
    }

    /// Adds one file's content.
    pub(crate) fn file(mut self, path: &Path) -> Result<Self> {
        fs::read(path)
            .with_context(|| format!("cannot read {}", path.display()))?
            .hash(&mut self.0);
        Ok(self)
    }

    /// Adds the names and contents of all files below a folder, without the outputs' folders
    /// and hidden files.
    pub(crate) fn folder(mut self, path: &Path) -> Result<Self> {
        let entries = fs::read_dir(path)
            .and_then(Iterator::collect::<Result<Vec<_>, _>>)
            .with_context(|| format!("cannot list {}", path.display()))?;
        let mut paths: Vec<PathBuf> = entries.iter().map(fs::DirEntry::path).collect();
        paths.sort();
        for path in paths {
            let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
            if name.starts_with('.') || OUTPUTS.contains(&name.as_str()) {
                continue;
            }
            self = self.value(&name);
            self = if path.is_dir() { self.folder(&path)? } else { self.file(&path)? };
        }
        Ok(self)
    }

    /// The inputs' hash.
    pub(crate) fn hash(&self) -> u64 {
        self.0.finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_change_of_an_input_shows_and_of_an_output_does_not() {
        let folder = tempfile::tempdir().unwrap();
        let hash = || Inputs::new().folder(folder.path()).unwrap().hash();
        fs::create_dir_all(folder.path().join("src/deep")).unwrap();
        fs::create_dir(folder.path().join("dist")).unwrap();
        fs::write(folder.path().join("src/deep/a.rs"), "1").unwrap();
        let before = hash();
        fs::write(folder.path().join("dist/a.js"), "1").unwrap();
        fs::write(folder.path().join(".hidden"), "1").unwrap();
        assert_eq!(hash(), before);
        fs::write(folder.path().join("src/deep/a.rs"), "2").unwrap();
        assert_ne!(hash(), before);
    }

    #[test]
    fn a_stamp_remembers_one_hash() {
        let folder = tempfile::tempdir().unwrap();
        let stamp = Stamp::new(folder.path().join(".stamp"));
        assert!(!stamp.is(7));
        stamp.set(7).unwrap();
        assert!(stamp.is(7));
        assert!(!stamp.is(8));
    }
}
