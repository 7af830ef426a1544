//! Reading the streams of all shards.

use super::link::client;
use super::{ENTRY_FIELD, stream_key};
use crate::buffer::ReadError;
use crate::buffer::limits::{
    CONNECT_TIMEOUT_DEFAULT, RESPONSE_TIMEOUT_DEFAULT, SHARDS_DEFAULT, SHARDS_MAX,
};
use crate::buffer::read::{Kept, Start};
use ::redis::aio::MultiplexedConnection;
use ::redis::{AsyncConnectionConfig, Client, Cmd, FromRedisValue, Pipeline};
use bytes::Bytes;
use std::time::Duration;

/// The longest that one XREAD blocks. The answer may come this much later than other answers.
const BLOCK_MAX: Duration = Duration::from_secs(5);

/// A message as XREAD and XREVRANGE give it: its ID, and names and values in turn.
type Message = (String, Vec<Vec<u8>>);

/// A position in each shard's stream.
pub struct RedisReader {
    client: Client,
    /// `None` after a failure; made again by the next call.
    connection: Option<MultiplexedConnection>,
    streams: Vec<Stream>,
    /// Read when the reader was opened, not yet given out.
    pending: Vec<Kept>,
}

#[derive(Debug)]
struct Stream {
    shard: u16,
    key: String,
    /// ID of the last message that was read.
    last_id: String,
}

impl std::fmt::Debug for RedisReader {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("RedisReader").field("streams", &self.streams).finish_non_exhaustive()
    }
}

impl RedisReader {
    /// Opens the streams of `shards` shards; where that is not known, of those that are there.
    ///
    /// # Errors
    /// When Redis cannot be reached.
    pub async fn open(url: &str, shards: Option<u16>, start: Start) -> Result<Self, ReadError> {
        let client = client(url).map_err(|error| ReadError::Redis { reason: error.to_string() })?;
        let mut reader =
            Self { client, connection: None, streams: Vec::new(), pending: Vec::new() };
        let shards = match shards {
            Some(shards) => shards,
            None => reader.count_shards().await?,
        };
        reader.streams = (0..shards)
            .map(|shard| Stream { shard, key: stream_key(shard), last_id: "0-0".to_owned() })
            .collect();
        match start {
            Start::Beginning => {}
            Start::End => reader.go_back(1, 0).await?,
            Start::Last(count) => reader.go_back(count.max(1), count).await?,
        }
        Ok(reader)
    }

    /// The next entries; none when none came within `wait`.
    ///
    /// # Errors
    /// When Redis cannot be read. The next call connects again.
    pub async fn next(&mut self, max: usize, wait: Duration) -> Result<Vec<Kept>, ReadError> {
        if !self.pending.is_empty() {
            let rest = self.pending.split_off(max.min(self.pending.len()));
            return Ok(std::mem::replace(&mut self.pending, rest));
        }
        // XREAD's count is one of each stream.
        let count = (max / self.streams.len().max(1)).max(1);
        // BLOCK 0 would wait for ever.
        let block = wait.min(BLOCK_MAX).as_millis().max(1);
        let mut read = ::redis::cmd("XREAD");
        read.arg("COUNT").arg(count).arg("BLOCK").arg(block.to_string()).arg("STREAMS");
        for stream in &self.streams {
            read.arg(&stream.key);
        }
        for stream in &self.streams {
            read.arg(&stream.last_id);
        }
        let reply: Option<Vec<(String, Vec<Message>)>> = self.command(&read).await?;
        let mut batch = Vec::new();
        for (key, messages) in reply.unwrap_or_default() {
            let stream = self.streams.iter_mut().find(|stream| stream.key == key);
            let Some(stream) = stream else { continue };
            if let Some((last_id, _)) = messages.last() {
                stream.last_id.clone_from(last_id);
            }
            batch.extend(messages.into_iter().flat_map(|message| kept(stream.shard, message)));
        }
        sort(&mut batch);
        Ok(batch)
    }

    /// Sets each stream's position to its end, and keeps the newest `give` of the messages
    /// there to be given out first. `look` says how many of each stream are looked at.
    async fn go_back(&mut self, look: usize, give: usize) -> Result<(), ReadError> {
        let mut pipeline = ::redis::pipe();
        for stream in &self.streams {
            let newest = pipeline.cmd("XREVRANGE").arg(&stream.key);
            newest.arg("+").arg("-").arg("COUNT").arg(look);
        }
        let replies: Vec<Vec<Message>> = self.pipeline(&pipeline).await?;
        for (stream, messages) in self.streams.iter_mut().zip(replies) {
            if let Some((id, _)) = messages.first() {
                stream.last_id.clone_from(id);
            }
            self.pending.extend(messages.into_iter().rev().flat_map(|m| kept(stream.shard, m)));
        }
        sort(&mut self.pending);
        let older = self.pending.len().saturating_sub(give);
        self.pending.drain(..older);
        Ok(())
    }

    /// The number of streams that are there, at least as many as by default.
    async fn count_shards(&mut self) -> Result<u16, ReadError> {
        let mut pipeline = ::redis::pipe();
        for shard in 0..SHARDS_MAX {
            pipeline.cmd("EXISTS").arg(stream_key(shard));
        }
        let there: Vec<bool> = self.pipeline(&pipeline).await?;
        let last = (0..SHARDS_MAX).zip(there).filter_map(|(shard, there)| there.then_some(shard));
        Ok(last.max().map_or(0, |last| last + 1).max(SHARDS_DEFAULT))
    }

    async fn command<T: FromRedisValue>(&mut self, command: &Cmd) -> Result<T, ReadError> {
        let mut connection = self.connection().await?;
        let result = command.query_async(&mut connection).await;
        self.settle(result)
    }

    async fn pipeline<T: FromRedisValue>(&mut self, pipeline: &Pipeline) -> Result<T, ReadError> {
        let mut connection = self.connection().await?;
        let result = pipeline.query_async(&mut connection).await;
        self.settle(result)
    }

    async fn connection(&mut self) -> Result<MultiplexedConnection, ReadError> {
        if let Some(connection) = &self.connection {
            return Ok(connection.clone());
        }
        let config = AsyncConnectionConfig::new()
            .set_connection_timeout(Some(CONNECT_TIMEOUT_DEFAULT))
            .set_response_timeout(Some(BLOCK_MAX + RESPONSE_TIMEOUT_DEFAULT));
        let connected = self.client.get_multiplexed_async_connection_with_config(&config).await;
        let connection = self.settle(connected)?;
        self.connection = Some(connection.clone());
        Ok(connection)
    }

    fn settle<T>(&mut self, result: ::redis::RedisResult<T>) -> Result<T, ReadError> {
        result.map_err(|error| {
            self.connection = None;
            ReadError::Redis { reason: error.to_string() }
        })
    }
}

/// The entries of a message: one, or several where a writer packed them.
fn kept(shard: u16, (id, fields): Message) -> impl Iterator<Item = Kept> {
    let kept_at_ms = order(&id).0;
    let mut fields = fields.into_iter();
    let pairs = std::iter::from_fn(move || Some((fields.next()?, fields.next()?)));
    pairs.filter(|(name, _)| name == ENTRY_FIELD.as_bytes()).map(move |(_, value)| Kept {
        shard,
        id: id.clone(),
        kept_at_ms,
        bytes: Bytes::from(value),
    })
}

/// Sorts by time across shards. Stable, so that each shard's order stays.
fn sort(batch: &mut [Kept]) {
    batch.sort_by_key(|kept| order(&kept.id));
}

/// A stream ID `MS-SEQ` as numbers.
fn order(id: &str) -> (u64, u64) {
    let (ms, sequence) = id.split_once('-').unwrap_or((id, "0"));
    (ms.parse().unwrap_or(0), sequence.parse().unwrap_or(0))
}
