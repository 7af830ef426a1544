//! The door of DNA: accepts beacons over HTTP, judges each event, adds what only the server
//! knows, keeps the result in the buffer, and only then acknowledges it.

pub mod accept;
pub mod buffer;
pub mod cli;
pub mod config;
pub mod edge;
pub mod enrich;
pub mod http;
pub mod limits;
pub mod live;
pub mod metrics;
pub mod tail;
pub mod telemetry;
