//! Keyed pseudonyms of user IDs: HMAC (RFC 2104) with SHA-256 (FIPS 180-4) or, where the law asks
//! for national algorithms, SM3 (GB/T 32905).
//!
//! The application's name is part of what is hashed, so the same ID in two applications has two
//! pseudonyms, and what departments may not join, they cannot.

use crate::pseudonym_key::{Algorithm, PseudonymKey};
use dna_protocol::field::Verbatim;
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use sm3::Sm3;

/// Makes pseudonyms with one key: the HMAC with the key mixed in, cloned for each use.
#[derive(Clone)]
pub struct Pseudonyms(Keyed);

#[derive(Clone)]
enum Keyed {
    Sha256(Hmac<Sha256>),
    Sm3(Hmac<Sm3>),
}

impl std::fmt::Debug for Pseudonyms {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Pseudonyms")
    }
}

impl Pseudonyms {
    /// Pseudonyms under `key`.
    #[must_use]
    pub fn new(key: &PseudonymKey, algorithm: Algorithm) -> Self {
        const ANY: &str = "HMAC takes keys of any length";
        Self(match algorithm {
            Algorithm::HmacSha256 => Keyed::Sha256(Hmac::new_from_slice(key.bytes()).expect(ANY)),
            Algorithm::HmacSm3 => Keyed::Sm3(Hmac::new_from_slice(key.bytes()).expect(ANY)),
        })
    }

    /// The pseudonym of `user_id` in `app`: 64 lower-case hex digits of
    /// HMAC(key, app ‖ 0x00 ‖ user_id). A name holds no zero byte, so no two pairs are hashed as the
    /// same bytes.
    #[must_use]
    pub fn of(&self, app: &str, user_id: &str) -> Verbatim<128> {
        let parts = [app.as_bytes(), &[0], user_id.as_bytes()];
        match &self.0 {
            Keyed::Sha256(keyed) => hex(&digest(keyed.clone(), &parts)),
            Keyed::Sm3(keyed) => hex(&digest(keyed.clone(), &parts)),
        }
    }
}

fn digest(mut mac: impl Mac, parts: &[&[u8]]) -> Vec<u8> {
    for part in parts {
        mac.update(part);
    }
    mac.finalize().into_bytes().to_vec()
}

fn hex(digest: &[u8]) -> Verbatim<128> {
    let mut hex = String::with_capacity(2 * digest.len());
    for byte in digest {
        for digit in [byte >> 4, byte & 0xf] {
            hex.push(char::from_digit(u32::from(digit), 16).unwrap_or_default());
        }
    }
    Verbatim::cut(hex)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_pseudonym_is_the_documented_one() {
        let key =
            PseudonymKey::parse(&"00112233445566778899aabbccddeeff".repeat(2)).expect("a key");
        let pseudonyms = Pseudonyms::new(&key, Algorithm::HmacSha256);
        // printf 'bank\0customer-4711' | openssl dgst -sha256 -mac HMAC -macopt hexkey:…
        let expected = "2685dd331a15525b2c1a18c44a6822bac536264a0f3766f4aef7d3aa91f85588";
        assert_eq!(&*pseudonyms.of("bank", "customer-4711"), expected);
        assert_ne!(&*pseudonyms.of("other", "customer-4711"), expected);
    }
    /// The first example of GB/T 32905-2016, appendix A; and the HMAC over it, of RFC 2104.
    #[test]
    fn sm3_is_the_national_one() {
        use sha2::Digest;
        let digest = hex(&Sm3::digest(b"abc"));
        assert_eq!(&*digest, "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0");
        let key =
            PseudonymKey::parse(&"00112233445566778899aabbccddeeff".repeat(2)).expect("a key");
        let pseudonyms = Pseudonyms::new(&key, Algorithm::HmacSm3);
        // printf 'bank\0customer-4711' | openssl dgst -sm3 -mac HMAC -macopt hexkey:…
        let expected = "b6bd8e771670240c36e5a5535e7ef1af3fa09d5bb861fa6ac93f4f601e51e374";
        assert_eq!(&*pseudonyms.of("bank", "customer-4711"), expected);
    }
}
