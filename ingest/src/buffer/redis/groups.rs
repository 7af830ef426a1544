//! The consumer groups of streams: how far each has read.

use super::link::Link;
use crate::buffer::KeepError;
use ::redis::{Pipeline, Value, from_redis_value};
use dna_buffer::redis::stream_key;
use std::collections::HashMap;

/// A message's ID: ms since the Unix epoch, and a number within them.
pub(super) type Id = (u64, u64);

/// What is registered for one stream.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Groups {
    pub(super) shard: u16,
    /// Messages of the stream.
    pub(super) length: u64,
    pub(super) groups: Vec<Group>,
    /// Whether Redis permitted to ask; where not, nothing is known of the groups.
    pub(super) is_known: bool,
}

/// A consumer group.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Group {
    pub(super) name: String,
    /// The first message that it has not acknowledged: all before it are done with.
    pub(super) first_unread: Id,
    /// Messages that it has not acknowledged; `None` where Redis cannot tell.
    pub(super) unread: Option<u64>,
}

impl Groups {
    /// The group with the most unread messages.
    pub(super) fn slowest(&self) -> Option<&Group> {
        self.groups.iter().max_by_key(|group| group.unread)
    }
}

/// Asks for the groups of the streams of `shards`.
///
/// First the groups, then what is pending: the other way round, a message that is delivered in
/// between would count as read.
pub(super) async fn ask_groups(link: &mut Link, shards: &[u16]) -> Result<Vec<Groups>, KeepError> {
    if shards.is_empty() {
        return Ok(Vec::new());
    }
    let mut pipeline = Pipeline::new();
    pipeline.ignore_errors();
    for shard in shards {
        pipeline.cmd("XLEN").arg(stream_key(*shard));
        pipeline.cmd("XINFO").arg("GROUPS").arg(stream_key(*shard));
    }
    let replies: Vec<Value> = link.query(&pipeline).await?;
    let mut streams: Vec<Groups> =
        shards.iter().zip(replies.chunks(2)).map(|(shard, reply)| parse(*shard, reply)).collect();
    ask_pending(link, &mut streams).await?;
    Ok(streams)
}

fn parse(shard: u16, replies: &[Value]) -> Groups {
    let [length, groups] = replies else {
        return Groups { shard, length: 0, groups: Vec::new(), is_known: false };
    };
    let length = from_redis_value(length.clone()).unwrap_or(0);
    let is_absent = matches!(groups, Value::ServerError(error)
        if error.details().is_some_and(|text| text.contains("no such key")));
    let groups: Result<Vec<HashMap<String, Value>>, _> = from_redis_value(groups.clone());
    let is_known = is_absent || groups.is_ok();
    let groups = groups.unwrap_or_default().iter().filter_map(parse_group).collect();
    Groups { shard, length, groups, is_known }
}

fn parse_group(about: &HashMap<String, Value>) -> Option<Group> {
    let text = |name: &str| from_redis_value::<String>(about.get(name)?.clone()).ok();
    let number = |name: &str| from_redis_value::<u64>(about.get(name)?.clone()).ok();
    let (ms, sequence) = parse_id(&text("last-delivered-id")?)?;
    let unread = number("lag").map(|lag| lag + number("pending").unwrap_or(0));
    Some(Group { name: text("name")?, first_unread: (ms, sequence.saturating_add(1)), unread })
}

/// Puts back each group's place to its oldest message that is delivered and not acknowledged.
async fn ask_pending(link: &mut Link, streams: &mut [Groups]) -> Result<(), KeepError> {
    let mut pipeline = Pipeline::new();
    pipeline.ignore_errors();
    for stream in streams.iter() {
        for group in &stream.groups {
            pipeline.cmd("XPENDING").arg(stream_key(stream.shard)).arg(&group.name);
        }
    }
    if pipeline.is_empty() {
        return Ok(());
    }
    let replies: Vec<Value> = link.query(&pipeline).await?;
    let mut replies = replies.into_iter();
    for stream in streams {
        for group in &mut stream.groups {
            match lowest_pending(replies.next()) {
                Ok(Some(lowest)) => group.first_unread = group.first_unread.min(lowest),
                Ok(None) => {}
                // Not permitted, or gone meanwhile: nothing may be taken for read.
                Err(()) => stream.is_known = false,
            }
        }
    }
    Ok(())
}

fn lowest_pending(reply: Option<Value>) -> Result<Option<Id>, ()> {
    let Some(Value::Array(summary)) = reply else { return Err(()) };
    match summary.get(1) {
        Some(Value::Nil) => Ok(None),
        Some(lowest) => {
            let text: String = from_redis_value(lowest.clone()).map_err(|_| ())?;
            parse_id(&text).map(Some).ok_or(())
        }
        None => Err(()),
    }
}

fn parse_id(text: &str) -> Option<Id> {
    let (ms, sequence) = text.split_once('-')?;
    Some((ms.parse().ok()?, sequence.parse().ok()?))
}
