//! The masters of all shards, found again when they change.

use super::link::Backoff;
use super::node::Node;
use crate::buffer::{KeepError, OpenError};
use dna_buffer::redis::RedisAddress;
use dna_buffer::redis::Topology;
use dna_buffer::redis::{Connector, Place};
use std::sync::Arc;
use std::time::Duration;

/// The masters, and which shard is whose.
pub(super) struct Masters {
    connector: Arc<Connector>,
    topology: Topology,
    shards: u16,
    pub(super) nodes: Vec<Node>,
    /// For each shard the place in `nodes`; `None`: nobody serves its slot.
    of_shard: Vec<Option<usize>>,
    /// How often they were found, and may be others.
    changes: u64,
    /// Whether they may have changed.
    stale: bool,
    backoff: Backoff,
    last_error: String,
}

impl Masters {
    /// Judges the address; nothing is asked yet.
    ///
    /// # Errors
    /// When it makes no sense.
    pub(super) fn new(
        address: &RedisAddress,
        shards: u16,
        response_timeout: Duration,
    ) -> Result<Self, OpenError> {
        Ok(Self {
            connector: Arc::new(Connector::new(address, response_timeout)?),
            topology: Topology::new(&address.topology),
            shards,
            nodes: Vec::new(),
            of_shard: vec![None; usize::from(shards)],
            changes: 0,
            stale: true,
            backoff: Backoff::default(),
            last_error: String::new(),
        })
    }

    /// Says that they may have changed: a connection was lost, a server refuses as a replica.
    pub(super) fn suspect(&mut self) {
        self.stale = true;
    }

    /// Whether only asking tells that a master was replaced: a Cluster's nodes say it themselves.
    pub(super) fn are_told_by_others(&self) -> bool {
        matches!(self.topology, Topology::Sentinel { .. })
    }

    /// Finds the masters where they may have changed. Between attempts, and while nobody can
    /// tell, the ones that are known stay: most of them are well.
    ///
    /// # Errors
    /// When none are known.
    pub(super) async fn refresh(&mut self) -> Result<(), KeepError> {
        if self.stale && self.backoff.is_over() {
            let known: Vec<Place> = self.nodes.iter().map(|node| node.place().clone()).collect();
            match self.topology.find(&self.connector, &known, self.shards).await {
                Ok(places) => {
                    self.adopt(&places);
                    self.stale = false;
                    self.backoff.succeeded();
                }
                Err(error) => {
                    self.last_error = format!("the masters of Redis cannot be found: {error}");
                    self.backoff.failed();
                }
            }
        }
        if self.nodes.is_empty() {
            return Err(KeepError::unavailable(self.last_error.as_str()));
        }
        Ok(())
    }

    /// Takes over who serves what; connections to masters that remain are kept.
    fn adopt(&mut self, places: &[Option<Place>]) {
        self.changes += 1;
        self.of_shard = places.iter().map(|place| place.as_ref().map(|it| self.at(it))).collect();
        let used: Vec<bool> =
            (0..self.nodes.len()).map(|at| self.of_shard.contains(&Some(at))).collect();
        let mut new_place = Vec::with_capacity(used.len());
        let mut kept = 0;
        for used in &used {
            new_place.push(kept);
            kept += usize::from(*used);
        }
        let mut used = used.into_iter();
        self.nodes.retain(|_| used.next().unwrap_or(false));
        for of_shard in self.of_shard.iter_mut().flatten() {
            *of_shard = new_place[*of_shard];
        }
    }

    /// Another number means that they may be others.
    pub(super) fn changes(&self) -> u64 {
        self.changes
    }

    /// The places of all of them, as the log has them.
    pub(super) fn names(&self) -> String {
        let names: Vec<String> = self.nodes.iter().map(|node| node.place().to_string()).collect();
        names.join(", ")
    }

    /// The place in `nodes` of the server at `place`, which is added where it is new.
    pub(super) fn at(&mut self, place: &Place) -> usize {
        let known = self.nodes.iter().position(|node| node.place() == place);
        known.unwrap_or_else(|| {
            self.nodes.push(Node::new(Arc::clone(&self.connector), place.clone()));
            self.nodes.len() - 1
        })
    }

    /// The place in `nodes` of the master of `shard`.
    pub(super) fn of(&self, shard: u16) -> Option<usize> {
        self.of_shard.get(usize::from(shard)).copied().flatten()
    }

    /// How often all of them were asked how they are.
    pub(super) fn asked(&self) -> u64 {
        self.nodes.iter().map(Node::asked).sum()
    }

    /// The shards of the node at `at`.
    pub(super) fn shards_of(&self, at: usize) -> Vec<u16> {
        (0..self.shards).filter(|shard| self.of(*shard) == Some(at)).collect()
    }

    /// `shard` is served by the server at `place` from now on. The others may have moved too.
    pub(super) fn moved(&mut self, shard: u16, place: &Place) {
        let at = self.at(place);
        if let Some(of_shard) = self.of_shard.get_mut(usize::from(shard)) {
            *of_shard = Some(at);
        }
        self.changes += 1;
        self.stale = true;
    }

    /// The place of each shard's master.
    pub(super) fn map(&self) -> Vec<Option<Place>> {
        let place = |at: &Option<usize>| at.map(|at| self.nodes[at].place().clone());
        self.of_shard.iter().map(place).collect()
    }
}
