//! `[remote_config]`: the key that signs what the applications' pages are told.

use super::{ConfigError, Section};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use ed25519_dalek::pkcs8::DecodePrivateKey;
use ed25519_dalek::{Signer, SigningKey as Ed25519};

const ALLOWED: &str = "an Ed25519 key in PEM, e.g. the output of \
                       `openssl genpkey -algorithm ed25519`";

/// What pages are told, and by whose word.
#[derive(Debug, Clone, Default)]
pub struct RemoteConfig {
    /// Signs it; without one nothing is served.
    pub key: Option<SigningKey>,
}

/// A key, never shown. Whoever has it can switch the measuring of every page off.
#[derive(Clone)]
pub struct SigningKey(Ed25519);

impl std::fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("SigningKey")
    }
}

impl SigningKey {
    /// Reads a key in PEM (PKCS #8, RFC 8410).
    #[must_use]
    pub fn parse(pem: &str) -> Option<Self> {
        Ed25519::from_pkcs8_pem(pem.trim()).ok().map(Self)
    }

    /// The signature of `text`, in base64.
    #[must_use]
    pub fn sign(&self, text: &str) -> String {
        STANDARD.encode(self.0.sign(text.as_bytes()).to_bytes())
    }

    /// The public key in base64, as pages name it (`data-config-key`).
    #[must_use]
    pub fn public(&self) -> String {
        STANDARD.encode(self.0.verifying_key().to_bytes())
    }
}

impl RemoteConfig {
    pub(super) fn read(root: &mut Section<'_>) -> Result<Self, ConfigError> {
        let mut section = root.section("remote_config")?;
        let file = section.text("signing_key_file", "the path of a file with the key")?;
        let key = match file {
            None => None,
            Some(path) => {
                let text = section.layers().read_file(&path).map_err(|error| {
                    let allowed = format!(
                        "a readable file with {ALLOWED}, written to it; reading this one failed: \
                         {error}"
                    );
                    section.refuse("signing_key_file", &path, allowed)
                })?;
                let allowed = format!("a file that holds {ALLOWED}");
                let key = SigningKey::parse(&text);
                Some(key.ok_or_else(|| section.refuse("signing_key_file", &path, allowed))?)
            }
        };
        section.finish()?;
        Ok(Self { key })
    }
}

/// What the pages of one application are told.
#[derive(Debug, Clone, PartialEq)]
pub struct RemoteValues {
    /// Whether they are measured at all.
    pub enabled: bool,
    /// The share of sessions that are kept, 0 to 1; absent: each page's own.
    pub sample_rate: Option<f64>,
}

impl RemoteValues {
    /// Reads `[apps.remote_config]`, which says nothing to anybody when nothing is `signed`.
    pub(super) fn read(app: &mut Section<'_>, signed: bool) -> Result<Self, ConfigError> {
        let mut section = app.section("remote_config")?;
        if !signed && !section.is_empty() {
            let allowed =
                "nothing without a key that signs it; give `remote_config.signing_key_file`";
            return Err(app.refuse("remote_config", "a table", allowed));
        }
        let values = Self {
            enabled: section.boolean("enabled", true)?,
            sample_rate: section.decimal("sample_rate", 0.0..=1.0)?,
        };
        section.finish()?;
        Ok(values)
    }
}
