//! Subscriptions on the real store, and webhooks on real sockets.
#![allow(clippy::unwrap_used, reason = "a test may")]

mod made;
mod reading;
mod waits;
mod webhook;
mod webhooks;
