//! The wire between DNA's clients, ingest and consumers.
//!
//! A client sends a [`Frame`]: a [`Header`] and the [`Event`]s of one batch, as CBOR
//! ([`cbor::encode_frame`], [`cbor::decode_frame`]) or as the JSON twin ([`json`]); ours sends it
//! [`packed`].
//! Ingest keeps it as an [`Entry`](entry::Entry): the frame without its secrets, and what
//! only the server knows. `docs/protocol.md` says the same for writers of other clients.
//!
//! Nothing here does IO, reads a clock or holds state, so it builds for host and wasm32 alike.
//!
//! Where to look: [`model`] for what can be said, [`limits`] for how much of it, [`problem`]
//! for what a reader answers when it is said wrongly.

pub mod cbor;
pub mod draft;
pub mod entry;
pub mod field;
#[cfg(feature = "json")]
pub mod json;
pub mod limits;
pub mod model;
pub mod packed;
pub mod pattern;
#[cfg(feature = "unpack")]
pub mod peek;
pub mod privacy;
pub mod problem;
mod record;
pub mod stack;

pub use draft::{AttributeDraft, Draft, Fields, Slot};
pub use model::{Body, Event, Frame, Header, Kind};
pub use problem::{Decoded, FieldProblem, FrameProblem, Rejection, Skipped};
pub use record::{FieldInfo, Record};
