//! DataView: the other side of the buffer. It reads what ingest has kept, stores it, associates
//! user, session, page view, API call, network hop, service span and SQL, and answers questions.
//!
//! Where to look: [`model`] for what is stored, [`store`] for where.
//!
//! One direction: `http` asks `query`, `query` asks `store`; `consume`, `otlp` and `network` make
//! batches of the model's types and give them to the store. Nothing below knows what is above it.

pub mod access;
pub mod chain;
pub mod clean;
pub mod cli;
pub mod config;
pub mod consume;
mod durable;
pub mod facts;
pub mod geo;
pub mod http;
pub mod model;
pub mod network;
pub mod otlp;
pub mod query;
pub mod rollup;
pub mod sketch;
pub mod startup;
pub mod store;
pub mod subscribe;
pub mod watch;
