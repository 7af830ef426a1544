//! A buffer in memory, for tests: it can be held, and made to fail as a test wants.

use super::commit::{GroupError, Sink, Written};
use super::{Group, Item, KeepError};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::sync::Semaphore;

type Fault = Box<dyn FnMut(&[Item]) -> Written + Send>;

/// What a test sees of a [`MemorySink`].
#[derive(Clone)]
pub struct Memory {
    state: Arc<Mutex<State>>,
    /// One permit for each group that has reached the sink.
    arrived: Arc<Semaphore>,
    /// One permit for each group that may be written; closed: all may.
    gate: Arc<Semaphore>,
}

#[derive(Default)]
struct State {
    groups: Vec<Vec<Item>>,
    fault: Option<Fault>,
    moves: usize,
}

/// Keeps groups in memory.
pub struct MemorySink(Memory);

impl Memory {
    /// A buffer that keeps everything at once, and the sink to start a keeper with.
    #[must_use]
    pub fn new() -> (Self, MemorySink) {
        let (memory, sink) = Self::held();
        memory.gate.close();
        (memory, sink)
    }

    /// The same, but each group waits for [`release`](Self::release).
    #[must_use]
    pub fn held() -> (Self, MemorySink) {
        let memory = Self {
            state: Arc::default(),
            arrived: Arc::new(Semaphore::new(0)),
            gate: Arc::new(Semaphore::new(0)),
        };
        (memory.clone(), MemorySink(memory))
    }

    /// Judges each group from now on: what it gives an error for is not kept.
    pub fn fail_with(&self, fault: impl FnMut(&[Item]) -> Written + Send + 'static) {
        self.state().fault = Some(Box::new(fault));
    }

    /// Waits until one more group has reached the sink.
    pub async fn group_arrived(&self) {
        self.arrived.acquire().await.expect("never closed").forget();
    }

    /// Lets this many held groups be written.
    pub fn release(&self, groups: usize) {
        self.gate.add_permits(groups);
    }

    /// Loses everything, as a store does that had it in its memory.
    pub fn forget(&self) {
        self.state().groups.clear();
    }

    /// The groups as they were kept.
    #[must_use]
    pub fn groups(&self) -> Vec<Vec<Item>> {
        self.state().groups.clone()
    }

    /// All that is kept, in its order.
    #[must_use]
    pub fn items(&self) -> Vec<Item> {
        self.groups().concat()
    }

    /// How often it was told that it is written to from another runtime.
    #[must_use]
    pub fn moves(&self) -> usize {
        self.state().moves
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Sink for MemorySink {
    const KIND: &'static str = "memory";

    async fn write_group(&mut self, group: Group) -> Written {
        let memory = &self.0;
        memory.arrived.add_permits(1);
        if let Ok(permit) = memory.gate.acquire().await {
            permit.forget();
        }
        let mut state = memory.state();
        let written = state.fault.as_mut().map_or(Ok(()), |fault| fault(&group));
        let kept: Vec<Item> = match &written {
            Ok(()) => group.to_vec(),
            Err(GroupError::All(_)) => Vec::new(),
            Err(GroupError::Each(outcomes)) => {
                let kept = group.iter().zip(outcomes);
                kept.filter(|(_, outcome)| outcome.is_ok()).map(|(item, _)| item.clone()).collect()
            }
        };
        state.groups.push(kept);
        written
    }

    async fn probe(&mut self) -> Result<(), KeepError> {
        Ok(())
    }

    async fn moved(&mut self) {
        self.0.state().moves += 1;
    }

    fn durability(&self) -> String {
        "in this process's memory, for tests".to_owned()
    }
}
