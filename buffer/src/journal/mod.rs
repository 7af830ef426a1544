//! The journal, as a reader sees it. The writer is ingest's.
//!
//! A folder holds segments `NNNNNNNNNNNNNNNNNNNN.seg`, named by the number of their first record
//! ([`segment`] has their form), `journal.id`, which journal it is ([`identity`]), and `readers`, where
//! who reads it says how far ([`readers`]).

pub mod identity;
pub mod reader;
pub mod readers;
pub mod scan;
pub mod segment;

pub use identity::Identity;
pub use reader::JournalReader;
pub use scan::Damage;
pub use segment::{Place, Tail};
