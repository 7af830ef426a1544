//! A mini program's signals: what the platform tells becomes events of the page that it is about.
#![allow(clippy::unwrap_used, reason = "a test fails where it unwraps nothing")]

mod app;
mod others;
mod pages;
#[path = "../support/mod.rs"]
mod support;
