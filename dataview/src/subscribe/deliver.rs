//! Brings lines to webhooks. Each has a task of its own: one that hangs is late alone.
//!
//! A body is `{"subscription": NAME, "events": [LINE, …]}`. Any 2xx takes it; anything else, no
//! answer, or one that is late, and the same body is posted again after a pause that doubles, under
//! the same name, whatever was stored meanwhile.
//! Nothing is given up: the subscription is behind until its webhook is back or it is removed, and
//! how far behind, and why, the API tells.

use super::definition::{Definition, Delivery, Name};
use super::limits::{
    ANSWER_TIMEOUT, CONNECT_TIMEOUT, IDLE, LINES_MAX, PAUSE_MAX, PAUSE_MIN, RETRY_AFTER_MAX,
};
use super::read::{Lines, lines};
use super::registry::{Registry, Subscription};
use super::signature::{Secret, sign};
use crate::store::{FeedCursor, Feeder};
use reqwest::header::{CONTENT_TYPE, RETRY_AFTER};
use reqwest::{Client, Response, redirect};
use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;
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
        let mut tasks: HashMap<Name, (Subscription, Task)> = HashMap::new();
        loop {
            changes.mark_unchanged();
            match self.registry.all() {
                Ok(all) => self.follow(&mut tasks, all),
                Err(error) => tracing::error!(%error, "webhooks are not looked after"),
            }
            if changes.changed().await.is_err() {
                return;
            }
        }
    }

    fn follow(&self, tasks: &mut HashMap<Name, (Subscription, Task)>, all: Vec<Subscription>) {
        let webhooks: HashMap<_, _> = all
            .into_iter()
            .filter(|one| matches!(one.definition.delivery, Delivery::Webhook { .. }))
            .map(|one| (one.name.clone(), one))
            .collect();
        // One that was removed and made anew has another secret.
        tasks.retain(|name, (known, _)| {
            webhooks.get(name).is_some_and(|one| {
                one.definition == known.definition
                    && one.secret == known.secret
                    && one.created_at_ms == known.created_at_ms
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
        let mut pause = PAUSE_MIN;
        let mut waiting = None;
        loop {
            stored.mark_unchanged();
            // Read anew each time: somebody may have set it back.
            let Ok(subscription) = self.registry.get(&name) else { return };
            match self.step(&subscription, &mut waiting).await {
                Ok(Step::Delivered) => pause = PAUSE_MIN,
                Ok(Step::NothingNew) => {
                    // Late at most when the store's own word is missed.
                    let _ = timeout(IDLE, stored.changed()).await;
                }
                Err(failure) => {
                    tracing::warn!(subscription = %name, error = failure.what, "not delivered");
                    if self.registry.failed(&name, &failure.what).is_err() {
                        return;
                    }
                    sleep(failure.wait.unwrap_or_else(|| jittered(pause))).await;
                    pause = (pause * 2).min(PAUSE_MAX);
                }
            }
        }
    }

    /// Posts the next lines, or those of the try before in `waiting`, as long as the subscription
    /// still begins with them.
    async fn step(
        &self,
        subscription: &Subscription,
        waiting: &mut Option<Waiting>,
    ) -> Result<Step, Failure> {
        let Subscription { name, definition, secret, cursor, .. } = subscription;
        let Delivery::Webhook { url } = &definition.delivery else { return Ok(Step::NothingNew) };
        waiting.take_if(|waiting| waiting.after != *cursor);
        let is_again = waiting.is_some();
        let before = match waiting.take() {
            Some(before) => before,
            None => self.next(subscription).await?,
        };
        let Waiting { found, .. } = waiting.insert(before);
        if !found.texts.is_empty() {
            self.post(name, url, secret.as_ref(), found).await?;
        }
        let is_news = found.next != *cursor;
        if is_news {
            let count = found.texts.len() as u64;
            let noted = self.registry.progressed(subscription, &found.next, count, (self.now_ms)());
            noted.map_err(|error| Failure::new(error.to_string()))?;
        }
        // What was stored between two tries is not among what is behind.
        let has_more = is_news && (is_again || found.behind > 0);
        *waiting = None;
        Ok(if has_more { Step::Delivered } else { Step::NothingNew })
    }

    async fn next(&self, subscription: &Subscription) -> Result<Waiting, Failure> {
        let Subscription { definition, cursor, .. } = subscription;
        let Definition { filter, fields, .. } = definition;
        let read = lines(&*self.store, filter, fields, cursor.clone(), LINES_MAX);
        let found = read.await.map_err(|error| Failure::new(error.to_string()))?;
        Ok(Waiting { after: cursor.clone(), found })
    }

    async fn post(
        &self,
        name: &Name,
        url: &str,
        secret: Option<&Secret>,
        found: &Lines,
    ) -> Result<(), Failure> {
        let body = format!(r#"{{"subscription":"{name}","events":[{}]}}"#, found.texts.join(","));
        // The same lines have the same name whenever they are posted.
        let id = format!("{name}_{}", found.next);
        let timestamp = (self.now_ms)() / 1000;
        let mut request = self
            .client
            .post(url)
            .header(CONTENT_TYPE, "application/json")
            .header("webhook-id", &id)
            .header("webhook-timestamp", timestamp);
        if let Some(secret) = secret {
            request =
                request.header("webhook-signature", sign(secret, &id, timestamp, body.as_bytes()));
        }
        let answer = request.body(body).send().await.map_err(|error| {
            // The address of a webhook may have a token in its path.
            Failure::new(why(&error.without_url()))
        })?;
        if answer.status().is_success() { Ok(()) } else { Err(Failure::of(&answer)) }
    }
}

/// What a webhook has not taken yet: some 512 KiB ([`BYTES_MAX`](super::limits::BYTES_MAX)) of each
/// that is away. In memory alone: after a restart the same lines may come with others.
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

struct Failure {
    what: String,
    /// How long the webhook wants to be left alone.
    wait: Option<Duration>,
}

impl Failure {
    fn new(what: String) -> Self {
        Self { what, wait: None }
    }

    fn of(answer: &Response) -> Self {
        let seconds =
            answer.headers().get(RETRY_AFTER).and_then(|value| value.to_str().ok()?.parse().ok());
        let wait = seconds.map(|seconds| Duration::from_secs(seconds).min(RETRY_AFTER_MAX));
        Self { what: format!("the webhook answered {}", answer.status()), wait }
    }
}

fn why(error: &reqwest::Error) -> String {
    if error.is_timeout() {
        return format!("the webhook did not answer within {} s", ANSWER_TIMEOUT.as_secs());
    }
    // reqwest says what it did, its source what the system said.
    let source = std::error::Error::source(error).map(|source| format!(": {source}"));
    format!("the webhook cannot be reached: {error}{}", source.unwrap_or_default())
}

/// Between three quarters of `pause` and all of it, so that webhooks behind one door that comes
/// back do not come all at once.
fn jittered(pause: Duration) -> Duration {
    let mut byte = [0];
    // Without randomness the pause is as good.
    let _ = getrandom::fill(&mut byte);
    pause.mul_f64(1.0 - f64::from(byte[0]) / 1024.0)
}
