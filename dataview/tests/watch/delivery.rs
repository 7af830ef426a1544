//! Notices come to their channels, again until they are taken.

use crate::made::{CALLS, Made, OPS};
use crate::platform::Platform;
use dataview::watch::deliver::Deliverers;
use dataview::watch::keep::{DeliveryState, NoticeDelivery};
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::task::JoinHandle;

/// How long may be waited for what comes within seconds on a machine that has nothing else to do.
const PATIENCE: Duration = Duration::from_secs(60);

fn now() -> u64 {
    u64::try_from(
        std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap().as_millis(),
    )
    .unwrap()
}

fn deliver(made: &Made) -> JoinHandle<()> {
    let deliverers = Deliverers::new(made.keep.clone(), now).unwrap();
    tokio::spawn(deliverers.run(Arc::clone(&made.rulebook)))
}

fn channel(name: &str, platform: &Platform) -> String {
    OPS.replace("\"ops\"", &format!("\"{name}\""))
        .replace("127.0.0.1:9", &platform.address.to_string())
}

/// An incident that is told to `channels`.
async fn fire(made: &Made) {
    for minute in 0..2 {
        made.minute(minute, 0, 100).await;
    }
}

async fn until(
    made: &Made,
    what: &str,
    holds: impl Fn(&[NoticeDelivery]) -> bool,
) -> Vec<NoticeDelivery> {
    let deadline = Instant::now() + PATIENCE;
    loop {
        let found = made.keep.deliveries(None, None, None, None, 100).unwrap();
        let found: Vec<_> = found.into_iter().map(|(_, delivery)| delivery).collect();
        if holds(&found) {
            return found;
        }
        assert!(Instant::now() < deadline, "{what}: {found:?}");
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_webhook_that_hangs_is_late_alone() {
    let hanging = Platform::start(Box::new(|_, _| None)).await;
    let well = Platform::start(Box::new(|_, _| Some((204, String::new())))).await;
    let rule = CALLS.replace("[\"ops\"]", "[\"a-late\", \"prompt\"]");
    let made = Made::new(&[channel("a-late", &hanging), channel("prompt", &well), rule].concat());
    let delivering = deliver(&made);
    fire(&made).await;
    hanging.posts(1).await;
    well.posts(1).await;
    let found = until(&made, "the prompt one has it", |all| {
        all.iter().any(|one| one.state == DeliveryState::Delivered)
    })
    .await;
    assert_eq!(found.iter().filter(|one| one.state == DeliveryState::Waiting).count(), 1);
    delivering.abort();
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_not_taken_is_sent_again_under_the_same_name() {
    let answers = |_: &_, before| Some((if before < 2 { 503 } else { 200 }, String::new()));
    let platform = Platform::start(Box::new(answers)).await;
    let made = Made::new(&[&channel("ops", &platform), CALLS].concat());
    let delivering = deliver(&made);
    fire(&made).await;
    let posts = platform.posts(3).await;
    assert!(posts.iter().all(|post| post.header("webhook-id") == Some("incident-1-1")));
    assert!(posts.iter().all(|post| post.body == posts[0].body));
    let found = until(&made, "it is noted", |all| all[0].state == DeliveryState::Delivered).await;
    assert_eq!((found[0].tries, &found[0].error), (3, &None));
    delivering.abort();
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_channel_never_takes_holds_up_no_other() {
    let answers = |post: &crate::platform::Post, _| {
        Some((if post.body.contains("incident.opened") { 400 } else { 200 }, String::new()))
    };
    let platform = Platform::start(Box::new(answers)).await;
    let made = Made::new(&[&channel("ops", &platform), CALLS].concat());
    fire(&made).await;
    for minute in 2..5 {
        made.minute(minute, 100, 0).await;
    }
    let delivering = deliver(&made);
    let found = until(&made, "the second one is there", |all| {
        all.iter().any(|one| one.state == DeliveryState::Delivered)
    })
    .await;
    let given_up = found.iter().find(|one| one.state == DeliveryState::GivenUp).unwrap();
    assert_eq!((given_up.tries, given_up.error.as_deref()), (3, Some("it answered 400")));
    assert_eq!(made.keep.numbers().unwrap()["alert_notices_given_up"], 1);
    delivering.abort();
}

#[tokio::test]
async fn a_queue_has_an_end_and_what_is_dropped_is_counted() {
    let rule = CALLS
        .replace("for_minutes = 2", "for_minutes = 1")
        .replace("clear_minutes = 3", "clear_minutes = 1");
    let made = Made::new(&[OPS, &*rule].concat());
    // It opens, is over, begins again, …: a notice a minute.
    for minute in 0..210 {
        made.minute(minute, 50, if minute % 2 == 0 { 50 } else { 0 }).await;
    }
    let waiting = made.keep.deliveries(None, Some("ops"), Some(DeliveryState::Waiting), None, 500);
    assert_eq!(waiting.unwrap().len(), 200);
    assert_eq!(made.keep.numbers().unwrap()["alert_notices_queue_full"], 10);
}
