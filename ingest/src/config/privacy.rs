//! `[privacy]`: the key that makes pseudonyms of user IDs.

use super::{ConfigError, Section};
use base64::Engine;
use base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD, URL_SAFE, URL_SAFE_NO_PAD};

/// A key shorter than the digest of SHA-256 weakens the HMAC (RFC 2104, section 3).
const KEY_BYTES_MIN: usize = 32;

const ALLOWED: &str = "at least 32 bytes as hex or base64, e.g. the output of \
                       `openssl rand -hex 32`";

/// How what is personal is made less so.
#[derive(Debug, Clone)]
pub struct PrivacyConfig {
    /// The key of the pseudonyms. Whoever has it can find out whose a pseudonym is.
    pub pseudonym_key: PseudonymKey,
}

/// A key, never shown.
#[derive(Clone)]
pub struct PseudonymKey(Vec<u8>);

impl std::fmt::Debug for PseudonymKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("PseudonymKey")
    }
}

impl PseudonymKey {
    /// Reads a key of hex digits or base64.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        let key = from_hex(text).or_else(|| {
            let alphabets = [STANDARD, STANDARD_NO_PAD, URL_SAFE, URL_SAFE_NO_PAD];
            alphabets.iter().find_map(|alphabet| alphabet.decode(text).ok())
        })?;
        (key.len() >= KEY_BYTES_MIN).then_some(Self(key))
    }

    /// The bytes.
    #[must_use]
    pub fn bytes(&self) -> &[u8] {
        &self.0
    }
}

impl PrivacyConfig {
    pub(super) fn read(root: &mut Section<'_>) -> Result<Self, ConfigError> {
        let mut section = root.section("privacy")?;
        let key = section.secret("pseudonym_key", ALLOWED, PseudonymKey::parse)?;
        let file = section.text("pseudonym_key_file", "the path of a file with the key")?;
        // They are two spellings of one setting: the later layer wins, whichever it names.
        let overriding =
            (section.overrides("pseudonym_key"), section.overrides("pseudonym_key_file"));
        let (key, file) = match overriding {
            (true, false) => (key, None),
            (false, true) => (None, file),
            _ => (key, file),
        };
        let pseudonym_key = match (key, file) {
            (Some(_), Some(file)) => {
                let allowed = "nothing beside `privacy.pseudonym_key`; give one of the two";
                return Err(section.refuse("pseudonym_key_file", &file, allowed));
            }
            (Some(key), None) => key,
            (None, Some(path)) => {
                let text = section.layers().read_file(&path).map_err(|error| {
                    let allowed = format!(
                        "a readable file with {ALLOWED}, written to it; reading this one failed: \
                         {error}"
                    );
                    section.refuse("pseudonym_key_file", &path, allowed)
                })?;
                let allowed = format!("a file that holds {ALLOWED}");
                PseudonymKey::parse(&text)
                    .ok_or_else(|| section.refuse("pseudonym_key_file", &path, allowed))?
            }
            (None, None) => section.required("pseudonym_key", None, ALLOWED)?,
        };
        section.finish()?;
        Ok(Self { pseudonym_key })
    }
}

fn from_hex(text: &str) -> Option<Vec<u8>> {
    let digit = |byte: u8| char::from(byte).to_digit(16);
    let pairs = text.as_bytes().chunks(2);
    pairs
        .map(|pair| match pair {
            [high, low] => Some((digit(*high)? << 4 | digit(*low)?) as u8),
            _ => None,
        })
        .collect()
}
