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
//! [`Topology`](dna_buffer::redis::Topology) finds the master of each shard: one server, the one that Sentinels name, or the
//! nodes of a Cluster. [`watch`] looks after memory, consumer groups and trimming beside it.

mod attempt;
mod examine;
mod gauges;
mod groups;
mod limits;
mod link;
mod masters;
mod node;
mod pack;
mod promise;
mod served_by;
mod server;
mod settings;
mod sink;
mod trim;
mod watch;

pub use examine::Examined;
pub use gauges::RedisGauges;
pub use settings::{PressureSettings, RedisSettings, TrimSettings};
pub use sink::RedisSink;
