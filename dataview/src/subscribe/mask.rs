//! Which fields a subscriber gets of the events that pass.

use super::definition::WrongDefinition;
use super::filter::check_list;
use super::line::OWN_FIELDS;
use dna_protocol::model::KINDS;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use utoipa::ToSchema;

/// A mask. `id`, `time_ms` and `kind` are always told; of the others those that `keep` names, where
/// it names any, and never those that `drop` names.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Mask {
    /// The fields that are told; empty: all.
    pub keep: Vec<String>,
    /// The fields that are not.
    pub drop: Vec<String>,
}

impl Mask {
    /// Judges it.
    ///
    /// # Errors
    /// What is wrong, where, and what is allowed.
    pub fn check(&self) -> Result<(), WrongDefinition> {
        for (name, list) in [("fields.keep", &self.keep), ("fields.drop", &self.drop)] {
            check_list(name, list)?;
            if let Some(field) = list.iter().find(|field| !is_field(field)) {
                let allowed = "a field of docs/fields.md, or one that a line has of its own";
                return Err(WrongDefinition::new(name, field, allowed));
            }
        }
        Ok(())
    }

    /// Takes out of `fields` what is not told.
    pub(super) fn apply(&self, fields: &mut Map<String, Value>) {
        let told = |name: &String| {
            (self.keep.is_empty() || self.keep.contains(name)) && !self.drop.contains(name)
        };
        fields.retain(|name, _| told(name));
    }
}

fn is_field(name: &str) -> bool {
    let in_kinds = || KINDS.iter().flat_map(|kind| kind.fields).any(|field| field.name == name);
    OWN_FIELDS.contains(&name) || in_kinds()
}
