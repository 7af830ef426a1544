//! A consumer group on the streams of all shards.

mod consumer;
mod gone;
mod lag;
mod link;
mod messages;

pub(super) use link::{Link, Servers};

use super::DeadLettersError;
use super::keep::Keeping;
use super::settings::RedisSource;
use consumer::Consumer;
use lag::Watch;
use tokio::task::JoinSet;

/// Starts the consumers, each with its share of the streams, and the watch over the group's lag.
pub(super) fn spawn(
    source: &RedisSource,
    keeping: &Keeping,
    tasks: &mut JoinSet<()>,
) -> Result<(), DeadLettersError> {
    let servers = Servers::new(&source.address, source.shards).map_err(DeadLettersError::Redis)?;
    let count = source.consumers.clamp(1, usize::from(source.shards));
    for place in 0..count {
        // Sessions keep to their stream, and a stream to its consumer: what a session tells is
        // stored in its order.
        let own = (0..source.shards).filter(|shard| usize::from(*shard) % count == place);
        let consumer = Consumer {
            servers: servers.clone(),
            shards: own.collect(),
            group: source.group.clone(),
            name: format!("{}-{place}", source.name),
            claim_idle: source.claim_idle,
            keeping: keeping.clone(),
        };
        tasks.spawn(consumer.run());
    }
    let watch = Watch { servers, group: source.group.clone(), keeping: keeping.clone() };
    tasks.spawn(watch.run());
    Ok(())
}
