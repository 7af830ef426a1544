//! Looks at memory and consumer groups every second, beside the writing: what comes near its
//! limit is turned into pressure before Redis refuses, and what every group has read is trimmed.

use super::groups::{Groups, ask_groups};
use super::limits::{
    FIND_EVERY, PRESSURE_RELIEF_PERCENT, TRIM_EAGERLY_DIVISOR, TRIM_EVERY, WATCH_INTERVAL,
};
use super::masters::Masters;
use super::server::{Memory, ask_memory};
use super::settings::{PressureSettings, TrimSettings};
use super::{RedisSettings, trim};
use crate::buffer::{BufferCounters, KeepError};
use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::task::JoinHandle;

/// What the watch tells the writer.
#[derive(Default)]
pub(super) struct Watched {
    /// The shards that nothing more is taken for, and why.
    pressed: Mutex<BTreeMap<u16, KeepError>>,
    is_pressed: AtomicBool,
    /// Whether the masters have changed since the writer last asked.
    moved: AtomicBool,
}

impl Watched {
    /// Why nothing is taken for `shard`.
    pub(super) fn pressure(&self, shard: u16) -> Option<KeepError> {
        // Nearly always nothing is: no lock on the way of every group.
        if !self.is_pressed.load(Relaxed) {
            return None;
        }
        self.lock().get(&shard).cloned()
    }

    /// Why nothing is taken for one of the shards.
    pub(super) fn any_pressure(&self) -> Option<KeepError> {
        self.lock().values().next().cloned()
    }

    /// Whether the masters have changed since the last call.
    pub(super) fn take_moved(&self) -> bool {
        self.moved.load(Relaxed) && self.moved.swap(false, Relaxed)
    }

    fn press(&self, shard: u16, why: Option<String>) {
        let mut pressed = self.lock();
        match why {
            Some(reason) => pressed.insert(shard, KeepError::Full { reason }),
            None => pressed.remove(&shard),
        };
        self.is_pressed.store(!pressed.is_empty(), Relaxed);
    }

    fn lock(&self) -> MutexGuard<'_, BTreeMap<u16, KeepError>> {
        self.pressed.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The running watch; ends when dropped.
pub(super) struct Watch(JoinHandle<()>);

impl Drop for Watch {
    fn drop(&mut self) {
        self.0.abort();
    }
}

impl Watch {
    /// Starts it on the current Tokio runtime, with connections of its own: what it asks must not
    /// stand before entries.
    pub(super) fn start(
        masters: Masters,
        settings: &RedisSettings,
        watched: Arc<Watched>,
        counters: Arc<BufferCounters>,
    ) -> Self {
        let (trim, pressure) = (settings.trim, settings.pressure);
        let mut look = Look { masters, trim, pressure, watched, counters, turn: 0 };
        Self(tokio::spawn(async move {
            loop {
                look.once().await;
                tokio::time::sleep(WATCH_INTERVAL).await;
            }
        }))
    }
}

struct Look {
    masters: Masters,
    trim: TrimSettings,
    pressure: PressureSettings,
    watched: Arc<Watched>,
    counters: Arc<BufferCounters>,
    turn: u32,
}

impl Look {
    async fn once(&mut self) {
        let before = self.masters.map();
        // A master that lost a failover may still take entries, from whoever asks no one else.
        if self.masters.are_told_by_others() || self.turn.is_multiple_of(FIND_EVERY) {
            self.masters.suspect();
        }
        if self.masters.refresh().await.is_err() {
            return;
        }
        if before != self.masters.map() {
            tracing::info!(masters = self.masters.names(), "the masters of Redis");
            self.watched.moved.store(true, Relaxed);
        }
        let is_trimmed = self.trim.enabled && self.turn.is_multiple_of(TRIM_EVERY);
        self.turn = self.turn.wrapping_add(1);
        let mut fullest = Memory::default();
        let mut unread: BTreeMap<String, u64> = BTreeMap::new();
        for at in 0..self.masters.nodes.len() {
            // Away: the writer sees it too, and says so.
            let Ok((memory, groups)) = self.node(at, is_trimmed).await else {
                self.masters.suspect();
                continue;
            };
            if memory.percent() >= fullest.percent() {
                fullest = memory;
            }
            for group in groups.iter().flat_map(|groups| &groups.groups) {
                *unread.entry(group.name.clone()).or_default() += group.unread.unwrap_or(0);
            }
        }
        self.counters.redis().saw(fullest.used, fullest.max, unread);
        self.counters.redis().pressed(self.watched.lock().len());
    }

    async fn node(
        &mut self,
        at: usize,
        is_trimmed: bool,
    ) -> Result<(Memory, Vec<Groups>), KeepError> {
        let shards = self.masters.shards_of(at);
        let link = self.masters.nodes[at].link();
        let memory = ask_memory(link).await?;
        let groups = ask_groups(link, &shards).await?;
        let mark = u64::from(self.pressure.memory_percent_max);
        if is_trimmed {
            let is_eager = memory.percent() >= mark / TRIM_EAGERLY_DIVISOR;
            let removed = trim::trim(link, &groups, self.trim, is_eager).await?;
            self.counters.redis().trimmed(removed);
        }
        for groups in &groups {
            let is_pressed = self.watched.pressure(groups.shard).is_some();
            let why = self.judge(memory, groups, is_pressed);
            if why.is_some() != is_pressed {
                let shard = groups.shard;
                match &why {
                    Some(reason) => tracing::warn!(shard, reason, "no more is taken for a shard"),
                    None => tracing::info!(shard, "entries of a shard are taken again"),
                }
            }
            self.watched.press(groups.shard, why);
        }
        Ok((memory, groups))
    }

    /// Why nothing more is to be taken for a shard.
    fn judge(&self, memory: Memory, groups: &Groups, is_pressed: bool) -> Option<String> {
        let mark = u64::from(self.pressure.memory_percent_max);
        let relief = if is_pressed { PRESSURE_RELIEF_PERCENT } else { 0 };
        if memory.percent() >= mark.saturating_sub(relief) && memory.max > 0 {
            let (percent, max) = (memory.percent(), memory.max);
            return Some(format!("Redis uses {percent} % of {max} bytes; the mark is {mark} %"));
        }
        let bound = self.pressure.lag_messages_max;
        let slowest = groups.slowest().filter(|_| bound > 0)?;
        let unread = slowest.unread.filter(|unread| *unread >= bound)?;
        let name = &slowest.name;
        Some(format!("group {name:?} has {unread} unread messages; the mark is {bound}"))
    }
}
