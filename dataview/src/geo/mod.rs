//! Region and operator of a client's network, from files of the operator's own in MaxMind's format:
//! one of cities (GeoLite2-City and its like), one of operators (GeoLite2-ASN, GeoIP2-ISP), or one
//! that has both. Nobody is asked over the network.

mod file;
mod record;

pub use file::GeoError;

use file::File;
use record::Record;
use std::net::IpAddr;
use std::path::PathBuf;
use std::sync::atomic::{AtomicU64, Ordering};

/// Where a client's network is.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Place {
    /// Country and region: `China / Shanghai`, with the city where that is wanted.
    pub region: Option<String>,
    /// The operator (ISP).
    pub operator: Option<String>,
}

impl Place {
    fn is_complete(&self) -> bool {
        self.region.is_some() && self.operator.is_some()
    }
}

/// How places are named.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Naming {
    /// In which language, where the file has it; else in English.
    pub language: Language,
    /// Whether the city is told too. There are many: beyond what a dimension may have they are
    /// counted together.
    pub city: bool,
}

/// A language of names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Language {
    /// English.
    En,
    /// Simplified Chinese.
    ZhCn,
}

impl Language {
    /// As files of this format call it.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::En => "en",
            Self::ZhCn => "zh-CN",
        }
    }
}

/// The files, each in memory.
#[derive(Debug)]
pub struct Geo {
    files: Vec<File>,
    naming: Naming,
    unreadable: AtomicU64,
}

impl Geo {
    /// Reads the files. What the first says holds; the next are asked for what it does not know.
    ///
    /// # Errors
    /// When one cannot be read or is of another format.
    pub fn open(paths: Vec<PathBuf>, naming: Naming) -> Result<Self, GeoError> {
        let files = paths.into_iter().map(File::open).collect::<Result<_, _>>()?;
        Ok(Self { files, naming, unreadable: AtomicU64::new(0) })
    }

    /// Where `address`, a network's or a host's, is. Nowhere when it is no address, and where no
    /// file knows it.
    #[must_use]
    pub fn locate(&self, address: &str) -> Place {
        let mut place = Place::default();
        let Ok(address) = address.parse::<IpAddr>() else { return place };
        for file in &self.files {
            if place.is_complete() {
                break;
            }
            let found = file.look_up(address, |record: Record<'_>| record.place(self.naming));
            match found {
                Ok(Some(found)) => {
                    place.region = place.region.or(found.region);
                    place.operator = place.operator.or(found.operator);
                }
                Ok(None) => {}
                Err(_) => {
                    self.unreadable.fetch_add(1, Ordering::Relaxed);
                }
            }
        }
        place
    }

    /// Reads again what has changed on the disk, and says what came of it. One that cannot be
    /// read changes nothing: what was known stays until there is a good one. Blocks.
    pub fn refresh(&self) -> Vec<Result<PathBuf, GeoError>> {
        self.files.iter().filter_map(File::refresh).collect()
    }

    /// How often a file was damaged where it was looked into.
    #[must_use]
    pub fn unreadable(&self) -> u64 {
        self.unreadable.load(Ordering::Relaxed)
    }
}
