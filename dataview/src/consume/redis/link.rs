//! Connections to the masters of some shards.

use crate::consume::limits::BLOCK;
use ::redis::aio::MultiplexedConnection;
use dna_buffer::limits::RESPONSE_TIMEOUT_DEFAULT;
use dna_buffer::redis::{Connector, Place, RedisAddress, Topology};
use std::sync::Arc;

/// One Redis, however many servers it has.
#[derive(Clone)]
pub(in crate::consume) struct Servers(Arc<Inner>);

struct Inner {
    connector: Connector,
    topology: Topology,
    shards: u16,
}

/// Connections, each with the shards that it is for.
pub(in crate::consume) struct Link {
    pub(super) masters: Vec<Master>,
}

pub(super) struct Master {
    pub(super) connection: MultiplexedConnection,
    pub(super) shards: Vec<u16>,
}

impl Servers {
    pub(in crate::consume) fn new(address: &RedisAddress, shards: u16) -> Result<Self, String> {
        let connector = Connector::new(address, BLOCK + RESPONSE_TIMEOUT_DEFAULT)
            .map_err(|error| error.to_string())?;
        let topology = Topology::new(&address.topology);
        Ok(Self(Arc::new(Inner { connector, topology, shards })))
    }

    pub(in crate::consume) fn shards(&self) -> u16 {
        self.0.shards
    }

    /// Whether several streams can be read by one command.
    pub(super) fn is_cluster(&self) -> bool {
        self.0.topology.is_cluster()
    }

    /// Connects to the masters of all shards.
    pub(in crate::consume) async fn link_all(&self) -> Result<Link, String> {
        let shards: Vec<u16> = (0..self.0.shards).collect();
        self.link(&shards).await
    }

    /// Connects to the masters of `shards`, as they are now.
    pub(super) async fn link(&self, shards: &[u16]) -> Result<Link, String> {
        let Inner { connector, topology, shards: all } = &*self.0;
        let found = topology.find(connector, &[], *all).await?;
        let mut places: Vec<(Place, Vec<u16>)> = Vec::new();
        for shard in shards {
            let place = found.get(usize::from(*shard)).cloned().flatten();
            let place = place.ok_or_else(|| format!("no node serves the slot of shard {shard}"))?;
            match places.iter_mut().find(|(known, _)| *known == place) {
                Some((_, shards)) => shards.push(*shard),
                None => places.push((place, vec![*shard])),
            }
        }
        let mut masters = Vec::with_capacity(places.len());
        for (place, shards) in places {
            let connection = connector.connect(&place).await;
            let connection = connection.map_err(|error| format!("{place}: {error}"))?;
            masters.push(Master { connection, shards });
        }
        Ok(Link { masters })
    }
}

impl Link {
    /// The connection for `shard`.
    pub(in crate::consume) fn of(&self, shard: u16) -> Option<MultiplexedConnection> {
        let master = self.masters.iter().find(|master| master.shards.contains(&shard))?;
        Some(master.connection.clone())
    }
}
