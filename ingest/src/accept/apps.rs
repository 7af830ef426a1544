//! The applications, found by their keys.

use crate::config::{AppConfig, AppRates, AppsConfig, Origins};
use crate::edge::rates::Use;
use dna_protocol::field::Text;
use std::collections::HashMap;
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
    /// Where its pages are.
    pub origins: Origins,
    /// The parameters that stay in addresses, separated by commas.
    pub url_params: String,
    /// How much it may send.
    pub rates: AppRates,
    /// How much it has sent: the same as long as the service runs.
    pub used: Arc<Use>,
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
            let AppConfig { name, keys, origins, url_params, remote: _, rates } = app;
            by_key.extend(keys.into_iter().map(|key| (key, place)));
            let index = ids.of(&name)?;
            let (url_params, used) = (url_params.join(","), Arc::clone(&ids.used[index]));
            Ok(App { index, name, origins, url_params, rates, used })
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
