//! Settings: a TOML file, then the environment, then flags; the last one that names a key wins.
//! What is wrong is refused with its key, what was found, where it came from and what is allowed.
//!
//! A key `k` of section `[a.b]` is the variable `DNA_A_B_K` in the environment; lists are
//! comma-separated there. Also here: the settings that ingest and DataView share.

mod error;
mod layers;
mod pseudonym;
mod pseudonym_key;
pub mod redis;
mod section;

pub use error::ConfigError;
pub use layers::Layers;
pub use pseudonym::Pseudonyms;
pub use pseudonym_key::{Algorithm, PseudonymKey};
pub use section::Section;
