//! The core in a mini program, without wasm-bindgen: what those runtimes take is numbers, and
//! bytes in the memory (docs/decisions/0025).
//!
//! `js-wrapper/mini` hands over records ([`record`]); [`core`] reads them. Only `abi.rs` touches
//! what is outside, so the rest is tested natively. One signal, one file.

#[cfg(feature = "mini")]
mod abi;
mod calls;
mod code;
mod core;
mod entries;
mod errors;
mod groups;
#[cfg(feature = "mini")]
mod host;
mod identifiers;
mod launch;
mod memory;
mod missing;
mod network;
mod page_loads;
mod pages;
mod record;
mod requests;
mod transactions;
mod updates;
mod words;

pub use self::core::{Core, MiniHost};
pub use self::record::{Record, Value, kind};
