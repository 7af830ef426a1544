//! The applications, found by their keys.

use crate::config::{AppConfig, AppsConfig, Origins};
use dna_protocol::field::Text;
use std::collections::HashMap;

/// Names that may come and go while the service runs: each has counters, which stay.
const NAMES_MAX: usize = 4000;

/// More names of applications came and went than are counted apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error(
    "more than {NAMES_MAX} names of applications since the start; a restart forgets the old ones"
)]
pub struct TooManyApps;

/// A number for each name, the same as long as the service runs.
#[derive(Debug, Default)]
pub struct AppIds(Vec<String>);

impl AppIds {
    /// The number of `name`, a new one for a new name.
    fn of(&mut self, name: &str) -> Result<usize, TooManyApps> {
        if let Some(index) = self.0.iter().position(|known| known == name) {
            return Ok(index);
        }
        if self.0.len() == NAMES_MAX {
            return Err(TooManyApps);
        }
        self.0.push(name.to_owned());
        Ok(self.0.len() - 1)
    }

    /// The names, in the order of their numbers.
    #[must_use]
    pub fn names(&self) -> &[String] {
        &self.0
    }
}

/// An application as requests see it.
#[derive(Debug)]
pub struct App {
    /// Its number, the same as long as the service runs, whatever is configured meanwhile.
    pub index: usize,
    /// Its name.
    pub name: Text<64>,
    /// Where its pages are.
    pub origins: Origins,
    /// The parameters that stay in addresses, separated by commas.
    pub url_params: String,
}

/// All applications.
#[derive(Debug)]
pub struct Apps {
    apps: Vec<App>,
    by_key: HashMap<String, usize>,
}

impl Apps {
    /// The applications of a configuration that was judged.
    ///
    /// # Errors
    /// When there were too many over time.
    pub fn new(config: AppsConfig, ids: &mut AppIds) -> Result<Self, TooManyApps> {
        let mut by_key = HashMap::new();
        let apps = config.0.into_iter().enumerate().map(|(place, app)| {
            let AppConfig { name, keys, origins, url_params, remote: _ } = app;
            by_key.extend(keys.into_iter().map(|key| (key, place)));
            let index = ids.of(&name)?;
            Ok(App { index, name, origins, url_params: url_params.join(",") })
        });
        let apps = apps.collect::<Result<_, _>>()?;
        Ok(Self { apps, by_key })
    }

    /// The application that `key` belongs to.
    #[must_use]
    pub fn by_key(&self, key: &str) -> Option<&App> {
        self.by_key.get(key).map(|index| &self.apps[*index])
    }
}
