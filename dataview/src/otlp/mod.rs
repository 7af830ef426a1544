//! OTLP/HTTP in: what services tell of traces (`POST /v1/traces`) and write to their logs
//! (`POST /v1/logs`), in Protocol Buffers or JSON (OTLP 1.x, the OpenTelemetry specification).
//!
//! [`decode`] is pure: bytes in, clean spans and what was refused out. [`Otlp`] is the service:
//! it bounds, stores and answers; 200 comes only when the store has what was taken.

mod answer;
mod body;
mod counters;
pub mod decode;
mod form;
mod json;
pub mod limits;
mod log;
mod protobuf;
mod refused;
mod service;
mod span;

pub use counters::Counters;
pub use form::Form;
pub use refused::{Reason, Refused};
pub use service::{Otlp, routes};

#[cfg(test)]
mod tests;
