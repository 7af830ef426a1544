//! Brings lines to webhooks. Each has a task of its own: one that hangs is late alone.
//!
//! A body is `{"subscription": NAME, "events": [LINE, …]}`. Any 2xx takes it; anything else, no
//! answer, or one that is late, and the same body is posted again after a pause that doubles, under
//! the same `webhook-id`, whatever was stored meanwhile, and after a restart, too: where it ends is
//! written down before it is posted. The id is made of the body and the reading, so that another body
//! never has it.
//! Nothing is given up: the subscription is behind until its webhook is back, or it is paused or
//! removed, and how far behind, and why, the API tells. A file of the subscriptions that cannot be read
//! or written is waited for likewise: only a removed subscription ends its task.

use super::definition::{Definition, Delivery, Name};
use super::failure::{Failure, jittered};
use super::limits::{
    ANSWER_TIMEOUT, CONNECT_TIMEOUT, FILE_PAUSE_MAX, IDLE, LINES_MAX, PAUSE_MAX, PAUSE_MIN,
};
use super::read::{Lines, lines, lines_between};
use super::registry::{Registry, RegistryError, Waiter};
use super::subscription::{DeliveryErrorCode, Subscription};
use crate::store::{FeedCursor, Feeder, StoreError};
use reqwest::header::CONTENT_TYPE;
use reqwest::{Client, redirect};
use sha2::{Digest, Sha256};
use std::collections::HashMap;
use std::fmt::Write;
use std::sync::Arc;
use tokio::task::JoinHandle;
use tokio::time::{sleep, timeout};

/// What deliverers share.
#[derive(Clone)]
pub struct Deliverers {
    store: Arc<dyn Feeder>,
    registry: Arc<Registry>,
    client: Client,
    now_ms: fn() -> u64,
}

impl std::fmt::Debug for Deliverers {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Deliverers")
    }
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
    /// Deliverers of `registry`'s webhooks.
    ///
    /// # Errors
    /// When no client can be made.
    pub fn new(
        store: Arc<dyn Feeder>,
        registry: Arc<Registry>,
        now_ms: fn() -> u64,
    ) -> Result<Self, reqwest::Error> {
        // That one is installed already is no error.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let client = Client::builder()
            .connect_timeout(CONNECT_TIMEOUT)
            .timeout(ANSWER_TIMEOUT)
            // A redirect would send what is about people to where nobody has said.
            .redirect(redirect::Policy::none())
            .user_agent(concat!("dna-dataview/", env!("CARGO_PKG_VERSION")))
            .build()?;
        Ok(Self { store, registry, client, now_ms })
    }

    /// Delivers until it is dropped, and follows what is added, changed and removed.
    pub async fn run(self) {
        let mut changes = self.registry.changes();
        let waiter = Waiter::new(&self.registry, EVERY);
        let mut tasks: HashMap<Name, (Subscription, Task)> = HashMap::new();
        loop {
            changes.mark_unchanged();
            match self.registry.all() {
                Ok(all) => {
                    waiter.goes_on();
                    self.follow(&mut tasks, all);
                }
                Err(error) => waiter.waits(&error),
            }
            // Nobody tells of a file that is back, nor of a task that has ended.
            if matches!(timeout(IDLE, changes.changed()).await, Ok(Err(_))) {
                return;
            }
        }
    }

    fn follow(&self, tasks: &mut HashMap<Name, (Subscription, Task)>, all: Vec<Subscription>) {
        let webhooks: HashMap<_, _> = all
            .into_iter()
            .filter(|one| {
                !one.paused && matches!(one.definition.delivery, Delivery::Webhook { .. })
            })
            .map(|one| (one.name.clone(), one))
            .collect();
        // One that is changed is tried anew at once, however long it was to pause.
        tasks.retain(|name, (known, task)| {
            let is_running = !task.0.is_finished();
            is_running
                && webhooks.get(name).is_some_and(|one| {
                    one.definition == known.definition
                        && one.secret == known.secret
                        && one.epoch == known.epoch
                })
        });
        for (name, subscription) in webhooks {
            tasks.entry(name).or_insert_with(|| {
                let delivering = self.clone().deliver(subscription.name.clone());
                (subscription, Task(tokio::spawn(delivering)))
            });
        }
    }

    /// Delivers one subscription's lines until it is gone.
    async fn deliver(self, name: Name) {
        let mut stored = self.store.changes();
        let waiter = Waiter::new(&self.registry, name.as_str());
        let (mut pause, mut file_pause) = (PAUSE_MIN, PAUSE_MIN);
        let mut waiting = None;
        loop {
            stored.mark_unchanged();
            let tried = match self.attempt(&name, &mut waiting).await {
                Err(RegistryError::Unknown(_)) => return,
                Err(error) => {
                    waiter.waits(&error);
                    sleep(jittered(file_pause)).await;
                    file_pause = (file_pause * 2).min(FILE_PAUSE_MAX);
                    continue;
                }
                Ok(tried) => tried,
            };
            waiter.goes_on();
            file_pause = PAUSE_MIN;
            match tried {
                Ok(Step::Delivered) => pause = PAUSE_MIN,
                Ok(Step::NothingNew) => {
                    // Late at most when the store's own word is missed.
                    let _ = timeout(IDLE, stored.changed()).await;
                }
                Err(failure) => {
                    sleep(failure.wait.unwrap_or_else(|| jittered(pause))).await;
                    pause = (pause * 2).min(PAUSE_MAX);
                }
            }
        }
    }

    /// One step, and a note of its failure.
    ///
    /// # Errors
    /// When the registry cannot be read, or the note not be made.
    async fn attempt(
        &self,
        name: &Name,
        waiting: &mut Option<Waiting>,
    ) -> Result<Result<Step, Failure>, RegistryError> {
        // Read anew each time: somebody may have set it back.
        let subscription = self.registry.get(name)?;
        let tried = self.step(&subscription, waiting).await;
        if let Err(failure) = &tried {
            self.registry.failed(name, &failure.error)?;
            tracing::warn!(subscription = %name, error = failure.error.detail, "not delivered");
        }
        Ok(tried)
    }

    /// Posts the next lines, or those of the try before in `waiting`, as long as the subscription
    /// still begins with them.
    async fn step(
        &self,
        subscription: &Subscription,
        waiting: &mut Option<Waiting>,
    ) -> Result<Step, Failure> {
        let Subscription { definition, cursor, .. } = subscription;
        let Delivery::Webhook { url } = &definition.delivery else { return Ok(Step::NothingNew) };
        waiting.take_if(|waiting| waiting.after != *cursor);
        let is_again = waiting.is_some() || subscription.attempt.is_some();
        let before = match waiting.take() {
            Some(before) => before,
            None => self.next(subscription).await?,
        };
        let Waiting { found, .. } = waiting.insert(before);
        let not_kept = |error: RegistryError| {
            Failure::new(DeliveryErrorCode::ProgressNotKept, error.to_string())
        };
        if !found.texts.is_empty() {
            if subscription.attempt.as_ref() != Some(&found.next) {
                self.registry.attempting(subscription, &found.next).map_err(not_kept)?;
            }
            self.post(subscription, url, found).await?;
        }
        let is_news = found.next != *cursor;
        if is_news {
            let count = found.texts.len() as u64;
            let noted = self.registry.progressed(subscription, &found.next, count, (self.now_ms)());
            noted.map_err(not_kept)?;
        }
        // What was stored between two tries is not among what is behind.
        let has_more = is_news && (is_again || found.behind > 0);
        *waiting = None;
        Ok(if has_more { Step::Delivered } else { Step::NothingNew })
    }

    /// The next lines; those of the last attempt, where there was one.
    async fn next(&self, subscription: &Subscription) -> Result<Waiting, Failure> {
        let Subscription { definition, cursor, attempt, .. } = subscription;
        let Definition { filter, fields, .. } = definition;
        let after = cursor.clone();
        let found = match attempt {
            Some(end) => {
                let texts = lines_between(&*self.store, filter, fields, after, end).await;
                texts.map(|texts| Lines { texts, next: end.clone(), ..Lines::default() })
            }
            None => lines(&*self.store, filter, fields, after, LINES_MAX).await,
        };
        let failed = |error: StoreError| {
            Failure::new(DeliveryErrorCode::StoreUnavailable, error.to_string())
        };
        Ok(Waiting { after: cursor.clone(), found: found.map_err(failed)? })
    }

    async fn post(&self, to: &Subscription, url: &str, found: &Lines) -> Result<(), Failure> {
        let events = found.texts.join(",");
        let body = format!(r#"{{"subscription":"{}","events":[{events}]}}"#, to.name);
        let id = webhook_id(to, body.as_bytes());
        let now_ms = (self.now_ms)();
        let mut request = self
            .client
            .post(url)
            .header(CONTENT_TYPE, "application/json")
            .header("webhook-id", &id)
            .header("webhook-timestamp", now_ms / 1000);
        if let Some(signatures) = to.signatures(&id, now_ms, body.as_bytes()) {
            request = request.header("webhook-signature", signatures);
        }
        let answer = request.body(body).send().await.map_err(Failure::unanswered)?;
        if answer.status().is_success() { Ok(()) } else { Err(Failure::of(&answer)) }
    }
}

/// Who looks after all subscriptions. It is no name of one.
const EVERY: &str = "*";

/// Bytes of an id's hash: nobody meets the same one twice.
const ID_BYTES: usize = 16;

/// What a webhook knows a body by when it comes again. Told to read on from an earlier time the
/// subscriber wants the same body once more: it is another reading and has another id.
fn webhook_id(subscription: &Subscription, body: &[u8]) -> String {
    let epoch = subscription.epoch.to_be_bytes();
    let hash = Sha256::new().chain_update(epoch).chain_update(body).finalize();
    let mut id = format!("{}_", subscription.name);
    for byte in &hash[..ID_BYTES] {
        // Writing to a text does not fail.
        let _ = write!(id, "{byte:02x}");
    }
    id
}

/// What a webhook has not taken yet: some 512 KiB ([`BYTES_MAX`](super::limits::BYTES_MAX)) of each
/// that is away. After a restart it is read again up to the same end.
struct Waiting {
    after: FeedCursor,
    found: Lines,
}

/// What came of one try.
enum Step {
    /// There is more.
    Delivered,
    /// All there was is delivered.
    NothingNew,
}
