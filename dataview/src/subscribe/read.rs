//! Reads on for one subscriber.

use super::filter::Filter;
use super::limits::{BYTES_MAX, FRAMES_MAX, LINES_MAX};
use super::line::Of;
use super::mask::Mask;
use crate::facts::Clock;
use crate::store::{FedFrame, FeedCursor, Feeder, StoreError};
use dna_protocol::entry::Entry;

/// Lines, and where it goes on.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Lines {
    /// Each as JSON, without a line's end.
    pub texts: Vec<String>,
    /// Behind them, and behind all that did not pass the filter.
    pub next: FeedCursor,
    /// Frames that are stored behind that.
    pub behind: u64,
    /// Entries that cannot be read: passed over.
    pub unreadable: u64,
}

/// The next lines behind `after`, at most `max`, though a frame's events are told together. None
/// does not mean the end: `behind` tells.
///
/// # Errors
/// When the store cannot be read.
pub async fn lines(
    store: &dyn Feeder,
    filter: &Filter,
    mask: &Mask,
    after: FeedCursor,
    max: usize,
) -> Result<Lines, StoreError> {
    let feed = store.feed(after.clone(), FRAMES_MAX).await?;
    let mut lines = Lines { next: after, behind: feed.behind, ..Lines::default() };
    let mut bytes = 0;
    let mut frames = feed.frames.iter();
    for frame in &mut frames {
        let before = lines.texts.len();
        lines.unreadable += u64::from(!add(&mut lines.texts, frame, filter, mask));
        bytes += lines.texts[before..].iter().map(String::len).sum::<usize>();
        lines.next.pass(frame);
        if lines.texts.len() >= max.min(LINES_MAX) || bytes >= BYTES_MAX {
            lines.behind += frames.len() as u64;
            return Ok(lines);
        }
    }
    lines.next = feed.next;
    Ok(lines)
}

/// A place behind every other.
const PLACE_MAX: u64 = i64::MAX as u64;

/// The lines between `after` and `end`, which was told once to be behind lines from there: what was
/// stored since is left out.
///
/// # Errors
/// When the store cannot be read.
pub async fn lines_between(
    store: &dyn Feeder,
    filter: &Filter,
    mask: &Mask,
    after: FeedCursor,
    end: &FeedCursor,
) -> Result<Vec<String>, StoreError> {
    let last = |part: &String| end.read.get(part).copied().unwrap_or_default();
    let (mut texts, mut at) = (Vec::new(), after);
    loop {
        // Parts that are read to their end there are passed over. Each turn comes further in one.
        for (part, place) in &mut at.read {
            if *place >= last(part) {
                *place = PLACE_MAX;
            }
        }
        let feed = store.feed(at.clone(), FRAMES_MAX).await?;
        for frame in feed.frames.iter().filter(|frame| frame.place <= last(&frame.part)) {
            add(&mut texts, frame, filter, mask);
        }
        if feed.next == at {
            return Ok(texts);
        }
        at = feed.next;
    }
}

/// Adds the lines of `frame`; false when it cannot be read.
fn add(texts: &mut Vec<String>, frame: &FedFrame, filter: &Filter, mask: &Mask) -> bool {
    if !filter.takes_frame(frame) {
        return true;
    }
    let Ok((receipt, decoded)) = Entry::decode(&frame.entry) else { return false };
    let header = &decoded.frame.header;
    let clock = Clock::new(&receipt, header, frame.received_at_ms);
    let of = Of { frame, receipt: &receipt, header, clock };
    let events = decoded.frame.events.iter().enumerate();
    let passing = events.filter(|(_, event)| filter.takes_event(header, event));
    let line = |(place, event)| of.line(place, event, mask);
    // Strings, numbers and maps with string keys always have a JSON form.
    texts.extend(passing.map(line).map(|line| serde_json::to_string(&line).unwrap_or_default()));
    true
}
