//! Keeps a page that throws in a loop from filling the wire with one and the same error, and
//! any page from sending without end.

use crate::limits::{RATE_EVENTS_MAX, RATE_WINDOW, REPEATS_KNOWN_MAX, REPEATS_MAX};
use dna_protocol::Body;
use dna_protocol::model::Exception;

/// Counts of one page.
#[derive(Debug, Default)]
pub(crate) struct Repeats {
    known: Vec<(u32, u16)>,
    window: u64,
    events: u32,
}

impl Repeats {
    /// Whether an event may be reported.
    pub(crate) fn allow(&mut self, body: &Body, now: u64) -> bool {
        // Who is affected is never worth less than one more timing, and is repeated by nobody.
        if matches!(body, Body::Identity(_)) {
            return true;
        }
        if now.abs_diff(self.window) >= RATE_WINDOW {
            self.window = now;
            self.events = 0;
        }
        let repeats = match body {
            Body::Exception(exception) => self.count(1, exception),
            Body::UnhandledRejection(exception) => self.count(2, exception),
            _ => 0,
        };
        let allowed = repeats < REPEATS_MAX && self.events < RATE_EVENTS_MAX;
        self.events += u32::from(allowed);
        allowed
    }

    /// How often the same exception was seen before. Different ones that come when the table
    /// is full count as new: the window's bound holds for them.
    fn count(&mut self, kind: u32, exception: &Exception) -> u16 {
        let texts = [&exception.r#type.as_deref(), &exception.message.as_deref()];
        let mut hash = texts.iter().fold(kind, |hash, text| fnv(hash, text.unwrap_or_default()));
        hash = fnv(hash, exception.file.as_deref().unwrap_or_default());
        let place = exception.line.unwrap_or(0) << 32 | exception.column.unwrap_or(0);
        hash ^= (place ^ place >> 32) as u32;
        if let Some((_, count)) = self.known.iter_mut().find(|(known, _)| *known == hash) {
            *count = count.saturating_add(1);
            return *count;
        }
        if self.known.len() < REPEATS_KNOWN_MAX {
            self.known.push((hash, 0));
        }
        0
    }
}

/// FNV-1a. A collision only lets one error use up another's share.
fn fnv(hash: u32, text: &str) -> u32 {
    let bytes = text.bytes().chain([0xff]);
    bytes.fold(hash ^ 0x811c_9dc5, |hash, byte| (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193))
}

#[cfg(test)]
mod tests {
    use super::*;
    use dna_protocol::field::Text;
    use dna_protocol::model::ApiCall;

    fn exception(message: &str, line: u64) -> Body {
        Body::Exception(Exception {
            message: Some(Text::cut(message)),
            line: Some(line),
            ..Exception::default()
        })
    }

    #[test]
    fn one_error_is_limited_and_others_are_not() {
        let mut repeats = Repeats::default();
        let allowed = (0..300).filter(|_| repeats.allow(&exception("a", 1), 0)).count();
        assert_eq!(allowed, usize::from(REPEATS_MAX));
        assert!(repeats.allow(&exception("b", 1), 0));
        assert!(repeats.allow(&exception("a", 2), 0));
        let rejection = Body::UnhandledRejection(Exception::default());
        assert!(repeats.allow(&rejection, 0));
    }

    #[test]
    fn a_window_is_limited_and_the_next_one_is_new() {
        let mut repeats = Repeats::default();
        let call = Body::ApiCall(ApiCall::default());
        let allowed = (0..2_000).filter(|_| repeats.allow(&call, 5)).count();
        assert_eq!(allowed, RATE_EVENTS_MAX as usize);
        assert!(repeats.allow(&Body::Identity(Default::default()), 5));
        assert!(repeats.allow(&call, RATE_WINDOW + 5));
    }
}
