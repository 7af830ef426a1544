//! Redis Streams: `dna:{k}:events` for shard `k`, entries in the fields `e` of each message.
//!
//! A group is one pipeline a master. What a shard gets in a group is packed into few messages
//! ([`pack`]), in the group's order, so a session's entries are in their stream in the order in
//! which they came. Every reply is judged on its own: a command that Redis refuses (out of
//! memory, read-only, loading) fails only its own entries.
//!
//! An answer that does not come in time leaves the outcome open. The client is then not
//! acknowledged and sends again; consumers tell a second copy by session and sequence.
//!
//! [`topology`] finds the master of each shard: one server, the one that Sentinels name, or the
//! nodes of a Cluster. [`watch`] looks after memory, consumer groups and trimming beside it.

mod attempt;
mod connector;
mod examine;
mod gauges;
mod groups;
mod limits;
mod link;
mod masters;
mod node;
mod pack;
mod promise;
mod reader;
mod served_by;
mod server;
mod settings;
mod sink;
mod slots;
mod topology;
mod trim;
mod watch;

pub use connector::check_url;
pub use examine::Examined;
pub use gauges::RedisGauges;
pub use reader::RedisReader;
pub use settings::{
    Password, PressureSettings, RedisAddress, RedisSettings, RedisTls, RedisTopology, TrimSettings,
};
pub use sink::RedisSink;

/// The stream of a shard. The braces make the shard the hash slot of a Redis Cluster.
#[must_use]
pub fn stream_key(shard: u16) -> String {
    format!("dna:{{{shard}}}:events")
}

/// The field of a message that holds an entry; a message has one or several.
pub const ENTRY_FIELD: &str = "e";
