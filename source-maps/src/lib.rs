//! Source maps: kept in a folder by whoever releases an application, looked up when stacks are
//! read. They are never served: they hold the application's source.
//!
//! [`Folder`] keeps them by application and release and by debug id, [`Maps`] reads them and keeps
//! those that were read lately, [`Stack`] is what comes of a stack.

mod folder;
mod inject;
mod maps;
mod parse;
mod settings;
mod stack;

pub use folder::{Folder, KeptMap, StoreError};
pub use inject::{InjectError, Injected, inject};
pub use maps::Maps;
pub use parse::{Original, ParseError, ParsedMap};
pub use settings::Settings;
pub use stack::{Line, Stack, resolve};
