//! The three places a setting can come from.

use crate::ConfigError;
use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

/// Variables of this prefix are ours.
const PREFIX: &str = "DNA_";

/// Variables that hold secrets, whose names the file says.
const SECRET_PREFIX: &str = "DNA_KEY_";

/// The level of the logs, which start before there is a configuration.
const LOG_VARIABLE: &str = "DNA_LOG";

/// File, environment and flags, not yet judged.
#[derive(Debug, Default)]
pub struct Layers {
    file: toml::Table,
    path: PathBuf,
    environment: BTreeMap<String, String>,
    flags: BTreeMap<String, (&'static str, String)>,
    asked: RefCell<BTreeSet<String>>,
    /// Files beside the configuration that hold a part of it, such as keys.
    files: RefCell<BTreeSet<PathBuf>>,
    /// Variables that the file names.
    named: RefCell<BTreeSet<String>>,
    /// The certificate's files are not judged.
    leaves_certificate: bool,
}

impl Layers {
    /// Reads the file at `path`.
    ///
    /// # Errors
    /// When it cannot be read or is no TOML.
    pub fn from_file(path: &Path) -> Result<Self, ConfigError> {
        let text = std::fs::read_to_string(path)
            .map_err(|source| ConfigError::Unreadable { path: path.to_owned(), source })?;
        Self::from_text(path, &text)
    }

    /// Takes `text` as the content of `path`.
    ///
    /// # Errors
    /// When it is no TOML.
    pub fn from_text(path: &Path, text: &str) -> Result<Self, ConfigError> {
        let file = text.parse::<toml::Table>().map_err(|error| {
            let before = error.span().and_then(|span| text.get(..span.start)).unwrap_or_default();
            ConfigError::NotToml {
                path: path.to_owned(),
                line: before.matches('\n').count() + 1,
                what: error.message().lines().next().unwrap_or_default().to_owned(),
            }
        })?;
        Ok(Self { file, path: path.to_owned(), ..Self::default() })
    }

    /// Adds the environment; variables of other programs are passed over.
    #[must_use]
    pub fn with_environment(mut self, all: impl IntoIterator<Item = (String, String)>) -> Self {
        self.environment = all.into_iter().filter(|(name, _)| name.starts_with(PREFIX)).collect();
        self
    }

    /// Adds the value of a flag, called `flag` in messages, for the setting `key`.
    #[must_use]
    pub fn with_flag(mut self, key: &str, flag: &'static str, value: Option<String>) -> Self {
        if let Some(value) = value {
            self.flags.insert(key.to_owned(), (flag, value));
        }
        self
    }

    /// Leaves the files of the certificate unread: for who serves nothing, and while the service
    /// runs, which looks after them itself and serves the old pair while the new one is half
    /// there. The rest of the configuration does not wait for that.
    #[must_use]
    pub fn without_certificate(self) -> Self {
        Self { leaves_certificate: true, ..self }
    }

    /// Whether the files of the certificate are judged.
    #[must_use]
    pub fn judges_certificate(&self) -> bool {
        !self.leaves_certificate
    }

    /// The keys that were looked for so far.
    #[must_use]
    pub fn asked(&self) -> Vec<String> {
        self.asked.borrow().iter().cloned().collect()
    }

    /// The secret in the variable `name`, which the file names.
    #[must_use]
    pub fn secret_variable(&self, name: &str) -> Option<String> {
        if !name.starts_with(SECRET_PREFIX) {
            return None;
        }
        self.named.borrow_mut().insert(name.to_owned());
        self.environment.get(name).cloned()
    }

    /// The text of a file that the configuration names. It is a part of the configuration from now
    /// on: when it changes, all is read again.
    ///
    /// # Errors
    /// What the system says.
    pub fn read_file(&self, path: &str) -> std::io::Result<String> {
        self.watch(path);
        std::fs::read_to_string(path)
    }

    /// The same for a file that is read elsewhere.
    pub fn watch(&self, path: &str) {
        self.files.borrow_mut().insert(path.into());
    }

    /// The configuration file, and every other file that belongs to it.
    #[must_use]
    pub fn files(&self) -> Vec<PathBuf> {
        let others = self.files.borrow();
        std::iter::once(self.path.clone()).chain(others.iter().cloned()).collect()
    }

    /// The file.
    #[must_use]
    pub fn file(&self) -> &toml::Table {
        &self.file
    }

    /// Where it is.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The text that a flag or variable gives `key`, and the name of that flag or variable.
    #[must_use]
    pub fn overriding(&self, key: &str) -> Option<(String, String)> {
        self.asked.borrow_mut().insert(key.to_owned());
        if let Some((flag, value)) = self.flags.get(key) {
            return Some(((*flag).to_owned(), value.clone()));
        }
        let name = variable(key);
        self.environment.get(&name).map(|value| (name, value.clone()))
    }

    /// Variables of our prefix that set nothing, once everything was asked for.
    #[must_use]
    pub fn idle_variables(&self) -> Vec<String> {
        let asked = self.asked.borrow();
        let known: BTreeSet<String> = asked.iter().map(|key| variable(key)).collect();
        let named = self.named.borrow();
        let idle = |name: &&String| {
            !known.contains(*name) && !named.contains(*name) && name.as_str() != LOG_VARIABLE
        };
        self.environment.keys().filter(idle).cloned().collect()
    }

    /// Refuses a variable that means to set something that does not exist, as a misspelt
    /// `DNA_BUFFER_REDIS_ULR` would silently keep data elsewhere. Only variables of our sections
    /// count: Kubernetes puts `DNA_SERVICE_HOST` and the like into every pod beside a service
    /// called `dna`.
    ///
    /// # Errors
    /// The first such variable.
    pub fn check_environment(&self) -> Result<(), ConfigError> {
        let asked = self.asked.borrow();
        let known: BTreeSet<String> = asked.iter().map(|key| variable(key)).collect();
        let sections: BTreeSet<String> = asked
            .iter()
            .filter_map(|key| key.split_once('.'))
            .map(|(section, _)| variable(section) + "_")
            .collect();
        let stray = self.environment.keys().find(|name| {
            !known.contains(*name) && sections.iter().any(|section| name.starts_with(section))
        });
        let Some(name) = stray else { return Ok(()) };
        let section = sections.iter().find(|section| name.starts_with(*section));
        let here = known.iter().filter(|name| section.is_some_and(|s| name.starts_with(s)));
        Err(ConfigError::UnknownKey {
            key: name.clone(),
            origin: "the environment".to_owned(),
            allowed: here.map(String::as_str).collect::<Vec<_>>().join(", "),
        })
    }
}

/// The environment variable of the setting `key`: `DNA_BUFFER_REDIS_URL` of `buffer.redis.url`.
#[must_use]
pub(crate) fn variable(key: &str) -> String {
    PREFIX.to_owned() + &key.replace('.', "_").to_uppercase()
}
