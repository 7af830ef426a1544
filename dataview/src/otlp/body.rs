//! A body and the room that it takes up.

use super::limits::{UNPACK_STEP_BYTES, UNPACKED_BYTES_MAX};
use super::service::Failure;
use actix_web::http::StatusCode;
use flate2::read::GzDecoder;
use std::io::Read;
use std::sync::Arc;
use tokio::sync::{OwnedSemaphorePermit, Semaphore, TryAcquireError};

/// Room that all bodies under way share, in KiB; given back when it is dropped.
pub(super) struct Room {
    all: Arc<Semaphore>,
    taken: OwnedSemaphorePermit,
}

impl Room {
    /// None of `all` yet.
    pub(super) fn new(all: &Arc<Semaphore>) -> Result<Self, Failure> {
        let taken = Arc::clone(all).try_acquire_many_owned(0).map_err(no_room)?;
        Ok(Self { all: Arc::clone(all), taken })
    }

    /// Takes room for `bytes` more.
    pub(super) fn take(&mut self, bytes: usize) -> Result<(), Failure> {
        let wanted = u32::try_from(bytes.div_ceil(1024)).unwrap_or(u32::MAX);
        let more = Arc::clone(&self.all).try_acquire_many_owned(wanted).map_err(no_room)?;
        self.taken.merge(more);
        Ok(())
    }
}

fn no_room(_: TryAcquireError) -> Failure {
    Failure::new(StatusCode::TOO_MANY_REQUESTS, "too much is under way")
}

/// A body.
pub(super) struct Body {
    pub(super) bytes: Vec<u8>,
    pub(super) room: Room,
}

impl Body {
    /// Unpacks step by step, each within the room that there is: a few bytes of gzip may become
    /// megabytes. Busy that long, so not for a thread that answers others.
    pub(super) fn unpacked(self) -> Result<Self, Failure> {
        let Self { bytes, mut room } = self;
        let (mut reader, mut unpacked) = (GzDecoder::new(&bytes[..]), Vec::new());
        loop {
            let before = unpacked.len();
            let read = (&mut reader).take(UNPACK_STEP_BYTES).read_to_end(&mut unpacked);
            if let Err(error) = read {
                let message = format!("the body is not gzip as its Content-Encoding says: {error}");
                return Err(Failure::new(StatusCode::BAD_REQUEST, message));
            }
            if unpacked.len() == before {
                return Ok(Self { bytes: unpacked, room });
            }
            if unpacked.len() > UNPACKED_BYTES_MAX {
                let message = format!("the body, allowed: {UNPACKED_BYTES_MAX} bytes unpacked");
                return Err(Failure::new(StatusCode::PAYLOAD_TOO_LARGE, message));
            }
            room.take(unpacked.len() - before)?;
        }
    }
}
