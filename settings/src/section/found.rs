//! A value as found, read as one of the types that settings have.

use std::str::FromStr;
use toml::Value;

/// A value as found: text from a flag or variable, or TOML.
pub(super) struct Found {
    pub(super) value: Value,
    pub(super) origin: String,
    /// From a flag or variable: a number or list is still a text.
    pub(super) is_text: bool,
}

impl Found {
    pub(super) fn integer<N: TryFrom<i64> + FromStr>(&self) -> Option<N> {
        match &self.value {
            Value::Integer(number) => N::try_from(*number).ok(),
            Value::String(text) if self.is_text => text.trim().parse().ok(),
            _ => None,
        }
    }

    pub(super) fn decimal(&self) -> Option<f64> {
        match &self.value {
            Value::Float(number) => Some(*number),
            Value::Integer(number) => i32::try_from(*number).ok().map(f64::from),
            Value::String(text) if self.is_text => text.trim().parse().ok(),
            _ => None,
        }
    }

    pub(super) fn boolean(&self) -> Option<bool> {
        match &self.value {
            Value::Boolean(value) => Some(*value),
            Value::String(text) if self.is_text => text.parse().ok(),
            _ => None,
        }
    }

    /// As the file writes it, as a text or as TOML's own type.
    pub(super) fn date_time(&self) -> Option<String> {
        match &self.value {
            Value::String(text) => Some(text.clone()),
            Value::Datetime(time) => Some(time.to_string()),
            _ => None,
        }
    }

    /// The items of a list; a flag or variable separates them by commas.
    pub(super) fn items(&self) -> Option<Vec<Value>> {
        match &self.value {
            Value::Array(items) => Some(items.clone()),
            Value::String(text) if self.is_text => {
                let items = text.split(',').map(str::trim).filter(|item| !item.is_empty());
                Some(items.map(|item| Value::String(item.to_owned())).collect())
            }
            _ => None,
        }
    }

    pub(super) fn clone_origin(&self) -> Self {
        Self { value: Value::Boolean(false), origin: self.origin.clone(), is_text: self.is_text }
    }
}
