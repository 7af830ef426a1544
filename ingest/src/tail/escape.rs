//! Text from the wire, made harmless for a terminal.

use std::fmt::{self, Display, Write};

/// Shows a text with its control characters escaped, so that it can neither move the cursor,
/// nor change colours or the title, nor break a line, nor turn the reading direction round.
pub(super) struct Escaped<'a>(pub(super) &'a str);

impl Display for Escaped<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for c in self.0.chars() {
            match c {
                '\n' => f.write_str("\\n")?,
                '\r' => f.write_str("\\r")?,
                '\t' => f.write_str("\\t")?,
                c if c.is_control() || is_invisible(c) => write!(f, "{}", c.escape_unicode())?,
                c => f.write_char(c)?,
            }
        }
        Ok(())
    }
}

/// The same for JSON, which escapes only what is below U+0020 by itself. Outside its texts JSON
/// has none of these characters, so the escapes stand where they mean the character.
pub(super) struct EscapedJson<'a>(pub(super) &'a str);

impl Display for EscapedJson<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for c in self.0.chars() {
            if c.is_control() || is_invisible(c) {
                for unit in c.encode_utf16(&mut [0; 2]) {
                    write!(f, "\\u{unit:04x}")?;
                }
            } else {
                f.write_char(c)?;
            }
        }
        Ok(())
    }
}

/// Direction marks and overrides, line separators, what takes no room, and tags.
fn is_invisible(c: char) -> bool {
    matches!(
        c,
        '\u{61c}'
            | '\u{200b}'..='\u{200f}'
            | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{2069}'
            | '\u{feff}'
            | '\u{e0000}'..='\u{e007f}'
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_reaches_the_terminal_as_a_control() {
        let hostile = "a\u{1b}[31mb\u{9b}2Jc\u{7}\nd\u{202e}e\u{0}";
        let shown = Escaped(hostile).to_string();
        assert_eq!(shown, "a\\u{1b}[31mb\\u{9b}2Jc\\u{7}\\nd\\u{202e}e\\u{0}");
        assert!(!shown.chars().any(char::is_control));
        assert_eq!(Escaped("余额 – 1 €").to_string(), "余额 – 1 €");
    }

    #[test]
    fn json_means_the_same_escaped() {
        let hostile = "a\u{1b}[31m\u{7f}\u{9b}2J\u{85}\u{2028}\u{202e}\u{e0041} 余额\n";
        let json = serde_json::Value::from(hostile).to_string();
        let shown = EscapedJson(&json).to_string();
        assert!(!shown.chars().any(|c| c.is_control() || is_invisible(c)), "{shown}");
        let read: String = serde_json::from_str(&shown).expect("still JSON");
        assert_eq!(read, hostile);
    }
}
