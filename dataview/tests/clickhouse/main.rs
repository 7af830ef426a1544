//! The ClickHouse store on ClickHouse's own engine: it answers what the SQLite store answers.
#![allow(clippy::unwrap_used, reason = "a test may")]
#![allow(dead_code, reason = "the frames of the store's tests have more than is needed here")]

mod engine;
#[path = "../store/made.rs"]
mod made;
mod same;
