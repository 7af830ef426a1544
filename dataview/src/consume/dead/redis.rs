//! Dead letters beside their streams: `dna:{k}:dead`, in the same slot of a Cluster.

use super::{DeadLetter, DeadLettersError};
use crate::consume::prepare::Dead;
use crate::consume::redis::{Link, Servers};
use ::redis::aio::MultiplexedConnection;
use ::redis::{FromRedisValue, RedisResult, cmd};
use dna_buffer::redis::{ENTRY_FIELD, RedisAddress, stream_key};
use std::collections::HashMap;
use tokio::sync::Mutex;

/// A message: its ID, and names and values in turn.
type Message = (String, HashMap<String, Vec<u8>>);

/// The streams.
pub(super) struct Streams {
    servers: Servers,
    max: usize,
    /// Opened when it is needed; closed by a failure.
    link: Mutex<Option<Link>>,
}

impl std::fmt::Debug for Streams {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("streams of dead letters")
    }
}

fn key(shard: u16) -> String {
    format!("dna:{{{shard}}}:dead")
}

impl Streams {
    pub(super) fn new(
        address: &RedisAddress,
        shards: u16,
        max: usize,
    ) -> Result<Self, DeadLettersError> {
        let servers = Servers::new(address, shards).map_err(DeadLettersError::Redis)?;
        Ok(Self { servers, max, link: Mutex::new(None) })
    }

    pub(super) async fn add(&self, dead: &Dead) -> Result<(), DeadLettersError> {
        let arrived = &dead.arrived;
        let key = key(arrived.shard);
        let count: usize = self.ask(arrived.shard, cmd("XLEN").arg(&key)).await?;
        if count >= self.max {
            return Err(DeadLettersError::Full(self.max));
        }
        let mut add = cmd("XADD");
        add.arg(&key)
            .arg("*")
            .arg("reason")
            .arg(dead.reason.name())
            .arg("detail")
            .arg(&dead.detail);
        add.arg("origin").arg(&arrived.origin).arg(ENTRY_FIELD).arg(&arrived.bytes[..]);
        self.ask::<String>(arrived.shard, &add).await.map(drop)
    }

    pub(super) async fn list(&self, max: usize) -> Result<Vec<DeadLetter>, DeadLettersError> {
        let mut letters = Vec::new();
        for shard in 0..self.servers.shards() {
            letters.extend(self.range(shard, "-", "+", max).await?);
        }
        Ok(letters)
    }

    pub(super) async fn page(
        &self,
        after: Option<&str>,
        max: usize,
    ) -> Result<Vec<DeadLetter>, DeadLettersError> {
        let (first, mut begin) = match after {
            Some(after) => place(after).map(|(shard, id)| (shard, format!("({id}")))?,
            None => (0, "-".to_owned()),
        };
        let mut letters = Vec::new();
        for shard in first..self.servers.shards() {
            letters.extend(self.range(shard, &begin, "+", max - letters.len()).await?);
            if letters.len() >= max {
                break;
            }
            "-".clone_into(&mut begin);
        }
        Ok(letters)
    }

    pub(super) async fn get(&self, id: &str) -> Result<Option<DeadLetter>, DeadLettersError> {
        match place(id) {
            Ok((shard, id)) if shard < self.servers.shards() && is_message(id) => {
                Ok(self.range(shard, id, id, 1).await?.pop())
            }
            _ => Ok(None),
        }
    }

    async fn range(
        &self,
        shard: u16,
        from: &str,
        to: &str,
        max: usize,
    ) -> Result<Vec<DeadLetter>, DeadLettersError> {
        let mut range = cmd("XRANGE");
        range.arg(key(shard)).arg(from).arg(to).arg("COUNT").arg(max);
        let messages: Vec<Message> = self.ask(shard, &range).await?;
        Ok(messages.into_iter().map(|message| letter(shard, message)).collect())
    }

    pub(super) async fn count(&self) -> Result<u64, DeadLettersError> {
        let mut count = 0;
        for shard in 0..self.servers.shards() {
            count += self.ask::<u64>(shard, cmd("XLEN").arg(key(shard))).await?;
        }
        Ok(count)
    }

    /// Dies it in between, the entry is there twice, and is stored once.
    pub(super) async fn replay(&self, letter: &DeadLetter) -> Result<(), DeadLettersError> {
        let (shard, _) = place(&letter.id)?;
        let mut add = cmd("XADD");
        add.arg(stream_key(shard)).arg("*").arg(ENTRY_FIELD).arg(&letter.entry[..]);
        self.ask::<String>(shard, &add).await?;
        self.remove(letter).await
    }

    pub(super) async fn remove(&self, letter: &DeadLetter) -> Result<(), DeadLettersError> {
        let (shard, id) = place(&letter.id)?;
        self.ask::<u64>(shard, cmd("XDEL").arg(key(shard)).arg(id)).await.map(drop)
    }

    /// What the master of `shard` answers.
    async fn ask<T: FromRedisValue>(
        &self,
        shard: u16,
        command: &::redis::Cmd,
    ) -> Result<T, DeadLettersError> {
        let mut guard = self.link.lock().await;
        let link = match guard.take() {
            Some(link) => link,
            None => self.servers.link_all().await.map_err(DeadLettersError::Redis)?,
        };
        let mut connection: MultiplexedConnection =
            link.of(shard).ok_or_else(|| DeadLettersError::Redis(no_shard(shard)))?;
        let answer: RedisResult<T> = command.query_async(&mut connection).await;
        let answer = answer.map_err(|error| DeadLettersError::Redis(error.to_string()))?;
        *guard = Some(link);
        Ok(answer)
    }
}

fn letter(shard: u16, (id, mut fields): Message) -> DeadLetter {
    let mut text = |name: &str| {
        let bytes = fields.remove(name).unwrap_or_default();
        String::from_utf8_lossy(&bytes).into_owned()
    };
    let (reason, detail) = (text("reason"), text("detail"));
    let origin = format!("{} {}", stream_key(shard), text("origin"));
    let at_ms = id.split('-').next().and_then(|ms| ms.parse().ok()).unwrap_or_default();
    let entry = fields.remove(ENTRY_FIELD).unwrap_or_default();
    DeadLetter { id: format!("{shard}/{id}"), at_ms, reason, detail, origin, entry }
}

/// Shard and message of a letter's ID.
fn place(id: &str) -> Result<(u16, &str), DeadLettersError> {
    let place = id.split_once('/').and_then(|(shard, id)| Some((shard.parse().ok()?, id)));
    place.ok_or_else(|| DeadLettersError::Redis(format!("no dead letter is called {id:?}")))
}

/// Whether it is a message's ID, `MS-NUMBER`.
fn is_message(id: &str) -> bool {
    let is_number = |text: &str| text.parse::<u64>().is_ok();
    id.split_once('-').is_some_and(|(ms, number)| is_number(ms) && is_number(number))
}

fn no_shard(shard: u16) -> String {
    format!("there is no shard {shard}")
}
