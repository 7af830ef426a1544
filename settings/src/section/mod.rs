//! Typed reading of one section: each call takes a key, its default and what is allowed, so a
//! message can say all three. What is left at the end is unknown and refused.

mod found;
mod refuse;

use crate::{ConfigError, Layers};
use found::Found;
use std::fmt::Display;
use std::ops::RangeInclusive;
use std::str::FromStr;
use std::time::Duration;
use toml::Value;

/// A table of the configuration, with the keys that were read taken out.
#[derive(Debug)]
pub struct Section<'a> {
    layers: &'a Layers,
    /// `buffer.redis`, empty for the root.
    name: String,
    left: toml::Table,
    known: Vec<&'static str>,
}

impl<'a> Section<'a> {
    /// The whole configuration.
    #[must_use]
    pub fn root(layers: &'a Layers) -> Self {
        Self { layers, name: String::new(), left: layers.file().clone(), known: Vec::new() }
    }

    /// One entry of a list of tables, called `name` in messages.
    #[must_use]
    pub fn of_table(layers: &'a Layers, name: String, table: toml::Table) -> Self {
        Self { layers, name, left: table, known: Vec::new() }
    }

    /// Where the values come from.
    #[must_use]
    pub fn layers(&self) -> &'a Layers {
        self.layers
    }

    /// The section `key` in this one; empty when the file does not have it.
    ///
    /// # Errors
    /// When it is no table.
    pub fn section(&mut self, key: &'static str) -> Result<Self, ConfigError> {
        self.known.push(key);
        let left = match self.left.remove(key) {
            None => toml::Table::new(),
            Some(Value::Table(table)) => table,
            Some(value) => {
                let allowed = format!("a section [{}]", self.key(key));
                return Err(self.wrong(key, &self.in_file(value), allowed));
            }
        };
        Ok(Self { layers: self.layers, name: self.key(key), left, known: Vec::new() })
    }

    /// The tables of the list `[[key]]`.
    ///
    /// # Errors
    /// When it is no list of tables.
    pub fn tables(&mut self, key: &'static str) -> Result<Vec<toml::Table>, ConfigError> {
        self.known.push(key);
        let value = self.left.remove(key).unwrap_or(Value::Array(Vec::new()));
        let tables = match &value {
            Value::Array(items) => items.iter().map(|item| item.as_table().cloned()).collect(),
            _ => None,
        };
        tables.ok_or_else(|| {
            self.wrong(key, &self.in_file(value), format!("a list of tables [[{key}]]"))
        })
    }

    /// The items of the list `key`, whatever they are, if there is one.
    ///
    /// # Errors
    /// When it is no list.
    pub fn entries(
        &mut self,
        key: &'static str,
        allowed: &str,
    ) -> Result<Option<Vec<Value>>, ConfigError> {
        self.read(key, &format!("a list: {allowed}"), |found| found.value.as_array().cloned())
    }

    /// The table at `place` of the list `key`.
    #[must_use]
    pub fn entry(&self, key: &str, place: usize, table: toml::Table) -> Self {
        Self::of_table(self.layers, format!("{}[{place}]", self.key(key)), table)
    }

    /// A date and time as the file writes it, as a text or as TOML's own type.
    ///
    /// # Errors
    /// When it is neither.
    pub fn date_time(
        &mut self,
        key: &'static str,
        allowed: &str,
    ) -> Result<Option<String>, ConfigError> {
        self.read(key, allowed, Found::date_time)
    }

    /// An integer.
    ///
    /// # Errors
    /// When it is none or out of range.
    pub fn integer<N>(
        &mut self,
        key: &'static str,
        default: N,
        allowed: RangeInclusive<N>,
    ) -> Result<N, ConfigError>
    where
        N: TryFrom<i64> + FromStr + PartialOrd + Display,
    {
        let expected = format!("an integer from {} to {}", allowed.start(), allowed.end());
        let in_range = |found: &Found| found.integer().filter(|number| allowed.contains(number));
        Ok(self.read(key, &expected, in_range)?.unwrap_or(default))
    }

    /// A time in milliseconds, from 1 to ten minutes.
    ///
    /// # Errors
    /// As [`integer`](Self::integer).
    pub fn millis(
        &mut self,
        key: &'static str,
        default: Duration,
    ) -> Result<Duration, ConfigError> {
        let default = u64::try_from(default.as_millis()).unwrap_or(u64::MAX);
        self.integer(key, default, 1..=600_000).map(Duration::from_millis)
    }

    /// A boolean.
    ///
    /// # Errors
    /// When it is none.
    pub fn boolean(&mut self, key: &'static str, default: bool) -> Result<bool, ConfigError> {
        Ok(self.read(key, "true or false", Found::boolean)?.unwrap_or(default))
    }

    /// A number, if there is one.
    ///
    /// # Errors
    /// When it is none or out of range.
    pub fn decimal(
        &mut self,
        key: &'static str,
        allowed: RangeInclusive<f64>,
    ) -> Result<Option<f64>, ConfigError> {
        let expected = format!("a number from {} to {}", allowed.start(), allowed.end());
        self.read(key, &expected, |found| found.decimal().filter(|it| allowed.contains(it)))
    }

    /// Refuses a key that is no more where the file has it, saying what is there `instead`. As a
    /// variable it is unknown, which is refused as well.
    ///
    /// # Errors
    /// When it is given.
    pub fn gone(&mut self, key: &str, instead: &str) -> Result<(), ConfigError> {
        let found = self.left.remove(key).map(|value| self.in_file(value));
        found.map_or(Ok(()), |found| Err(self.wrong(key, &found, instead)))
    }

    /// Whether the file has nothing, or nothing more, in it.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.left.is_empty()
    }

    /// A text that `T` reads.
    ///
    /// # Errors
    /// When `T` does not read it.
    pub fn parsed<T: FromStr>(
        &mut self,
        key: &'static str,
        default: &'static str,
        allowed: &str,
    ) -> Result<T, ConfigError> {
        let found = self.find(key).unwrap_or_else(|| Found {
            value: Value::String(default.to_owned()),
            origin: "the default".to_owned(),
            is_text: true,
        });
        let parsed = found.value.as_str().and_then(|text| text.parse().ok());
        parsed.ok_or_else(|| self.wrong(key, &found, allowed))
    }

    /// A text, if there is one.
    ///
    /// # Errors
    /// When it is no text.
    pub fn text(
        &mut self,
        key: &'static str,
        allowed: &str,
    ) -> Result<Option<String>, ConfigError> {
        self.read(key, allowed, |found| found.value.as_str().map(str::to_owned))
    }

    /// A text that no message may show.
    ///
    /// # Errors
    /// When it is no text, or `judge` does not take it.
    pub fn secret<T>(
        &mut self,
        key: &'static str,
        allowed: &str,
        judge: impl FnOnce(&str) -> Option<T>,
    ) -> Result<Option<T>, ConfigError> {
        let Some(found) = self.find(key) else { return Ok(None) };
        let judged = found.value.as_str().and_then(judge);
        judged.map(Some).ok_or_else(|| self.hidden(key, found.origin, allowed))
    }

    /// One of the texts in `choices`, by its place; the first is the default.
    ///
    /// # Errors
    /// When it is none of them.
    pub fn choice<T: Copy>(
        &mut self,
        key: &'static str,
        choices: &[(&str, T)],
        default: T,
    ) -> Result<T, ConfigError> {
        let names: Vec<_> = choices.iter().map(|(name, _)| format!("{name:?}")).collect();
        let chosen = |found: &Found| {
            let chosen = choices.iter().find(|(name, _)| found.value.as_str() == Some(name));
            chosen.map(|(_, value)| *value)
        };
        Ok(self.read(key, &names.join(" or "), chosen)?.unwrap_or(default))
    }

    /// A list of texts, each read by `judge`; empty by default.
    ///
    /// # Errors
    /// The first text that `judge` does not take.
    pub fn list<T>(
        &mut self,
        key: &'static str,
        allowed: &str,
        judge: impl Fn(&str) -> Option<T>,
    ) -> Result<Vec<T>, ConfigError> {
        let Some(found) = self.find(key) else { return Ok(Vec::new()) };
        let Some(items) = found.items() else {
            return Err(self.wrong(key, &found, format!("a list: {allowed}")));
        };
        let judged = items.into_iter().map(|value| match value.as_str().and_then(&judge) {
            Some(item) => Ok(item),
            None => Err(self.wrong(key, &Found { value, ..found.clone_origin() }, allowed)),
        });
        judged.collect()
    }

    /// The same, where no message may show a text.
    ///
    /// # Errors
    /// As [`list`](Self::list).
    pub fn secrets<T>(
        &mut self,
        key: &'static str,
        allowed: &str,
        judge: impl Fn(&str) -> Option<T>,
    ) -> Result<Vec<T>, ConfigError> {
        let Some(found) = self.find(key) else { return Ok(Vec::new()) };
        let judged = found
            .items()
            .and_then(|items| items.iter().map(|value| value.as_str().and_then(&judge)).collect());
        judged.ok_or_else(|| self.hidden(key, found.origin, allowed))
    }

    /// Whether `key` is given, and not read yet.
    #[must_use]
    pub fn has(&self, key: &str) -> bool {
        self.left.contains_key(key) || self.overrides(key)
    }

    /// Whether a flag or variable gives `key`, and so wins over the file.
    #[must_use]
    pub fn overrides(&self, key: &str) -> bool {
        self.layers.overriding(&self.key(key)).is_some()
    }

    /// Refuses what was not read.
    ///
    /// # Errors
    /// The first unknown key.
    pub fn finish(self) -> Result<(), ConfigError> {
        match self.left.keys().next() {
            None => Ok(()),
            Some(key) => Err(ConfigError::UnknownKey {
                key: self.key(key),
                origin: self.layers.path().display().to_string(),
                allowed: self.known.join(", "),
            }),
        }
    }

    fn key(&self, key: &str) -> String {
        if self.name.is_empty() { key.to_owned() } else { format!("{}.{key}", self.name) }
    }

    /// What `judge` makes of the value of `key`, if there is one.
    fn read<T>(
        &mut self,
        key: &'static str,
        allowed: &str,
        judge: impl FnOnce(&Found) -> Option<T>,
    ) -> Result<Option<T>, ConfigError> {
        let Some(found) = self.find(key) else { return Ok(None) };
        judge(&found).map(Some).ok_or_else(|| self.wrong(key, &found, allowed))
    }

    fn find(&mut self, key: &'static str) -> Option<Found> {
        self.known.push(key);
        let in_file = self.left.remove(key);
        if let Some((origin, text)) = self.layers.overriding(&self.key(key)) {
            return Some(Found { value: Value::String(text), origin, is_text: true });
        }
        in_file.map(|value| self.in_file(value))
    }
}
