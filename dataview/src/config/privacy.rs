//! `[privacy]` and `[[apps]]`: the keys of pseudonyms, the same as ingest's. With them a user is found
//! whose ID somebody types; without one nobody can look a user up.

use super::{ConfigError, Section};
use crate::query::users::UserPseudonyms;
use dna_settings::{Algorithm, PseudonymKey, Pseudonyms};
use std::collections::BTreeMap;

/// Applications with a key of their own, as many as ingest has.
const APPS_MAX: usize = 1000;

pub(super) fn read(root: &mut Section<'_>) -> Result<UserPseudonyms, ConfigError> {
    let mut section = root.section("privacy")?;
    let algorithm = Algorithm::read(&mut section)?;
    let has_key = section.has("pseudonym_key") || section.has("pseudonym_key_file");
    // Asked for all the same, so that the key is known where there is none.
    let key = PseudonymKey::of_all(&mut section);
    let all = match key {
        Err(_) if !has_key => None,
        key => Some(Pseudonyms::new(&key?, algorithm)),
    };
    section.finish()?;
    Ok(UserPseudonyms { all, apps: read_apps(root, algorithm)? })
}

fn read_apps(
    root: &mut Section<'_>,
    algorithm: Algorithm,
) -> Result<BTreeMap<String, Pseudonyms>, ConfigError> {
    const NAME: &str = "the name of an application as ingest has it";
    let layers = root.layers();
    let tables = root.tables("apps")?;
    if tables.len() > APPS_MAX {
        return Err(root.refuse("apps", "(more)", "at most 1000 tables [[apps]]"));
    }
    let mut apps = BTreeMap::new();
    for (place, table) in tables.into_iter().enumerate() {
        let mut section = Section::of_table(layers, format!("apps[{place}]"), table);
        let name = section.text("name", NAME)?;
        let name = section.required("name", name, NAME)?;
        let key = PseudonymKey::of_app(&mut section)?;
        section.finish()?;
        if let Some(key) = key {
            let pseudonyms = Pseudonyms::new(&key, algorithm);
            if apps.insert(name.clone(), pseudonyms).is_some() {
                let section =
                    Section::of_table(layers, format!("apps[{place}]"), toml::Table::new());
                return Err(section.refuse("name", &name, "a name that no other app has"));
            }
        }
    }
    Ok(apps)
}
