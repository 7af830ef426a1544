//! The key that makes pseudonyms of user IDs.

use crate::{ConfigError, Section};
use base64::Engine;
use base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD, URL_SAFE, URL_SAFE_NO_PAD};

/// A key shorter than the digest of SHA-256 weakens the HMAC (RFC 2104, section 3).
const KEY_BYTES_MIN: usize = 32;

const ALLOWED: &str = "at least 32 bytes as hex or base64, e.g. the output of \
                       `openssl rand -hex 32`";

/// The keyed hash of pseudonyms.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Algorithm {
    /// HMAC-SHA-256 (RFC 2104, FIPS 180-4).
    HmacSha256,
    /// HMAC-SM3 (RFC 2104, GB/T 32905).
    HmacSm3,
}

impl Algorithm {
    /// As the section `privacy` says.
    ///
    /// # Errors
    /// When it is another.
    pub fn read(privacy: &mut Section<'_>) -> Result<Self, ConfigError> {
        let choices = [("hmac-sha-256", Self::HmacSha256), ("hmac-sm3", Self::HmacSm3)];
        privacy.choice("pseudonym_algorithm", &choices, Self::HmacSha256)
    }
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

    /// The key of all applications that have none of their own, from the section `privacy`.
    ///
    /// # Errors
    /// When there is none, or it is none.
    pub fn of_all(privacy: &mut Section<'_>) -> Result<Self, ConfigError> {
        let key = read_key(privacy)?;
        privacy.required("pseudonym_key", key, ALLOWED)
    }

    /// The key of one application: in a file, or in an environment variable of its own.
    ///
    /// # Errors
    /// When it is none, or given twice.
    pub fn of_app(app: &mut Section<'_>) -> Result<Option<Self>, ConfigError> {
        const VARIABLE: &str = "the name of an environment variable that begins with DNA_KEY_ and \
                                holds at least 32 bytes as hex or base64";
        let key = read_key(app)?;
        let Some(name) = app.text("pseudonym_key_variable", VARIABLE)? else { return Ok(key) };
        if key.is_some() {
            let allowed =
                "nothing beside `pseudonym_key` and `pseudonym_key_file`; give one of them";
            return Err(app.refuse("pseudonym_key_variable", &name, allowed));
        }
        let text = app.layers().secret_variable(&name);
        let key = text.and_then(|text| Self::parse(&text));
        key.map(Some).ok_or_else(|| app.refuse("pseudonym_key_variable", &name, VARIABLE))
    }

    /// The bytes.
    #[must_use]
    pub fn bytes(&self) -> &[u8] {
        &self.0
    }
}

/// `pseudonym_key`, or the content of `pseudonym_key_file`.
fn read_key(section: &mut Section<'_>) -> Result<Option<PseudonymKey>, ConfigError> {
    let key = section.secret("pseudonym_key", ALLOWED, PseudonymKey::parse)?;
    let file = section.text("pseudonym_key_file", "the path of a file with the key")?;
    // They are two spellings of one setting: the later layer wins, whichever it names.
    let overriding = (section.overrides("pseudonym_key"), section.overrides("pseudonym_key_file"));
    let (key, file) = match overriding {
        (true, false) => (key, None),
        (false, true) => (None, file),
        _ => (key, file),
    };
    match (key, file) {
        (Some(_), Some(file)) => {
            let allowed = "nothing beside `pseudonym_key`; give one of the two";
            Err(section.refuse("pseudonym_key_file", &file, allowed))
        }
        (key, None) => Ok(key),
        (None, Some(path)) => {
            let text = section.layers().read_file(&path).map_err(|error| {
                let allowed = format!(
                    "a readable file with {ALLOWED}, written to it; reading this one failed: {error}"
                );
                section.refuse("pseudonym_key_file", &path, allowed)
            })?;
            let allowed = format!("a file that holds {ALLOWED}");
            let key = PseudonymKey::parse(&text);
            key.map(Some).ok_or_else(|| section.refuse("pseudonym_key_file", &path, allowed))
        }
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
