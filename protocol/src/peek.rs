//! Whose frame it is, without reading all of it: for a server that has too much to do.

use crate::cbor::{Reader, SELF_DESCRIBED};

/// Bytes that are looked at: a writer that knows of this puts the key first, and who does not is
/// read as ever.
const PEEK_BYTES_MAX: usize = 2048;

/// Key of `app_key` in the CBOR form.
const APP_KEY: u64 = 1;

/// The application's key of a frame of either form. `None` when it is not found soon, which says
/// nothing of the frame.
#[must_use]
pub fn app_key(frame: &[u8]) -> Option<&str> {
    let head = frame.get(..PEEK_BYTES_MAX).unwrap_or(frame);
    let mut json = Json { input: head, at: 0 };
    json.space();
    if json.is(b'{') { json.app_key() } else { in_cbor(frame) }
}

fn in_cbor(frame: &[u8]) -> Option<&str> {
    let mut reader = Reader::new(frame);
    reader.tag().ok()?.filter(|tag| *tag == SELF_DESCRIBED)?;
    for _ in 0..reader.map().ok()? {
        if reader.position() > PEEK_BYTES_MAX {
            return None;
        }
        if reader.key().ok()? == Some(APP_KEY) {
            return reader.text(usize::MAX).ok();
        }
        reader.skip().ok()?;
    }
    None
}

/// As much of JSON as tells members of an object apart.
struct Json<'a> {
    input: &'a [u8],
    at: usize,
}

impl<'a> Json<'a> {
    fn app_key(&mut self) -> Option<&'a str> {
        loop {
            // `{` or `,`.
            self.at += 1;
            self.space();
            let name = self.text()?;
            self.space();
            if !self.is(b':') {
                return None;
            }
            self.at += 1;
            self.space();
            if name == b"app_key" {
                return std::str::from_utf8(self.text()?).ok();
            }
            self.value()?;
            self.space();
            if !self.is(b',') {
                return None;
            }
        }
    }

    fn is(&self, byte: u8) -> bool {
        self.input.get(self.at) == Some(&byte)
    }

    fn space(&mut self) {
        while self.input.get(self.at).is_some_and(|byte| b" \t\r\n".contains(byte)) {
            self.at += 1;
        }
    }

    /// The text at hand as it is written. One with an escape is not what we look for.
    fn text(&mut self) -> Option<&'a [u8]> {
        let from = self.at + 1;
        self.pass_text()?;
        let text = self.input.get(from..self.at - 1)?;
        (!text.contains(&b'\\')).then_some(text)
    }

    fn pass_text(&mut self) -> Option<()> {
        if !self.is(b'"') {
            return None;
        }
        loop {
            self.at += 1;
            match self.input.get(self.at)? {
                b'"' => break,
                b'\\' => self.at += 1,
                _ => {}
            }
        }
        self.at += 1;
        Some(())
    }

    /// Passes the value at hand, to what ends its member.
    fn value(&mut self) -> Option<()> {
        let mut depth = 0_u32;
        loop {
            match self.input.get(self.at)? {
                b'"' => {
                    self.pass_text()?;
                    continue;
                }
                b'{' | b'[' => depth += 1,
                b'}' | b']' | b',' if depth == 0 => return Some(()),
                b'}' | b']' => depth -= 1,
                _ => {}
            }
            self.at += 1;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::app_key;
    use proptest::prelude::*;

    #[test]
    fn the_key_is_found_in_the_outer_object_only() {
        for json in [
            r#"{"app_key":"k"}"#,
            " {\r\n\t\"id\" : \"a\\\"b\" , \"x\":[{\"app_key\":\"no\"},\"]\"], \"app_key\" : \"k\"",
            r#"{"sequence":1,"app_key":"k","events":["#,
        ] {
            assert_eq!(app_key(json.as_bytes()), Some("k"), "{json}");
        }
        for json in [
            "",
            "{",
            r#"{"app_key":1}"#,
            r#"{"app_key":"k\u0041"}"#,
            r#"{"app_key""#,
            r#"{"a":{"app_key":"no"}}"#,
            r#"["app_key","no"]"#,
        ] {
            assert_eq!(app_key(json.as_bytes()), None, "{json}");
        }
        let late = format!(r#"{{"a":"{}","app_key":"k"}}"#, "x".repeat(4000));
        assert_eq!(app_key(late.as_bytes()), None, "so much is not read");
    }

    proptest! {
        #[test]
        fn nothing_panics(bytes in prop_oneof![
            any::<Vec<u8>>(),
            "\\{(\"app_key\"|\"a\\\\?\"|[:,{}\\[\\]\" 1]){0,20}".prop_map(String::into_bytes),
            any::<Vec<u8>>().prop_map(|tail| [&[0xd9, 0xd9, 0xf7, 0xa2][..], &tail].concat()),
        ]) {
            let _ = app_key(&bytes);
        }
    }
}
