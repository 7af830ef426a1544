//! What a section says of a value that is not taken: which key, what is there, where it comes
//! from, and what is allowed.

use super::{Found, Section};
use crate::ConfigError;
use crate::error::{secret, shown};
use toml::Value;

impl Section<'_> {
    /// A setting that must be there.
    ///
    /// # Errors
    /// When it is absent.
    pub fn required<T>(
        &self,
        key: &'static str,
        value: Option<T>,
        allowed: &str,
    ) -> Result<T, ConfigError> {
        value
            .ok_or_else(|| ConfigError::Missing { key: self.key(key), allowed: allowed.to_owned() })
    }

    /// Refuses the text `value` of `key`, for judgements that span several settings.
    #[must_use]
    pub fn refuse(&self, key: &str, value: &str, allowed: impl Into<String>) -> ConfigError {
        self.refuse_value(key, Value::String(value.to_owned()), allowed)
    }

    /// The same for a number or a list.
    #[must_use]
    pub fn refuse_value(
        &self,
        key: &str,
        value: impl Into<Value>,
        allowed: impl Into<String>,
    ) -> ConfigError {
        let mut found = self.in_file(value.into());
        if let Some((origin, _)) = self.layers.overriding(&self.key(key)) {
            found.origin = origin;
        }
        self.wrong(key, &found, allowed)
    }

    /// The same for a value that no message may show.
    #[must_use]
    pub fn refuse_secret(&self, key: &str, allowed: &str) -> ConfigError {
        let overriding = self.layers.overriding(&self.key(key));
        let origin = overriding.map_or_else(|| self.origin(), |(origin, _)| origin);
        self.hidden(key, origin, allowed)
    }

    pub(super) fn hidden(&self, key: &str, origin: String, allowed: &str) -> ConfigError {
        let (key, allowed) = (self.key(key), allowed.to_owned());
        ConfigError::Wrong { key, value: secret(), origin, allowed }
    }

    pub(super) fn in_file(&self, value: Value) -> Found {
        Found { value, origin: self.origin(), is_text: false }
    }

    fn origin(&self) -> String {
        self.layers.path().display().to_string()
    }

    pub(super) fn wrong(
        &self,
        key: &str,
        found: &Found,
        allowed: impl Into<String>,
    ) -> ConfigError {
        let value = match &found.value {
            Value::String(text) => shown(text),
            Value::Table(_) => "a table".to_owned(),
            Value::Array(items) if items.is_empty() => "[]".to_owned(),
            Value::Array(_) => "a list".to_owned(),
            other => other.to_string(),
        };
        let (key, origin) = (self.key(key), found.origin.clone());
        ConfigError::Wrong { key, value, origin, allowed: allowed.into() }
    }
}
