//! Notices that wait for their channel, and what became of them.

use super::super::incident::{Kind, Notice};
use super::super::limits::{DELIVERIES_MAX, ERROR_CHARS_MAX, GIVE_UP_MS, WAITING_MAX};
use super::{Keep, KeepError, count, signed, unsigned};
use rusqlite::{OptionalExtension, Row, Transaction, params};
use serde::Serialize;
use utoipa::ToSchema;

/// A notice that is to be sent.
#[derive(Debug, Clone, PartialEq)]
pub struct Due {
    /// It.
    pub notice: Notice,
    /// How often it was tried.
    pub tries: u32,
    /// When it may be tried, in ms since the Unix epoch.
    pub next_at_ms: u64,
}

/// What became of a notice.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct NoticeDelivery {
    /// The notice's name: the same however often it is sent.
    pub id: String,
    /// The incident.
    pub incident: u64,
    /// The channel.
    pub channel: String,
    /// What is told.
    pub kind: Kind,
    /// Where it stands.
    pub state: DeliveryState,
    /// When it was made, in ms since the Unix epoch.
    pub made_at: u64,
    /// When it is tried next, while it waits.
    pub next_at: Option<u64>,
    /// How often it was tried.
    pub tries: u32,
    /// Why the last try failed.
    pub error: Option<String>,
    /// When it was delivered or given up.
    pub ended_at: Option<u64>,
}

/// Where a delivery stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum DeliveryState {
    /// It waits, or waits to be tried again.
    Waiting,
    /// The channel has taken it.
    Delivered,
    /// It will not be tried any more.
    GivenUp,
}

impl DeliveryState {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Waiting, Self::Delivered, Self::GivenUp];

    /// Its name.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Delivered => "delivered",
            Self::GivenUp => "given_up",
        }
    }

    /// The one called `name`.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.name() == name)
    }
}

/// Keeps `notice` until it is delivered. Where too many wait for its channel, the oldest is given up.
pub(super) fn write(transaction: &Transaction<'_>, notice: &Notice) -> Result<(), KeepError> {
    let sql = "INSERT INTO notice (id, incident, channel, kind, document, state, made_at, next_at)
               VALUES (?1, ?2, ?3, ?4, ?5, 'waiting', ?6, 0) ON CONFLICT (id) DO NOTHING";
    transaction.prepare_cached(sql)?.execute(params![
        notice.id,
        signed(notice.incident.id),
        notice.channel,
        notice.kind.name(),
        serde_json::to_string(notice)?,
        signed(notice.at),
    ])?;
    let sql = "SELECT count(*) FROM notice WHERE channel = ? AND state = 'waiting'";
    let waiting: i64 =
        transaction.prepare_cached(sql)?.query_row([&notice.channel], |row| row.get(0))?;
    let surplus = unsigned(waiting).saturating_sub(WAITING_MAX);
    if surplus > 0 {
        let sql = "UPDATE notice SET state = 'given_up', error = 'too many waited', ended_at = ?3
                   WHERE number IN (SELECT number FROM notice
                                    WHERE channel = ?1 AND state = 'waiting'
                                    ORDER BY number LIMIT ?2)";
        let values = params![notice.channel, signed(surplus), signed(notice.at)];
        transaction.execute(sql, values)?;
        count(transaction, "alert_notices_queue_full", surplus)?;
    }
    let sql = "DELETE FROM notice WHERE state <> 'waiting'
               AND number <= (SELECT max(number) FROM notice) - ?";
    transaction.prepare_cached(sql)?.execute([signed(DELIVERIES_MAX)])?;
    Ok(())
}

impl Keep {
    /// The oldest notice that waits for `channel`: what is told comes in its order.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn due(&self, channel: &str) -> Result<Option<Due>, KeepError> {
        let connection = self.lock();
        let sql = "SELECT document, tries, next_at FROM notice
                   WHERE channel = ? AND state = 'waiting' ORDER BY number LIMIT 1";
        let mut ask = connection.prepare_cached(sql)?;
        let row = ask
            .query_row([channel], |row| {
                Ok((row.get::<_, String>(0)?, row.get(1)?, unsigned(row.get(2)?)))
            })
            .optional()?;
        let Some((document, tries, next_at_ms)) = row else { return Ok(None) };
        Ok(Some(Due { notice: serde_json::from_str(&document)?, tries, next_at_ms }))
    }

    /// The channel has taken it.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub fn delivered(&self, id: &str, now_ms: u64) -> Result<(), KeepError> {
        let sql = "UPDATE notice SET state = 'delivered', tries = tries + 1, error = NULL,
                   ended_at = ?2 WHERE id = ?1 AND state = 'waiting'";
        self.lock().execute(sql, params![id, signed(now_ms)])?;
        Ok(())
    }

    /// It was not taken, and is tried again at `next_at_ms`; or never, without one or when it has
    /// waited for too long.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub fn failed(
        &self,
        id: &str,
        error: &str,
        next_at_ms: Option<u64>,
        now_ms: u64,
    ) -> Result<(), KeepError> {
        let error: String = error.chars().take(ERROR_CHARS_MAX).collect();
        let connection = self.lock();
        if let Some(next_at_ms) = next_at_ms {
            let sql = "UPDATE notice SET tries = tries + 1, error = ?2, next_at = ?3
                       WHERE id = ?1 AND state = 'waiting' AND made_at > ?4";
            let since = signed(now_ms.saturating_sub(GIVE_UP_MS));
            let values = params![id, error, signed(next_at_ms), since];
            if connection.execute(sql, values)? > 0 {
                return Ok(());
            }
        }
        let sql = "UPDATE notice SET state = 'given_up', tries = tries + 1, error = ?2,
                   ended_at = ?3 WHERE id = ?1 AND state = 'waiting'";
        let given_up = connection.execute(sql, params![id, error, signed(now_ms)])?;
        count(&connection, "alert_notices_given_up", given_up as u64)
    }

    /// Gives up what waits for channels that are not among `channels`, once it has waited for long.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub fn give_up_unknown(&self, channels: &[&str], now_ms: u64) -> Result<(), KeepError> {
        let connection = self.lock();
        let sql = "UPDATE notice SET state = 'given_up', error = 'there is no such channel',
                   ended_at = ?2 WHERE state = 'waiting' AND made_at < ?3
                   AND channel NOT IN (SELECT value FROM json_each(?1))";
        let names = serde_json::to_string(channels)?;
        let since = signed(now_ms.saturating_sub(GIVE_UP_MS));
        let count_up = connection.execute(sql, params![names, signed(now_ms), since])?;
        count(&connection, "alert_notices_no_channel", count_up as u64)
    }

    /// At most `limit` deliveries, the newest first, before the place `before`; with each one's place.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn deliveries(
        &self,
        incident: Option<u64>,
        channel: Option<&str>,
        state: Option<DeliveryState>,
        before: Option<u64>,
        limit: usize,
    ) -> Result<Vec<(u64, NoticeDelivery)>, KeepError> {
        let connection = self.lock();
        let sql = "SELECT number, id, incident, channel, kind, state, made_at, next_at, tries,
                          error, ended_at
                   FROM notice WHERE (?1 IS NULL OR incident = ?1)
                   AND (?2 IS NULL OR channel = ?2) AND (?3 IS NULL OR state = ?3)
                   AND number < ?4 ORDER BY number DESC LIMIT ?5";
        let mut ask = connection.prepare_cached(sql)?;
        let state = state.map(DeliveryState::name);
        let before = before.map_or(i64::MAX, signed);
        let limit = signed(limit as u64);
        let values = params![incident.map(signed), channel, state, before, limit];
        let rows = ask.query_map(values, read)?;
        Ok(rows.collect::<Result<_, _>>()?)
    }
}

fn read(row: &Row<'_>) -> rusqlite::Result<(u64, NoticeDelivery)> {
    let (kind, state): (String, String) = (row.get(4)?, row.get(5)?);
    let kind = serde_json::from_value(kind.into()).unwrap_or(Kind::Opened);
    let state = DeliveryState::named(&state).unwrap_or(DeliveryState::GivenUp);
    let is_waiting = state == DeliveryState::Waiting;
    let next_at = unsigned(row.get(7)?);
    let ended_at: Option<i64> = row.get(10)?;
    Ok((
        unsigned(row.get(0)?),
        NoticeDelivery {
            id: row.get(1)?,
            incident: unsigned(row.get(2)?),
            channel: row.get(3)?,
            kind,
            state,
            made_at: unsigned(row.get(6)?),
            next_at: (is_waiting && next_at > 0).then_some(next_at),
            tries: row.get(8)?,
            error: row.get(9)?,
            ended_at: ended_at.map(unsigned),
        },
    ))
}
