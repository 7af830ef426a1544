//! A connection that is made again when it is lost.
//!
//! Not the crate's `ConnectionManager`: after an answer that came too late it goes on with the
//! same connection, which to a host that has vanished is no connection, and while it reconnects
//! every command waits for all of its attempts. Here one owner sends one pipeline at a time, so
//! a connection that failed in any way is dropped, and until the next one is there the answer is
//! given at once: a host that is away must not hold up the entries of other masters.

use super::limits::CONNECTING_WAIT;
use crate::buffer::KeepError;
use crate::buffer::limits::{RECONNECT_PAUSE_MAX, RECONNECT_PAUSE_MIN};
use ::redis::aio::MultiplexedConnection;
use ::redis::{Cmd, FromRedisValue, Pipeline, RedisError, RedisResult};
use dna_buffer::redis::{Connector, Place};
use std::sync::Arc;
use std::time::Duration;
use tokio::task::JoinHandle;
use tokio::time::{Instant, timeout};

/// The one connection to a server.
pub(super) struct Link {
    connector: Arc<Connector>,
    place: Place,
    state: State,
    backoff: Backoff,
    last_error: String,
    /// How long a command waits for the next connection to be made. The first is waited for, so
    /// that the first status is true.
    patience: Duration,
    connections: u64,
}

enum State {
    Idle,
    /// With how long the next command waits for it; the ones after that do not wait.
    Connecting(JoinHandle<Result<MultiplexedConnection, String>>, Duration),
    Connected(MultiplexedConnection),
}

impl Link {
    pub(super) fn new(connector: Arc<Connector>, place: Place) -> Self {
        let patience = connector.connect_timeout();
        Self {
            connector,
            place,
            state: State::Idle,
            backoff: Backoff::default(),
            last_error: String::new(),
            patience,
            connections: 0,
        }
    }

    pub(super) fn place(&self) -> &Place {
        &self.place
    }

    /// Connections made until now: another number means another connection, perhaps to another
    /// server.
    pub(super) fn connections(&self) -> u64 {
        self.connections
    }

    /// Sends a pipeline and gives its replies.
    pub(super) async fn query<T: FromRedisValue>(
        &mut self,
        pipeline: &Pipeline,
    ) -> Result<T, KeepError> {
        let mut connection = self.connection().await?;
        let result = pipeline.query_async(&mut connection).await;
        self.settle(result)
    }

    /// Sends a command and gives its reply; `None` when Redis refuses it.
    pub(super) async fn command<T: FromRedisValue>(
        &mut self,
        command: &Cmd,
    ) -> Result<Option<T>, KeepError> {
        let mut connection = self.connection().await?;
        let result: RedisResult<T> = command.query_async(&mut connection).await;
        match result {
            Err(error) if error.code().is_some() => Ok(None),
            result => self.settle(result).map(Some),
        }
    }

    /// Connects anew for the next command.
    pub(super) fn drop_connection(&mut self) {
        self.state = State::Idle;
    }

    /// The same, and the next command waits until it is there, as the first did.
    pub(super) fn connect_anew(&mut self) {
        if matches!(self.state, State::Connected(_)) {
            self.drop_connection();
            self.patience = self.connector.connect_timeout();
        }
    }

    /// The connection, made if it is not there.
    pub(super) async fn connection(&mut self) -> Result<MultiplexedConnection, KeepError> {
        if let State::Connected(connection) = &self.state {
            return Ok(connection.clone());
        }
        if matches!(self.state, State::Idle) {
            if !self.backoff.is_over() {
                return Err(KeepError::unavailable(self.last_error.as_str()));
            }
            let (connector, place) = (Arc::clone(&self.connector), self.place.clone());
            let connecting = async move { connector.connect(&place).await };
            self.state = State::Connecting(tokio::spawn(connecting), self.patience);
            self.patience = CONNECTING_WAIT;
        }
        let State::Connecting(connecting, patience) = &mut self.state else {
            return Err(KeepError::unavailable("Redis is not connected"));
        };
        let Ok(connected) = timeout(std::mem::take(patience), connecting).await else {
            let reason = format!("Redis at {} is being connected: {}", self.place, self.last_error);
            return Err(KeepError::unavailable(reason.trim_end_matches([':', ' '])));
        };
        let connected = connected.unwrap_or_else(|_| Err("connecting was ended".to_owned()));
        match connected {
            Ok(connection) => {
                self.backoff = Backoff::default();
                self.connections += 1;
                self.state = State::Connected(connection.clone());
                Ok(connection)
            }
            Err(error) => {
                self.state = State::Idle;
                self.backoff.failed();
                self.last_error = format!("Redis at {} cannot be reached: {error}", self.place);
                Err(KeepError::unavailable(self.last_error.as_str()))
            }
        }
    }

    /// Drops the connection when it failed.
    fn settle<T>(&mut self, result: RedisResult<T>) -> Result<T, KeepError> {
        result.map_err(|error: RedisError| {
            self.state = State::Idle;
            let what = if error.is_timeout() { "did not answer in time" } else { "was lost" };
            KeepError::unavailable(format!("Redis at {} {what}: {error}", self.place))
        })
    }
}

impl Drop for Link {
    fn drop(&mut self) {
        if let State::Connecting(connecting, _) = &self.state {
            connecting.abort();
        }
    }
}

/// The pause before the next attempt. It doubles, and varies by half, so that many ingests do
/// not come back to a Redis at the same moment.
pub(super) struct Backoff {
    pause: Duration,
    until: Option<Instant>,
}

impl Default for Backoff {
    fn default() -> Self {
        Self { pause: RECONNECT_PAUSE_MIN, until: None }
    }
}

impl Backoff {
    pub(super) fn is_over(&self) -> bool {
        self.until.is_none_or(|until| Instant::now() >= until)
    }

    pub(super) fn failed(&mut self) {
        self.until = Some(Instant::now() + self.pause.mul_f64(0.5 + fastrand::f64()));
        self.pause = (self.pause * 2).min(RECONNECT_PAUSE_MAX);
    }

    /// An attempt that succeeded is not repeated within the shortest pause either.
    pub(super) fn succeeded(&mut self) {
        self.pause = RECONNECT_PAUSE_MIN;
        self.until = Some(Instant::now() + self.pause);
    }
}
