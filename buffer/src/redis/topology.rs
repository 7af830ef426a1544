//! Which server is the master of each shard's stream.
//!
//! The crate's own clients for Sentinel and Cluster repeat commands by themselves and hide which
//! server answered; here every entry needs to know whether it was certainly not written (send it
//! elsewhere) or perhaps (do not acknowledge), and WAIT counts for one connection.
//! docs/decisions/0002 has the reasons.

use super::address::RedisTopology;
use super::connector::{Connector, Place};
use super::slots::{parse_slots, slot_of};
use super::stream_key;
use crate::limits::{FIND_TIMEOUT, NODES_MAX};
use ::redis::Value;
use ::redis::aio::MultiplexedConnection;
use futures_util::future::{BoxFuture, FutureExt, join_all, select_ok};
use std::collections::{BTreeSet, HashMap};
use std::time::Duration;
use tokio::time::timeout;

/// How the masters of one Redis are found.
pub enum Topology {
    /// There is one server.
    Single,
    /// Sentinels know it.
    Sentinel {
        /// What they call the master.
        master_name: String,
    },
    /// The nodes of a Cluster know.
    Cluster,
}

impl Topology {
    /// As the configuration names it.
    #[must_use]
    pub fn new(topology: &RedisTopology) -> Self {
        match topology {
            RedisTopology::Single { .. } => Self::Single,
            RedisTopology::Sentinel { master_name, .. } => {
                Self::Sentinel { master_name: master_name.clone() }
            }
            RedisTopology::Cluster { .. } => Self::Cluster,
        }
    }

    /// Whether the streams lie in several slots.
    #[must_use]
    pub fn is_cluster(&self) -> bool {
        matches!(self, Self::Cluster)
    }

    /// The master of each of `shards` shards; `None` for one whose slot nobody serves. `known`
    /// are nodes that may be asked beside those that the configuration names.
    ///
    /// # Errors
    /// Why they cannot be found.
    pub async fn find(
        &self,
        connector: &Connector,
        known: &[Place],
        shards: u16,
    ) -> Result<Vec<Option<Place>>, String> {
        let one = |place: Place| vec![Some(place); usize::from(shards)];
        match self {
            Self::Single => {
                connector.named().next().map(one).ok_or_else(|| "no address".to_owned())
            }
            Self::Sentinel { master_name } => ask_sentinels(connector, master_name).await.map(one),
            Self::Cluster => ask_nodes(connector, known, shards).await,
        }
    }
}

/// Asks every Sentinel and believes the one that knows of the latest failover: one that was cut
/// off still names the old master.
async fn ask_sentinels(connector: &Connector, master_name: &str) -> Result<Place, String> {
    let count = connector.named().count();
    let asked = join_all((0..count).map(|at| ask_sentinel(connector, at, master_name))).await;
    let mut errors = Vec::new();
    let mut best: Option<(u64, Place)> = None;
    for (answer, sentinel) in asked.into_iter().zip(connector.named()) {
        match answer {
            Ok((epoch, place)) if best.as_ref().is_none_or(|(known, _)| epoch > *known) => {
                best = Some((epoch, place));
            }
            Ok(_) => {}
            Err(error) => errors.push(format!("Sentinel {sentinel}: {error}")),
        }
    }
    best.map(|(_, place)| place).ok_or_else(|| errors.join("; "))
}

/// The epoch of the last failover, and the master.
async fn ask_sentinel(
    connector: &Connector,
    at: usize,
    master_name: &str,
) -> Result<(u64, Place), String> {
    let asking = async {
        let mut connection = connector.connect_named(at).await?;
        let mut command = ::redis::cmd("SENTINEL");
        command.arg("MASTER").arg(master_name);
        let about: Result<HashMap<String, String>, _> = command.query_async(&mut connection).await;
        about.map_err(|error| error.to_string())
    };
    let about = within(FIND_TIMEOUT, asking).await?;
    let get = |name: &str| about.get(name).cloned().unwrap_or_default();
    let port = get("port").parse().map_err(|_| "its answer names no master".to_owned())?;
    Ok((get("config-epoch").parse().unwrap_or(0), Place::Tcp(get("ip"), port)))
}

/// Asks all nodes at once; the first to answer is believed, and MOVED corrects it.
async fn ask_nodes(
    connector: &Connector,
    known: &[Place],
    shards: u16,
) -> Result<Vec<Option<Place>>, String> {
    let nodes: BTreeSet<Place> = connector.named().chain(known.iter().cloned()).collect();
    let asking: Vec<BoxFuture<'_, _>> = nodes
        .iter()
        .take(NODES_MAX)
        .map(|node| within(FIND_TIMEOUT, ask_node(connector, node)).boxed())
        .collect();
    if asking.is_empty() {
        return Err("no address".to_owned());
    }
    let (ranges, _) = select_ok(asking).await?;
    let master = |shard| {
        let slot = slot_of(stream_key(shard).as_bytes());
        let range = ranges.iter().find(|range| range.first <= slot && slot <= range.last)?;
        Some(range.master.clone())
    };
    Ok((0..shards).map(master).collect())
}

async fn ask_node(connector: &Connector, node: &Place) -> Result<Vec<super::slots::Range>, String> {
    let mut connection: MultiplexedConnection = connector.connect(node).await?;
    let mut command = ::redis::cmd("CLUSTER");
    let slots: Value = command
        .arg("SLOTS")
        .query_async(&mut connection)
        .await
        .map_err(|error| format!("{node}: {error}"))?;
    let ranges = parse_slots(&slots, node);
    if ranges.is_empty() { Err(format!("{node}: it knows of no slots")) } else { Ok(ranges) }
}

async fn within<T>(
    limit: Duration,
    asking: impl Future<Output = Result<T, String>>,
) -> Result<T, String> {
    let in_time = timeout(limit, asking).await;
    in_time.unwrap_or_else(|_| Err(format!("no answer within {} ms", limit.as_millis())))
}
