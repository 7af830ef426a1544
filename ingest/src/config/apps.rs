//! `[[apps]]`: who may send, and from where.

use super::{
    AppRates, ConfigError, DropRule, KeyConfig, PlacesConfig, PseudonymKey, RatesConfig,
    RemoteValues, SamplingRule, ScrubRule, Section,
};
use dna_protocol::field::Text;
use std::collections::BTreeMap;

/// Applications; each counts a few dozen series in /metrics.
const APPS_MAX: usize = 1000;

/// All applications.
#[derive(Debug, Clone)]
pub struct AppsConfig(pub Vec<AppConfig>);

/// One application.
#[derive(Debug, Clone)]
pub struct AppConfig {
    /// Its name, kept with each frame.
    pub name: Text<64>,
    /// The keys by which its clients name it.
    pub keys: Vec<KeyConfig>,
    /// Where its clients are.
    pub places: PlacesConfig,
    /// Parameters that stay in addresses, such as `lang`.
    pub url_params: Vec<String>,
    /// Which sessions are kept; the first rule that is for an event's kind counts.
    pub sampling: Vec<SamplingRule>,
    /// What is replaced in texts, before our own masks.
    pub scrub: Vec<ScrubRule>,
    /// Fields that are not kept.
    pub drop_fields: Vec<DropRule>,
    /// Its own key of pseudonyms; absent: the installation's.
    pub pseudonym_key: Option<PseudonymKey>,
    /// What its pages are told.
    pub remote: RemoteValues,
    /// How much it may send.
    pub rates: AppRates,
}

impl AppsConfig {
    /// `signed`: whether a key signs what pages are told.
    pub(super) fn read(
        root: &mut Section<'_>,
        signed: bool,
        rates: &RatesConfig,
    ) -> Result<Self, ConfigError> {
        let layers = root.layers();
        let tables = root.tables("apps")?;
        if tables.is_empty() || tables.len() > APPS_MAX {
            return root.required(
                "apps",
                None,
                "1 to 1000 tables [[apps]] with name, keys, origins",
            );
        }
        let mut apps = Vec::with_capacity(tables.len());
        let mut owners: BTreeMap<String, String> = BTreeMap::new();
        for (place, table) in tables.into_iter().enumerate() {
            let mut section = Section::of_table(layers, format!("apps[{place}]"), table);
            let app = AppConfig::read(&mut section, signed, rates, &mut owners)?;
            if apps.iter().any(|other: &AppConfig| *other.name == *app.name) {
                return Err(section.refuse("name", &app.name, "a name that no other app has"));
            }
            section.finish()?;
            apps.push(app);
        }
        Ok(Self(apps))
    }
}

impl AppConfig {
    fn read(
        section: &mut Section<'_>,
        signed: bool,
        rates: &RatesConfig,
        owners: &mut BTreeMap<String, String>,
    ) -> Result<Self, ConfigError> {
        const NAME: &str = "a name of 1 to 64 letters, digits, `-`, `_` or `.`";
        const PARAM: &str = "the name of a parameter, of 1 to 64 letters, digits, `-`, `_` or `.`";
        let name = section.text("name", NAME)?;
        let name = section.required("name", name, NAME)?;
        if !is_name(&name) {
            return Err(section.refuse("name", &name, NAME));
        }
        let keys = KeyConfig::read(section, &name, owners)?;
        let name = Text::new(name.clone()).map_err(|_| section.refuse("name", &name, NAME))?;
        let places = PlacesConfig::read(section)?;
        let url_params =
            section.list("url_params", PARAM, |name| is_param(name).then(|| name.to_owned()))?;
        Ok(Self {
            name,
            keys,
            places,
            url_params,
            sampling: SamplingRule::read(section)?,
            scrub: ScrubRule::read(section)?,
            drop_fields: DropRule::read(section)?,
            pseudonym_key: PseudonymKey::of_app(section)?,
            remote: RemoteValues::read(section, signed)?,
            rates: rates.of_app(section)?,
        })
    }
}

pub(super) fn is_name(name: &str) -> bool {
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte);
    (1..=64).contains(&name.len()) && name.bytes().all(allowed)
}

/// Whether `name` may stand in an address. One that looks like a personal number would be masked.
fn is_param(name: &str) -> bool {
    is_name(name) && dna_protocol::privacy::clean_text(name) == name
}
