//! The text of `/metrics`, made anew for whoever asks, though not for who asks without end.
//!
//! It costs more to make than a beacon to keep, and whoever is let in may ask for it: made each
//! time, a few clients that ask in advance and read nothing would hold up all beacons.

use bytes::Bytes;
use std::fmt::Error;
use std::sync::{Mutex, PoisonError};
use std::time::Instant;

/// Texts that are made a second, and at once. Whoever asks beyond is given the last one, which is
/// some hundredths of a second old then: scrapers ask every few seconds.
const A_SECOND: f64 = 32.0;

/// The last text.
#[derive(Debug)]
pub(super) struct LastText(Mutex<State>);

#[derive(Debug)]
struct State {
    text: Bytes,
    /// Texts that may still be made, as of `at`.
    left: f64,
    at: Instant,
}

impl Default for LastText {
    fn default() -> Self {
        Self(Mutex::new(State { text: Bytes::new(), left: A_SECOND, at: Instant::now() }))
    }
}

impl LastText {
    /// A text of `make`, or the last that there was.
    pub(super) fn get(
        &self,
        now: Instant,
        make: impl FnOnce() -> Result<String, Error>,
    ) -> Result<Bytes, Error> {
        // Nothing is half changed at any time.
        let mut state = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let earned = now.saturating_duration_since(state.at).as_secs_f64() * A_SECOND;
        (state.left, state.at) = ((state.left + earned).min(A_SECOND), now);
        if state.left >= 1.0 {
            state.left -= 1.0;
            state.text = Bytes::from(make()?);
        }
        Ok(state.text.clone())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    #[test]
    fn who_asks_without_end_is_given_the_last_one() {
        let last = LastText::default();
        let mut made = 0;
        let begun = Instant::now();
        let mut get = |at: Duration| {
            let make = || {
                made += 1;
                Ok(made.to_string())
            };
            let text = last.get(begun + at, make).expect("made");
            String::from_utf8(text.to_vec()).expect("text")
        };
        let texts: Vec<_> = (0..1000).map(|_| get(Duration::ZERO)).collect();
        assert_eq!((texts[0].as_str(), texts[31].as_str()), ("1", "32"));
        assert_eq!(texts[999], "32");
        assert_eq!(get(Duration::from_millis(100)), "33", "and again after a moment");
    }
}
