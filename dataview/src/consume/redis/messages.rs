//! Messages as Redis gives them, and the entries in them.

use crate::consume::dead::DeadReason;
use crate::consume::prepare::{Arrived, Dead};
use ::redis::{RedisResult, Value, from_redis_value};
use bytes::Bytes;
use dna_buffer::redis::{ENTRY_FIELD, stream_key};

/// A message: its ID, and names and values in turn; nothing where it was removed since it was
/// delivered.
pub(super) type Message = (String, Option<Vec<Vec<u8>>>);

/// The messages of streams, by the streams' keys.
pub(super) type Read = Option<Vec<(String, Vec<Message>)>>;

/// What was read of one shard.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Batch {
    /// The messages to acknowledge, with their shards.
    pub(super) ids: Vec<(u16, String)>,
    pub(super) arrived: Vec<Arrived>,
    /// Messages without an entry.
    pub(super) dead: Vec<Dead>,
    /// Messages that are there no more.
    pub(super) removed: u64,
}

impl Batch {
    /// Takes a message of `shard`: one entry, or several, in their order.
    pub(super) fn take(&mut self, shard: u16, (id, fields): Message) {
        let Some(fields) = fields else {
            self.removed += 1;
            self.ids.push((shard, id));
            return;
        };
        let is_entry = |pair: &[Vec<u8>]| pair.len() == 2 && pair[0] == ENTRY_FIELD.as_bytes();
        if !fields.chunks(2).any(is_entry) {
            let bytes = netstrings(&fields);
            let arrived = Arrived { shard, origin: id.clone(), bytes };
            let detail = format!("the message has no field {ENTRY_FIELD}; its fields are kept");
            self.dead.push(Dead::new(arrived, DeadReason::NoEntry, detail));
        }
        let mut fields = fields.into_iter();
        let pairs = std::iter::from_fn(|| Some((fields.next()?, fields.next()?)));
        let entries = pairs.filter(|(name, _)| name == ENTRY_FIELD.as_bytes());
        for (place, (_, entry)) in entries.enumerate() {
            let origin = if place == 0 { id.clone() } else { format!("{id}/{place}") };
            self.arrived.push(Arrived { shard, origin, bytes: Bytes::from(entry) });
        }
        self.ids.push((shard, id));
    }

    /// Takes what a read of the streams of `shards` gave.
    pub(super) fn take_read(&mut self, shards: &[u16], read: Read) {
        for (key, messages) in read.unwrap_or_default() {
            let Some(shard) = shards.iter().find(|shard| stream_key(**shard) == key) else {
                continue;
            };
            messages.into_iter().for_each(|message| self.take(*shard, message));
        }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.ids.is_empty()
    }
}

/// Names and values as netstrings (`4:name,`), which lose no byte of them.
fn netstrings(fields: &[Vec<u8>]) -> Bytes {
    let mut bytes = Vec::new();
    for field in fields {
        bytes.extend_from_slice(format!("{}:", field.len()).as_bytes());
        bytes.extend_from_slice(field);
        bytes.push(b',');
    }
    bytes.into()
}

/// What XAUTOCLAIM answers: where to go on, the messages, and how many of them were removed.
/// Redis 6.2 has no list of the removed ones.
pub(super) fn claimed(reply: Vec<Value>) -> RedisResult<(String, Vec<Message>, u64)> {
    let mut parts = reply.into_iter();
    let mut next = || parts.next().unwrap_or(Value::Nil);
    let cursor = from_redis_value(next())?;
    let messages = from_redis_value(next())?;
    let removed = match next() {
        Value::Array(removed) => removed.len() as u64,
        _ => 0,
    };
    Ok((cursor, messages, removed))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fields(pairs: &[(&str, &str)]) -> Option<Vec<Vec<u8>>> {
        let both = pairs.iter().flat_map(|(name, value)| [name, value]);
        Some(both.map(|text| text.as_bytes().to_vec()).collect())
    }

    #[test]
    fn every_entry_of_a_message_arrives_and_the_message_is_acknowledged_once() {
        let mut batch = Batch::default();
        batch.take(3, ("5-0".to_owned(), fields(&[("e", "one"), ("x", "?"), ("e", "two")])));
        batch.take(3, ("6-0".to_owned(), fields(&[("x", "?")])));
        batch.take(3, ("7-0".to_owned(), None));
        let origins: Vec<_> = batch.arrived.iter().map(|it| (&*it.origin, &it.bytes[..])).collect();
        assert_eq!(origins, [("5-0", &b"one"[..]), ("5-0/1", b"two")]);
        assert_eq!(batch.ids.len(), 3);
        assert_eq!((batch.dead.len(), batch.removed), (1, 1));
        let dead = &batch.dead[0];
        assert_eq!((&*dead.arrived.origin, dead.reason), ("6-0", DeadReason::NoEntry));
        assert_eq!(dead.arrived.bytes, "1:x,1:?,");
    }
}
