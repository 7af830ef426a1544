//! Tokens, by which programs ask.

use super::accounts::{check_name, check_scope, role};
use super::file::{apps_text, scope};
use super::limits::TOKENS_MAX;
use super::{Access, AccessError, Identity, Role, Scope, secret};
use rusqlite::{OptionalExtension, params};

/// What every token begins with, so that one in a wrong place is recognised for what it is.
const PREFIX: &str = "dna_";

/// A token.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Token {
    /// Its name.
    pub name: String,
    /// What it may do.
    pub role: Role,
    /// Which applications it may ask about.
    pub scope: Scope,
    /// When it was made, in ms since the Unix epoch.
    pub created_at_ms: u64,
    /// Who made it.
    pub created_by: String,
    /// When it ends; `None`: never.
    pub expires_at_ms: Option<u64>,
}

/// A token to be made.
#[derive(Debug, Clone)]
pub struct NewToken {
    /// Its name.
    pub name: String,
    /// What it may do.
    pub role: Role,
    /// Which applications it may ask about.
    pub scope: Scope,
    /// Who makes it.
    pub created_by: String,
    /// When it ends, in ms since the Unix epoch; `None`: never.
    pub expires_at_ms: Option<u64>,
}

impl Access {
    /// All tokens, by name.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn tokens(&self) -> Result<Vec<Token>, AccessError> {
        let connection = self.lock();
        let mut all = connection.prepare_cached(
            "SELECT name, role, apps, created_at, created_by, expires_at FROM token ORDER BY name",
        )?;
        let token = |row: &rusqlite::Row<'_>| {
            Ok(Token {
                name: row.get(0)?,
                role: role(row, 1)?,
                scope: scope(row.get(2)?),
                created_at_ms: row.get(3)?,
                created_by: row.get(4)?,
                expires_at_ms: row.get(5)?,
            })
        };
        Ok(all.query_map([], token)?.collect::<Result<_, _>>()?)
    }

    /// Makes a token and answers its secret, which is kept nowhere.
    ///
    /// # Errors
    /// When its name is not allowed or taken, or its end is over.
    pub fn add_token(&self, new: &NewToken, now_ms: u64) -> Result<String, AccessError> {
        check_name(&new.name)?;
        check_scope(&new.scope)?;
        if let Some(end) = new.expires_at_ms.filter(|end| *end <= now_ms) {
            let allowed = "a time that is to come, in ms since the Unix epoch".to_owned();
            let found = end.to_string();
            return Err(AccessError::Invalid { what: "expires_at", found, allowed });
        }
        let token = format!("{PREFIX}{}", secret::new()?);
        let connection = self.lock();
        let count: u64 =
            connection.query_row("SELECT count(*) FROM token", [], |row| row.get(0))?;
        if count >= TOKENS_MAX {
            let (found, allowed) = (count.to_string(), format!("at most {TOKENS_MAX}"));
            return Err(AccessError::Invalid { what: "tokens", found, allowed });
        }
        let added = connection.execute(
            "INSERT INTO token (name, hash, role, apps, created_at, created_by, expires_at)
             VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT (name) DO NOTHING",
            params![
                new.name,
                secret::hash(&token),
                new.role.name(),
                apps_text(&new.scope),
                now_ms,
                new.created_by,
                new.expires_at_ms
            ],
        )?;
        match added {
            0 => Err(AccessError::Exists { what: "a token", name: new.name.clone() }),
            _ => Ok(token),
        }
    }

    /// Removes a token.
    ///
    /// # Errors
    /// When there is none.
    pub fn remove_token(&self, name: &str) -> Result<(), AccessError> {
        match self.lock().execute("DELETE FROM token WHERE name = ?", [name])? {
            0 => Err(AccessError::Unknown { what: "token", name: name.to_owned() }),
            _ => Ok(()),
        }
    }

    /// Who `token` is; `None` when there is none, or it has ended.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn token(&self, token: &str, now_ms: u64) -> Result<Option<Identity>, AccessError> {
        if !token.starts_with(PREFIX) {
            return Ok(None);
        }
        let connection = self.lock();
        let mut find = connection.prepare_cached(
            "SELECT name, role, apps FROM token
             WHERE hash = ? AND (expires_at IS NULL OR expires_at > ?)",
        )?;
        let identity = |row: &rusqlite::Row<'_>| {
            Ok(Identity {
                name: row.get(0)?,
                role: role(row, 1)?,
                scope: scope(row.get(2)?),
                must_change: false,
            })
        };
        Ok(find.query_row(params![secret::hash(token), now_ms], identity).optional()?)
    }
}
