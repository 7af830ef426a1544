//! Which built scripts a stack goes through (ECMA-426 debug ids), so that their source maps are
//! found whatever the files are called by then. `js-wrapper/src/thrown.js` finds them.

use dna_protocol::limits::ATTRIBUTE_NAME_MAX;
use dna_protocol::privacy::clean_address;

/// The name by which a script's identifier is told: its address, or of one that is too long for an
/// attribute's name the end.
#[must_use]
pub fn name(script: &str) -> String {
    let mut name = clean_address(script);
    let mut from = name.len().saturating_sub(ATTRIBUTE_NAME_MAX);
    while !name.is_char_boundary(from) {
        from += 1;
    }
    name.split_off(from)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_script_is_told_by_its_address() {
        assert_eq!(name("https://bank/lib.js?v=1"), "https://bank/lib.js");
    }

    #[test]
    fn a_long_address_is_told_by_its_end() {
        let address = format!("https://bank/{}é.js", "long/".repeat(40));
        let name = name(&address);
        assert!(name.len() <= ATTRIBUTE_NAME_MAX && address.ends_with(&name), "{name}");
    }
}
