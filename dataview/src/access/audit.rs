//! The audit log: who looked which user up and why, and who changed who may. Each record's hash is
//! over the one before and itself, so that what was changed or taken out is found; what was cut
//! off at the end is found by who has noted the last hash, which is why it is told.

use super::limits::REASON_BYTES_MAX;
use super::{Access, AccessError};
use dna_protocol::privacy::clean_text;
use rusqlite::{Connection, OptionalExtension, params};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use utoipa::ToSchema;

/// What was done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Action {
    /// A user was looked up by the real ID; `subject` is the pseudonym.
    UserLookedUp,
    /// An account was made; `subject` is its name.
    AccountAdded,
    /// An account's role, applications or password were changed.
    AccountChanged,
    /// An account was removed.
    AccountRemoved,
    /// A token was made; `subject` is its name.
    TokenAdded,
    /// A token was removed.
    TokenRemoved,
    /// A subscription was made; `subject` is its name.
    SubscriptionAdded,
    /// A subscription's filter, mask or delivery was changed.
    SubscriptionChanged,
    /// A subscription was paused.
    SubscriptionPaused,
    /// A subscription that was paused goes on.
    SubscriptionResumed,
    /// A subscription's webhook got another secret.
    SubscriptionSecretRotated,
    /// A subscription was removed.
    SubscriptionRemoved,
    /// A subscription reads on from another time.
    SubscriptionReplayed,
    /// What is kept of a dead letter's entry was looked at; `subject` is its name.
    DeadLetterSeen,
    /// Dead letters were given to the consumers once more; `subject` is their names, or their reason.
    DeadLettersReplayed,
    /// A rule of alerts was made; `subject` is its name.
    AlertRuleAdded,
    /// A rule of alerts was changed.
    AlertRuleChanged,
    /// A rule of alerts was removed.
    AlertRuleRemoved,
    /// A silence was made; `subject` is its number.
    SilenceAdded,
    /// A silence was ended.
    SilenceRemoved,
    /// An incident was acknowledged; `subject` is its number.
    IncidentAcknowledged,
}

/// What is to be written into the log.
#[derive(Debug, Clone)]
pub struct Deed<'a> {
    /// Who did it.
    pub who: &'a str,
    /// What.
    pub action: Action,
    /// To whom or what. Never a raw ID.
    pub subject: &'a str,
    /// The application, where there is one.
    pub app: Option<&'a str>,
    /// Why, as was said.
    pub reason: Option<&'a str>,
}

/// A record of the log.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct AuditRecord {
    /// Its number, from 1, without gaps.
    pub sequence: u64,
    /// When, in ms since the Unix epoch.
    pub at: u64,
    /// Who did it.
    pub who: String,
    /// What.
    pub action: Action,
    /// To whom (a pseudonym) or what (a name).
    pub subject: String,
    /// The application.
    pub app: Option<String>,
    /// Why.
    pub reason: Option<String>,
    /// SHA-256 over the hash before (32 zero bytes for the first) and this record's JSON without its
    /// hash, in hexadecimal digits.
    #[serde(default)]
    pub hash: String,
}

/// What a look at the whole log has found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// Every record follows from the one before.
    Whole {
        /// How many there are.
        records: u64,
        /// The last one's hash; to be noted by who wants to know later that none was cut off.
        head: String,
    },
    /// One does not.
    Broken {
        /// The first such one's number.
        sequence: u64,
        /// What is wrong.
        why: BrokenWhy,
    },
}

/// What is wrong with a record.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = AuditBrokenWhy)]
pub enum BrokenWhy {
    /// It is not there.
    Missing,
    /// It, or the one before it, was changed.
    Changed,
    /// Its text is not a record of its number.
    NotItsRecord,
}

impl std::fmt::Display for BrokenWhy {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Missing => "it is missing",
            Self::Changed => "it, or the one before it, was changed",
            Self::NotItsRecord => "it is not a record of this number",
        })
    }
}

/// The hash before the first record.
const BEGINNING: [u8; 32] = [0; 32];

impl Access {
    /// Writes a record. When this has answered, it is on the disk.
    ///
    /// # Errors
    /// When it is not written; then what it is about must not be done.
    pub fn record(&self, deed: &Deed<'_>, now_ms: u64) -> Result<u64, AccessError> {
        let mut connection = self.lock();
        let transaction =
            connection.transaction_with_behavior(rusqlite::TransactionBehavior::Immediate)?;
        let last: Option<(u64, [u8; 32])> = transaction
            .query_row(
                "SELECT sequence, hash FROM audit ORDER BY sequence DESC LIMIT 1",
                [],
                |row| Ok((row.get(0)?, row.get(1)?)),
            )
            .optional()?;
        let (last, before) = last.unwrap_or((0, BEGINNING));
        let sequence = last + 1;
        let record = AuditRecord {
            sequence,
            at: now_ms,
            who: deed.who.to_owned(),
            action: deed.action,
            subject: deed.subject.to_owned(),
            app: deed.app.map(str::to_owned),
            reason: deed.reason.map(clean_reason),
            hash: String::new(),
        };
        let text = text(&record);
        let hash = hash(&before, &text);
        transaction.execute(
            "INSERT INTO audit (sequence, record, hash) VALUES (?, ?, ?)",
            params![sequence, text, hash],
        )?;
        transaction.commit()?;
        tracing::info!(sequence, hash = hex(&hash), "a record was written to the audit log");
        Ok(sequence)
    }

    /// At most `limit` records before the number `before`, the newest first.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn audit(
        &self,
        before: Option<u64>,
        limit: usize,
    ) -> Result<Vec<AuditRecord>, AccessError> {
        let connection = self.lock();
        let mut records = connection.prepare_cached(
            "SELECT sequence, record, hash FROM audit WHERE sequence < ?
             ORDER BY sequence DESC LIMIT ?",
        )?;
        let before = before.unwrap_or(i64::MAX as u64);
        let rows = records.query_map(params![before, limit], |row| {
            Ok((row.get(0)?, row.get::<_, String>(1)?, row.get::<_, Vec<u8>>(2)?))
        })?;
        let read = |row: (u64, String, Vec<u8>)| match serde_json::from_str(&row.1) {
            Ok(record) => AuditRecord { hash: hex(&row.2), ..record },
            // Somebody has been at the file: `verify_audit` says so.
            Err(_) => AuditRecord {
                sequence: row.0,
                at: 0,
                who: "(unreadable)".to_owned(),
                action: Action::UserLookedUp,
                subject: "(unreadable)".to_owned(),
                app: None,
                reason: None,
                hash: hex(&row.2),
            },
        };
        rows.map(|row| Ok(read(row?))).collect()
    }

    /// Whether a record has this hash, in hexadecimal digits.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn has_audit_hash(&self, hash: &str) -> Result<bool, AccessError> {
        let sql = "SELECT EXISTS (SELECT 1 FROM audit WHERE lower(hex(hash)) = lower(?))";
        Ok(self.lock().query_row(sql, [hash.trim()], |row| row.get(0))?)
    }

    /// Looks at the whole log.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn verify_audit(&self) -> Result<Verdict, AccessError> {
        verify(&self.lock())
    }
}

fn verify(connection: &Connection) -> Result<Verdict, AccessError> {
    let mut records =
        connection.prepare("SELECT sequence, record, hash FROM audit ORDER BY sequence")?;
    let mut rows = records.query([])?;
    let (mut count, mut before) = (0, BEGINNING);
    while let Some(row) = rows.next()? {
        let (sequence, text): (u64, String) = (row.get(0)?, row.get(1)?);
        let kept: Vec<u8> = row.get(2)?;
        let broken = |why| Ok(Verdict::Broken { sequence: count + 1, why });
        if sequence != count + 1 {
            return broken(BrokenWhy::Missing);
        }
        let hash = hash(&before, &text);
        if hash[..] != kept[..] {
            return broken(BrokenWhy::Changed);
        }
        match serde_json::from_str::<AuditRecord>(&text) {
            Ok(record) if record.sequence == sequence => {}
            _ => return broken(BrokenWhy::NotItsRecord),
        }
        (count, before) = (sequence, hash);
    }
    Ok(Verdict::Whole { records: count, head: hex(&before) })
}

/// A reason as it is kept: somebody may have typed into it what must not be.
fn clean_reason(reason: &str) -> String {
    let mut reason = clean_text(reason);
    let end =
        (0..=REASON_BYTES_MAX.min(reason.len())).rev().find(|at| reason.is_char_boundary(*at));
    reason.truncate(end.unwrap_or_default());
    reason
}

/// The record's JSON without its hash.
fn text(record: &AuditRecord) -> String {
    let mut value = serde_json::to_value(record).unwrap_or_default();
    if let Some(members) = value.as_object_mut() {
        members.remove("hash");
    }
    value.to_string()
}

fn hash(before: &[u8; 32], text: &str) -> [u8; 32] {
    Sha256::new_with_prefix(before).chain_update(text.as_bytes()).finalize().into()
}

fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write;
    bytes.iter().fold(String::with_capacity(64), |mut text, byte| {
        // Writing to a string does not fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}
