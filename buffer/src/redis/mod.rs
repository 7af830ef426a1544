//! Redis Streams: `dna:{k}:events` for shard `k`, entries in the fields `e` of each message.
//!
//! [`Topology`] finds the master of each shard: one server, the one that Sentinels name, or the
//! nodes of a Cluster; a [`Connector`] connects to it.

mod address;
mod connector;
mod reader;
mod slots;
mod topology;

pub use address::{Password, RedisAddress, RedisTls, RedisTopology};
pub use connector::{Connector, Place, check_url};
pub use reader::RedisReader;
pub use slots::redirection;
pub use topology::Topology;

/// The stream of a shard. The braces make the shard the hash slot of a Redis Cluster.
#[must_use]
pub fn stream_key(shard: u16) -> String {
    format!("dna:{{{shard}}}:events")
}

/// The field of a message that holds an entry; a message has one or several.
pub const ENTRY_FIELD: &str = "e";
