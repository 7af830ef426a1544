//! Why the store did not do what it was asked.

/// A failure of the store.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum StoreError {
    /// It cannot be written or read now: the disk is full, or ClickHouse is away. Trying again may
    /// help.
    #[error("the store is not available: {0}")]
    Unavailable(String),
    /// Something in it is damaged, and where.
    #[error("the store is damaged: {place}: {what}")]
    Damaged {
        /// The file or table.
        place: String,
        /// What is wrong.
        what: String,
    },
    /// A newer version of DataView has written it.
    #[error(
        "{place} was written by a newer dataview: its tables have version {found}, this one knows \
         {known}. Start the newer one"
    )]
    Newer {
        /// The file or table.
        place: String,
        /// The version that it has.
        found: i64,
        /// The version that this program knows.
        known: i64,
    },
    /// Another process has it.
    #[error("another dataview uses the store in {place}: stop it, or give this one another folder")]
    InUse {
        /// The folder.
        place: String,
    },
    /// The question would cost too much, and what would not; or a cursor is none.
    #[error("too much was asked: {0}")]
    TooMuch(String),
    /// A question that has no answer.
    #[error("{0}")]
    Wrong(String),
}
