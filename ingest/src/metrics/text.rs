//! The text of `/metrics`, made once for all who ask at the same moment.
//!
//! It costs more to make than a beacon to keep, and whoever is let in may ask for it: made for
//! each, hundreds of clients that ask in advance and read nothing would hold up all beacons.
//! Those are given one that is up to a second old.

use bytes::Bytes;
use std::fmt::Error;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// How old a text may be for whoever asks in advance.
const OLD: Duration = Duration::from_secs(1);

/// The last text, and since when it was made.
#[derive(Debug, Default)]
pub(super) struct LastText(Mutex<Option<(Instant, Bytes)>>);

impl LastText {
    /// The text as of now or after: the last one, where it was begun since, or one of `make`. One
    /// that `may_be_old` is the last one also where it is not.
    pub(super) async fn get(
        &self,
        may_be_old: bool,
        make: impl FnOnce() -> Result<String, Error>,
    ) -> Result<Bytes, Error> {
        let mut since = Instant::now();
        if may_be_old {
            since = since.checked_sub(OLD).unwrap_or(since);
        } else {
            // All who have asked already are heard first.
            tokio::task::yield_now().await;
        }
        // Nothing is half changed at any time.
        let mut last = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((began, text)) = &*last
            && *began > since
        {
            return Ok(text.clone());
        }
        let began = Instant::now();
        let text = Bytes::from(make()?);
        *last = Some((began, text.clone()));
        Ok(text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use futures_util::future::join_all;
    use std::cell::Cell;

    #[tokio::test]
    async fn who_asks_at_the_same_moment_is_given_the_same_text() {
        let last = LastText::default();
        let made = Cell::new(0);
        let get = async |may_be_old| {
            let make = || {
                made.set(made.get() + 1);
                Ok(made.get().to_string())
            };
            last.get(may_be_old, make).await.expect("made")
        };
        let texts = join_all((0..300).map(|_| get(false))).await;
        assert!(texts.iter().all(|text| text == "1"), "{texts:?}");
        // And each who asks then is given what is true then.
        for number in ["2", "3"] {
            assert_eq!(get(false).await, number);
            assert_eq!(get(true).await, number, "who asks in advance may be given an old one");
        }
    }
}
