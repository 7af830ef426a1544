//! Cursors: where a list goes on. To the asker they are words without meaning.
//!
//! The store's own cursor is wrapped with a tag over it and the question, so that one that was
//! made up, cut or taken from another question is refused before the store sees it.

use super::codes::Code;
use super::problem::Problem;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

/// Bytes of the tag: enough that nobody meets a right one by chance.
const TAG_BYTES: usize = 12;

/// Makes cursors and knows them again.
#[derive(Clone)]
pub struct Cursors {
    mac: Hmac<Sha256>,
}

impl std::fmt::Debug for Cursors {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Cursors")
    }
}

impl Cursors {
    /// Cursors under `key`; those made under another are refused.
    #[must_use]
    pub fn new(key: &[u8; 32]) -> Self {
        Self { mac: Hmac::new_from_slice(key).expect("HMAC takes keys of any length") }
    }

    /// The cursor for what the store calls `inner`, in the list that `question` names.
    #[must_use]
    pub fn wrap(&self, question: &str, inner: &str) -> String {
        let mut bytes = self.tag(question, inner.as_bytes());
        bytes.extend_from_slice(inner.as_bytes());
        URL_SAFE_NO_PAD.encode(bytes)
    }

    /// What the store calls `cursor`.
    ///
    /// # Errors
    /// When it is not one of this question's.
    pub fn unwrap(&self, question: &str, cursor: &str) -> Result<String, Problem> {
        self.inner(question, cursor).ok_or_else(|| {
            let detail = Code::InvalidCursor.explanation();
            Problem::parameter(Code::InvalidCursor, "cursor", detail)
        })
    }

    fn inner(&self, question: &str, cursor: &str) -> Option<String> {
        let bytes = URL_SAFE_NO_PAD.decode(cursor).ok()?;
        let (tag, inner) = bytes.split_at_checked(TAG_BYTES)?;
        (tag == self.tag(question, inner)).then(|| String::from_utf8(inner.to_vec()).ok())?
    }

    fn tag(&self, question: &str, inner: &[u8]) -> Vec<u8> {
        let mut mac = self.mac.clone();
        mac.update(question.as_bytes());
        mac.update(&[0]);
        mac.update(inner);
        mac.finalize().into_bytes()[..TAG_BYTES].to_vec()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_belongs_to_its_question() {
        let cursors = Cursors::new(&[7; 32]);
        let cursor = cursors.wrap("sessions app=bank", "1700000000000,ab");
        assert_eq!(cursors.unwrap("sessions app=bank", &cursor).unwrap(), "1700000000000,ab");
        assert!(cursors.unwrap("sessions app=other", &cursor).is_err());
        assert!(cursors.unwrap("sessions app=bank", &cursor[1..]).is_err());
        assert!(cursors.unwrap("sessions app=bank", "").is_err());
        assert!(Cursors::new(&[8; 32]).unwrap("sessions app=bank", &cursor).is_err());
    }
}
