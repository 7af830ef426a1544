//! Keyed pseudonyms of user IDs: HMAC-SHA-256 (RFC 2104, FIPS 180-4).
//!
//! The application's name is part of what is hashed, so the same ID in two applications has two
//! pseudonyms, and what departments may not join, they cannot.

use crate::config::PseudonymKey;
use dna_protocol::field::Verbatim;
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

/// Makes pseudonyms with one key.
#[derive(Clone)]
pub struct Pseudonyms {
    /// The HMAC with the key mixed in, cloned for each use.
    keyed: Hmac<Sha256>,
}

impl std::fmt::Debug for Pseudonyms {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Pseudonyms")
    }
}

impl Pseudonyms {
    /// Pseudonyms under `key`.
    #[must_use]
    pub fn new(key: &PseudonymKey) -> Self {
        let keyed = Hmac::new_from_slice(key.bytes()).expect("HMAC takes keys of any length");
        Self { keyed }
    }

    /// The pseudonym of `user_id` in `app`: 64 lower-case hex digits of
    /// HMAC-SHA-256(key, app ‖ 0x00 ‖ user_id). A name holds no zero byte, so no two pairs are
    /// hashed as the same bytes.
    #[must_use]
    pub fn of(&self, app: &str, user_id: &str) -> Verbatim<128> {
        let mut mac = self.keyed.clone();
        mac.update(app.as_bytes());
        mac.update(&[0]);
        mac.update(user_id.as_bytes());
        let digest = mac.finalize().into_bytes();
        let mut hex = String::with_capacity(2 * digest.len());
        for byte in digest {
            for digit in [byte >> 4, byte & 0xf] {
                hex.push(char::from_digit(u32::from(digit), 16).unwrap_or_default());
            }
        }
        Verbatim::cut(hex)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_pseudonym_is_the_documented_one() {
        let key =
            PseudonymKey::parse(&"00112233445566778899aabbccddeeff".repeat(2)).expect("a key");
        let pseudonyms = Pseudonyms::new(&key);
        // printf 'bank\0customer-4711' | openssl dgst -sha256 -mac HMAC -macopt hexkey:…
        let expected = "2685dd331a15525b2c1a18c44a6822bac536264a0f3766f4aef7d3aa91f85588";
        assert_eq!(&*pseudonyms.of("bank", "customer-4711"), expected);
        assert_ne!(&*pseudonyms.of("other", "customer-4711"), expected);
    }
}
