//! Harbour Bank: a small bank that carries the DNA script tag as any customer would.
//!
//! One page shows one signal (a slow call, a thrown error, a broken image, …), so that the
//! same pages serve a newcomer's first look and the browser tests.
//!
//! There is no security here and no pretence of any: every password but `wrong` signs in, the
//! signed-in state lives in the browser's `sessionStorage`, and the API answers everybody.

mod api;
mod assets;
mod caching;
mod cli;
mod core;
mod html;
mod language;
mod pages;
mod sdk_files;
mod server;
mod site;
mod tag;

pub use cli::{Args, ListenAddress};
pub use core::Core;
pub use server::{StartError, serve};
pub use site::{Settings, Site};
