//! Why the store did not do what it was asked.

/// A failure of the store.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// It cannot be written now: the disk is full, or ClickHouse is away. Trying again may help.
    #[error("the store cannot be written: {0}")]
    Unavailable(String),
    /// Something in it is damaged, and where.
    #[error("the store is damaged: {place}: {what}")]
    Damaged {
        /// The file or table.
        place: String,
        /// What is wrong.
        what: String,
    },
    /// The question would cost too much, and what would not.
    #[error("too much was asked: {0}")]
    TooMuch(String),
}
