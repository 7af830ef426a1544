//! The text of `/metrics`, made once for all who ask at the same moment.
//!
//! It costs more to make than a beacon to keep, and whoever is let in may ask for it: made for
//! each, hundreds of clients that ask in advance and read nothing would hold up all beacons.

use bytes::Bytes;
use std::fmt::Error;
use std::sync::{Mutex, PoisonError};
use std::time::Instant;

/// The last text, and since when it was made.
#[derive(Debug, Default)]
pub(super) struct LastText(Mutex<Option<(Instant, Bytes)>>);

impl LastText {
    /// The text as of now or after: the last one, where it was begun since, or one of `make`.
    pub(super) async fn get(
        &self,
        make: impl FnOnce() -> Result<String, Error>,
    ) -> Result<Bytes, Error> {
        let asked = Instant::now();
        // All who have asked already are heard first.
        tokio::task::yield_now().await;
        // Nothing is half changed at any time.
        let mut last = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((began, text)) = &*last
            && *began > asked
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
        let get = async || {
            let make = || {
                made.set(made.get() + 1);
                Ok(made.get().to_string())
            };
            last.get(make).await.expect("made")
        };
        let texts = join_all((0..300).map(|_| get())).await;
        assert!(texts.iter().all(|text| text == "1"), "{texts:?}");
        // And each who asks then is given what is true then.
        for number in ["2", "3"] {
            assert_eq!(get().await, number);
        }
    }
}
