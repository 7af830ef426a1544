//! The rules in force: those of the file, and those that were made by the API.

use super::channel::Channel;
use super::file::FileSet;
use super::keep::KeptRule;
use super::rule::{Rule, WrongRule};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// All rules and channels at one moment.
#[derive(Debug, Clone, Default)]
pub struct RuleSet {
    /// All rules, by name.
    pub rules: BTreeMap<String, Rule>,
    /// When and by whom those were made or changed that are not in the file.
    pub kept: BTreeMap<String, (u64, String)>,
    /// The channels that forget what they are not told again.
    pub forgetful: BTreeSet<String>,
    /// The file.
    pub file: FileSet,
}

impl RuleSet {
    /// Those of `file` and `kept`. Where both have a name the file's counts, and the other is told in
    /// `hidden`.
    #[must_use]
    pub fn new(file: FileSet, kept: Vec<KeptRule>) -> (Self, Vec<String>) {
        let mut rules = file.rules.clone();
        let (mut hidden, mut by) = (Vec::new(), BTreeMap::new());
        for KeptRule { rule, changed_at, changed_by } in kept {
            if rules.contains_key(&rule.name) {
                hidden.push(rule.name);
                continue;
            }
            by.insert(rule.name.clone(), (changed_at, changed_by));
            rules.insert(rule.name.clone(), rule);
        }
        let forgetful = file.channels.values().filter(|channel| channel.is_forgetful());
        let forgetful = forgetful.map(|channel| channel.name.clone()).collect();
        (Self { rules, kept: by, forgetful, file }, hidden)
    }

    /// The channels, by name.
    #[must_use]
    pub fn channels(&self) -> &BTreeMap<String, Arc<Channel>> {
        &self.file.channels
    }

    /// Judges a rule that is to be made or changed.
    ///
    /// # Errors
    /// What is wrong.
    pub fn check(&self, rule: &Rule) -> Result<(), WrongRule> {
        rule.check()?;
        self.file.check_channels(rule)
    }
}
