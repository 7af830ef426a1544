//! Writes groups: one pipeline a master, all masters at once, every reply judged on its own.

use super::RedisSettings;
use super::limits::{PACKED_ITEMS_MAX, REDIRECTS_MAX};
use super::masters::Masters;
use super::node::Reply;
use super::pack::{Pack, pack, pack_entries};
use super::promise::Promise;
use super::served_by::ServedBy;
use super::watch::{Watch, Watched};
use crate::buffer::commit::{GroupError, Sink, Written};
use crate::buffer::{BufferCounters, Durability, Group, Item, KeepError, OpenError};
use dna_protocol::packed::EntryPacker;
use futures_util::future::join_all;
use std::collections::BTreeMap;
use std::sync::Arc;

/// Why nothing is sent to a new master before the last seconds.
const REPLACED: &str = "a master of Redis was replaced by another";

/// Writes groups to Redis.
pub struct RedisSink {
    pub(super) masters: Masters,
    durability: Durability,
    strict: bool,
    /// None where entries are not to be packed.
    packer: Option<EntryPacker>,
    pub(super) promise: Promise,
    /// The shards whose last entry was not kept, and why. Only a stream that takes writes again
    /// leaves: INFO looks the same whether a Redis takes them or not.
    refused: BTreeMap<u16, KeepError>,
    watched: Arc<Watched>,
    /// Tells when a master was replaced, where what the one before took last can be sent again.
    served_by: Option<ServedBy>,
    /// Ends when the sink does.
    _watch: Watch,
}

/// Outcomes by place in the group; `None`: not yet known.
type Outcomes = Vec<Option<Result<(), KeepError>>>;

impl RedisSink {
    /// Prepares to connect; connections are made when they are first needed. Starts the watch
    /// over memory and groups on the current Tokio runtime.
    ///
    /// # Errors
    /// When the address makes no sense.
    pub fn open(
        settings: &RedisSettings,
        counters: Arc<BufferCounters>,
    ) -> Result<Self, OpenError> {
        // Replicas have their own time beside the answer's.
        let timeout = match settings.durability {
            Durability::Replicated { timeout, .. } => settings.response_timeout + timeout,
            _ => settings.response_timeout,
        };
        let masters = || Masters::new(&settings.address, settings.shards, timeout);
        let watched = Arc::new(Watched::default());
        let watch = Watch::start(masters()?, settings, Arc::clone(&watched), counters);
        Ok(Self {
            masters: masters()?,
            durability: settings.durability,
            strict: settings.strict_durability,
            packer: settings.pack_entries.then(EntryPacker::default),
            promise: Promise::unknown(settings.durability),
            refused: BTreeMap::new(),
            watched,
            // Only what holds the last seconds can send them again: the spool, with `everysec`.
            served_by: (settings.spool.is_some() && settings.durability == Durability::Everysec)
                .then(ServedBy::default),
            _watch: watch,
        })
    }

    /// Says once that a shard has another master than before. Nobody's connection fails where the
    /// old one lives on, so without this a failover between two groups would go unnoticed.
    async fn notice_replaced(&mut self) -> Result<(), KeepError> {
        if self.served_by.is_none() {
            return Ok(());
        }
        self.masters.refresh().await?;
        if self.is_replaced() { Err(KeepError::unavailable(REPLACED)) } else { Ok(()) }
    }

    fn is_replaced(&mut self) -> bool {
        self.served_by.as_mut().is_some_and(|served_by| served_by.is_replaced(&self.masters))
    }

    async fn write(&mut self, group: &[Item]) -> Outcomes {
        let mut outcomes: Outcomes = vec![None; group.len()];
        let mut packs = Vec::new();
        for pack in pack(group) {
            match self.watched.pressure(pack.shard) {
                Some(error) => settle(&mut outcomes, &pack, &Err(error)),
                None => packs.push((pack, None)),
            }
        }
        for _ in 0..REDIRECTS_MAX {
            if packs.is_empty() {
                break;
            }
            packs = self.round(packs, group, &mut outcomes).await;
        }
        let error = KeepError::unavailable("Redis sends from one node to the next");
        packs.iter().for_each(|(pack, _)| settle(&mut outcomes, pack, &Err(error.clone())));
        outcomes
    }

    /// Sends each pack to its shard's master, or this once to the node that it is given with;
    /// what comes back is to be sent elsewhere.
    async fn round(
        &mut self,
        packs: Vec<(Pack, Option<usize>)>,
        group: &[Item],
        outcomes: &mut Outcomes,
    ) -> Vec<(Pack, Option<usize>)> {
        let asks = packs.iter().any(|(_, ask)| ask.is_some());
        // Found anew, the nodes would have other places than those that are asked.
        let found = if asks { Ok(()) } else { self.masters.refresh().await };
        let mut plans: Vec<(Vec<Pack>, Vec<Pack>)> = Vec::new();
        plans.resize_with(self.masters.nodes.len(), Default::default);
        for (pack, ask) in packs {
            match (ask, self.masters.of(pack.shard), &found) {
                (Some(at), _, _) => plans[at].1.push(pack),
                (None, Some(at), Ok(())) => plans[at].0.push(pack),
                (_, _, Err(error)) => settle(outcomes, &pack, &Err(error.clone())),
                (None, None, Ok(())) => {
                    self.masters.suspect();
                    let error = KeepError::unavailable("no node serves the slot of its stream");
                    settle(outcomes, &pack, &Err(error));
                }
            }
        }
        let durability = self.durability;
        let writing = self.masters.nodes.iter_mut().zip(plans).map(async |(node, (own, asked))| {
            let mut replies = Vec::new();
            for (packs, asking) in [(own, false), (asked, true)] {
                if !packs.is_empty() {
                    let answers = node.write(&packs, group, durability, asking).await;
                    replies.extend(packs.into_iter().zip(answers));
                }
            }
            replies
        });
        let replies = join_all(writing).await;
        self.redirect(replies.into_iter().flatten(), outcomes)
    }

    fn redirect(
        &mut self,
        replies: impl Iterator<Item = (Pack, Reply)>,
        outcomes: &mut Outcomes,
    ) -> Vec<(Pack, Option<usize>)> {
        let mut again = Vec::new();
        for (pack, reply) in replies {
            match reply {
                Reply::Done(outcome) => {
                    if matches!(outcome, Err(KeepError::Unavailable { .. })) {
                        self.masters.suspect();
                    }
                    settle(outcomes, &pack, &outcome);
                }
                Reply::Moved(place) => {
                    self.masters.moved(pack.shard, &place);
                    if self.is_replaced() {
                        // First what the one before took last, for the session's order.
                        settle(outcomes, &pack, &Err(KeepError::unavailable(REPLACED)));
                    } else {
                        again.push((pack, None));
                    }
                }
                Reply::Ask(place) => {
                    let at = self.masters.at(&place);
                    again.push((pack, Some(at)));
                }
            }
        }
        again
    }

    fn learn(&mut self, shard: u16, outcome: &Result<(), KeepError>) {
        match outcome {
            Ok(()) => self.refused.remove(&shard),
            Err(error) => self.refused.insert(shard, error.clone()),
        };
    }

    fn judge_promise(&mut self) {
        let servers = self.masters.nodes.iter();
        let servers = servers.filter_map(|node| Some((node.place().to_string(), node.server()?)));
        let promise = Promise::judge(self.durability, servers);
        if promise != self.promise {
            let durability = &promise.text;
            if promise.is_broken {
                tracing::warn!(durability, "Redis holds less than is promised");
            } else if promise.is_at_risk {
                tracing::warn!(durability, "Redis may lose what is kept as promised");
            }
        }
        self.promise = promise;
    }

    /// Asks every master how it is, and those that are in doubt whether they take writes.
    async fn ask(&mut self) -> Result<(), KeepError> {
        if self.watched.take_moved() {
            self.masters.suspect();
        }
        self.masters.refresh().await?;
        self.notice_replaced().await?;
        let mut problem = None;
        for at in 0..self.masters.nodes.len() {
            let node = &mut self.masters.nodes[at];
            let doubtful = match node.ask().await {
                Ok(server) => {
                    let doubtful = server.is_doubtful();
                    server.problem().map_or(Ok(doubtful), Err)
                }
                Err(error) => Err(error),
            };
            let asked = match doubtful {
                Ok(doubtful) => self.attempt(at, doubtful).await,
                Err(error) => Err(error),
            };
            if let Err(error) = asked {
                self.masters.suspect();
                problem.get_or_insert(error);
            }
        }
        self.judge_promise();
        problem.map_or(Ok(()), Err)
    }

    /// Asks a node's streams that refused, or all of them, whether they take writes now.
    async fn attempt(&mut self, at: usize, all: bool) -> Result<(), KeepError> {
        let mut shards = self.masters.shards_of(at);
        shards.retain(|shard| all || self.refused.contains_key(shard));
        if shards.is_empty() {
            return Ok(());
        }
        let outcomes = self.masters.nodes[at].attempt(&shards).await?;
        for (shard, outcome) in shards.into_iter().zip(&outcomes) {
            self.learn(shard, outcome);
        }
        Ok(())
    }
}

fn settle(outcomes: &mut Outcomes, pack: &Pack, outcome: &Result<(), KeepError>) {
    for at in &pack.items {
        outcomes[*at] = Some(outcome.clone());
    }
}

impl Sink for RedisSink {
    const KIND: &'static str = "redis";

    async fn write_group(&mut self, group: Group) -> Written {
        if self.watched.take_moved() {
            self.masters.suspect();
        }
        self.notice_replaced().await.map_err(GroupError::All)?;
        let asked = self.masters.asked();
        let packer = self.packer.as_mut().filter(|_| group.len() <= PACKED_ITEMS_MAX);
        let packed = packer.map(|packer| pack_entries(packer, &group));
        let outcomes = self.write(packed.as_ref().unwrap_or(&group)).await;
        if self.masters.asked() != asked {
            self.judge_promise();
        }
        let open = || Err(KeepError::unavailable("Redis did not say what became of it"));
        let outcomes: Vec<_> = outcomes.into_iter().map(|it| it.unwrap_or_else(open)).collect();
        for (item, outcome) in group.iter().zip(&outcomes) {
            // Pressure is our own judgement, and passes without a word from the stream.
            if self.watched.pressure(item.shard).is_none() {
                self.learn(item.shard, outcome);
            }
        }
        if outcomes.iter().all(Result::is_ok) { Ok(()) } else { Err(GroupError::Each(outcomes)) }
    }

    async fn probe(&mut self) -> Result<(), KeepError> {
        self.ask().await?;
        self.problem().map_or(Ok(()), Err)
    }

    fn problem(&self) -> Option<KeepError> {
        let refused = self.refused.values().next().cloned();
        let pressed = || self.watched.any_pressure();
        let broken = || {
            let broken = self.strict && self.promise.is_broken;
            broken.then(|| KeepError::unavailable(self.promise.text.as_str()))
        };
        refused.or_else(pressed).or_else(broken)
    }

    fn durability(&self) -> String {
        self.promise.text.clone()
    }

    /// A connection is a task of the runtime that it was made on.
    async fn moved(&mut self) {
        self.masters.nodes.iter_mut().for_each(|node| node.link().connect_anew());
    }
}
