//! Which built scripts a stack goes through (ECMA-426 debug ids), so that their source maps are
//! found whatever the files are called by then.
//!
//! A snippet in each built script notes, while the script runs, the stack it stands in and the
//! script's identifier; what `ingest sourcemaps inject` writes.

use dna_protocol::limits::ATTRIBUTE_NAME_MAX;
use dna_protocol::privacy::clean_address;

/// Address and identifier of the script that has noted the stack `note`, if `stack` goes through
/// it. Of an address that is too long for an attribute's name it is the end.
#[must_use]
pub fn noted(stack: &str, note: &str, id: &str) -> Option<(String, String)> {
    let script = script(note)?;
    let frame = |window: &[u8]| window.starts_with(script.as_bytes()) && window.ends_with(b":");
    if !stack.as_bytes().windows(script.len() + 1).any(frame) {
        return None;
    }
    let address = clean_address(script);
    let mut from = address.len().saturating_sub(ATTRIBUTE_NAME_MAX);
    while !address.is_char_boundary(from) {
        from += 1;
    }
    Some((address[from..].to_owned(), identifier(id)?))
}

/// The address in the first frame of a stack that has one. Bytes are looked at, because the
/// standard library's searching would be a tenth of the Wasm.
fn script(stack: &str) -> Option<&str> {
    let bytes = stack.as_bytes();
    let middle = bytes.windows(3).position(|window| window == b"://")?;
    let end = bytes[middle..].iter().position(|byte| *byte <= b' ' || *byte == b')');
    let text = &bytes[..end.map_or(bytes.len(), |length| middle + length)];
    let start = text[..middle].iter().rposition(|byte| !byte.is_ascii_alphanumeric());
    let colon = |text: &[u8]| text.iter().rposition(|byte| *byte == b':');
    let line = colon(&text[..colon(text)?])?;
    // Without a place it is no frame; the colons of the address itself are none.
    if line <= middle + 3 {
        return None;
    }
    stack.get(start.map_or(0, |at| at + 1)..line)
}

/// 32 hex digits, with which nothing else can be said; hyphens between them are left out.
fn identifier(id: &str) -> Option<String> {
    let mut digits = String::new();
    for byte in id.bytes() {
        match byte {
            b'-' => {}
            _ if byte.is_ascii_hexdigit() => digits.push(char::from(byte)),
            _ => return None,
        }
    }
    (digits.len() == 32).then_some(digits)
}

#[cfg(test)]
mod tests {
    use super::*;

    const ID: &str = "0123ABCD-0123-4567-89ab-0123456789ab";
    const STACK: &str =
        "TypeError: x\n    at f (https://bank/app.js:1:20)\n    at https://bank/lib.js?v=1:3:4";

    #[test]
    fn scripts_of_the_stack_are_found_as_each_engine_notes_them() {
        let id = "0123ABCD0123456789ab0123456789ab".to_owned();
        for note in [
            "Error\n    at https://bank/app.js:1:90\n    at https://bank/other.js:1:1",
            "Error\n    at Object.<anonymous> (https://bank/app.js:1:90)",
            "@https://bank/app.js:1:90\n",
            "global code@https://bank/app.js:1:90",
        ] {
            let expected = Some(("https://bank/app.js".to_owned(), id.clone()));
            assert_eq!(noted(STACK, note, ID), expected, "{note}");
        }
        let (name, _) = noted(STACK, "@https://bank/lib.js?v=1:1:1", ID).expect("it is there");
        assert_eq!(name, "https://bank/lib.js");
    }

    #[test]
    fn other_scripts_and_what_is_no_identifier_are_not() {
        for (note, id) in [
            ("@https://bank/app:1:1", ID),
            ("@https://bank/app.js.map:1:1", ID),
            ("@https://bank/app.js", ID),
            ("Error", ID),
            ("", ID),
            ("@https://bank/app.js:1:1", "the customer's name"),
            ("@https://bank/app.js:1:1", &ID[..35]),
            ("@https://bank/app.js:1:1", "é123ABCD-0123-4567-89ab-0123456789ab"),
        ] {
            assert_eq!(noted(STACK, note, id), None, "{note} {id}");
        }
    }

    #[test]
    fn a_long_address_is_told_by_its_end() {
        let address = format!("https://bank/{}é.js", "long/".repeat(40));
        let note = format!("@{address}:1:1");
        let (name, _) = noted(&note, &note, ID).expect("it is there");
        assert!(name.len() <= ATTRIBUTE_NAME_MAX && address.ends_with(&name), "{name}");
    }
}
