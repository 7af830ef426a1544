//! The file of the subscriptions cannot be read or written for a while: webhooks wait for it.

use crate::made::{Made, entry, steps};
use crate::webhook::Webhook;
use crate::webhooks::{definition, deliver, until};
use dataview::subscribe::WaitingForFile;
use rusqlite::Connection;
use std::time::Duration;
use tokio::time::{sleep, timeout};

/// How often what waits is looked at.
const LOOK_EVERY: Duration = Duration::from_millis(20);

/// How long something is waited for that comes within a pause or two.
const PATIENCE: Duration = Duration::from_secs(120);

async fn until_waiting(made: &Made, wanted: impl Fn(&WaitingForFile) -> bool) {
    let waiting = async {
        while !wanted(&made.registry.waiting()) {
            sleep(LOOK_EVERY).await;
        }
    };
    let found = timeout(PATIENCE, waiting).await;
    found.unwrap_or_else(|_| panic!("still {:?}", made.registry.waiting()));
}

/// What is stored while `broken` is true of the file comes when `mended` has been done to it.
async fn outlives(broken: &str, mended: &str, why: &str) {
    let made = Made::new();
    let webhook = Webhook::start([]).await;
    let subscription = made.subscribe("risk", definition(&webhook.url));
    let _running = deliver(&made);
    made.append([entry("bank", 1, 0)]).await;
    webhook.posts(1).await;
    until(&made, &subscription, |now| now.progress.lines == 1).await;
    let other = Connection::open(made.folder.path().join("subscriptions.db")).unwrap();
    other.execute_batch(broken).unwrap();
    made.append([entry("bank", 2, 0)]).await;
    until_waiting(&made, |waiting| {
        waiting.count > 0 && waiting.why.as_ref().is_some_and(|told| told.contains(why))
    })
    .await;
    other.execute_batch(mended).unwrap();
    let posts = webhook.posts(2).await;
    assert_eq!(steps(&posts[1].events()), ["step 2"]);
    until(&made, &subscription, |now| now.progress.lines == 2).await;
    until_waiting(&made, |waiting| *waiting == WaitingForFile::default()).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lock_that_somebody_holds_is_waited_for() {
    outlives("BEGIN IMMEDIATE", "ROLLBACK", "locked").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_that_cannot_be_written_is_waited_for() {
    let full = "CREATE TRIGGER full BEFORE UPDATE ON subscriptions
                BEGIN SELECT RAISE(ABORT, 'the disk is full'); END";
    outlives(full, "DROP TRIGGER full", "the disk is full").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_that_cannot_be_read_is_waited_for() {
    let (away, back) =
        ("ALTER TABLE subscriptions RENAME TO away", "ALTER TABLE away RENAME TO subscriptions");
    outlives(away, back, "no such table").await;
}
