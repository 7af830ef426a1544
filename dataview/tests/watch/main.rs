//! Rules, incidents and channels over a real store, with a clock of the tests' own.
#![allow(clippy::unwrap_used, reason = "a test says so by failing")]

mod baseline;
mod channels;
mod child;
mod customers;
mod delivery;
mod dry;
mod email;
mod incidents;
mod kill;
mod made;
mod minutes;
mod platform;
mod rules;
