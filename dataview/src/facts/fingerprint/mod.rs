//! What errors are grouped by: the same over releases and minified names.
//!
//! A release changes hashes in file names, lines, columns and the names that a minifier gives; a
//! visitor changes numbers and identifiers in messages. None of them may make another error.
//! [Why so](../../../../docs/decisions/0038-errors-are-grouped-without-source-maps.md).

mod message;
mod place;

use sha2::{Digest, Sha256};

/// Of this way to make fingerprints. One of another way is another fingerprint.
const VERSION: &str = "1";

/// What was thrown.
#[derive(Debug, Clone, Copy, Default)]
pub struct Thrown<'a> {
    /// `exception` or `unhandled_rejection`.
    pub kind: &'a str,
    /// `exception.type`.
    pub name: &'a str,
    /// `exception.message`.
    pub message: &'a str,
    /// `exception.stacktrace`.
    pub stack: &'a str,
    /// `code.file.path`, for what has no stack.
    pub file: &'a str,
}

/// The fingerprint of what was thrown.
#[must_use]
pub fn of_thrown(thrown: &Thrown<'_>) -> u64 {
    let name = if message::is_minified(thrown.name) { "" } else { thrown.name };
    let (file, function) = place::of(thrown.stack, thrown.file);
    hash(&[thrown.kind, name, &message::normalised(thrown.message), &file, function])
}

/// The fingerprint of a resource that failed.
#[must_use]
pub fn of_resource(element: &str, url: &str) -> u64 {
    let host = url.split_once("://").map_or("", |(_, rest)| rest.split('/').next().unwrap_or(""));
    hash(&["resource_failure", element, host, &place::file_name(url)])
}

/// The first 8 bytes of the SHA-256 of the parts, each ended by a byte that no text has.
fn hash(parts: &[&str]) -> u64 {
    let mut hasher = Sha256::new_with_prefix(VERSION);
    for part in parts {
        hasher.update(part);
        hasher.update([0xff]);
    }
    let digest = hasher.finalize();
    u64::from_be_bytes(digest[..8].try_into().expect("a digest has 32 bytes"))
}

#[cfg(test)]
mod tests;
