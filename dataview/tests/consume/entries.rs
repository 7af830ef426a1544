//! Entries as ingest writes them.

use dna_buffer::redis::{ENTRY_FIELD, stream_key};
use dna_protocol::entry::{Entry, Receipt};
use dna_protocol::field::{Id, Text};
use dna_protocol::model::{Body, Event, Frame, Header, Mark};
use dna_protocol::packed::EntryPacker;
use redis::{Connection, RedisResult};

/// The entry of frame `sequence` of the session that is this byte 16 times, received on a day of its
/// own.
pub(crate) fn entry_of_day(session: u8, sequence: u64, day: u64) -> Vec<u8> {
    let at = 1_790_000_000_000 + day * 24 * 3600 * 1000;
    let mark = Mark { name: Some(Text::cut("shown")), ..Mark::default() };
    let header = Header {
        session_id: Some(Id([session; 16])),
        sequence: Some(sequence),
        time_base: Some(at),
        ..Header::default()
    };
    let receipt =
        Receipt { received_at: Some(at), app: Some(Text::cut("bank")), ..Receipt::default() };
    let events = vec![Event { time: 0.0, view: 0, body: Body::Mark(mark) }];
    Entry { receipt, frame: Frame { header, events } }.encode()
}

pub(crate) fn entry(session: u8, sequence: u64) -> Vec<u8> {
    entry_of_day(session, sequence, 0)
}

pub(crate) fn packed(entry: &[u8]) -> Vec<u8> {
    EntryPacker::default().pack(entry).expect("shorter")
}

/// Puts a message with these entries into the stream of a shard.
pub(crate) fn add(redis: &mut Connection, shard: u16, entries: &[Vec<u8>]) -> String {
    try_add(redis, shard, entries).expect("Redis takes it")
}

pub(crate) fn try_add(
    redis: &mut Connection,
    shard: u16,
    entries: &[Vec<u8>],
) -> RedisResult<String> {
    let mut add = redis::cmd("XADD");
    add.arg(stream_key(shard)).arg("*");
    for entry in entries {
        add.arg(ENTRY_FIELD).arg(entry);
    }
    add.query(redis)
}

/// Messages that the group was given and has not acknowledged.
pub(crate) fn pending(redis: &mut Connection, shard: u16) -> u64 {
    try_pending(redis, shard).expect("there is a group")
}

pub(crate) fn try_pending(redis: &mut Connection, shard: u16) -> RedisResult<u64> {
    let mut pending = redis::cmd("XPENDING");
    let summary: Vec<redis::Value> = pending.arg(stream_key(shard)).arg("dataview").query(redis)?;
    Ok(redis::from_redis_value(summary[0].clone())?)
}
