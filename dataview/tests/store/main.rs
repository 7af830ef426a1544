//! The store from outside: what was appended is found again, once, whatever happened in between.
#![allow(clippy::unwrap_used, reason = "a test may")]

mod append;
mod child;
mod damage;
mod figures;
mod first;
mod full;
mod kill;
mod made;
mod retention;
mod sessions;
mod traces;
mod views;
