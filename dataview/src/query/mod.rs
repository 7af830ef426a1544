//! Questions and what they are answered: what the store knows in the shapes of the query API.
//!
//! Pure but for the store that is asked; the shapes here are the ones of `docs/openapi.json`.

pub mod availability;
pub mod errors;
pub mod figures;
pub mod health;
pub mod overview;
pub mod sessions;
pub mod steps;
pub mod timeline;
mod title;
pub mod users;
