//! What is told of a user's identifier: the bank's own as it is, for ingest to make a pseudonym of; one
//! that others know the person by never (docs/decisions/0030).

use dna_protocol::privacy::is_personal;
use sha2::{Digest, Sha256};
use std::borrow::Cow;

/// The identifier, or `sha256:` and 64 hex digits of what is personal. An openid cannot be found from
/// that; a number can, by who tries them all, so ingest makes a pseudonym of this too.
pub(super) fn told(id: &str) -> Cow<'_, str> {
    const HEX: &[u8; 16] = b"0123456789abcdef";
    if !is_personal(id) {
        return Cow::Borrowed(id);
    }
    let mut told = "sha256:".to_owned();
    for byte in Sha256::digest(id.as_bytes()) {
        for digit in [byte >> 4, byte & 15] {
            told.push(char::from(HEX[usize::from(digit)]));
        }
    }
    Cow::Owned(told)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_banks_own_is_told_and_what_others_know_is_hashed() {
        for id in ["20260012345", "C-7", "no digits", "sha256:ab"] {
            assert_eq!(told(id), id);
        }
        // printf %s 13800138000 | sha256sum
        let phone = "sha256:a6942f9771d67f34034d2f1926988ed3fad3bf1b4e7cedb9a31f31398dea43bc";
        assert_eq!(told("13800138000"), phone);
        for id in ["wxo6zAJs5tGhK_LQz1xF4pPq0wErTy", "openid%3Do6zAJs5tGhK_LQz1xF4pPq0wErTy"] {
            assert!(told(id).starts_with("sha256:"), "{id}");
        }
        let openid = told("o6zAJs5tGhK_LQz1xF4pPq0wErTy");
        assert_eq!(told(&openid), openid, "a second time");
    }
}
