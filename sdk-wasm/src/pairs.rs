//! Which of the browser's entries tells of which call. Neither names the other: they belong
//! together by address and time, and where that fits more than one, by nothing.

use crate::limits::{CALL_ENTRIES_MAX, CALL_WAIT, CALLS_WAITING_MAX};

/// How much earlier than the call an entry may begin: clocks of pages are coarse.
const CLOCK_SLACK: f64 = 1.0;

/// Calls that have ended and entries, until they find each other. Times are in milliseconds from
/// the time origin.
#[derive(Debug)]
pub struct Pairs<C, E> {
    calls: Vec<Call<C>>,
    entries: Vec<Entry<E>>,
}

#[derive(Debug)]
struct Call<C> {
    address: String,
    start: f64,
    end: f64,
    /// When it waits no more.
    due: f64,
    call: C,
}

#[derive(Debug)]
struct Entry<E> {
    address: String,
    start: f64,
    entry: E,
}

impl<C, E> Default for Pairs<C, E> {
    fn default() -> Self {
        Self { calls: Vec::new(), entries: Vec::new() }
    }
}

impl<C> Call<C> {
    fn fits<E>(&self, entry: &Entry<E>) -> bool {
        entry.start >= self.start - CLOCK_SLACK
            && entry.start <= self.end
            && self.address == entry.address
    }
}

impl<C, E> Pairs<C, E> {
    /// A call of `address` has lasted from `start` to `end`.
    pub fn call(&mut self, address: String, start: f64, end: f64, call: C) {
        let due = if self.calls.len() < CALLS_WAITING_MAX { end + CALL_WAIT } else { 0.0 };
        self.calls.push(Call { address: bare(address), start, end, due, call });
    }

    /// The browser has an entry of `address` that begins at `start`.
    pub fn entry(&mut self, address: String, start: f64, entry: E) {
        // The oldest are of calls that nobody told of.
        if self.entries.len() == CALL_ENTRIES_MAX {
            self.entries.remove(0);
        }
        self.entries.push(Entry { address: bare(address), start, entry });
    }

    /// A call that waits no more at `now`, with its entry if that is known.
    pub fn take(&mut self, now: f64) -> Option<(C, Option<E>)> {
        let at = self.calls.iter().position(|call| {
            call.due <= now || self.entries.iter().any(|entry| call.fits(entry))
        })?;
        let call = self.calls.remove(at);
        let (mut found, mut several) = (None, false);
        while let Some(at) = self.entries.iter().position(|entry| call.fits(entry)) {
            let entry = self.entries.remove(at);
            for other in self.calls.iter_mut().filter(|other| other.fits(&entry)) {
                // Nobody knows which of them it tells of.
                other.due = 0.0;
                several = true;
            }
            several |= found.is_some();
            found = Some(entry.entry);
        }
        Some((call.call, if several { None } else { found }))
    }

    /// When the first of the waiting calls is due.
    #[must_use]
    pub fn next_due(&self) -> Option<f64> {
        self.calls.first().map(|call| call.due)
    }
}

/// Browsers tell of addresses without their fragment.
fn bare(mut address: String) -> String {
    if let Some(at) = address.bytes().position(|byte| byte == b'#') {
        address.truncate(at);
    }
    address
}

#[cfg(test)]
mod tests {
    use super::*;

    type Numbers = Pairs<u32, char>;

    fn call(pairs: &mut Numbers, address: &str, start: f64, end: f64, call: u32) {
        pairs.call(address.to_owned(), start, end, call);
    }

    fn entry(pairs: &mut Numbers, address: &str, start: f64, entry: char) {
        pairs.entry(address.to_owned(), start, entry);
    }

    fn taken(pairs: &mut Numbers, now: f64) -> Vec<(u32, Option<char>)> {
        std::iter::from_fn(|| pairs.take(now)).collect()
    }

    #[test]
    fn a_call_and_its_entry_find_each_other_in_either_order() {
        let pairs = &mut Numbers::default();
        call(pairs, "https://a/x?q#f", 10.0, 50.0, 1);
        entry(pairs, "https://a/y?q", 10.0, 'y');
        assert_eq!(taken(pairs, 50.0), []);
        entry(pairs, "https://a/x?q", 9.5, 'x');
        assert_eq!(taken(pairs, 50.0), [(1, Some('x'))]);
        call(pairs, "https://a/y?q", 10.0, 30.0, 2);
        assert_eq!(taken(pairs, 50.0), [(2, Some('y'))]);
        assert_eq!(pairs.next_due(), None);
    }

    #[test]
    fn another_call_of_the_same_address_is_not_taken_for_it() {
        let pairs = &mut Numbers::default();
        call(pairs, "https://a/", 10.0, 50.0, 1);
        entry(pairs, "https://a/", 8.0, 'b');
        entry(pairs, "https://a/", 51.0, 'c');
        assert_eq!(taken(pairs, 51.0), []);
        call(pairs, "https://a/", 50.5, 60.0, 2);
        assert_eq!(taken(pairs, 60.0), [(2, Some('c'))]);
        entry(pairs, "https://a/", 10.0, 'a');
        assert_eq!(taken(pairs, 60.0), [(1, Some('a'))]);
    }

    #[test]
    fn what_fits_more_than_once_fits_nobody() {
        let pairs = &mut Numbers::default();
        call(pairs, "https://a/", 10.0, 50.0, 1);
        call(pairs, "https://a/", 11.0, 52.0, 2);
        entry(pairs, "https://a/", 11.0, 'a');
        assert_eq!(taken(pairs, 52.0), [(1, None), (2, None)]);
        entry(pairs, "https://b/", 1.0, 'b');
        entry(pairs, "https://b/", 2.0, 'c');
        call(pairs, "https://b/", 1.0, 5.0, 3);
        assert_eq!(taken(pairs, 52.0), [(3, None)]);
    }

    #[test]
    fn waiting_ends_after_its_time_and_is_bounded() {
        let pairs = &mut Numbers::default();
        for number in 0..CALLS_WAITING_MAX as u32 {
            call(pairs, "https://a/", 0.0, f64::from(number), number);
        }
        call(pairs, "https://a/", 0.0, 1.0, 999);
        assert_eq!(taken(pairs, 1.0), [(999, None)]);
        assert_eq!(pairs.next_due(), Some(CALL_WAIT));
        assert_eq!(taken(pairs, CALL_WAIT - 0.5), []);
        assert_eq!(taken(pairs, CALL_WAIT + 1.0), [(0, None), (1, None)]);
        assert_eq!(taken(pairs, f64::INFINITY).len(), CALLS_WAITING_MAX - 2);
        for at in 0..CALL_ENTRIES_MAX + 1 {
            entry(pairs, "https://b/", at as f64 * 2.0, 'e');
        }
        call(pairs, "https://b/", 0.0, 0.5, 1);
        assert_eq!(taken(pairs, 1.0), [], "the oldest has gone");
    }
}
