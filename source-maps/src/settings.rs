//! `[source_maps]`: where the source maps of released applications are kept.

use crate::{Folder, Maps};
use dna_settings::{ConfigError, Section};
use std::path::PathBuf;

const MIB: usize = 1024 * 1024;

/// 32 MiB: several times the largest map of a bank's pages. Reading one takes up to ten times as
/// much memory for a moment.
const MAP_BYTES_MAX: usize = 32 * MIB;

/// 256 MiB: the maps of a few applications, which is what errors come from at a time.
const CACHE_BYTES_MAX: usize = 256 * MIB;

/// Source maps, with which stacks are shown as their developers know them.
#[derive(Debug, Clone)]
pub struct Settings {
    /// Where they are kept; without it stacks are shown as engines write them.
    pub folder: Option<PathBuf>,
    /// Bytes of one map; larger ones are neither taken nor read.
    pub map_bytes_max: usize,
    /// Bytes of maps that were read and are kept in memory.
    pub cache_bytes_max: usize,
}

impl Default for Settings {
    fn default() -> Self {
        Self { folder: None, map_bytes_max: MAP_BYTES_MAX, cache_bytes_max: CACHE_BYTES_MAX }
    }
}

impl Settings {
    /// Reads the section.
    ///
    /// # Errors
    /// The first wrong setting.
    pub fn read(root: &mut Section<'_>) -> Result<Self, ConfigError> {
        let mut section = root.section("source_maps")?;
        let default = Self::default();
        let folder: PathBuf = section.parsed("folder", "", "a directory")?;
        if folder.exists() && !folder.is_dir() {
            let allowed = "a directory, which is made when it does not exist; this is another file";
            return Err(section.refuse("folder", &folder.display().to_string(), allowed));
        }
        let config = Self {
            folder: (!folder.as_os_str().is_empty()).then_some(folder),
            map_bytes_max: section.integer(
                "map_bytes_max",
                default.map_bytes_max,
                1024..=1024 * MIB,
            )?,
            cache_bytes_max: section.integer(
                "cache_bytes_max",
                default.cache_bytes_max,
                0..=1 << 40,
            )?,
        };
        section.finish()?;
        Ok(config)
    }

    /// The maps, if there is a folder.
    #[must_use]
    pub fn maps(&self) -> Option<Maps> {
        let folder = Folder::new(self.folder.clone()?);
        Some(Maps::new(folder, self.map_bytes_max as u64, self.cache_bytes_max))
    }
}
