//! One master: what is sent to it in a group, and what its replies mean.

use super::attempt;
use super::limits::SERVER_AGE_MAX;
use super::link::Link;
use super::pack::Pack;
use super::promise::waits_for_disk;
use super::server::{self, Server};
use crate::buffer::{Durability, Item, KeepError};
use ::redis::{Pipeline, ServerError, Value};
use dna_buffer::redis::redirection;
use dna_buffer::redis::{Connector, Place};
use std::sync::Arc;
use tokio::time::Instant;

/// A master, and what is known of it.
pub(super) struct Node {
    link: Link,
    /// What it said of itself.
    server: Option<Asked>,
    /// How often it was asked.
    asked: u64,
}

struct Asked {
    server: Server,
    /// On which connection.
    connection: u64,
    at: Instant,
}

/// What became of a pack.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Reply {
    /// It is kept, or not.
    Done(Result<(), KeepError>),
    /// It was certainly not written; its shard is served there from now on.
    Moved(Place),
    /// It was certainly not written; this once, it is to be written there.
    Ask(Place),
}

impl Reply {
    fn failed(error: &KeepError) -> Self {
        Self::Done(Err(error.clone()))
    }
}

impl Node {
    pub(super) fn new(connector: Arc<Connector>, place: Place) -> Self {
        Self { link: Link::new(connector, place), server: None, asked: 0 }
    }

    pub(super) fn place(&self) -> &Place {
        self.link.place()
    }

    /// The connection, for questions of another kind.
    pub(super) fn link(&mut self) -> &mut Link {
        &mut self.link
    }

    /// How often it was asked how it is: another number means that the answer may be another.
    pub(super) fn asked(&self) -> u64 {
        self.asked
    }

    /// What it said of itself, if it was asked.
    pub(super) fn server(&self) -> Option<&Server> {
        self.server.as_ref().map(|asked| &asked.server)
    }

    /// Asks it how it is. A replica's connection is dropped: after a failover the same address
    /// may lead to the new master.
    pub(super) async fn ask(&mut self) -> Result<&Server, KeepError> {
        let server = server::ask(&mut self.link).await?;
        if server.is_replica() {
            self.link.drop_connection();
        }
        let connection = self.link.connections();
        self.asked += 1;
        let asked = self.server.insert(Asked { server, connection, at: Instant::now() });
        Ok(&asked.server)
    }

    /// Whether what it said of itself still holds. A new connection may lead to another server;
    /// and a buffer that is never idle is never probed, though Redis may be configured anew.
    fn is_known(&self) -> bool {
        self.server.as_ref().is_some_and(|asked| {
            asked.connection == self.link.connections() && asked.at.elapsed() < SERVER_AGE_MAX
        })
    }

    /// Asks it whether the streams of `shards` take writes now.
    pub(super) async fn attempt(
        &mut self,
        shards: &[u16],
    ) -> Result<Vec<Result<(), KeepError>>, KeepError> {
        attempt::ask(&mut self.link, shards).await
    }

    /// Writes packs in one pipeline; one reply each. With `asking`, a slot that is just being
    /// moved here is written to as well.
    pub(super) async fn write(
        &mut self,
        packs: &[Pack],
        group: &[Item],
        durability: Durability,
        asking: bool,
    ) -> Vec<Reply> {
        match self.send(packs, group, durability, asking).await {
            Ok(replies) => replies,
            Err(error) => vec![Reply::failed(&error); packs.len()],
        }
    }

    async fn send(
        &mut self,
        packs: &[Pack],
        group: &[Item],
        durability: Durability,
        asking: bool,
    ) -> Result<Vec<Reply>, KeepError> {
        self.link.connection().await?;
        if !self.is_known() {
            let server = self.ask().await?;
            server.problem().map_or(Ok(()), Err)?;
        }
        let mut pipeline = Pipeline::with_capacity(packs.len() + 1);
        // Replies are judged one by one.
        pipeline.ignore_errors();
        for pack in packs {
            if asking {
                pipeline.cmd("ASKING");
            }
            pack.add_to(&mut pipeline, group);
        }
        let wait = self.wait(durability);
        if let Some(wait) = &wait {
            wait.add_to(&mut pipeline);
        }
        let mut replies: Vec<Value> = self.link.query(&pipeline).await?;
        let each = if asking { 2 } else { 1 };
        if replies.len() != packs.len() * each + usize::from(wait.is_some()) {
            self.link.drop_connection();
            let reason = format!("{} replies to {} commands", replies.len(), packs.len() * each);
            return Err(KeepError::unavailable(reason));
        }
        let confirmed = match wait {
            Some(wait) => wait.judge(replies.pop().as_ref()),
            None => Ok(()),
        };
        let judged = replies.iter().skip(each - 1).step_by(each).map(|reply| self.judge(reply));
        let judged = judged.map(|reply| match (reply, &confirmed) {
            (Reply::Done(Ok(())), Err(error)) => Reply::failed(error),
            (reply, _) => reply,
        });
        let judged: Vec<Reply> = judged.collect();
        if replies.iter().any(means_other_master) {
            self.link.drop_connection();
        }
        Ok(judged)
    }

    fn judge(&self, reply: &Value) -> Reply {
        if let Value::ServerError(error) = reply {
            let to = error.details().and_then(|details| redirection(details, self.place()));
            match (error.code(), to) {
                ("MOVED", Some(place)) => return Reply::Moved(place),
                ("ASK", Some(place)) => return Reply::Ask(place),
                _ => {}
            }
        }
        Reply::Done(judge(reply))
    }

    /// What is waited for after the entries, if anything is.
    fn wait(&self, durability: Durability) -> Option<Wait> {
        match durability {
            Durability::Replicated { replicas, timeout } => Some(Wait::Replicas {
                replicas: i64::from(replicas),
                millis: i64::try_from(timeout.as_millis()).unwrap_or(i64::MAX),
            }),
            // Where Redis itself answers only after the disk has it, there is nothing to wait for.
            Durability::Always => self
                .server()
                .is_some_and(|server| {
                    waits_for_disk(server) && server.append_fsync() != Some("always")
                })
                .then_some(Wait::Disk),
            Durability::Memory | Durability::Everysec => None,
        }
    }
}

/// What confirms a pipeline's entries beyond Redis' own reply.
enum Wait {
    /// WAIT: so many replicas have them.
    Replicas { replicas: i64, millis: i64 },
    /// WAITAOF: the disk has them.
    Disk,
}

impl Wait {
    fn add_to(&self, pipeline: &mut Pipeline) {
        match self {
            Self::Replicas { replicas, millis } => {
                pipeline.cmd("WAIT").arg(*replicas).arg(*millis);
            }
            // No time of its own: the answer's time bounds it.
            Self::Disk => {
                pipeline.cmd("WAITAOF").arg(1).arg(0).arg(0);
            }
        }
    }

    /// Short of what was asked for: the entries are in Redis, but not as promised. Whether they
    /// will survive is unknown, so they are not acknowledged.
    fn judge(&self, reply: Option<&Value>) -> Result<(), KeepError> {
        match (self, reply) {
            (Self::Replicas { replicas, .. }, Some(Value::Int(have))) if have >= replicas => Ok(()),
            (Self::Replicas { replicas, millis }, Some(Value::Int(have))) => {
                let text = format!("{have} of {replicas} replicas had it after {millis} ms");
                Err(KeepError::unavailable(text))
            }
            (Self::Disk, Some(Value::Array(counts)))
                if matches!(counts[..], [Value::Int(1..), ..]) =>
            {
                Ok(())
            }
            (_, Some(Value::ServerError(error))) => Err(KeepError::unavailable(refusal(error))),
            _ => Err(KeepError::unavailable("Redis does not confirm it as promised")),
        }
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

/// What a reply to XADD means.
pub(super) fn judge(reply: &Value) -> Result<(), KeepError> {
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
