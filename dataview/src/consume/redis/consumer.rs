//! One consumer of the group, with its share of the streams.

use super::gone;
use super::link::{Link, Servers};
use super::messages::{Batch, Read, claimed};
use crate::consume::counters::{DropReason, WaitingCode};
use crate::consume::keep::Keeping;
use crate::consume::limits::{
    BLOCK, CLAIM_EVERY_MAX, GONE_AFTER_CLAIMS, MESSAGES_READ_MAX, POLL, RETRY_MIN,
};
use crate::consume::stop::Stopped;
use ::redis::{Pipeline, RedisError, Value, cmd, pipe};
use dna_buffer::redis::stream_key;
use std::time::Duration;
use tokio::time::Instant;

pub(super) struct Consumer {
    pub(super) servers: Servers,
    pub(super) shards: Vec<u16>,
    pub(super) group: String,
    pub(super) name: String,
    pub(super) claim_idle: Duration,
    pub(super) keeping: Keeping,
}

/// Why reading ended for now.
enum Ended {
    Stopped,
    /// The connection, or Redis.
    Failed(String),
}

impl From<Stopped> for Ended {
    fn from(_: Stopped) -> Self {
        Self::Stopped
    }
}

impl From<RedisError> for Ended {
    fn from(error: RedisError) -> Self {
        Self::Failed(format!("Redis: {error}"))
    }
}

/// Which messages are read.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Which {
    /// Those that this consumer was given and has not acknowledged, from before it ended.
    Own,
    /// Those that nobody was given.
    New,
}

impl Consumer {
    /// Reads until it is told to stop. Whatever fails is tried again from what is pending.
    pub(super) async fn run(self) {
        let mut pause = RETRY_MIN;
        while !self.keeping.stop.is_told() {
            let ended = self.consume(&mut pause).await;
            let Err(Ended::Failed(why)) = ended else { return };
            if self.keeping.wait(&self.name, WaitingCode::Buffer, &why, &mut pause).await.is_err() {
                return;
            }
        }
    }

    async fn consume(&self, pause: &mut Duration) -> Result<(), Ended> {
        let link = self.keeping.stop.unless(self.servers.link(&self.shards)).await?;
        let link = link.map_err(Ended::Failed)?;
        self.register(&link).await?;
        loop {
            let own = self.read(&link, Which::Own).await?;
            if own.is_empty() {
                break;
            }
            self.finish(&link, own).await?;
        }
        if self.keeping.counters.goes_on(&self.name) {
            tracing::info!(consumer = self.name, "reads again");
        }
        let mut claim_at = Instant::now();
        loop {
            if Instant::now() >= claim_at {
                self.claim(&link).await?;
                self.remove_gone(&link).await?;
                claim_at = Instant::now() + (self.claim_idle / 2).min(CLAIM_EVERY_MAX);
            }
            let new = self.read(&link, Which::New).await?;
            if new.is_empty() && self.servers.is_cluster() {
                self.keeping.stop.pause(POLL).await?;
            }
            self.finish(&link, new).await?;
            *pause = RETRY_MIN;
        }
    }

    /// Makes the group where there is none, from the beginning of what is there.
    async fn register(&self, link: &Link) -> Result<(), Ended> {
        for shard in &self.shards {
            let mut create = cmd("XGROUP");
            create.arg("CREATE").arg(stream_key(*shard)).arg(&self.group).arg("0").arg("MKSTREAM");
            let mut connection = link.of(*shard).ok_or_else(|| no_connection(*shard))?;
            match create.query_async::<()>(&mut connection).await {
                Err(error) if error.code() != Some("BUSYGROUP") => return Err(error.into()),
                _ => {}
            }
        }
        Ok(())
    }

    async fn read(&self, link: &Link, which: Which) -> Result<Batch, Ended> {
        let mut batch = Batch::default();
        for master in &link.masters {
            // Streams of several slots are read one by one; those of one server together.
            let together = if self.servers.is_cluster() { 1 } else { master.shards.len().max(1) };
            let mut pipeline = pipe();
            for shards in master.shards.chunks(together) {
                self.add_read(&mut pipeline, shards, which);
            }
            let mut connection = master.connection.clone();
            let asked = pipeline.query_async::<Vec<Read>>(&mut connection);
            for read in self.keeping.stop.unless(asked).await?? {
                batch.take_read(&master.shards, read);
            }
        }
        Ok(batch)
    }

    fn add_read(&self, pipeline: &mut Pipeline, shards: &[u16], which: Which) {
        // The count is one of each stream.
        let count = (MESSAGES_READ_MAX / shards.len().max(1)).max(1);
        let read = pipeline.cmd("XREADGROUP").arg("GROUP").arg(&self.group).arg(&self.name);
        read.arg("COUNT").arg(count);
        if which == Which::New && !self.servers.is_cluster() {
            read.arg("BLOCK").arg(u64::try_from(BLOCK.as_millis()).unwrap_or(u64::MAX));
        }
        read.arg("STREAMS");
        for shard in shards {
            read.arg(stream_key(*shard));
        }
        for _ in shards {
            read.arg(if which == Which::New { ">" } else { "0" });
        }
    }

    /// Takes over what other consumers have left for too long.
    async fn claim(&self, link: &Link) -> Result<(), Ended> {
        for shard in &self.shards {
            let mut connection = link.of(*shard).ok_or_else(|| no_connection(*shard))?;
            let mut cursor = "0-0".to_owned();
            loop {
                let idle = u64::try_from(self.claim_idle.as_millis()).unwrap_or(u64::MAX);
                let mut claim = cmd("XAUTOCLAIM");
                claim.arg(stream_key(*shard)).arg(&self.group).arg(&self.name).arg(idle);
                claim.arg(&cursor).arg("COUNT").arg(MESSAGES_READ_MAX);
                let asked = claim.query_async::<Vec<Value>>(&mut connection);
                let (next, messages, removed) = claimed(self.keeping.stop.unless(asked).await??)?;
                let mut batch = Batch { removed, ..Batch::default() };
                messages.into_iter().for_each(|message| batch.take(*shard, message));
                if !batch.is_empty() {
                    let messages = batch.ids.len() as u64;
                    tracing::info!(consumer = self.name, shard, messages, "took over");
                    self.keeping.counters.claimed(messages);
                }
                self.finish(link, batch).await?;
                if next == "0-0" {
                    break;
                }
                cursor = next;
            }
        }
        Ok(())
    }

    /// Removes consumers that are gone for good. What cannot be done is done another time.
    async fn remove_gone(&self, link: &Link) -> Result<(), Ended> {
        for shard in &self.shards {
            let mut connection = link.of(*shard).ok_or_else(|| no_connection(*shard))?;
            let (key, idle) = (stream_key(*shard), self.claim_idle * GONE_AFTER_CLAIMS);
            let removing = gone::remove(&mut connection, &key, &self.group, idle);
            match self.keeping.stop.unless(removing).await? {
                Ok(removed) if removed.is_empty() => {}
                Ok(removed) => {
                    tracing::info!(shard, consumers = ?removed, "removed consumers that are gone");
                }
                Err(error) if error.is_io_error() => return Err(error.into()),
                // Not allowed, above all: they cost a line of XINFO each.
                Err(error) => tracing::debug!(%error, shard, "consumers that are gone stay"),
            }
        }
        Ok(())
    }

    /// Stores what is in `batch` and acknowledges it.
    async fn finish(&self, link: &Link, batch: Batch) -> Result<(), Ended> {
        self.keeping.counters.dropped(DropReason::RemovedBeforeRead, batch.removed);
        if batch.is_empty() {
            return Ok(());
        }
        self.keeping.put_aside(&self.name, batch.dead).await?;
        self.keeping.keep(&self.name, batch.arrived).await?;
        for master in &link.masters {
            let mut pipeline = pipe();
            for shard in &master.shards {
                let ids = || batch.ids.iter().filter(|(of, _)| of == shard).map(|(_, id)| id);
                if ids().next().is_some() {
                    let ack = pipeline.cmd("XACK").arg(stream_key(*shard)).arg(&self.group);
                    ids().for_each(|id| {
                        ack.arg(id);
                    });
                }
            }
            if !pipeline.is_empty() {
                let mut connection = master.connection.clone();
                pipeline.query_async::<Vec<Value>>(&mut connection).await?;
            }
        }
        Ok(())
    }
}

fn no_connection(shard: u16) -> Ended {
    Ended::Failed(format!("no connection for shard {shard}"))
}
