//! What series of baselines have learnt.

use super::super::limits::SERIES_KEPT_MS;
use super::{Keep, KeepError, signed, unsigned};
use rusqlite::{OptionalExtension, TransactionBehavior, params};

/// What a series is of.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct SeriesKey {
    /// The application.
    pub app: String,
    /// The measure's name.
    pub measure: String,
    /// The dimension's name.
    pub dimension: String,
    /// The value; empty for the whole application.
    pub value: String,
}

impl Keep {
    /// Until when the series of `key` has learnt, and its snapshot.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn series(&self, key: &SeriesKey) -> Result<Option<(u64, Vec<u8>)>, KeepError> {
        let connection = self.lock();
        let sql = "SELECT until, snapshot FROM series
                   WHERE app = ? AND measure = ? AND dimension = ? AND value = ?";
        let mut ask = connection.prepare_cached(sql)?;
        let values = params![key.app, key.measure, key.dimension, key.value];
        let found = ask.query_row(values, |row| Ok((unsigned(row.get(0)?), row.get(1)?)));
        Ok(found.optional()?)
    }

    /// What is kept of `app`, in the order of measures, dimensions and values.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn series_of(&self, app: &str) -> Result<Vec<SeriesKey>, KeepError> {
        let connection = self.lock();
        let sql = "SELECT app, measure, dimension, value FROM series WHERE app = ?";
        let mut ask = connection.prepare_cached(sql)?;
        let rows = ask.query_map([app], |row| {
            let (app, measure) = (row.get(0)?, row.get(1)?);
            Ok(SeriesKey { app, measure, dimension: row.get(2)?, value: row.get(3)? })
        })?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// Writes snapshots with their times. Those that were not fed for long go.
    ///
    /// # Errors
    /// When they are not written; then none is.
    pub fn save_series(
        &self,
        all: &[(SeriesKey, u64, Vec<u8>)],
        now_ms: u64,
    ) -> Result<(), KeepError> {
        if all.is_empty() {
            return Ok(());
        }
        let mut connection = self.lock();
        let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        for (key, until_ms, snapshot) in all {
            let sql = "INSERT INTO series (app, measure, dimension, value, until, snapshot)
                       VALUES (?1, ?2, ?3, ?4, ?5, ?6)
                       ON CONFLICT (app, measure, dimension, value)
                       DO UPDATE SET until = ?5, snapshot = ?6";
            let SeriesKey { app, measure, dimension, value } = key;
            let values = params![app, measure, dimension, value, signed(*until_ms), snapshot];
            transaction.prepare_cached(sql)?.execute(values)?;
        }
        let since = signed(now_ms.saturating_sub(SERIES_KEPT_MS));
        transaction.execute("DELETE FROM series WHERE until < ?", [since])?;
        transaction.commit()?;
        Ok(())
    }
}
