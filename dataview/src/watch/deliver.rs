//! Sends notices. Each channel has a task of its own: one that hangs is late alone. What is told comes
//! in its order, and again until it is taken, or has waited for too long.
//!
//! A notice is sent at least once: a crash between the channel's answer and our note of it sends it
//! again, under the same name, which webhooks (`webhook-id`), Alertmanager (the same alert) and
//! mailboxes (`Message-ID`) can know it by. The robots of chats have nothing to know it by.

use super::channel::{Channel, Refused};
use super::keep::{Due, Keep, KeepError};
use super::limits::{IDLE, PAUSE_MAX_MS, PAUSE_MIN_MS};
use super::reload::Rulebook;
use reqwest::Client;
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;
use tokio::task::JoinHandle;
use tokio::time::{sleep, timeout};

/// Tries after which a notice is given up that the channel does not want, so that others come.
const UNWANTED_TRIES_MAX: u32 = 3;

/// Sends notices.
#[derive(Debug, Clone)]
pub struct Deliverers {
    keep: Keep,
    client: Client,
    now: fn() -> u64,
}

/// Ends the task when it is dropped.
#[derive(Debug)]
struct Task(JoinHandle<()>);

impl Drop for Task {
    fn drop(&mut self) {
        self.0.abort();
    }
}

impl Deliverers {
    /// Deliverers of what `keep` has.
    ///
    /// # Errors
    /// When no client can be made.
    pub fn new(keep: Keep, now: fn() -> u64) -> Result<Self, reqwest::Error> {
        Ok(Self { keep, client: super::channel::client()?, now })
    }

    /// Delivers until it is dropped, by the channels that `rulebook` has.
    pub async fn run(self, rulebook: Arc<Rulebook>) {
        let mut changes = rulebook.changes();
        let mut tasks: BTreeMap<String, (Arc<Channel>, Task)> = BTreeMap::new();
        loop {
            let set = Arc::clone(&changes.borrow_and_update());
            let channels = set.channels();
            tasks.retain(|name, (known, _)| {
                channels.get(name).is_some_and(|channel| channel.is_same(known))
            });
            for (name, channel) in channels {
                tasks.entry(name.clone()).or_insert_with(|| {
                    let delivering = self.clone().deliver(Arc::clone(channel));
                    (Arc::clone(channel), Task(tokio::spawn(delivering)))
                });
            }
            let names: Vec<&str> = channels.keys().map(String::as_str).collect();
            if let Err(error) = self.keep.give_up_unknown(&names, (self.now)()) {
                tracing::error!(%error, "notices are not looked after");
            }
            if changes.changed().await.is_err() {
                return;
            }
        }
    }

    /// Delivers one channel's notices.
    async fn deliver(self, channel: Arc<Channel>) {
        let mut noticed = self.keep.noticed();
        loop {
            noticed.mark_unchanged();
            let wait_ms = match self.step(&channel).await {
                Ok(wait_ms) => wait_ms,
                Err(error) => {
                    tracing::error!(channel = channel.name, %error, "notices are not looked after");
                    Some(PAUSE_MAX_MS)
                }
            };
            match wait_ms {
                Some(wait_ms) => sleep(Duration::from_millis(wait_ms)).await,
                None => drop(timeout(IDLE, noticed.changed()).await),
            }
        }
    }

    /// Sends the oldest notice of `channel`. How long to wait before the next, in ms; `None`: until
    /// there is one.
    async fn step(&self, channel: &Channel) -> Result<Option<u64>, KeepError> {
        let Some(Due { notice, tries, next_at_ms }) = self.keep.due(&channel.name)? else {
            return Ok(None);
        };
        let now_ms = (self.now)();
        if next_at_ms > now_ms {
            // Not longer than the longest pause, should the clock have gone back.
            return Ok(Some((next_at_ms - now_ms).min(PAUSE_MAX_MS)));
        }
        let sent = channel.send(&self.client, &notice, now_ms).await;
        let now_ms = (self.now)();
        match sent {
            Ok(()) => self.keep.delivered(&notice.id, now_ms)?,
            Err(Refused { what, wait_ms, is_about_this }) => {
                tracing::warn!(
                    channel = channel.name,
                    notice = notice.id,
                    error = what,
                    "not told"
                );
                let is_unwanted = is_about_this && tries + 1 >= UNWANTED_TRIES_MAX;
                let wait_ms = wait_ms.unwrap_or_else(|| pause_ms(tries));
                let next_at_ms = (!is_unwanted).then(|| now_ms.saturating_add(wait_ms));
                self.keep.failed(&notice.id, &what, next_at_ms, now_ms)?;
            }
        }
        Ok(Some(channel.pace_ms()))
    }
}

/// The pause after `tries` tries: it doubles, and differs a little, so that channels behind one door
/// that comes back do not come all at once.
fn pause_ms(tries: u32) -> u64 {
    let pause = PAUSE_MIN_MS.saturating_mul(1 << tries.min(20)).min(PAUSE_MAX_MS);
    let mut byte = [0];
    // Without randomness the pause is as good.
    let _ = getrandom::fill(&mut byte);
    pause - pause / 1_024 * u64::from(byte[0])
}
