//! Redis Streams: `dna:{k}:events` for shard `k`, an entry in field `e` of each message.
//!
//! A group is one pipeline of XADDs in the group's order, so a session's entries are in their
//! stream in the order in which they came. Every reply is judged on its own: a command that
//! Redis refuses (out of memory, read-only, loading) fails only its own entry.
//!
//! An answer that does not come in time leaves the outcome open. The client is then not
//! acknowledged and sends again; consumers tell a second copy by session and sequence.
//!
//! Nothing is trimmed here. Whoever trims must know what every registered group has read;
//! `MAXLEN ~` would delete what is unread.

mod attempt;
mod link;
mod reader;
mod server;

pub use reader::RedisReader;

use super::commit::{GroupError, Sink, Written};
use super::{Item, KeepError, OpenError, RedisSettings};
use ::redis::{Pipeline, ServerError, Value};
use link::Link;
use std::collections::BTreeMap;

/// The stream of a shard. The braces make the shard the hash slot of a Redis Cluster.
#[must_use]
pub fn stream_key(shard: u16) -> String {
    format!("dna:{{{shard}}}:events")
}

/// The field of a message that holds the entry.
pub const ENTRY_FIELD: &str = "e";

/// Writes groups to Redis.
pub struct RedisSink {
    link: Link,
    keys: Vec<String>,
    durability: String,
    /// The shards whose last entry was not kept, and why. Only a stream that takes writes again
    /// leaves: INFO looks the same whether a Redis takes them or not.
    refused: BTreeMap<u16, KeepError>,
}

impl RedisSink {
    /// Prepares to connect; the connection is made when it is first needed.
    ///
    /// # Errors
    /// When the address makes no sense.
    pub fn open(settings: &RedisSettings) -> Result<Self, OpenError> {
        let keys = (0..settings.shards).map(stream_key).collect();
        let link = Link::new(&settings.url, settings.connect_timeout, settings.response_timeout)?;
        let durability = "not yet known".to_owned();
        Ok(Self { link, keys, durability, refused: BTreeMap::new() })
    }

    fn pipeline(&self, group: &[Item]) -> Pipeline {
        let mut pipeline = Pipeline::with_capacity(group.len());
        // Replies are judged one by one.
        pipeline.ignore_errors();
        for item in group {
            let add = pipeline.cmd("XADD");
            match self.keys.get(usize::from(item.shard)) {
                Some(key) => add.arg(key),
                None => add.arg(stream_key(item.shard)),
            };
            add.arg("*").arg(ENTRY_FIELD).arg(&item.bytes[..]);
        }
        pipeline
    }

    async fn write(&mut self, group: &[Item]) -> Written {
        let pipeline = self.pipeline(group);
        let replies: Vec<Value> = self.link.query(&pipeline).await.map_err(GroupError::All)?;
        if replies.len() != group.len() {
            self.link.drop_connection();
            let reason = format!("{} replies to {} commands", replies.len(), group.len());
            return Err(GroupError::All(KeepError::unavailable(reason)));
        }
        if replies.iter().all(is_id) {
            return Ok(());
        }
        if replies.iter().any(means_other_master) {
            self.link.drop_connection();
        }
        Err(GroupError::Each(replies.iter().map(judge).collect()))
    }

    fn learn(&mut self, shard: u16, outcome: Result<(), KeepError>) {
        match outcome {
            Ok(()) => self.refused.remove(&shard),
            Err(error) => self.refused.insert(shard, error),
        };
    }

    /// Asks the streams that refused, or all of them, whether they take writes now.
    async fn attempt(&mut self, all: bool) -> Result<(), KeepError> {
        let mut shards: Vec<u16> = self.refused.keys().copied().collect();
        if all {
            shards = (0..).take(self.keys.len()).collect();
        }
        let keys = shards.iter().map(|shard| stream_key(*shard));
        let outcomes = attempt::ask(&mut self.link, keys).await?;
        for (shard, outcome) in shards.into_iter().zip(outcomes) {
            self.learn(shard, outcome);
        }
        self.problem().map_or(Ok(()), Err)
    }
}

impl Sink for RedisSink {
    const KIND: &'static str = "redis";

    async fn write_group(&mut self, group: Vec<Item>) -> Written {
        let written = self.write(&group).await;
        for (at, item) in group.iter().enumerate() {
            let outcome = match &written {
                Ok(()) => Ok(()),
                Err(GroupError::All(error)) => Err(error.clone()),
                Err(GroupError::Each(outcomes)) => outcomes[at].clone(),
            };
            self.learn(item.shard, outcome);
        }
        written
    }

    async fn probe(&mut self) -> Result<(), KeepError> {
        let server = server::ask(&mut self.link).await?;
        self.durability = server.durability();
        if server.is_replica() {
            self.link.drop_connection();
        }
        if let Some(problem) = server.problem() {
            return Err(problem);
        }
        let doubtful = server.is_doubtful();
        if doubtful || !self.refused.is_empty() {
            return self.attempt(doubtful).await;
        }
        Ok(())
    }

    fn problem(&self) -> Option<KeepError> {
        self.refused.values().next().cloned()
    }

    fn durability(&self) -> String {
        self.durability.clone()
    }
}

/// Whether a reply is the ID of a new message.
fn is_id(reply: &Value) -> bool {
    matches!(reply, Value::BulkString(_) | Value::SimpleString(_))
}

/// After a failover the address may lead to the new master; the connection still leads to the
/// old one.
fn means_other_master(reply: &Value) -> bool {
    matches!(reply, Value::ServerError(error) if error.code() == "READONLY")
}

fn judge(reply: &Value) -> Result<(), KeepError> {
    match reply {
        reply if is_id(reply) => Ok(()),
        Value::ServerError(error) if error.code() == "OOM" => {
            Err(KeepError::Full { reason: refusal(error) })
        }
        Value::ServerError(error) => Err(KeepError::unavailable(refusal(error))),
        _ => Err(KeepError::unavailable("Redis gave a reply that is none to XADD")),
    }
}

fn refusal(error: &ServerError) -> String {
    format!("Redis refuses: {} {}", error.code(), error.details().unwrap_or_default())
}
