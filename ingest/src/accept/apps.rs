//! The applications, found by their keys.

use super::handling::{Handling, Installation};
use crate::config::{AppConfig, AppRates, AppsConfig, KeyConfig, PlacesConfig, PrivacyConfig};
use crate::edge::rates::Use;
use dna_protocol::field::Text;
use dna_settings::Pseudonyms;
use foldhash::{HashMap, HashMapExt};
use std::sync::Arc;

/// Names that may come and go while the service runs: each has counters, which stay.
const NAMES_MAX: usize = 4000;

/// More names of applications came and went than are counted apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error(
    "more than {NAMES_MAX} names of applications since the start; a restart forgets the old ones"
)]
pub struct TooManyApps;

/// A number for each name, the same as long as the service runs, and what it has used.
#[derive(Debug, Default)]
pub struct AppIds {
    names: Vec<String>,
    used: Vec<Arc<Use>>,
}

impl AppIds {
    /// The number of `name`, a new one for a new name.
    fn of(&mut self, name: &str) -> Result<usize, TooManyApps> {
        if let Some(index) = self.names.iter().position(|known| known == name) {
            return Ok(index);
        }
        if self.names.len() == NAMES_MAX {
            return Err(TooManyApps);
        }
        self.names.push(name.to_owned());
        self.used.push(Arc::default());
        Ok(self.names.len() - 1)
    }

    /// The names, in the order of their numbers.
    #[must_use]
    pub fn names(&self) -> &[String] {
        &self.names
    }
}

/// An application as requests see it.
#[derive(Debug)]
pub struct App {
    /// Its number, the same as long as the service runs, whatever is configured meanwhile.
    pub index: usize,
    /// Its name.
    pub name: Text<64>,
    /// Where its clients are.
    pub places: PlacesConfig,
    /// The parameters that stay in addresses, separated by commas.
    pub url_params: String,
    /// What is done to its events.
    pub handling: Handling,
    /// Makes pseudonyms of its users' IDs.
    pub pseudonyms: Pseudonyms,
    /// How much it may send.
    pub rates: AppRates,
    /// How much it has sent: the same as long as the service runs.
    pub used: Arc<Use>,
}

/// All applications.
#[derive(Debug)]
pub struct Apps {
    apps: Vec<App>,
    by_key: HashMap<String, Key>,
}

/// A key, and whose it is.
#[derive(Debug)]
struct Key {
    /// The place of its application.
    app: usize,
    /// When it ends, in ms since the Unix epoch.
    not_after: Option<u64>,
    environment: Option<Text<64>>,
}

/// Who sends: an application by one of its keys.
#[derive(Debug, Clone, Copy)]
pub struct Sender<'a> {
    /// The application.
    pub app: &'a App,
    /// The environment of those who have the key.
    pub environment: Option<&'a Text<64>>,
}

/// Why a key is not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum KeyError {
    /// No application has it.
    #[error("is not known; expected a key of the configuration")]
    Unknown,
    /// It had an end.
    #[error(
        "ended at {not_after} ms since the Unix epoch; expected a key of the configuration that has not ended"
    )]
    Expired {
        /// When.
        not_after: u64,
    },
}

impl Apps {
    /// The applications of a configuration that was judged.
    ///
    /// # Errors
    /// When there were too many over time.
    pub fn new(
        config: AppsConfig,
        privacy: &PrivacyConfig,
        ids: &mut AppIds,
    ) -> Result<Self, TooManyApps> {
        let installation = Installation::new(privacy);
        let mut by_key = HashMap::new();
        let apps = config.0.into_iter().enumerate().map(|(place, app)| {
            let index = ids.of(&app.name)?;
            let handling = Handling::new(&app, &installation);
            let AppConfig { name, keys, places, url_params, pseudonym_key, rates, .. } = app;
            by_key.extend(keys.into_iter().map(|key| {
                let KeyConfig { key, not_after, environment } = key;
                (key, Key { app: place, not_after, environment })
            }));
            let key = pseudonym_key.as_ref().unwrap_or(&privacy.pseudonym_key);
            let pseudonyms = Pseudonyms::new(key, privacy.algorithm);
            let (url_params, used) = (url_params.join(","), Arc::clone(&ids.used[index]));
            Ok(App { index, name, places, url_params, handling, pseudonyms, rates, used })
        });
        let apps = apps.collect::<Result<_, _>>()?;
        Ok(Self { apps, by_key })
    }

    /// The application that `key` belongs to at `now` (ms since the Unix epoch).
    ///
    /// # Errors
    /// When it belongs to none, or does so no more.
    pub fn by_key(&self, key: &str, now: u64) -> Result<Sender<'_>, KeyError> {
        let key = self.by_key.get(key).ok_or(KeyError::Unknown)?;
        match key.not_after {
            Some(not_after) if now >= not_after => Err(KeyError::Expired { not_after }),
            _ => Ok(Sender { app: &self.apps[key.app], environment: key.environment.as_ref() }),
        }
    }
}
