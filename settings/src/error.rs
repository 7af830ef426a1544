//! Why a configuration is refused, in words for the operator who wrote it.

use std::path::PathBuf;

/// Characters of a wrong value that are repeated in a message.
const SHOWN_CHARS_MAX: usize = 80;

/// A configuration that cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// The file cannot be read.
    #[error("cannot read {}: {source}", path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// The file is no TOML. The message never quotes the line: it may hold a secret.
    #[error("{}: line {line}: not valid TOML: {what}", path.display())]
    NotToml {
        /// The file.
        path: PathBuf,
        /// Line of the mistake, from 1.
        line: usize,
        /// The parser's words.
        what: String,
    },
    /// A key that nothing reads.
    #[error("unknown key `{key}` in {origin}; allowed here: {allowed}")]
    UnknownKey {
        /// The key with its sections.
        key: String,
        /// File or variable.
        origin: String,
        /// The keys that exist there.
        allowed: String,
    },
    /// A value that is not allowed.
    #[error("`{key}` = {value} (from {origin}) is not allowed; expected {allowed}")]
    Wrong {
        /// The key with its sections.
        key: String,
        /// The value as found, or a note that it is secret.
        value: String,
        /// File, variable or flag.
        origin: String,
        /// What is allowed.
        allowed: String,
    },
    /// A setting without default is absent.
    #[error("`{key}` is missing; expected {allowed}")]
    Missing {
        /// The key with its sections.
        key: String,
        /// What is allowed.
        allowed: String,
    },
}

/// `value` as a message shows it: cut, on one line.
pub(crate) fn shown(value: &str) -> String {
    let mut text: String = value.chars().take(SHOWN_CHARS_MAX).collect();
    if text.len() < value.len() {
        text.push('…');
    }
    format!("{text:?}")
}

/// What stands in a message in the place of a secret.
pub(crate) fn secret() -> String {
    "(a secret, not shown)".to_owned()
}
