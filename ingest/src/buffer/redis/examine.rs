//! Looks at Redis once, for `ingest doctor`.

use super::RedisSink;
use crate::buffer::KeepError;
use crate::buffer::commit::Sink;
use std::time::{Duration, Instant};

/// What was found.
#[derive(Debug)]
pub struct Examined {
    /// Whether entries can be kept.
    pub outcome: Result<(), KeepError>,
    /// What an acknowledgement survives.
    pub durability: String,
    /// The server's clock, since the Unix epoch, and how long the question took.
    pub clock: Option<(Duration, Duration)>,
}

impl RedisSink {
    /// Asks what `serve` would ask, writes nothing that stays, and asks for the time.
    pub async fn examine(&mut self) -> Examined {
        let outcome = self.probe().await;
        let asked = Instant::now();
        let mut time = ::redis::pipe();
        time.cmd("TIME");
        let answer: Result<((u64, u32),), KeepError> = self.link.query(&time).await;
        let took = asked.elapsed();
        let clock = answer.ok().map(|((seconds, micros),)| {
            (Duration::from_secs(seconds) + Duration::from_micros(micros.into()), took)
        });
        Examined { outcome, durability: self.durability(), clock }
    }
}
