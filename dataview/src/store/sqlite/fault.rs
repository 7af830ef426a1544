//! What went wrong within one file.

use crate::rollup::RowError;
use crate::sketch::SketchError;
use crate::store::StoreError;
use rusqlite::ErrorCode;
use std::path::Path;

/// A failure, before it is known of which file.
#[derive(Debug, thiserror::Error)]
pub(super) enum Fault {
    #[error(transparent)]
    Sqlite(#[from] rusqlite::Error),
    #[error(transparent)]
    Row(#[from] RowError),
    #[error(transparent)]
    Sketch(#[from] SketchError),
    #[error("what a service told cannot be read: {0}")]
    Json(#[from] serde_json::Error),
    #[error("a stored {0} cannot be read")]
    Stored(&'static str),
    #[error("a question made the store panic")]
    Panicked,
    /// It is known already what the answer is.
    #[error(transparent)]
    Known(#[from] StoreError),
}

impl Fault {
    /// Whether the file is damaged: what is in it cannot be what was written.
    pub(super) fn is_damage(&self) -> bool {
        match self {
            Self::Sqlite(error) => matches!(
                error.sqlite_error_code(),
                Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase)
            ),
            Self::Known(error) => matches!(error, StoreError::Damaged { .. }),
            Self::Row(_) | Self::Sketch(_) | Self::Json(_) | Self::Stored(_) | Self::Panicked => {
                true
            }
        }
    }

    /// As the store tells it.
    pub(super) fn at(self, path: &Path) -> StoreError {
        let place = path.display().to_string();
        match self {
            Self::Known(error) => error,
            Self::Sqlite(error)
                if error.sqlite_error_code() == Some(ErrorCode::OperationInterrupted) =>
            {
                StoreError::TooMuch(
                    "it took longer than 10 s; ask for less time or with fewer filters".to_owned(),
                )
            }
            fault if fault.is_damage() => StoreError::Damaged { place, what: fault.to_string() },
            fault => StoreError::Unavailable(format!("{place}: {fault}")),
        }
    }
}
