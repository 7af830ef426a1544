//! The query API as an asker meets it: a server on a port of its own, over a store.
#![allow(clippy::unwrap_used, reason = "a test says so by failing")]

mod access;
mod alerts;
mod audit;
mod bad_input;
mod client;
mod damage;
mod dead_letters;
mod document;
mod errors;
mod figures;
mod health;
mod real;
mod server;
mod sessions;
mod store;
mod subscription_audit;
mod subscription_edits;
mod subscriptions;
mod traces;
mod users;
