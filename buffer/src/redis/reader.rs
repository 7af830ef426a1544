//! Reading the streams of all shards.

use super::address::RedisAddress;
use super::connector::{Connector, Place};
use super::topology::Topology;
use super::{ENTRY_FIELD, stream_key};
use crate::ReadError;
use crate::limits::{
    ENTRY_BYTES_MAX, FOLLOW_INTERVAL, RESPONSE_TIMEOUT_DEFAULT, SHARDS_DEFAULT, SHARDS_MAX,
};
use crate::read::{Kept, Start};
use ::redis::aio::MultiplexedConnection;
use ::redis::{FromRedisValue, Pipeline, RedisResult};
use bytes::Bytes;
use dna_protocol::packed::unpack_entry;
use futures_util::future::join_all;
use std::time::Duration;
use tokio::time::{Instant, sleep};

/// The longest that one XREAD blocks. The answer may come this much later than other answers.
const BLOCK_MAX: Duration = Duration::from_secs(5);

/// How long a reader looks for a slot that its nodes say is elsewhere: some times what they take
/// to agree on a new master.
const MOVED_PATIENCE: Duration = Duration::from_secs(5);

/// A message as XREAD and XREVRANGE give it: its ID, and names and values in turn.
type Message = (String, Vec<Vec<u8>>);

/// A stream's key and its new messages.
type Read = (String, Vec<Message>);

/// A position in each shard's stream.
pub struct RedisReader {
    connector: Connector,
    topology: Topology,
    /// Empty after a failure: found and connected again by the next call.
    masters: Vec<Master>,
    streams: Vec<Stream>,
    /// Read when the reader was opened, not yet given out.
    pending: Vec<Kept>,
}

struct Master {
    connection: MultiplexedConnection,
    /// Places in `streams`.
    streams: Vec<usize>,
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
    pub async fn open(
        address: &RedisAddress,
        shards: Option<u16>,
        start: Start,
    ) -> Result<Self, ReadError> {
        let connector = Connector::new(address, BLOCK_MAX + RESPONSE_TIMEOUT_DEFAULT)
            .map_err(|error| failed(error.to_string()))?;
        let topology = Topology::new(&address.topology);
        let mut reader = Self {
            connector,
            topology,
            masters: Vec::new(),
            streams: streams(shards.unwrap_or(SHARDS_MAX)),
            pending: Vec::new(),
        };
        if shards.is_none() {
            let count = reader.count_shards().await?;
            reader.streams = streams(count);
            reader.masters = Vec::new();
        }
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
        let deadline = Instant::now() + wait;
        loop {
            // One server can be waited for; the streams of a Cluster are looked at in turns, for
            // one command may not read streams of several slots.
            let block = (!self.topology.is_cluster()).then(|| wait.min(BLOCK_MAX));
            let batch = self.read(max, block).await?;
            if !batch.is_empty() || block.is_some() || Instant::now() >= deadline {
                return Ok(batch);
            }
            sleep(FOLLOW_INTERVAL.min(deadline - Instant::now())).await;
        }
    }

    async fn read(&mut self, max: usize, block: Option<Duration>) -> Result<Vec<Kept>, ReadError> {
        // XREAD's count is one of each stream.
        let count = (max / self.streams.len().max(1)).max(1);
        let replies = self
            .each(|pipeline, streams| {
                let together = if block.is_some() { streams.len() } else { 1 };
                for streams in streams.chunks(together.max(1)) {
                    add_read(pipeline.cmd("XREAD"), streams, count, block);
                }
            })
            .await?;
        let mut batch = Vec::new();
        for (_, read) in replies {
            let read: Vec<Option<Vec<Read>>> = read;
            for (key, messages) in read.into_iter().flatten().flatten() {
                let stream = self.streams.iter_mut().find(|stream| stream.key == key);
                let Some(stream) = stream else { continue };
                if let Some((last_id, _)) = messages.last() {
                    stream.last_id.clone_from(last_id);
                }
                batch.extend(messages.into_iter().flat_map(|message| kept(stream.shard, message)));
            }
        }
        sort(&mut batch);
        Ok(batch)
    }

    /// Sets each stream's position to its end, and keeps the newest `give` of the messages
    /// there to be given out first. `look` says how many of each stream are looked at.
    async fn go_back(&mut self, look: usize, give: usize) -> Result<(), ReadError> {
        let replies = self
            .each(|pipeline, streams| {
                for stream in streams {
                    let newest = pipeline.cmd("XREVRANGE").arg(&stream.key);
                    newest.arg("+").arg("-").arg("COUNT").arg(look);
                }
            })
            .await?;
        for (places, replies) in replies {
            let replies: Vec<Vec<Message>> = replies;
            for (at, messages) in places.into_iter().zip(replies) {
                let stream = &mut self.streams[at];
                if let Some((id, _)) = messages.first() {
                    stream.last_id.clone_from(id);
                }
                self.pending.extend(messages.into_iter().rev().flat_map(|m| kept(stream.shard, m)));
            }
        }
        sort(&mut self.pending);
        let older = self.pending.len().saturating_sub(give);
        self.pending.drain(..older);
        Ok(())
    }

    /// The number of streams that are there, at least as many as by default.
    async fn count_shards(&mut self) -> Result<u16, ReadError> {
        let replies = self
            .each(|pipeline, streams| {
                for stream in streams {
                    pipeline.cmd("EXISTS").arg(&stream.key);
                }
            })
            .await?;
        let mut count = SHARDS_DEFAULT;
        for (places, there) in replies {
            let there: Vec<bool> = there;
            let there = places.into_iter().zip(there).filter(|(_, there)| *there);
            let shards = there.map(|(at, _)| self.streams[at].shard + 1);
            count = shards.fold(count, u16::max);
        }
        Ok(count)
    }

    /// Sends each master a pipeline about its streams; gives the places of those, and the
    /// replies. A failure disconnects all; a slot that has moved is looked for again.
    async fn each<T: FromRedisValue>(
        &mut self,
        fill: impl Fn(&mut Pipeline, &[&Stream]),
    ) -> Result<Vec<(Vec<usize>, T)>, ReadError> {
        let began = Instant::now();
        loop {
            self.connect().await?;
            let error = match self.each_once(&fill).await {
                Ok(replies) => return Ok(replies),
                Err(error) => error,
            };
            self.masters = Vec::new();
            if !error.is_cluster_error() || began.elapsed() > MOVED_PATIENCE {
                return Err(failed(error.to_string()));
            }
            // The node that was asked has not heard of it yet; the next to answer may have.
            sleep(FOLLOW_INTERVAL).await;
        }
    }

    async fn each_once<T: FromRedisValue>(
        &mut self,
        fill: impl Fn(&mut Pipeline, &[&Stream]),
    ) -> RedisResult<Vec<(Vec<usize>, T)>> {
        let streams = &self.streams;
        let asking = self.masters.iter_mut().map(|master| {
            let mut pipeline = ::redis::pipe();
            let own: Vec<&Stream> = master.streams.iter().map(|at| &streams[*at]).collect();
            fill(&mut pipeline, &own);
            async move {
                let replies: T = pipeline.query_async(&mut master.connection).await?;
                Ok((master.streams.clone(), replies))
            }
        });
        join_all(asking).await.into_iter().collect()
    }

    /// Finds the masters and connects to them, where that is not done.
    async fn connect(&mut self) -> Result<(), ReadError> {
        if !self.masters.is_empty() {
            return Ok(());
        }
        let shards = u16::try_from(self.streams.len()).unwrap_or(SHARDS_MAX);
        let found = self.topology.find(&self.connector, &[], shards).await.map_err(failed)?;
        let mut places: Vec<(Place, Vec<usize>)> = Vec::new();
        for (at, place) in found.into_iter().enumerate() {
            let place =
                place.ok_or_else(|| failed("no node serves the slot of a stream".into()))?;
            match places.iter_mut().find(|(known, _)| *known == place) {
                Some((_, streams)) => streams.push(at),
                None => places.push((place, vec![at])),
            }
        }
        let mut masters = Vec::with_capacity(places.len());
        for (place, streams) in places {
            let connection = self.connector.connect(&place).await;
            let connection = connection.map_err(|error| failed(format!("{place}: {error}")))?;
            masters.push(Master { connection, streams });
        }
        self.masters = masters;
        Ok(())
    }
}

fn streams(shards: u16) -> Vec<Stream> {
    let stream = |shard| Stream { shard, key: stream_key(shard), last_id: "0-0".to_owned() };
    (0..shards).map(stream).collect()
}

fn add_read(read: &mut Pipeline, streams: &[&Stream], count: usize, block: Option<Duration>) {
    read.arg("COUNT").arg(count);
    if let Some(block) = block {
        // BLOCK 0 would wait for ever.
        read.arg("BLOCK").arg(block.as_millis().max(1).to_string());
    }
    read.arg("STREAMS");
    streams.iter().for_each(|stream| {
        read.arg(&stream.key);
    });
    streams.iter().for_each(|stream| {
        read.arg(&stream.last_id);
    });
}

fn failed(reason: String) -> ReadError {
    ReadError::Redis { reason }
}

/// The entries of a message: one, or several where they were packed. The first has the message's
/// ID; `/1`, `/2`, … tell the others.
fn kept(shard: u16, (id, fields): Message) -> impl Iterator<Item = Kept> {
    let kept_at_ms = order(&id).0;
    let mut fields = fields.into_iter();
    let pairs = std::iter::from_fn(move || Some((fields.next()?, fields.next()?)));
    let entries = pairs.filter(|(name, _)| name == ENTRY_FIELD.as_bytes());
    entries.enumerate().map(move |(place, (_, value))| Kept {
        shard,
        id: if place == 0 { id.clone() } else { format!("{id}/{place}") },
        kept_at_ms,
        bytes: unpacked(value),
    })
}

/// An entry as it was before it was packed. One that cannot be unpacked stays as it is: whoever
/// decodes it says what is wrong.
fn unpacked(value: Vec<u8>) -> Bytes {
    let entry = unpack_entry(&value, ENTRY_BYTES_MAX).ok().flatten();
    Bytes::from(entry.unwrap_or(value))
}

/// Sorts by time across shards. Stable, so that each shard's order stays.
fn sort(batch: &mut [Kept]) {
    batch.sort_by_key(|kept| order(&kept.id));
}

/// A message's ID `MS-SEQ` as numbers.
fn order(id: &str) -> (u64, u64) {
    let (ms, sequence) = id.split_once('-').unwrap_or((id, "0"));
    let sequence = sequence.split('/').next().unwrap_or_default();
    (ms.parse().unwrap_or(0), sequence.parse().unwrap_or(0))
}
