//! What went wrong within one file.

use crate::rollup::RowError;
use crate::sketch::SketchError;
use crate::store::StoreError;
use rusqlite::{ErrorCode, ffi};
use std::fs::File;
use std::io::{Error, ErrorKind};
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

    /// Whether the disk gives up on the file at `path` itself. That it is full, or that too many
    /// files are open, passes, and is none.
    pub(super) fn is_of_file(&self, path: &Path) -> bool {
        let Self::Sqlite(error) = self else { return false };
        let Some(error) = error.sqlite_error() else { return false };
        match error.code {
            ErrorCode::SystemIoFailure => matches!(
                error.extended_code,
                ffi::SQLITE_IOERR_READ
                    | ffi::SQLITE_IOERR_SHORT_READ
                    | ffi::SQLITE_IOERR_FSTAT
                    | ffi::SQLITE_IOERR_DATA
                    | ffi::SQLITE_IOERR_CORRUPTFS
            ),
            ErrorCode::CannotOpen | ErrorCode::PermissionDenied | ErrorCode::ReadOnly => {
                match File::options().read(true).write(true).open(path) {
                    Ok(file) => !file.metadata().is_ok_and(|metadata| metadata.is_file()),
                    Err(error) => is_of_one_file(&error),
                }
            }
            _ => false,
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

fn is_of_one_file(error: &Error) -> bool {
    /// `EIO` of Unix.
    const INPUT_OUTPUT: i32 = 5;
    matches!(
        error.kind(),
        ErrorKind::NotFound | ErrorKind::PermissionDenied | ErrorKind::IsADirectory
    ) || error.raw_os_error() == Some(INPUT_OUTPUT)
}
