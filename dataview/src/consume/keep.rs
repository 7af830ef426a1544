//! Storing what was read, however long the store takes to take it.

use super::counters::{ConsumeCounters, DropReason, WaitingCode};
use super::dead::{DeadLetters, DeadReason};
use super::limits::{RETRY_MAX, RETRY_MIN};
use super::prepare::{Arrived, Dead, Prepared, prepare};
use super::stop::{Stop, Stopped};
use crate::facts;
use crate::geo::Geo;
use crate::store::{Batch, Store, StoreError};
use futures_util::future::BoxFuture;
use std::sync::Arc;
use std::time::Duration;

/// What every consumer needs.
#[derive(Clone)]
pub(super) struct Keeping {
    pub(super) store: Arc<dyn Store>,
    pub(super) geo: Arc<Geo>,
    pub(super) dead: DeadLetters,
    pub(super) counters: Arc<ConsumeCounters>,
    pub(super) stop: Stop,
}

impl Keeping {
    /// Stores `arrived`, or makes dead letters of what can never be. When it answers, all may be
    /// acknowledged.
    pub(super) async fn keep(&self, who: &str, arrived: Vec<Arrived>) -> Result<(), Stopped> {
        let arrived: Arc<[Arrived]> = arrived.into();
        let dead = self.store(who, &arrived).await?;
        self.put_aside(who, dead).await?;
        if self.counters.goes_on(who) {
            tracing::info!(who, "goes on");
        }
        Ok(())
    }

    /// What can never be stored of `arrived`, when all else is.
    fn store<'a>(
        &'a self,
        who: &'a str,
        arrived: &'a Arc<[Arrived]>,
    ) -> BoxFuture<'a, Result<Vec<Dead>, Stopped>> {
        Box::pin(async move {
            let mut pause = RETRY_MIN;
            loop {
                let prepared = self.prepare(arrived).await?;
                let batch = Batch { frames: prepared.frames, ..Batch::default() };
                if batch.frames.is_empty() {
                    return Ok(prepared.dead);
                }
                let error = match self.store.append(batch).await {
                    Ok(appended) => {
                        self.counters.stored(appended);
                        self.counters.dropped(DropReason::EventPassedOver, prepared.passed_over);
                        return Ok(prepared.dead);
                    }
                    Err(error) => error,
                };
                let Some(reason) = of_a_frame(&error) else {
                    self.wait(who, WaitingCode::Store, &error.to_string(), &mut pause).await?;
                    continue;
                };
                if let [only] = &arrived[..] {
                    return Ok(vec![Dead::new(only.clone(), reason, error.to_string())]);
                }
                // One damaged day, or one frame, must not hold up the others.
                let (one, other) = arrived.split_at(arrived.len() / 2);
                let (one, other): (Arc<[_]>, Arc<[_]>) = (one.into(), other.into());
                let mut dead = self.store(who, &one).await?;
                dead.extend(self.store(who, &other).await?);
                return Ok(dead);
            }
        })
    }

    /// Reading facts takes longer than a task of the runtime should.
    async fn prepare(&self, arrived: &Arc<[Arrived]>) -> Result<Prepared, Stopped> {
        let (arrived, geo) = (Arc::clone(arrived), Arc::clone(&self.geo));
        let read = move |entry| facts::read(entry, |address| geo.locate(address));
        // It does not panic, so that it was not run can only be that the runtime ends.
        tokio::task::spawn_blocking(move || prepare(&arrived, read)).await.map_err(|_| Stopped)
    }

    /// Makes dead letters, however long that takes.
    pub(super) async fn put_aside(&self, who: &str, dead: Vec<Dead>) -> Result<(), Stopped> {
        let mut pause = RETRY_MIN;
        let mut left = &dead[..];
        while let Some(first) = left.first() {
            match self.dead.add(first).await {
                Ok(()) => {
                    let (reason, detail) = (first.reason.name(), &first.detail);
                    let origin = &first.arrived.origin;
                    tracing::warn!(who, origin, reason, detail, "an entry is a dead letter");
                    self.counters.dropped(DropReason::DeadLetter, 1);
                    left = &left[1..];
                }
                Err(error) => {
                    let code = WaitingCode::DeadLetters;
                    self.wait(who, code, &error.to_string(), &mut pause).await?;
                }
            }
        }
        Ok(())
    }

    /// Says that `who` waits and why, and does so, each time for longer.
    pub(super) async fn wait(
        &self,
        who: &str,
        code: WaitingCode,
        why: &str,
        pause: &mut Duration,
    ) -> Result<(), Stopped> {
        if self.counters.waits(who, code, why) {
            tracing::warn!(who, why, "waits; nothing is acknowledged meanwhile");
        }
        let now = *pause;
        *pause = (now * 2).min(RETRY_MAX);
        self.stop.pause(now).await
    }
}

/// As what a frame is a dead letter, if the failure is of some frames only, for ever; every other
/// passes.
fn of_a_frame(error: &StoreError) -> Option<DeadReason> {
    match error {
        StoreError::Damaged { .. } => Some(DeadReason::StoreDamaged),
        StoreError::TooMuch(_) | StoreError::Wrong(_) => Some(DeadReason::StoreRefused),
        StoreError::Unavailable(_) | StoreError::Newer { .. } | StoreError::InUse { .. } => None,
    }
}
