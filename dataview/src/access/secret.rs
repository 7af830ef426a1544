//! Secrets that are made here, and their hashes.

use super::AccessError;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest, Sha256};

/// A new secret of 32 random bytes, in 43 characters.
pub(super) fn new() -> Result<String, AccessError> {
    Ok(URL_SAFE_NO_PAD.encode(random::<32>()?))
}

/// Random bytes.
pub(super) fn random<const LEN: usize>() -> Result<[u8; LEN], AccessError> {
    let mut bytes = [0; LEN];
    getrandom::fill(&mut bytes).map_err(AccessError::Randomness)?;
    Ok(bytes)
}

/// What is kept of a secret. It has 256 random bits, so no slow hash is needed.
pub(super) fn hash(secret: &str) -> [u8; 32] {
    Sha256::digest(secret.as_bytes()).into()
}

/// The word that a page of the session `secret` sends with what it changes: made from the secret,
/// so that it need not be kept.
pub(super) fn csrf(secret: &str) -> String {
    let digest = Sha256::new_with_prefix(b"csrf\0").chain_update(secret.as_bytes()).finalize();
    URL_SAFE_NO_PAD.encode(digest)
}
