//! From the buffer into the store: read, take the facts, store, and only then acknowledge. A crash
//! anywhere in between brings the same entries again, and the store knows them by session and
//! sequence, so everything is counted exactly once.
//!
//! While the store cannot be written, consumers wait: what is not acknowledged stays in the buffer.
//! What can never be stored is a dead letter: kept apart with the reason, to be looked at and
//! replayed ([`DeadLetters`]).

mod counters;
mod dead;
mod journal;
mod keep;
pub mod limits;
mod prepare;
mod redis;
mod settings;
mod stop;

pub use counters::{ConsumeCounters, DropReason, Health, ShardHealth, Waiting, WaitingCode};
pub use dead::{DeadLetter, DeadLetters, DeadLettersError, DeadReason, EntryView, view};
pub use settings::{JournalSource, RedisSource, Settings, Source};

use crate::geo::Geo;
use crate::store::Store;
use keep::Keeping;
use std::sync::Arc;
use stop::Stopping;
use tokio::task::JoinSet;

/// The running consumers.
#[derive(Debug)]
pub struct Consumers {
    tasks: JoinSet<()>,
    stopping: Stopping,
}

impl Consumers {
    /// Starts them on the current Tokio runtime. A buffer that cannot be reached is no error: it is
    /// tried again, and `counters` say so.
    ///
    /// # Errors
    /// When the address of Redis makes no sense, or the folder of dead letters cannot be made.
    pub fn start(
        settings: Settings,
        store: Arc<dyn Store>,
        geo: Arc<Geo>,
        counters: Arc<ConsumeCounters>,
    ) -> Result<Self, DeadLettersError> {
        let (stopping, stop) = stop::pair();
        let mut tasks = JoinSet::new();
        let dead = DeadLetters::open(&settings)?;
        let keeping = Keeping { store, geo, dead, counters, stop };
        match settings.source {
            Source::Redis(redis) => redis::spawn(&redis, &keeping, &mut tasks)?,
            Source::Journal(journal) => {
                tasks.spawn(journal::run(journal, keeping));
            }
        }
        Ok(Self { tasks, stopping })
    }

    /// Ends them: what was read is stored and acknowledged if the store takes it now, and comes
    /// again at the next start if it does not.
    pub async fn stop(mut self) {
        self.stopping.stop();
        while let Some(ended) = self.tasks.join_next().await {
            if let Err(error) = ended {
                tracing::error!(%error, "a consumer ended by itself");
            }
        }
    }
}
