//! `[geo]`: the files that know regions and operators.

use super::{ConfigError, Section};
use crate::geo::{Geo, GeoError, Language, Naming};
use std::path::PathBuf;

/// Files more than these would each be asked for every frame.
const FILES_MAX: usize = 4;

/// Region and operator.
#[derive(Debug, Clone)]
pub struct GeoConfig {
    /// Files in MaxMind's format; none: neither is known.
    pub files: Vec<PathBuf>,
    /// How places are named.
    pub naming: Naming,
}

impl GeoConfig {
    /// Reads the files.
    ///
    /// # Errors
    /// When one cannot be read.
    pub fn open(&self) -> Result<Geo, GeoError> {
        Geo::open(self.files.clone(), self.naming)
    }

    pub(super) fn read(root: &mut Section<'_>) -> Result<Self, ConfigError> {
        const FILES: &str = "the paths of at most 4 files in MaxMind's format (*.mmdb)";
        let mut section = root.section("geo")?;
        let files = section.list("files", FILES, |path| Some(PathBuf::from(path)))?;
        if files.len() > FILES_MAX {
            return Err(section.refuse("files", "(more)", FILES));
        }
        let languages = [("en", Language::En), ("zh-CN", Language::ZhCn)];
        let language = section.choice("language", &languages, Language::En)?;
        let city = section.boolean("city", false)?;
        section.finish()?;
        Ok(Self { files, naming: Naming { language, city } })
    }
}
