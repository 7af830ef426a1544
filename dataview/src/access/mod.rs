//! Who may ask, and what: accounts and tokens with roles, sessions of browsers, and the log of who
//! looked a user up.
//!
//! All of it is in one small SQLite file of its own, so that the store can be thrown away or moved
//! without it ([why](../../../docs/decisions/0042-who-may-ask-is-kept-apart.md)). Of passwords,
//! tokens and cookies only hashes are in it; raw IDs of users never are.

mod accounts;
mod attempts;
mod audit;
mod error;
mod file;
mod limits;
mod password;
mod role;
mod secret;
mod sessions;
#[cfg(test)]
mod tests;
mod tokens;

pub use accounts::{Account, NewAccount};
pub use audit::{Action, AuditRecord, BrokenWhy, Deed, Verdict};
pub use error::AccessError;
pub use role::{Right, Role, Scope};
pub use sessions::{LoggedIn, SessionSettings};
pub use tokens::{NewToken, Token};

use attempts::Attempts;
use rusqlite::Connection;
use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::sync::Semaphore;

/// Who asks: an account by its session, or a token.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Identity {
    /// The name of the account or token.
    pub name: String,
    /// What it may do.
    pub role: Role,
    /// Which applications it may ask about.
    pub scope: Scope,
    /// Whether it must choose another password before it may do anything else.
    pub must_change: bool,
}

/// The file of who may ask.
#[derive(Clone)]
pub struct Access {
    // Questions take some 10 µs each, so one connection serves all.
    connection: Arc<Mutex<Connection>>,
    attempts: Arc<Mutex<Attempts>>,
    hashing: Arc<Semaphore>,
    sessions: SessionSettings,
}

impl std::fmt::Debug for Access {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Access")
    }
}

impl Access {
    /// Opens the file at `path`, and makes it, readable by its owner alone, when it is not there.
    ///
    /// # Errors
    /// When it cannot be opened, or was written by a newer version.
    pub fn open(path: &Path, sessions: SessionSettings) -> Result<Self, AccessError> {
        Ok(Self {
            connection: Arc::new(Mutex::new(file::open(path)?)),
            attempts: Arc::default(),
            hashing: Arc::new(Semaphore::new(limits::HASHES_AT_ONCE)),
            sessions,
        })
    }

    /// A key of 32 bytes for what is signed here and read here again, such as cursors. The same
    /// after a restart.
    ///
    /// # Errors
    /// When the file cannot be read or written.
    pub fn key(&self, purpose: &str) -> Result<[u8; 32], AccessError> {
        file::key(&self.lock(), purpose)
    }

    fn lock(&self) -> MutexGuard<'_, Connection> {
        // A transaction that did not end was rolled back when it was dropped.
        self.connection.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
