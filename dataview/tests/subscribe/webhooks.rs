//! Deliveries: signed, tried again, and none waits for another.

use crate::made::{Made, NOON, entry, steps};
use crate::webhook::{Answer, Webhook};
use dataview::store::{FeedCursor, Feeder};
use dataview::subscribe::deliver::Deliverers;
use dataview::subscribe::{DeliveryErrorCode, Edit, Registry, RegistryError, Subscription, sign};
use serde_json::json;
use std::sync::Arc;
use std::time::Duration;
use tokio::task::JoinHandle;
use tokio::time::{sleep, timeout};

/// How often what is known of a subscription is looked at.
const LOOK_EVERY: Duration = Duration::from_millis(5);

/// How long something is waited for that comes at once on a machine that has nothing else to do.
const PATIENCE: Duration = Duration::from_secs(60);

pub(crate) fn deliver(made: &Made) -> JoinHandle<()> {
    let deliverers =
        Deliverers::new(made.store.clone(), made.registry.clone(), || NOON + 1_000).unwrap();
    tokio::spawn(deliverers.run())
}

pub(crate) fn definition(url: &str) -> serde_json::Value {
    json!({"filter": {"kinds": ["custom"]}, "delivery": {"type": "webhook", "url": url}})
}

/// Waits until what is known of `subscription` is as `wanted`.
pub(crate) async fn until(
    made: &Made,
    subscription: &Subscription,
    wanted: impl Fn(&Subscription) -> bool,
) {
    let waiting = async {
        while !wanted(&made.found(subscription)) {
            sleep(LOOK_EVERY).await;
        }
    };
    let found = timeout(PATIENCE, waiting).await;
    found.unwrap_or_else(|_| panic!("still {:?}", made.found(subscription).progress));
}

#[tokio::test(flavor = "multi_thread")]
async fn lines_are_posted_signed_as_they_are_stored() {
    let made = Made::new();
    let webhook = Webhook::start([]).await;
    let subscription = made.subscribe("risk", definition(&webhook.url));
    let _running = deliver(&made);
    made.append([entry("bank", 1, 0)]).await;
    let posts = webhook.posts(1).await;
    made.append([entry("bank", 2, 0)]).await;
    let posts = [posts, webhook.posts(2).await].concat();
    assert_eq!(steps(&posts[0].events()), ["step 1"]);
    assert_eq!(steps(&posts[2].events()), ["step 2"]);
    for post in &posts {
        let (id, at) = (post.header("webhook-id").unwrap(), post.header("webhook-timestamp"));
        assert_eq!(at, Some(&*((NOON + 1_000) / 1_000).to_string()));
        let secret = subscription.secret.as_ref().unwrap();
        let signature = sign(secret, id, (NOON + 1_000) / 1_000, post.body.as_bytes());
        assert_eq!(post.header("webhook-signature"), Some(&*signature));
    }
    assert_ne!(posts[0].header("webhook-id"), posts[2].header("webhook-id"));
    until(&made, &subscription, |now| now.progress.lines == 2).await;
    assert_eq!(made.found(&subscription).cursor, made.store.feed_end().await.unwrap());
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_not_taken_is_posted_again_under_the_same_name() {
    let made = Made::new();
    let refuse = Answer::Status("503 Service Unavailable\r\nRetry-After: 0");
    let webhook = Webhook::start([refuse, Answer::Status("302 Found\r\nLocation: /")]).await;
    let subscription = made.subscribe("risk", definition(&webhook.url));
    made.append([entry("bank", 1, 0)]).await;
    let _running = deliver(&made);
    let posts = webhook.posts(1).await;
    until(&made, &subscription, |now| now.progress.error.is_some()).await;
    let error = made.found(&subscription).progress.error.unwrap();
    assert_eq!(error.code, DeliveryErrorCode::WebhookStatus);
    assert!(matches!(error.status, Some(503 | 302)), "{error:?}");
    // What is stored meanwhile comes under a name of its own.
    made.append([entry("bank", 2, 0)]).await;
    let again = webhook.posts(4).await;
    assert_eq!(steps(&again[3].events()), ["step 2"]);
    for post in &again[1..3] {
        assert_eq!(post.header("webhook-id"), posts[0].header("webhook-id"));
        assert_eq!(post.body, posts[0].body);
    }
    assert_ne!(again[3].header("webhook-id"), posts[0].header("webhook-id"));
    until(&made, &subscription, |now| now.progress.lines == 2).await;
    let progress = made.found(&subscription).progress;
    assert_eq!((progress.failures, progress.error), (0, None), "what is over is forgotten");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_webhook_that_hangs_is_late_alone() {
    let made = Made::new();
    let hanging = Webhook::start([Answer::Hang]).await;
    let well = Webhook::start([]).await;
    let late = made.subscribe("late", definition(&hanging.url));
    let prompt = made.subscribe("prompt", definition(&well.url));
    let _running = deliver(&made);
    for sequence in 1..=20 {
        made.append([entry("bank", sequence, 0)]).await;
        until(&made, &prompt, |now| now.progress.lines == sequence).await;
    }
    hanging.posts(1).await;
    assert_eq!(made.found(&late).cursor, FeedCursor::default(), "it has taken nothing");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_webhook_that_is_away_is_told_without_its_address_and_caught_up_with_later() {
    let made = Made::new();
    let subscription = made.subscribe("away", definition("http://127.0.0.1:1/secret-token"));
    made.append([entry("bank", 1, 0)]).await;
    let _running = deliver(&made);
    until(&made, &subscription, |now| now.progress.failures > 0).await;
    let error = made.found(&subscription).progress.error.unwrap();
    assert_eq!(error.code, DeliveryErrorCode::WebhookUnreachable);
    let error = error.detail;
    assert!(error.starts_with("the webhook cannot be reached"), "{error}");
    assert!(!error.contains("secret-token"), "{error}");
    // Removed and made anew elsewhere, it begins where it is told to.
    made.registry.remove(&subscription.name).unwrap();
    let webhook = Webhook::start([]).await;
    made.subscribe("away", definition(&webhook.url));
    assert_eq!(steps(&webhook.posts(1).await[0].events()), ["step 1"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn after_a_restart_the_same_body_comes_under_the_same_name_whatever_was_stored_meanwhile() {
    let made = Made::new();
    let refuse = Answer::Status("503 Service Unavailable\r\nRetry-After: 3600");
    let webhook = Webhook::start([refuse]).await;
    let subscription = made.subscribe("risk", definition(&webhook.url));
    made.append([entry("bank", 1, 86_400_000), entry("bank", 2, 86_400_000)]).await;
    let running = deliver(&made);
    let first = webhook.posts(1).await.remove(0);
    until(&made, &subscription, |now| now.progress.failures == 1).await;
    running.abort();
    assert!(running.await.unwrap_err().is_cancelled());
    // Behind, into the same day, and before it, into another.
    made.append([entry("bank", 3, 86_400_000), entry("bank", 4, 0)]).await;
    let _running = deliver(&made);
    let posts = webhook.posts(2).await;
    assert_eq!(posts[1].header("webhook-id"), first.header("webhook-id"));
    assert_eq!(posts[1].body, first.body);
    until(&made, &subscription, |now| now.progress.lines == 4).await;
    let all: Vec<_> = webhook.posts(3).await[2..].to_vec();
    for post in &all {
        assert_ne!(post.header("webhook-id"), first.header("webhook-id"));
    }
    assert_eq!(made.found(&subscription).cursor, made.store.feed_end().await.unwrap());
}

#[tokio::test(flavor = "multi_thread")]
async fn another_body_never_has_the_name_of_one_that_was_sent() {
    let made = Made::new();
    let refuse = Answer::Status("503 Service Unavailable\r\nRetry-After: 3600");
    let webhook = Webhook::start([refuse]).await;
    let subscription = made.subscribe("risk", definition(&webhook.url));
    made.append([entry("bank", 1, 0)]).await;
    let _running = deliver(&made);
    let first = webhook.posts(1).await.remove(0);
    until(&made, &subscription, |now| now.progress.failures == 1).await;
    // Changed, it is tried at once, and not in an hour.
    let mut other = definition(&webhook.url);
    other["fields"] = json!({"keep": ["event.name"]});
    let definition = Some(serde_json::from_value(other).unwrap());
    let edit = Edit { definition, ..Edit::default() };
    edited(&made, &subscription, &edit);
    let second = webhook.posts(2).await.remove(1);
    assert_ne!(second.body, first.body);
    assert_ne!(second.header("webhook-id"), first.header("webhook-id"));
    until(&made, &subscription, |now| now.progress.lines == 1).await;
    // Told to read the same again, the subscriber gets it as something new.
    made.registry.restart(&subscription.name, &FeedCursor::default()).unwrap();
    let third = webhook.posts(3).await.remove(2);
    assert_eq!(third.body, second.body);
    assert_ne!(third.header("webhook-id"), second.header("webhook-id"));
}

#[tokio::test(flavor = "multi_thread")]
async fn one_that_is_paused_gets_nothing_and_goes_on_where_it_was() {
    let made = Made::new();
    let webhook = Webhook::start([]).await;
    let subscription = made.subscribe("risk", definition(&webhook.url));
    let other = made.subscribe("other", definition(&webhook.url));
    let _running = deliver(&made);
    edited(&made, &subscription, &Edit { paused: Some(true), ..Edit::default() });
    made.append([entry("bank", 1, 0)]).await;
    until(&made, &other, |now| now.progress.lines == 1).await;
    assert_eq!(webhook.posts(1).await[0].events().len(), 1);
    assert_eq!(made.found(&subscription).progress.lines, 0);
    edited(&made, &subscription, &Edit { paused: Some(false), ..Edit::default() });
    until(&made, &subscription, |now| now.progress.lines == 1).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_secret_that_was_replaced_signs_until_its_time_is_over() {
    let made = Made::new();
    let webhook = Webhook::start([]).await;
    let subscription = made.subscribe("risk", definition(&webhook.url));
    let old = subscription.secret.clone().unwrap();
    let rotate = Edit { rotate_secret_overlap_ms: Some(5_000), ..Edit::default() };
    let now = edited(&made, &subscription, &rotate);
    let new = now.secret.clone().unwrap();
    assert!(new != old);
    let _running = deliver(&made);
    made.append([entry("bank", 1, 0)]).await;
    let post = webhook.posts(1).await.remove(0);
    let (id, at) = (post.header("webhook-id").unwrap(), (NOON + 1_000) / 1_000);
    let both = [&new, &old].map(|secret| sign(secret, id, at, post.body.as_bytes())).join(" ");
    assert_eq!(post.header("webhook-signature"), Some(&*both));
    let later = now.signatures(id, NOON + 5_000, post.body.as_bytes()).unwrap();
    assert_eq!(later, sign(&new, id, (NOON + 5_000) / 1_000, post.body.as_bytes()));
}

/// What becomes of `subscription` by `edit` at noon.
fn edited(made: &Made, subscription: &Subscription, edit: &Edit) -> Subscription {
    let before = made.found(subscription);
    let after = edit.of(&before, NOON).unwrap();
    made.registry.edit(&before, &after).unwrap();
    made.found(subscription)
}

#[tokio::test]
async fn a_file_of_the_version_before_goes_on() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("subscriptions.db");
    rusqlite::Connection::open(&path)
        .unwrap()
        .execute_batch(
            r#"CREATE TABLE subscriptions (
                 name TEXT PRIMARY KEY, definition TEXT NOT NULL, secret BLOB, cursor TEXT NOT NULL,
                 created_at INTEGER NOT NULL, lines INTEGER NOT NULL DEFAULT 0,
                 progressed_at INTEGER, failures INTEGER NOT NULL DEFAULT 0, error TEXT
               ) WITHOUT ROWID;
               INSERT INTO subscriptions VALUES ('risk', '{"filter":{"failed":true}}', NULL,
                 '5;2026-11-26.db=9', 7, 3, 8, 2, 'the webhook answered 503');
               PRAGMA user_version = 1;"#,
        )
        .unwrap();
    for _ in 0..2 {
        let registry = Registry::open(&path).unwrap();
        let all = registry.all().unwrap();
        let [one] = &all[..] else { panic!("{all:?}") };
        assert_eq!((one.cursor.to_string().as_str(), one.progress.lines), ("5;2026-11-26.db=9", 3));
        assert_eq!((one.paused, &one.progress.error), (false, &None));
    }
}

#[tokio::test]
async fn subscriptions_outlive_their_process() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("subscriptions.db");
    let made = Made::new();
    let subscription = made.subscribe("risk", definition("https://risk.bank.example/hook"));
    let Subscription { name, definition, .. } = subscription;
    let registry = Registry::open(&path).unwrap();
    let added = registry.add(name.clone(), definition.clone(), FeedCursor::at(5), NOON).unwrap();
    let cursor = FeedCursor { read: [("2026-11-26.db".to_owned(), 9)].into(), from_ms: 5 };
    registry.progressed(&added, &cursor, 3, NOON + 1).unwrap();
    drop(registry);
    let registry = Arc::new(Registry::open(&path).unwrap());
    let found = registry.get(&name).unwrap();
    assert_eq!((&found.secret, &found.cursor), (&added.secret, &cursor));
    assert_eq!((found.progress.lines, found.progress.at_ms), (3, Some(NOON + 1)));
    let twice = registry.add(name.clone(), definition, FeedCursor::default(), NOON);
    assert!(matches!(twice, Err(RegistryError::Exists(_))));
    registry.remove(&name).unwrap();
    assert!(matches!(registry.get(&name), Err(RegistryError::Unknown(_))));
    let mode = std::os::unix::fs::PermissionsExt::mode(&path.metadata().unwrap().permissions());
    assert_eq!(mode & 0o777, 0o600);
}
