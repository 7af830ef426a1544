//! The applications, found by their keys.

use crate::config::{AppConfig, AppsConfig, Origins};
use dna_protocol::field::Text;
use std::collections::HashMap;

/// An application as requests see it.
#[derive(Debug)]
pub struct App {
    /// Its place among the applications.
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
    #[must_use]
    pub fn new(config: AppsConfig) -> Self {
        let mut by_key = HashMap::new();
        let apps = config.0.into_iter().enumerate().map(|(index, app)| {
            let AppConfig { name, keys, origins, url_params, remote: _ } = app;
            by_key.extend(keys.into_iter().map(|key| (key, index)));
            App { index, name, origins, url_params: url_params.join(",") }
        });
        let apps = apps.collect();
        Self { apps, by_key }
    }

    /// The application that `key` belongs to.
    #[must_use]
    pub fn by_key(&self, key: &str) -> Option<&App> {
        self.by_key.get(key).map(|index| &self.apps[*index])
    }

    /// The names, in the order of [`App::index`].
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.apps.iter().map(|app| &*app.name)
    }
}
