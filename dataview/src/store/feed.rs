//! Frames in the order in which they were stored, for those who read on from where they were.

use super::Answer;
use crate::model::SessionId;
use bytes::Bytes;
use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;
use tokio::sync::watch;

/// Files that a cursor can name: more than years of days. Bounds a cursor that somebody made up.
const PLACES_MAX: usize = 2000;

/// How far somebody has read. Each part of the store has an order of its own, so a frame that is
/// received late, into a day that others have done with, is still read.
///
/// As a text: `FROM_MS` and, for each part that something was read of, `;PART=PLACE`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct FeedCursor {
    /// Frames that were received before, in ms since the Unix epoch, are left out.
    pub from_ms: u64,
    /// The place of the last frame that was read of each part.
    pub read: BTreeMap<String, u64>,
}

impl FeedCursor {
    /// Before the first frame that was received at `from_ms` or later.
    #[must_use]
    pub fn at(from_ms: u64) -> Self {
        Self { from_ms, read: BTreeMap::new() }
    }
}

impl fmt::Display for FeedCursor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.from_ms)?;
        self.read.iter().try_for_each(|(part, place)| write!(f, ";{part}={place}"))
    }
}

/// A text that is no cursor.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("no cursor of ours")]
pub struct NoCursor;

impl FromStr for FeedCursor {
    type Err = NoCursor;

    fn from_str(text: &str) -> Result<Self, NoCursor> {
        let mut parts = text.split(';');
        let from_ms = parts.next().and_then(|from| from.parse().ok()).ok_or(NoCursor)?;
        let mut read = BTreeMap::new();
        for part in parts {
            let (name, place) = part.split_once('=').ok_or(NoCursor)?;
            let is_name = |byte: u8| byte.is_ascii_alphanumeric() || b"-._".contains(&byte);
            if !name.bytes().all(is_name) || name.len() > 64 || read.len() == PLACES_MAX {
                return Err(NoCursor);
            }
            read.insert(name.to_owned(), place.parse().map_err(|_| NoCursor)?);
        }
        Ok(Self { from_ms, read })
    }
}

impl FeedCursor {
    /// Behind all that this one or `other` is behind of: of each part the later place, so that
    /// nobody goes backwards.
    #[must_use]
    pub fn furthest(&self, other: &Self) -> Self {
        let mut both = self.clone();
        for (part, place) in &other.read {
            let read = both.read.entry(part.clone()).or_default();
            *read = (*read).max(*place);
        }
        // Parts are named by their days; those of the oldest are gone first.
        while both.read.len() > PLACES_MAX {
            both.read.pop_first();
        }
        both
    }

    /// Goes on behind `frame`.
    pub fn pass(&mut self, frame: &FedFrame) {
        self.read.insert(frame.part.clone(), frame.place);
    }
}

/// A store that tells its frames in the order in which they were stored.
pub trait Feeder: Send + Sync {
    /// Frames behind `after` in the order in which they were stored, at most `limit`.
    ///
    /// # Errors
    /// When the store cannot be read.
    fn feed(&self, after: FeedCursor, limit: usize) -> Answer<'_, Feed>;

    /// Behind the last frame that is stored.
    ///
    /// # Errors
    /// When the store cannot be read.
    fn feed_end(&self) -> Answer<'_, FeedCursor>;

    /// Counts what is appended.
    fn changes(&self) -> watch::Receiver<u64>;
}

/// Frames, and where it goes on.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Feed {
    /// The next frames, those of one part in its order.
    pub frames: Vec<FedFrame>,
    /// Behind them.
    pub next: FeedCursor,
    /// Frames that are stored behind that.
    pub behind: u64,
}

/// A frame, and what its session knows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FedFrame {
    /// The part of the store.
    pub part: String,
    /// The place in it.
    pub place: u64,
    /// The application.
    pub app: String,
    /// The session.
    pub session: SessionId,
    /// The frame's number in it.
    pub sequence: u64,
    /// When it was received, in ms since the Unix epoch.
    pub received_at_ms: u64,
    /// The user's pseudonym, where the session has one.
    pub user: Option<String>,
    /// The user's tier.
    pub tier: Option<String>,
    /// The region of the client's network.
    pub region: Option<String>,
    /// The operator of the client's network.
    pub operator: Option<String>,
    /// The encoded entry, not packed.
    pub entry: Bytes,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_is_read_as_it_is_written() {
        let mut cursor = FeedCursor::at(17);
        assert_eq!(cursor.to_string(), "17");
        cursor.read.insert("2026-11-26".to_owned(), 5);
        cursor.read.insert("2026-11-26.2".to_owned(), u64::MAX);
        assert_eq!(cursor.to_string().parse(), Ok(cursor));
    }

    #[test]
    fn of_two_cursors_the_further_place_of_each_part_counts() {
        let read: fn(&str) -> FeedCursor = |text| text.parse().unwrap_or_default();
        assert_eq!(read("7;a=5;b=1").furthest(&read("7;a=3;b=2;c=1")), read("7;a=5;b=2;c=1"));
        assert_eq!(read("7;a=5").furthest(&read("7;a=4")), read("7;a=5"), "nobody goes backwards");
        let many: String = (1..=PLACES_MAX).map(|part| format!(";{part:04}=1")).collect();
        let full = read(&format!("7{many}")).furthest(&read("7;9999=1"));
        assert_eq!(full.to_string().parse(), Ok(full), "it can be read again");
    }

    #[test]
    fn what_is_no_cursor_is_refused() {
        for wrong in ["", "x", "1;", "1;a", "1;a=", "1;a=-1", "1;a/../b=1", "1;a=1;"] {
            assert_eq!(wrong.parse::<FeedCursor>(), Err(NoCursor), "{wrong:?}");
        }
        let many: String = (0..=PLACES_MAX).map(|part| format!(";{part}=1")).collect();
        assert_eq!(format!("0{many}").parse::<FeedCursor>(), Err(NoCursor));
    }
}
