//! A connection that is made again when it is lost.
//!
//! Not the crate's `ConnectionManager`: after an answer that came too late it goes on with the
//! same connection, which to a host that has vanished is no connection, and while it reconnects
//! every command waits for all of its attempts. Here one owner sends one pipeline at a time, so
//! a connection that failed in any way is dropped, and until the pause before the next attempt
//! is over the answer is given at once.

use crate::buffer::limits::{RECONNECT_PAUSE_MAX, RECONNECT_PAUSE_MIN};
use crate::buffer::{KeepError, OpenError};
use ::redis::aio::MultiplexedConnection;
use ::redis::io::tcp::TcpSettings;
use ::redis::{
    AsyncConnectionConfig, Client, Cmd, FromRedisValue, IntoConnectionInfo, Pipeline, RedisError,
    RedisResult,
};
use std::time::Duration;
use tokio::time::Instant;

/// A client for `url`.
///
/// # Errors
/// What is wrong with the address, without the address.
pub(super) fn client(url: &str) -> Result<Client, OpenError> {
    let wrong = |error: RedisError| OpenError::RedisUrl { reason: error.to_string() };
    let info = url.into_connection_info().map_err(wrong)?;
    // Without it a pipeline's last packet waits for the acknowledgement of the one before.
    let info = info.set_tcp_settings(TcpSettings::default().set_nodelay(true));
    Client::open(info).map_err(wrong)
}

/// The one connection of a sink.
pub(super) struct Link {
    client: Client,
    config: AsyncConnectionConfig,
    connection: Option<MultiplexedConnection>,
    /// The pause before the next attempt, and when it is over.
    pause: Duration,
    next_attempt: Option<Instant>,
    last_error: String,
}

impl Link {
    pub(super) fn new(
        url: &str,
        connect_timeout: Duration,
        response_timeout: Duration,
    ) -> Result<Self, OpenError> {
        let config = AsyncConnectionConfig::new()
            .set_connection_timeout(Some(connect_timeout))
            .set_response_timeout(Some(response_timeout));
        Ok(Self {
            client: client(url)?,
            config,
            connection: None,
            pause: RECONNECT_PAUSE_MIN,
            next_attempt: None,
            last_error: String::new(),
        })
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
        self.connection = None;
    }

    async fn connection(&mut self) -> Result<MultiplexedConnection, KeepError> {
        if let Some(connection) = &self.connection {
            return Ok(connection.clone());
        }
        if self.next_attempt.is_some_and(|at| Instant::now() < at) {
            return Err(KeepError::unavailable(self.last_error.as_str()));
        }
        match self.client.get_multiplexed_async_connection_with_config(&self.config).await {
            Ok(connection) => {
                self.pause = RECONNECT_PAUSE_MIN;
                self.next_attempt = None;
                self.connection = Some(connection.clone());
                Ok(connection)
            }
            Err(error) => {
                self.next_attempt = Some(Instant::now() + self.pause);
                self.pause = (self.pause * 2).min(RECONNECT_PAUSE_MAX);
                self.last_error = format!("Redis cannot be reached: {error}");
                Err(KeepError::unavailable(self.last_error.as_str()))
            }
        }
    }

    /// Drops the connection when it failed.
    fn settle<T>(&mut self, result: RedisResult<T>) -> Result<T, KeepError> {
        result.map_err(|error| {
            self.connection = None;
            let what = if error.is_timeout() { "did not answer in time" } else { "was lost" };
            KeepError::unavailable(format!("Redis {what}: {error}"))
        })
    }
}
