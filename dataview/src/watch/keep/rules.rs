//! Rules that were made by the API.

use super::super::limits::RULES_MAX;
use super::super::rule::Rule;
use super::{Keep, KeepError, signed, unsigned};
use rusqlite::params;

/// A rule that is kept, and who has said so.
#[derive(Debug, Clone, PartialEq)]
pub struct KeptRule {
    /// It.
    pub rule: Rule,
    /// When it was made or changed, in ms since the Unix epoch.
    pub changed_at: u64,
    /// By whom.
    pub changed_by: String,
}

impl Keep {
    /// All of them, by name.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn rules(&self) -> Result<Vec<KeptRule>, KeepError> {
        let connection = self.lock();
        let sql = "SELECT definition, changed_at, changed_by FROM rule ORDER BY name";
        let mut ask = connection.prepare_cached(sql)?;
        let rows = ask.query_map([], |row| {
            Ok((row.get::<_, String>(0)?, unsigned(row.get(1)?), row.get(2)?))
        })?;
        let mut rules = Vec::new();
        for row in rows {
            let (definition, changed_at, changed_by) = row?;
            rules.push(KeptRule {
                rule: serde_json::from_str(&definition)?,
                changed_at,
                changed_by,
            });
        }
        Ok(rules)
    }

    /// Adds a rule.
    ///
    /// # Errors
    /// When there is one of that name, or one too many.
    pub fn add_rule(&self, rule: &Rule, who: &str, now_ms: u64) -> Result<(), KeepError> {
        let connection = self.lock();
        let sql = "SELECT count(*) FROM rule";
        let there: i64 = connection.query_row(sql, [], |row| row.get(0))?;
        if unsigned(there) >= RULES_MAX as u64 {
            return Err(KeepError::TooMany(format!("{RULES_MAX} rules")));
        }
        let sql = "INSERT INTO rule (name, definition, changed_at, changed_by)
                   VALUES (?, ?, ?, ?) ON CONFLICT (name) DO NOTHING";
        let definition = serde_json::to_string(rule)?;
        let values = params![rule.name, definition, signed(now_ms), who];
        if connection.execute(sql, values)? == 0 {
            return Err(KeepError::Exists(rule.name.clone()));
        }
        drop(connection);
        self.ruled.send_modify(|count| *count += 1);
        Ok(())
    }

    /// Changes the rule of the same name.
    ///
    /// # Errors
    /// When there is none.
    pub fn change_rule(&self, rule: &Rule, who: &str, now_ms: u64) -> Result<(), KeepError> {
        let sql = "UPDATE rule SET definition = ?2, changed_at = ?3, changed_by = ?4
                   WHERE name = ?1";
        let definition = serde_json::to_string(rule)?;
        let values = params![rule.name, definition, signed(now_ms), who];
        if self.lock().execute(sql, values)? == 0 {
            return Err(KeepError::Unknown(format!("rule {} that was made here", rule.name)));
        }
        self.ruled.send_modify(|count| *count += 1);
        Ok(())
    }

    /// Removes the rule called `name`. What fires because of it ends with the next minute.
    ///
    /// # Errors
    /// When there is none.
    pub fn remove_rule(&self, name: &str) -> Result<(), KeepError> {
        if self.lock().execute("DELETE FROM rule WHERE name = ?", [name])? == 0 {
            return Err(KeepError::Unknown(format!("rule {name} that was made here")));
        }
        self.ruled.send_modify(|count| *count += 1);
        Ok(())
    }
}
