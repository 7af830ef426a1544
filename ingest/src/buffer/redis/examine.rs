//! Looks at Redis once, for `ingest doctor`.

use super::RedisSink;
use super::promise::Promise;
use crate::buffer::KeepError;
use crate::buffer::commit::Sink;
use std::time::{Duration, Instant};

/// What was found.
#[derive(Debug)]
pub struct Examined {
    /// Whether entries can be kept.
    pub outcome: Result<(), KeepError>,
    /// What is promised, and whether Redis is configured for it.
    pub durability: String,
    /// Whether it is known not to be.
    pub is_promise_broken: bool,
    /// Whether it is, but something in its configuration may end that.
    pub is_promise_at_risk: bool,
    /// The clock of the first master, since the Unix epoch, and how long the question took.
    pub clock: Option<(Duration, Duration)>,
}

impl RedisSink {
    /// Asks what `serve` would ask, writes nothing that stays, and asks for the time.
    pub async fn examine(&mut self) -> Examined {
        let outcome = self.probe().await;
        let asked = Instant::now();
        let answer = match self.masters.nodes.first_mut() {
            Some(node) => node.link().command(&::redis::cmd("TIME")).await,
            None => Ok(None),
        };
        let took = asked.elapsed();
        let clock = answer.ok().flatten().map(|(seconds, micros): (u64, u32)| {
            (Duration::from_secs(seconds) + Duration::from_micros(micros.into()), took)
        });
        let Promise { text: durability, is_broken, is_at_risk } = self.promise.clone();
        let (is_promise_broken, is_promise_at_risk) = (is_broken, is_at_risk);
        Examined { outcome, durability, is_promise_broken, is_promise_at_risk, clock }
    }
}
