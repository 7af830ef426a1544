//! Silences.

use super::super::incident::Silence;
use super::super::limits::SILENCES_MAX;
use super::{Keep, KeepError, count, number, signed, unsigned};
use rusqlite::{Connection, TransactionBehavior, params};

/// Those that have not ended at `now_ms`.
pub(super) fn in_force(connection: &Connection, now_ms: u64) -> Result<Vec<Silence>, KeepError> {
    let sql = "SELECT document FROM silence WHERE ends_at > ? ORDER BY id";
    let mut ask = connection.prepare_cached(sql)?;
    let rows = ask.query_map([signed(now_ms)], |row| row.get::<_, String>(0))?;
    rows.map(|row| Ok(serde_json::from_str(&row?)?)).collect()
}

impl Keep {
    /// Those that have not ended at `now_ms`, the oldest first.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn silences(&self, now_ms: u64) -> Result<Vec<Silence>, KeepError> {
        in_force(&self.lock(), now_ms)
    }

    /// Adds one, whose number is given here. Those that have ended go.
    ///
    /// # Errors
    /// When there is one too many.
    pub fn add_silence(&self, silence: Silence, now_ms: u64) -> Result<Silence, KeepError> {
        let mut connection = self.lock();
        let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        transaction.execute("DELETE FROM silence WHERE ends_at <= ?", [signed(now_ms)])?;
        let sql = "SELECT count(*) FROM silence";
        let there: i64 = transaction.query_row(sql, [], |row| row.get(0))?;
        if unsigned(there) >= SILENCES_MAX as u64 {
            return Err(KeepError::TooMany(format!("{SILENCES_MAX} silences")));
        }
        let silence = Silence { id: number(&transaction, "silence")? + 1, ..silence };
        count(&transaction, "silence", 1)?;
        let sql = "INSERT INTO silence (id, ends_at, document) VALUES (?, ?, ?)";
        let document = serde_json::to_string(&silence)?;
        transaction.execute(sql, params![signed(silence.id), signed(silence.to), document])?;
        transaction.commit()?;
        Ok(silence)
    }

    /// Ends one.
    ///
    /// # Errors
    /// When there is none.
    pub fn remove_silence(&self, id: u64) -> Result<(), KeepError> {
        match self.lock().execute("DELETE FROM silence WHERE id = ?", [signed(id)])? {
            0 => Err(KeepError::Unknown(format!("silence {id}"))),
            _ => Ok(()),
        }
    }
}
