//! What a subscriber asks for.

use super::filter::Filter;
use super::limits::URL_BYTES_MAX;
use super::mask::Mask;
use reqwest::Url;
use serde::{Deserialize, Serialize};
use std::fmt;
use utoipa::ToSchema;

/// Characters of a name: it stands in addresses and logs.
const NAME_CHARS_MAX: usize = 64;

/// Characters of a wrong value that are repeated.
const SHOWN_CHARS_MAX: usize = 80;

/// A subscription's name: letters, digits, `-`, `_` and `.`, which a new one does not begin with.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(transparent)]
pub struct Name(String);

impl Name {
    /// The name of a new subscription: none that means something else in an address, as `..` does.
    ///
    /// # Errors
    /// When it may not be one.
    pub fn new(text: &str) -> Result<Self, WrongDefinition> {
        match Self::parse(text) {
            Ok(name) if !text.starts_with('.') => Ok(name),
            _ => Err(wrong_name(text)),
        }
    }

    /// Reads the name of one that may be there: of an earlier version, it may begin with a dot.
    ///
    /// # Errors
    /// When it is none.
    pub fn parse(text: &str) -> Result<Self, WrongDefinition> {
        let good = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte);
        if (1..=NAME_CHARS_MAX).contains(&text.len()) && text.bytes().all(good) {
            return Ok(Self(text.to_owned()));
        }
        Err(wrong_name(text))
    }

    /// The name.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

fn wrong_name(found: &str) -> WrongDefinition {
    let allowed = format!(
        "1 to {NAME_CHARS_MAX} letters, digits, `-`, `_` or `.`, of which `.` is not the first"
    );
    WrongDefinition::new("name", found, allowed)
}

impl fmt::Display for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// What a subscriber gets, and how.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Definition {
    /// Which events.
    pub filter: Filter,
    /// What of them.
    pub fields: Mask,
    /// How they come.
    pub delivery: Delivery,
}

/// How lines come to a subscriber.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(tag = "type", rename_all = "snake_case", deny_unknown_fields)]
pub enum Delivery {
    /// It asks for them, or listens to a stream of them.
    #[default]
    Pull,
    /// They are posted to it.
    Webhook {
        /// Where to: https, or http to this machine.
        url: String,
    },
}

impl Definition {
    /// Judges it.
    ///
    /// # Errors
    /// What is wrong, where, and what is allowed.
    pub fn check(&self) -> Result<(), WrongDefinition> {
        self.filter.check()?;
        self.fields.check()?;
        match &self.delivery {
            Delivery::Pull => Ok(()),
            Delivery::Webhook { url } => check_url(url),
        }
    }
}

/// Lines are about people, so they go in the clear to this machine only. Where a name leads is not
/// asked here: only an administrator may name it.
fn check_url(text: &str) -> Result<(), WrongDefinition> {
    let allowed = format!(
        "https://HOST[:PORT][/PATH], or http:// to 127.0.0.1, [::1] or localhost, without user and \
         password, of at most {URL_BYTES_MAX} bytes"
    );
    let wrong = || WrongDefinition::new("delivery.url", text, allowed.clone());
    let url = text.parse::<Url>().map_err(|_| wrong())?;
    let is_here = matches!(url.host_str(), Some("127.0.0.1" | "[::1]" | "localhost"));
    let is_good = match url.scheme() {
        "https" => url.host_str().is_some(),
        "http" => is_here,
        _ => false,
    };
    let is_bare = url.username().is_empty() && url.password().is_none();
    if is_good && is_bare && text.len() <= URL_BYTES_MAX { Ok(()) } else { Err(wrong()) }
}

/// A definition that cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{field}` = {found} is not allowed; expected {allowed}")]
pub struct WrongDefinition {
    /// Where.
    pub field: &'static str,
    /// What is there, cut.
    pub found: String,
    /// What may be there.
    pub allowed: String,
}

impl WrongDefinition {
    pub(super) fn new(field: &'static str, found: &str, allowed: impl Into<String>) -> Self {
        let mut shown: String = found.chars().take(SHOWN_CHARS_MAX).collect();
        if shown.len() < found.len() {
            shown.push('…');
        }
        Self { field, found: format!("{shown:?}"), allowed: allowed.into() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn judged(json: &str) -> String {
        match serde_json::from_str::<Definition>(json) {
            Ok(definition) => definition
                .check()
                .map_or_else(|wrong| wrong.field.to_owned(), |()| "good".to_owned()),
            Err(error) => error.to_string(),
        }
    }

    #[test]
    fn wrong_definitions_are_told_by_their_field() {
        let all = r#""filter":{"everything":true}"#;
        for (json, expected) in [
            (r#"{"filter":{"kinds":["exception"]}}"#.to_owned(), "good"),
            (format!("{{{all}}}"), "good"),
            ("{}".to_owned(), "filter"),
            (r#"{"filter":{"everything":true,"failed":true}}"#.to_owned(), "filter.everything"),
            (r#"{"filter":{"kinds":["exceptions"]}}"#.to_owned(), "filter.kinds"),
            (r#"{"filter":{"pages":["transfer"]}}"#.to_owned(), "filter.pages"),
            (r#"{"filter":{"apps":[""]}}"#.to_owned(), "filter.apps"),
            (format!(r#"{{{all},"fields":{{"keep":["user.id.raw"]}}}}"#), "fields.keep"),
            (format!(r#"{{{all},"fields":{{"drop":["user.hash"]}}}}"#), "good"),
            (
                format!(r#"{{{all},"delivery":{{"type":"webhook","url":"http://a.example/"}}}}"#),
                "delivery.url",
            ),
            (
                format!(
                    r#"{{{all},"delivery":{{"type":"webhook","url":"https://u:p@a.example/"}}}}"#
                ),
                "delivery.url",
            ),
            (
                format!(r#"{{{all},"delivery":{{"type":"webhook","url":"file:///etc/passwd"}}}}"#),
                "delivery.url",
            ),
            (
                format!(
                    r#"{{{all},"delivery":{{"type":"webhook","url":"http://127.0.0.1:9/x"}}}}"#
                ),
                "good",
            ),
        ] {
            assert_eq!(judged(&json), expected, "{json}");
        }
        assert!(judged(r#"{"filters":{}}"#).contains("unknown field `filters`"));
    }

    #[test]
    fn names_can_stand_in_addresses() {
        assert!(Name::new("risk.desk-1").is_ok());
        for wrong in ["", "a/b", "ü", "a b", ".", "..", ".risk", &"a".repeat(65)] {
            let told = Name::new(wrong).unwrap_err().to_string();
            assert!(told.contains("`.` is not the first"), "{told}");
        }
        assert!(Name::parse(".risk").is_ok(), "one that is there goes on");
    }
}
