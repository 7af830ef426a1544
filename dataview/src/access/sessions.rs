//! Sessions of browsers: a name and a password become a cookie.

use super::accounts::role;
use super::file::scope;
use super::limits::{HASHES_AT_ONCE, HASHES_WAITING_MAX, SESSIONS_MAX};
use super::{Access, AccessError, Identity, password, secret};
use rusqlite::{OptionalExtension, params};
use std::net::IpAddr;
use std::sync::PoisonError;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

/// How long sessions last.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SessionSettings {
    /// Without a request.
    pub idle: Duration,
    /// In all.
    pub longest: Duration,
}

impl Default for SessionSettings {
    fn default() -> Self {
        Self { idle: Duration::from_secs(30 * 60), longest: Duration::from_secs(12 * 3600) }
    }
}

/// Who has logged in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LoggedIn {
    /// Who.
    pub identity: Identity,
    /// The secret of the cookie. Nowhere else.
    pub secret: String,
    /// What the page sends with what it changes.
    pub csrf: String,
}

/// How exactly it is known when a session was last seen: not every request writes.
const SEEN_STEP_MS: u64 = 60_000;

/// How many logins are being verified or wait for it.
static VERIFYING: AtomicUsize = AtomicUsize::new(0);

impl Access {
    /// Logs somebody in who comes from `address`.
    ///
    /// # Errors
    /// When name and password do not belong together, or there were too many attempts.
    pub async fn log_in(
        &self,
        name: &str,
        password: &str,
        address: IpAddr,
        now_ms: u64,
    ) -> Result<LoggedIn, AccessError> {
        self.verify(name, password, address, now_ms).await?;
        let secret = secret::new()?;
        let mut connection = self.lock();
        let transaction = connection.transaction()?;
        transaction.execute(
            "DELETE FROM session WHERE seen_at < ? OR created_at < ?",
            params![earlier(now_ms, self.sessions.idle), earlier(now_ms, self.sessions.longest)],
        )?;
        transaction.execute(
            "DELETE FROM session WHERE hash IN (SELECT hash FROM session WHERE account = ?
             ORDER BY created_at DESC LIMIT -1 OFFSET ?)",
            params![name, SESSIONS_MAX - 1],
        )?;
        transaction.execute(
            "INSERT INTO session (hash, account, created_at, seen_at) VALUES (?, ?, ?3, ?3)",
            params![secret::hash(&secret), name, now_ms],
        )?;
        transaction
            .execute("UPDATE account SET logged_in_at = ? WHERE name = ?", params![now_ms, name])?;
        transaction.commit()?;
        drop(connection);
        let (identity, csrf) = self.session(&secret, now_ms)?.ok_or(AccessError::Credentials)?;
        Ok(LoggedIn { identity, secret, csrf })
    }

    /// Whether name and password belong together. Counts the attempt.
    ///
    /// # Errors
    /// When they do not, or there were too many attempts.
    pub async fn verify(
        &self,
        name: &str,
        password: &str,
        address: IpAddr,
        now_ms: u64,
    ) -> Result<(), AccessError> {
        let attempt = self.attempts().begin(name, address, now_ms);
        attempt.map_err(AccessError::TooManyAttempts)?;
        let hash: Option<String> = self
            .lock()
            .query_row("SELECT password FROM account WHERE name = ?", [name], |row| row.get(0))
            .optional()?;
        if !self.is_right(password.to_owned(), hash.clone()).await? {
            return Err(AccessError::Credentials);
        }
        self.attempts().end_well(name, address);
        if hash.is_some_and(|hash| password::is_old(&hash)) {
            let new = password::hash(password)?;
            self.lock()
                .execute("UPDATE account SET password = ? WHERE name = ?", params![new, name])?;
        }
        Ok(())
    }

    /// Verifies on a thread that may be busy, a few at a time.
    async fn is_right(&self, password: String, hash: Option<String>) -> Result<bool, AccessError> {
        struct Turn;
        impl Drop for Turn {
            fn drop(&mut self) {
                VERIFYING.fetch_sub(1, Ordering::Relaxed);
            }
        }
        let before = VERIFYING.fetch_add(1, Ordering::Relaxed);
        let turn = Turn;
        if before >= HASHES_AT_ONCE + HASHES_WAITING_MAX {
            return Err(AccessError::TooManyAttempts(Duration::from_secs(1)));
        }
        let hashing = self.hashing.clone().acquire_owned().await;
        let verify = move || {
            let right = password::verify(&password, hash.as_deref());
            drop((hashing, turn));
            right
        };
        let verified = tokio::task::spawn_blocking(verify).await;
        verified.map_err(|error| AccessError::Hash(error.to_string()))
    }

    /// Who the session `secret` belongs to, and its word against forged requests; `None` when it
    /// has ended. It does not last longer by this: see [`see_session`](Self::see_session).
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn session(
        &self,
        secret: &str,
        now_ms: u64,
    ) -> Result<Option<(Identity, String)>, AccessError> {
        let hash = secret::hash(secret);
        let connection = self.lock();
        let mut find = connection.prepare_cached(
            "SELECT name, role, apps, must_change FROM session
             JOIN account ON account = name
             WHERE hash = ? AND seen_at >= ? AND session.created_at >= ?",
        )?;
        let (idle, longest) =
            (earlier(now_ms, self.sessions.idle), earlier(now_ms, self.sessions.longest));
        let identity = find
            .query_row(params![hash, idle, longest], |row| {
                Ok(Identity {
                    name: row.get(0)?,
                    role: role(row, 1)?,
                    scope: scope(row.get(2)?),
                    must_change: row.get(3)?,
                })
            })
            .optional()?;
        Ok(identity.map(|identity| (identity, secret::csrf(secret))))
    }

    /// Notes that somebody has asked with the session `secret`, so that it does not end for want
    /// of questions. What cannot be noted, on a full disk for instance, is only told to the log:
    /// a question is answered all the same.
    pub fn see_session(&self, secret: &str, now_ms: u64) {
        if let Err(error) = self.note_seen(secret, now_ms) {
            tracing::warn!(%error, "that a session is in use was not noted");
        }
    }

    fn note_seen(&self, secret: &str, now_ms: u64) -> Result<(), AccessError> {
        let hash = secret::hash(secret);
        let connection = self.lock();
        // Read first, because even an update of nothing waits for others that write.
        let is_due: bool = connection
            .prepare_cached(
                "SELECT EXISTS (SELECT 1 FROM session WHERE hash = ? AND seen_at <= ?)",
            )?
            .query_row(params![hash, now_ms.saturating_sub(SEEN_STEP_MS)], |row| row.get(0))?;
        if is_due {
            let seen = "UPDATE session SET seen_at = ? WHERE hash = ?";
            connection.execute(seen, params![now_ms, hash])?;
        }
        Ok(())
    }

    /// Ends the session `secret`.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub fn log_out(&self, secret: &str) -> Result<(), AccessError> {
        let hash = secret::hash(secret);
        self.lock().execute("DELETE FROM session WHERE hash = ?", params![hash])?;
        Ok(())
    }

    fn attempts(&self) -> std::sync::MutexGuard<'_, super::Attempts> {
        self.attempts.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn earlier(now_ms: u64, by: Duration) -> u64 {
    now_ms.saturating_sub(u64::try_from(by.as_millis()).unwrap_or(u64::MAX))
}
