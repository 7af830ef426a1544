//! Signatures of webhooks, as Standard Webhooks 1.0 has them: `webhook-id`, `webhook-timestamp` and
//! `webhook-signature: v1,BASE64(HMAC-SHA-256(secret, id.timestamp.body))`.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use std::fmt;

/// What a secret's text begins with.
const PREFIX: &str = "whsec_";

/// Bytes of a secret.
const BYTES: usize = 32;

/// The secret of one webhook, shown once to who made the subscription.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret([u8; BYTES]);

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret")
    }
}

impl Secret {
    /// A new one.
    ///
    /// # Errors
    /// When the system has no randomness to give.
    pub fn new() -> Result<Self, getrandom::Error> {
        let mut bytes = [0; BYTES];
        getrandom::fill(&mut bytes)?;
        Ok(Self(bytes))
    }

    /// The one in `bytes`.
    #[must_use]
    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        bytes.try_into().ok().map(Self)
    }

    /// Reads [`text`](Self::text).
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::from_bytes(&STANDARD.decode(text.strip_prefix(PREFIX)?).ok()?)
    }

    /// Its bytes.
    #[must_use]
    pub fn bytes(&self) -> &[u8] {
        &self.0
    }

    /// `whsec_…`, as libraries of Standard Webhooks take it.
    #[must_use]
    pub fn text(&self) -> String {
        format!("{PREFIX}{}", STANDARD.encode(self.0))
    }
}

/// The value of `webhook-signature` for a body posted as `id` at `timestamp`, in s since the Unix
/// epoch.
#[must_use]
pub fn sign(secret: &Secret, id: &str, timestamp: u64, body: &[u8]) -> String {
    let mut mac = Hmac::<Sha256>::new_from_slice(&secret.0).expect("HMAC takes keys of any length");
    mac.update(format!("{id}.{timestamp}.").as_bytes());
    mac.update(body);
    format!("v1,{}", STANDARD.encode(mac.finalize().into_bytes()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_signature_is_the_documented_one() {
        let secret = Secret([7; BYTES]);
        // printf 'msg_1.1795478400.{"a":1}' | openssl dgst -sha256 -mac HMAC \
        //   -macopt hexkey:0707… -binary | base64
        let expected = "v1,e2/ydTLN+ZHPgVLnqK7quhZFBtDDOSda/6Hqaxo/Hc8=";
        assert_eq!(sign(&secret, "msg_1", 1_795_478_400, br#"{"a":1}"#), expected);
        assert!(secret.text().starts_with("whsec_BwcH"));
        assert_eq!(format!("{secret:?}"), "Secret");
        assert!(Secret::parse(&secret.text()).is_some_and(|read| read == secret));
        assert!(Secret::parse("whsec_BwcH").is_none());
    }
}
