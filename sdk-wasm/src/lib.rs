//! The client core: what happened on a page becomes frames that reach ingest, once each.
//!
//! [`Client`] is the state machine. It does no IO of its own: it is called with what happened
//! and the time, and acts through a [`Host`], which the browser implements with web APIs and
//! the tests in memory. Everything a page can tell comes in as a [`dna_protocol::Draft`].
//!
//! ```text
//! browser/*  ─event─► client ─► batch ─► frame ─► delivery ─► host (sendBeacon, fetch)
//!                       │ session, identity, repeats  │ outbox, retry ─► host (storage)
//! ```
//!
//! [`vitals`], [`resources`], [`long_frames`], [`actions`], [`transactions`] and [`settling`] are
//! state machines of their own: they make events of what the browser measured, the visitor did and
//! the application said.
//!
//! `web_sys` appears only under `browser/`. All bounds stand in [`limits`].

pub mod actions;
mod batch;
mod client;
mod config;
mod consent;
pub mod debug_ids;
mod delivery;
mod dropped;
mod filter;
mod frame;
mod host;
mod joining;
pub mod limits;
pub mod long_frames;
mod outbox;
pub mod pairs;
mod pools;
mod repeats;
pub mod resources;
mod retry;
mod route;
mod sampling;
mod sequence;
mod session;
pub mod settling;
mod stored;
pub mod timing;
pub mod trace;
pub mod transactions;
mod views;
mod visitor;
pub mod vitals;

#[cfg(feature = "browser")]
mod browser;
pub mod mini;

pub use client::Client;
pub use config::Config;
pub use consent::Consent;
pub use delivery::Answer;
pub use host::{Host, SESSION, Terms, VISITOR};
pub use route::View;

#[cfg(target_family = "wasm")]
#[global_allocator]
static ALLOCATOR: pools::Pools = pools::Pools::new(pools::grow);
