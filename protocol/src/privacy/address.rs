//! The content of addresses: query, fragment, user information, and what data and script URLs
//! hold.

use super::copy::Copy;

/// Digits that a line or column has at most.
const POSITION_DIGITS_MAX: usize = 7;

/// `text` without the content of its addresses: of those that a `prose` quotes, or of the one
/// that it is.
pub(super) fn without_content(text: &str, prose: bool) -> String {
    let mut scan = Scan {
        copy: Copy::of(text),
        prose,
        slash: false,
        equals: 0,
        open: Open::default(),
        root: false,
        authority: None,
    };
    let mut at = 0;
    while at < scan.copy.len() {
        at = scan.step(at);
    }
    scan.copy.finish()
}

const BRACKETS: [(u8, u8); 3] = [(b'(', b')'), (b'[', b']'), (b'<', b'>')];

/// How many brackets of each kind are open.
type Open = [usize; BRACKETS.len()];

struct Scan<'a> {
    copy: Copy<'a>,
    prose: bool,
    /// The word has a `/` so far.
    slash: bool,
    /// Where the next `=` of the word is, or its end: looked for once, not at each `?`.
    equals: usize,
    open: Open,
    /// The byte before was a `/` that a host may follow with another (RFC 3986, section 3.2).
    root: bool,
    /// Where in what comes out the address's authority began, and what was open there.
    authority: Option<(usize, Open)>,
}

impl Scan<'_> {
    /// Looks at the byte at `at`; returns the next place to look at.
    fn step(&mut self, at: usize) -> usize {
        if let Some((kept, end)) = self.content(at) {
            // A media type was kept, which has a `/`.
            self.slash |= self.copy.byte(kept - 1) != b':';
            self.copy.replace(kept, end, "");
            return end;
        }
        let byte = self.copy.byte(at);
        let before = self.copy.before(at);
        if self.ends_word(before, at) {
            (self.slash, self.authority) = (false, None);
        }
        let root = std::mem::take(&mut self.root);
        match byte {
            b'/' => {
                self.slash = true;
                self.root =
                    matches!(before, b':' | 0 | b'(' | b'[' | b'<') || is_space_or_quote(before);
                self.authority = root.then(|| (self.copy.place_of(at + 1), self.open));
            }
            b'@' => {
                if let Some((start, open)) = self.authority {
                    self.copy.take_back(start, at + 1);
                    self.open = open;
                }
            }
            b'?' | b'#' if self.slash || !self.prose || self.has_equals(at) => {
                let end = self.query_end(at + 1);
                // A `?` with nothing behind it only asks.
                if end > at + 1 || !self.prose {
                    self.copy.replace(at, self.position(at, end), "");
                    return end;
                }
            }
            // The next line of a stack has nothing to do with a bracket that was left open.
            b'\n' => self.open = Open::default(),
            // `a < b` opens nothing.
            b'<' if !may_begin(self.copy.byte(at + 1)) => {}
            _ => {
                let open = self.open;
                count(&mut self.open, byte);
                if closes(open, self.open) && self.prose {
                    self.authority = None;
                }
            }
        }
        at + 1
    }

    /// The content of a data or script URL that begins at `at`: from where to where.
    fn content(&self, at: usize) -> Option<(usize, usize)> {
        let before = self.copy.before(at);
        // `metadata:` and `form-data:` are words.
        if before.is_ascii_alphabetic() || matches!(before, b'-' | b'_' | b'.') {
            return None;
        }
        let is = |name: &[u8]| {
            name.iter().zip(at..).all(|(byte, place)| self.copy.byte(place) | 32 == *byte)
        };
        let mut kept = at;
        if is(b"javascript") {
            kept += 10;
        } else if is(b"data") {
            kept += 4;
        }
        if kept == at || self.copy.byte(kept) != b':' {
            return None;
        }
        kept += 1;
        let end = self.query_end(kept);
        if kept == at + 5 {
            // A data URL keeps its media type (RFC 2397).
            let mut place = kept;
            let mut slash = false;
            while is_media_type(self.copy.byte(place)) {
                slash |= self.copy.byte(place) == b'/';
                place += 1;
            }
            if slash && place <= end {
                kept = place;
            }
        }
        (kept < end).then_some((kept, end))
    }

    /// Where the query ends that begins at `at`.
    fn query_end(&self, mut at: usize) -> usize {
        let mut open = self.open;
        while at < self.copy.len() && self.prose {
            let byte = self.copy.byte(at);
            if is_space_or_quote(byte) {
                break;
            }
            count(&mut open, byte);
            if closes(self.open, open) {
                break;
            }
            at += 1;
        }
        if self.prose { at } else { self.copy.len() }
    }

    /// Whether a `=` follows in the word.
    fn has_equals(&mut self, at: usize) -> bool {
        if self.equals <= at {
            self.equals = at + 1;
            while self.equals < self.copy.len()
                && self.copy.byte(self.equals) != b'='
                && !self.ends_word(self.copy.byte(self.equals - 1), self.equals)
            {
                self.equals += 1;
            }
        }
        self.copy.byte(self.equals) == b'='
    }

    /// Whether `at`, behind the byte `before`, is the end of a word. The space in a number is
    /// none: it is gone when the number is masked.
    fn ends_word(&self, before: u8, at: usize) -> bool {
        let byte = self.copy.byte(at);
        let in_number =
            byte == b' ' && before.is_ascii_digit() && self.copy.byte(at + 1).is_ascii_digit();
        self.prose && is_space_or_quote(byte) && !in_number
    }

    /// Where the `:line:column` at the end of a query begins; its end when there is none.
    fn position(&self, from: usize, end: usize) -> usize {
        let mut at = end;
        for _ in 0..2 {
            let mut digits = 0;
            while at > from && self.copy.byte(at - 1).is_ascii_digit() {
                at -= 1;
                digits += 1;
            }
            if digits == 0 || digits > POSITION_DIGITS_MAX || self.copy.byte(at - 1) != b':' {
                return end;
            }
            at -= 1;
        }
        if self.prose { at } else { end }
    }
}

/// Counts `byte` if it is a bracket. One that closes nothing is none.
fn count(open: &mut Open, byte: u8) {
    for (open, (opening, closing)) in open.iter_mut().zip(BRACKETS) {
        if byte == opening {
            *open += 1;
        } else if byte == closing {
            *open = open.saturating_sub(1);
        }
    }
}

/// Whether a bracket was closed.
fn closes(before: Open, now: Open) -> bool {
    before.iter().zip(now).any(|(before, now)| now < *before)
}

/// What an address begins with, or an e-mail address or a number, and the marker of one.
fn may_begin(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'/' | b'{' | b'.' | b'_' | b'+' | b'-')
}

fn is_space_or_quote(byte: u8) -> bool {
    byte.is_ascii_whitespace() || matches!(byte, 0x0b | b'"' | b'\'' | b'`')
}

/// Without digits, which might belong to a number: `video/mp` says enough.
fn is_media_type(byte: u8) -> bool {
    byte.is_ascii_alphabetic() || matches!(byte, b'/' | b'+' | b'-' | b'.')
}
