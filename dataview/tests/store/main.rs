//! The store from outside: what was appended is found again, once, whatever happened in between.
#![allow(clippy::unwrap_used, reason = "a test may")]

mod append;
mod figures;
mod made;
mod sessions;
mod traces;
