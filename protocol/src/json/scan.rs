//! A text of JSON (RFC 8259), read once from its beginning to its end, without a tree in memory.
//!
//! By hand, because a body is read for every request: serde_json's reader passes over each value
//! once to find its end and once more to read it, each time by way of a visitor, and so cost three
//! times as much. It still says what is wrong with a text that cannot be read.

use std::borrow::Cow;

/// Why reading stopped.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Stop {
    /// The text is no JSON, or its reader expects another value there.
    Malformed,
    /// Its reader has seen enough.
    Enough,
}

/// What a reader does with a member or an item.
pub(super) type Step = Result<(), Stop>;

/// A place in a text of JSON.
pub(super) struct Scan<'a> {
    text: &'a str,
    at: usize,
}

/// Reads all of `text` by `read`, behind which only white space may follow.
pub(super) fn whole<'a>(text: &'a str, read: impl FnOnce(&mut Scan<'a>) -> Step) -> Step {
    let mut scan = Scan { text, at: 0 };
    read(&mut scan)?;
    scan.space();
    if scan.at == text.len() { Ok(()) } else { Err(Stop::Malformed) }
}

impl<'a> Scan<'a> {
    /// The next value as it stands, well-formed.
    pub(super) fn value(&mut self) -> Result<&'a str, Stop> {
        self.space();
        let from = self.at;
        self.skip()?;
        self.text.get(from..self.at).ok_or(Stop::Malformed)
    }

    /// Passes over the next value.
    pub(super) fn pass(&mut self) -> Step {
        self.space();
        self.skip()
    }

    /// Whether the next value begins with `byte`.
    pub(super) fn opens_with(&mut self, byte: u8) -> bool {
        self.space();
        self.byte() == byte
    }

    /// Reads an object: `each` reads the value of the member that it is given the name of.
    pub(super) fn members(&mut self, mut each: impl FnMut(&mut Self, &str) -> Step) -> Step {
        self.pairs(|scan, raw, is_plain| match raw.get(1..raw.len() - 1) {
            Some(name) if is_plain => each(scan, name),
            _ => each(scan, &unescaped(raw).ok_or(Stop::Malformed)?),
        })
    }

    /// Reads an array: `each` reads an item.
    pub(super) fn items(&mut self, mut each: impl FnMut(&mut Self) -> Step) -> Step {
        self.list(b'[', b']', |scan| each(scan))
    }

    /// The same with names as they stand, quotes included, and whether one is without escapes.
    fn pairs(&mut self, mut each: impl FnMut(&mut Self, &'a str, bool) -> Step) -> Step {
        self.list(b'{', b'}', |scan| {
            let from = scan.at;
            let is_plain = scan.string()?;
            let name = scan.text.get(from..scan.at).ok_or(Stop::Malformed)?;
            scan.space();
            scan.take(b':')?;
            each(scan, name, is_plain)
        })
    }

    /// What stands between two brackets, separated by commas.
    fn list(&mut self, open: u8, close: u8, mut each: impl FnMut(&mut Self) -> Step) -> Step {
        self.space();
        self.take(open)?;
        self.space();
        if self.byte() == close {
            return self.take(close);
        }
        loop {
            self.space();
            each(self)?;
            self.space();
            if self.byte() != b',' {
                return self.take(close);
            }
            self.at += 1;
        }
    }

    /// Passes over the value that begins here. How deep values are nested was judged before.
    fn skip(&mut self) -> Step {
        match self.byte() {
            b'"' => self.string().map(drop),
            b'-' | b'0'..=b'9' => self.number(),
            b'{' => self.pairs(|scan, _, _| scan.pass()),
            b'[' => self.items(Self::pass),
            b't' => self.word("true"),
            b'f' => self.word("false"),
            b'n' => self.word("null"),
            _ => Err(Stop::Malformed),
        }
    }

    /// Passes over a text; whether it is without escapes.
    fn string(&mut self) -> Result<bool, Stop> {
        self.take(b'"')?;
        let mut is_plain = true;
        loop {
            self.at = plain_end(self.text.as_bytes(), self.at);
            match self.byte() {
                b'"' => return self.take(b'"').map(|()| is_plain),
                b'\\' => {
                    is_plain = false;
                    self.escape()?;
                }
                // A control character, or the end.
                _ => return Err(Stop::Malformed),
            }
        }
    }

    fn escape(&mut self) -> Step {
        self.at += 1;
        let kind = self.byte();
        self.at += 1;
        match kind {
            b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't' => Ok(()),
            b'u' => {
                let digits = self.text.as_bytes().get(self.at..self.at + 4);
                self.at += 4;
                let are_hex = digits.is_some_and(|four| four.iter().all(u8::is_ascii_hexdigit));
                if are_hex { Ok(()) } else { Err(Stop::Malformed) }
            }
            _ => Err(Stop::Malformed),
        }
    }

    fn number(&mut self) -> Step {
        if self.byte() == b'-' {
            self.at += 1;
        }
        if self.byte() == b'0' {
            self.at += 1;
        } else {
            self.digits()?;
        }
        if self.byte() == b'.' {
            self.at += 1;
            self.digits()?;
        }
        if self.byte() | 32 == b'e' {
            self.at += 1;
            if matches!(self.byte(), b'+' | b'-') {
                self.at += 1;
            }
            self.digits()?;
        }
        Ok(())
    }

    /// One digit or more.
    fn digits(&mut self) -> Step {
        let from = self.at;
        while self.byte().is_ascii_digit() {
            self.at += 1;
        }
        if self.at > from { Ok(()) } else { Err(Stop::Malformed) }
    }

    fn word(&mut self, word: &str) -> Step {
        let end = self.at + word.len();
        let is_there = self.text.as_bytes().get(self.at..end) == Some(word.as_bytes());
        self.at = end;
        if is_there { Ok(()) } else { Err(Stop::Malformed) }
    }

    fn take(&mut self, byte: u8) -> Step {
        if self.byte() != byte {
            return Err(Stop::Malformed);
        }
        self.at += 1;
        Ok(())
    }

    /// The byte here; 0, which stands nowhere in JSON, behind the end.
    fn byte(&self) -> u8 {
        self.text.as_bytes().get(self.at).copied().unwrap_or(0)
    }

    fn space(&mut self) {
        while matches!(self.byte(), b' ' | b'\n' | b'\t' | b'\r') {
            self.at += 1;
        }
    }
}

/// The characters of a text as it stands, quotes included; `None` when an escape stands for none.
pub(super) fn unescaped(raw: &str) -> Option<Cow<'_, str>> {
    let inside = raw.strip_prefix('"')?.strip_suffix('"')?;
    // Most are too short for a quicker search to be one.
    if inside.bytes().all(|byte| byte != b'\\') {
        return Some(Cow::Borrowed(inside));
    }
    serde_json::from_str(raw).ok().map(Cow::Owned)
}

/// The first place from `at` on where a quote, a backslash or a control character stands, or the
/// end. Eight bytes at a time.
fn plain_end(bytes: &[u8], mut at: usize) -> usize {
    const ONES: u64 = u64::MAX / 255;
    const HIGHS: u64 = ONES << 7;
    // The highest bit of each byte that is below `least`; above the first such byte, borrowing may
    // set more.
    let below = |word: u64, least: u64| word.wrapping_sub(ONES * least) & !word & HIGHS;
    let is = |word: u64, byte: u8| below(word ^ (ONES * u64::from(byte)), 1);
    while let Some(eight) = bytes.get(at..).and_then(<[u8]>::first_chunk::<8>) {
        let word = u64::from_le_bytes(*eight);
        let found = below(word, 0x20) | is(word, b'"') | is(word, b'\\');
        if found != 0 {
            return at + found.trailing_zeros() as usize / 8;
        }
        at += 8;
    }
    let rest = bytes.get(at..).unwrap_or_default();
    let ends = |byte: &u8| matches!(byte, b'"' | b'\\' | 0..0x20);
    at + rest.iter().position(ends).unwrap_or(rest.len())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use serde::de::IgnoredAny;

    fn is_json(text: &str) -> bool {
        whole(text, Scan::pass).is_ok()
    }

    #[track_caller]
    fn agrees(text: &str) {
        let theirs = serde_json::from_str::<IgnoredAny>(text).is_ok();
        assert_eq!(is_json(text), theirs, "{text:?}");
    }

    #[test]
    fn what_json_is_and_what_not() {
        for text in [
            "0",
            "-0",
            "01",
            "-",
            "1.",
            "1.5",
            ".5",
            "1e",
            "1e5",
            "1E+05",
            "1e-",
            "+1",
            "1 2",
            "",
            " ",
            "true",
            "tru",
            "truex",
            "nul",
            "null",
            "\"",
            "\"a",
            "\"\\\"",
            "\"\\\"\"",
            "\"\\x\"",
            "\"\\u12\"",
            "\"\\u12g4\"",
            "\"\\ud800\"",
            "\"\u{1}\"",
            "\"\u{7f}é\"",
            "[",
            "[]",
            "[,]",
            "[1,]",
            "[1 2]",
            "{",
            "{}",
            "{\"a\"}",
            "{\"a\":}",
            "{\"a\":1,}",
            "{a:1}",
            "{1:1}",
            "\u{a0}1",
            "{\"a\" : [ 1 , { } ] }\r\n\t",
            "\"12345678\\",
            "\"1234567\u{1f}8\"",
        ] {
            agrees(text);
        }
    }

    proptest! {
        #[test]
        fn it_agrees_with_serde_json(text in "[\\[\\]{}\",:\\\\ a-u0-9.eE+\\-\n\u{1}é]{0,24}") {
            agrees(&text);
        }

        #[test]
        fn well_formed_texts_are_read_and_broken_ones_not(
            value in proptest::collection::vec((".{0,20}", any::<f64>(), any::<bool>()), 0..5),
            cut in any::<proptest::sample::Index>(),
        ) {
            let text = serde_json::to_string(&value).expect("lists of texts and numbers");
            prop_assert!(is_json(&text));
            let cut = cut.index(text.len());
            agrees(text.get(..cut).unwrap_or_default());
        }

        #[test]
        fn a_text_is_what_serde_json_reads(text in "\\PC*") {
            let raw = serde_json::to_string(&text).expect("a text");
            prop_assert_eq!(unescaped(&raw), Some(Cow::Borrowed(&*text)));
        }
    }
}
