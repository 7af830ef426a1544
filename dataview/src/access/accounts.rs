//! Accounts of people.

use super::file::{apps_text, scope};
use super::limits::{ACCOUNTS_MAX, NAME_BYTES_MAX, SCOPE_MAX};
use super::{Access, AccessError, Role, Scope, password, secret};
use rusqlite::{Connection, OptionalExtension, Row, params};

/// An account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Account {
    /// Its name.
    pub name: String,
    /// What it may do.
    pub role: Role,
    /// Which applications it may ask about.
    pub scope: Scope,
    /// Whether it must choose another password first.
    pub must_change: bool,
    /// When it was made, in ms since the Unix epoch.
    pub created_at_ms: u64,
    /// When somebody logged in with it last.
    pub logged_in_at_ms: Option<u64>,
}

/// An account to be made.
#[derive(Clone)]
pub struct NewAccount {
    /// Its name.
    pub name: String,
    /// What it may do.
    pub role: Role,
    /// Which applications it may ask about.
    pub scope: Scope,
    /// Its password.
    pub password: String,
    /// Whether it must choose another one first.
    pub must_change: bool,
}

impl std::fmt::Debug for NewAccount {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "NewAccount {:?}", self.name)
    }
}

const COLUMNS: &str = "name, role, apps, must_change, created_at, logged_in_at";

impl Access {
    /// All accounts, by name.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn accounts(&self) -> Result<Vec<Account>, AccessError> {
        let connection = self.lock();
        let mut all =
            connection.prepare_cached(&format!("SELECT {COLUMNS} FROM account ORDER BY name"))?;
        Ok(all.query_map([], account)?.collect::<Result<_, _>>()?)
    }

    /// Makes an account. Blocks for some 30 ms.
    ///
    /// # Errors
    /// When its name or password is not allowed or its name is taken.
    pub fn add_account(&self, new: &NewAccount, now_ms: u64) -> Result<(), AccessError> {
        check_name(&new.name)?;
        check_scope(&new.scope)?;
        password::check(&new.name, &new.password)?;
        let hash = password::hash(&new.password)?;
        let connection = self.lock();
        let count: u64 =
            connection.query_row("SELECT count(*) FROM account", [], |row| row.get(0))?;
        if count >= ACCOUNTS_MAX {
            let (found, allowed) = (count.to_string(), format!("at most {ACCOUNTS_MAX}"));
            return Err(AccessError::Invalid { what: "accounts", found, allowed });
        }
        let added = connection.execute(
            "INSERT INTO account (name, role, apps, password, must_change, created_at)
             VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING",
            params![
                new.name,
                new.role.name(),
                apps_text(&new.scope),
                hash,
                new.must_change,
                now_ms
            ],
        )?;
        match added {
            0 => Err(AccessError::Exists { what: "an account", name: new.name.clone() }),
            _ => Ok(()),
        }
    }

    /// A password that nobody guesses, for an account that must choose another one.
    ///
    /// # Errors
    /// When the system gives no randomness.
    pub fn new_password() -> Result<String, AccessError> {
        secret::new()
    }

    /// Where there is no account at all, makes the administrator `admin`, who must choose another
    /// password: the one that this answers, which is kept nowhere.
    ///
    /// # Errors
    /// When the file cannot be read or written.
    pub fn first_administrator(&self, now_ms: u64) -> Result<Option<String>, AccessError> {
        let is_first: bool =
            self.lock()
                .query_row("SELECT NOT EXISTS (SELECT 1 FROM account)", [], |row| row.get(0))?;
        if !is_first {
            return Ok(None);
        }
        let password = Self::new_password()?;
        let account = NewAccount {
            name: "admin".to_owned(),
            role: Role::Administrator,
            scope: Scope::All,
            password: password.clone(),
            must_change: true,
        };
        self.add_account(&account, now_ms)?;
        Ok(Some(password))
    }

    /// Changes what an account may do.
    ///
    /// # Errors
    /// When there is none, or it is the last administrator and would be one no more.
    pub fn change_account(&self, name: &str, role: Role, scope: &Scope) -> Result<(), AccessError> {
        check_scope(scope)?;
        let connection = self.lock();
        if role != Role::Administrator {
            keep_an_administrator(&connection, name)?;
        }
        let changed = connection.execute(
            "UPDATE account SET role = ?, apps = ? WHERE name = ?",
            params![role.name(), apps_text(scope), name],
        )?;
        known(changed, name)
    }

    /// Sets an account's password, and ends its sessions. Blocks for some 30 ms.
    ///
    /// # Errors
    /// When there is no such account, or the password is not allowed.
    pub fn set_password(
        &self,
        name: &str,
        password: &str,
        must_change: bool,
    ) -> Result<(), AccessError> {
        password::check(name, password)?;
        let hash = password::hash(password)?;
        let mut connection = self.lock();
        let transaction = connection.transaction()?;
        transaction.execute("DELETE FROM session WHERE account = ?", [name])?;
        let changed = transaction.execute(
            "UPDATE account SET password = ?, must_change = ? WHERE name = ?",
            params![hash, must_change, name],
        )?;
        transaction.commit()?;
        known(changed, name)
    }

    /// Removes an account with its sessions.
    ///
    /// # Errors
    /// When there is none, or it is the last administrator.
    pub fn remove_account(&self, name: &str) -> Result<(), AccessError> {
        let connection = self.lock();
        keep_an_administrator(&connection, name)?;
        let removed = connection.execute("DELETE FROM account WHERE name = ?", [name])?;
        known(removed, name)
    }
}

/// Refuses when `name` is the only administrator.
fn keep_an_administrator(connection: &Connection, name: &str) -> Result<(), AccessError> {
    let others: Option<i64> = connection
        .query_row(
            "SELECT 1 FROM account WHERE role = 'administrator' AND name <> ?1
             UNION ALL SELECT 1 FROM account WHERE name = ?1 AND role <> 'administrator' LIMIT 1",
            [name],
            |row| row.get(0),
        )
        .optional()?;
    let exists: Option<i64> = connection
        .query_row("SELECT 1 FROM account WHERE name = ?", [name], |row| row.get(0))
        .optional()?;
    match (others, exists) {
        (None, Some(_)) => Err(AccessError::LastAdministrator(name.to_owned())),
        _ => Ok(()),
    }
}

fn known(changed: usize, name: &str) -> Result<(), AccessError> {
    match changed {
        0 => Err(AccessError::Unknown { what: "account", name: name.to_owned() }),
        _ => Ok(()),
    }
}

fn account(row: &Row<'_>) -> rusqlite::Result<Account> {
    Ok(Account {
        name: row.get(0)?,
        role: role(row, 1)?,
        scope: scope(row.get(2)?),
        must_change: row.get(3)?,
        created_at_ms: row.get(4)?,
        logged_in_at_ms: row.get(5)?,
    })
}

/// The role in a column. One that is unknown, of a newer program, may least.
pub(super) fn role(row: &Row<'_>, column: usize) -> rusqlite::Result<Role> {
    let name: String = row.get(column)?;
    Ok(Role::named(&name).unwrap_or(Role::Viewer))
}

/// Whether an account or a token may be called `name`.
pub(super) fn check_name(name: &str) -> Result<(), AccessError> {
    let good = |c: char| c.is_alphanumeric() || "-_.@".contains(c);
    if !name.is_empty() && name.len() <= NAME_BYTES_MAX && name.chars().all(good) {
        return Ok(());
    }
    let allowed = format!("1 to {NAME_BYTES_MAX} bytes of letters, digits, `-`, `_`, `.` and `@`");
    Err(AccessError::Invalid { what: "name", found: format!("{name:?}"), allowed })
}

pub(super) fn check_scope(scope: &Scope) -> Result<(), AccessError> {
    let Some(apps) = scope.apps() else { return Ok(()) };
    let good = |app: &String| !app.is_empty() && app.len() <= NAME_BYTES_MAX;
    if !apps.is_empty() && apps.len() <= SCOPE_MAX && apps.iter().all(good) {
        return Ok(());
    }
    let allowed = format!("1 to {SCOPE_MAX} names of applications, or none at all for every one");
    Err(AccessError::Invalid { what: "apps", found: format!("{apps:?}"), allowed })
}
