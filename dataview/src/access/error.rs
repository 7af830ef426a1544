//! Why somebody may not, or why what was asked of the accounts cannot be.

use std::time::Duration;

/// A refusal.
#[derive(Debug, thiserror::Error)]
pub enum AccessError {
    /// The file cannot be used.
    #[error("the file of accounts cannot be used: {0}")]
    File(#[from] rusqlite::Error),
    /// The file cannot be made or opened.
    #[error("{path}: {source}")]
    Open {
        /// Which.
        path: String,
        /// Why.
        source: std::io::Error,
    },
    /// A newer version has written it.
    #[error(
        "the file of accounts is of version {found}; this program knows versions up to {known}"
    )]
    Newer {
        /// Its version.
        found: i64,
        /// The newest that is known here.
        known: i64,
    },
    /// Something is not as it must be.
    #[error("`{what}` is {found}; allowed: {allowed}")]
    Invalid {
        /// What.
        what: &'static str,
        /// What it is; of secrets only how long.
        found: String,
        /// What it may be.
        allowed: String,
    },
    /// It is there already.
    #[error("there is {what} {name:?} already")]
    Exists {
        /// an account or a token.
        what: &'static str,
        /// Its name.
        name: String,
    },
    /// It is not there.
    #[error("there is no {what} {name:?}")]
    Unknown {
        /// account or token.
        what: &'static str,
        /// Its name.
        name: String,
    },
    /// Without it nobody could manage accounts any more.
    #[error("{0:?} is the last administrator; make another one first")]
    LastAdministrator(String),
    /// Name and password do not belong together, or the session has ended.
    #[error("name or password is wrong")]
    Credentials,
    /// Too often; come back after this time.
    #[error("too many attempts; the next one after {} s", .0.as_secs().max(1))]
    TooManyAttempts(Duration),
    /// The system gives no randomness.
    #[error("the system gives no randomness: {0}")]
    Randomness(getrandom::Error),
    /// A password cannot be hashed.
    #[error("a password cannot be hashed: {0}")]
    Hash(String),
}
