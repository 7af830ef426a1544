//! Group commit with a sink that can be held and made to fail.

use crate::buffer::commit::{Bounds, GroupError};
use crate::buffer::limits::{GROUP_BYTES_MAX, GROUP_ITEMS_MAX};
use crate::buffer::memory::{Memory, MemorySink};
use crate::buffer::{BufferCounters, Item, KeepError, Keeper};
use bytes::Bytes;
use dna_buffer::limits::ENTRY_BYTES_MAX;
use std::sync::Arc;
use std::time::Duration;
use tokio::task::JoinHandle;

pub(super) const WIDE: Bounds =
    Bounds { items_max: 10_000, bytes_max: 64 * 1024 * 1024, wait_max: Duration::from_secs(60) };

pub(super) async fn start(sink: MemorySink, bounds: Bounds) -> (Keeper, Arc<BufferCounters>) {
    let counters = Arc::new(BufferCounters::default());
    (Keeper::start(sink, bounds, Arc::clone(&counters)).await, counters)
}

pub(super) fn item(text: &str) -> Item {
    Item { shard: 0, bytes: Bytes::copy_from_slice(text.as_bytes()) }
}

/// Starts to keep `item`, and returns when it waits or is refused.
async fn begin(keeper: &Keeper, item: Item) -> JoinHandle<Result<(), KeepError>> {
    let keeper = keeper.clone();
    let keeping = tokio::spawn(async move { keeper.keep(item).await });
    // The runtime has one thread: after this, the task has run up to where it waits.
    tokio::task::yield_now().await;
    keeping
}

fn failures(counters: &BufferCounters) -> Vec<u64> {
    counters.failures().iter().map(|(_, count)| *count).collect()
}

#[tokio::test]
async fn what_arrives_during_a_write_is_the_next_group() {
    let (memory, sink) = Memory::held();
    let (keeper, counters) = start(sink, WIDE).await;
    let mut keeping = vec![begin(&keeper, item("first")).await];
    memory.group_arrived().await;
    for n in 0..50 {
        keeping.push(begin(&keeper, item(&n.to_string())).await);
    }
    assert_eq!((keeper.status().queued, counters.queued_items()), (50, 50));
    assert!(keeping.iter().all(|keeping| !keeping.is_finished()), "answered before it was kept");
    memory.release(2);
    for keeping in keeping {
        assert_eq!(keeping.await.expect("no panic"), Ok(()));
    }
    let sizes: Vec<usize> = memory.groups().iter().map(Vec::len).collect();
    assert_eq!(sizes, [1, 50]);
    let order: Vec<Bytes> = memory.items().into_iter().map(|item| item.bytes).collect();
    assert_eq!(order[1..], (0..50).map(|n| Bytes::from(n.to_string())).collect::<Vec<_>>());
    assert_eq!((counters.groups(), counters.items(), counters.queued_items()), (2, 51, 0));
    assert_eq!(keeper.status().queued_bytes, 0);
}

#[tokio::test]
async fn a_group_is_bounded_in_items_and_bytes() {
    let (memory, sink) = Memory::held();
    let (keeper, _) = start(sink, WIDE).await;
    let mut keeping = vec![begin(&keeper, item("first")).await];
    memory.group_arrived().await;
    for _ in 0..GROUP_ITEMS_MAX + 1 {
        keeping.push(begin(&keeper, item("x")).await);
    }
    let large = Item { shard: 0, bytes: vec![7; GROUP_BYTES_MAX / 4].into() };
    for _ in 0..5 {
        keeping.push(begin(&keeper, large.clone()).await);
    }
    memory.release(100);
    for keeping in keeping {
        assert_eq!(keeping.await.expect("no panic"), Ok(()));
    }
    let sizes: Vec<usize> = memory.groups().iter().map(Vec::len).collect();
    // The one that did not fit in takes three large ones along, as a fourth would be too much.
    assert_eq!(sizes, [1, GROUP_ITEMS_MAX, 4, 2]);
}

#[tokio::test]
async fn a_failure_of_the_group_is_told_to_all_and_the_next_is_tried() {
    let (memory, sink) = Memory::new();
    let (keeper, counters) = start(sink, WIDE).await;
    let away = KeepError::unavailable("away");
    let fault = GroupError::All(away.clone());
    memory.fail_with(move |_| Err(fault.clone()));
    assert_eq!(keeper.keep(item("a")).await, Err(away));
    let status = keeper.status();
    assert!(!status.ready);
    assert!(status.reason.is_some_and(|reason| reason.contains("away")));
    memory.fail_with(|_| Ok(()));
    assert_eq!(keeper.keep(item("b")).await, Ok(()));
    assert!(keeper.status().ready);
    assert_eq!(memory.items(), [item("b")]);
    assert_eq!((counters.items(), failures(&counters)), (1, vec![0, 1, 0, 0, 0]));
}

#[tokio::test]
async fn a_refusal_of_one_fails_only_that_one() {
    let (memory, sink) = Memory::held();
    let (keeper, counters) = start(sink, WIDE).await;
    let full = KeepError::Full { reason: "no room".to_owned() };
    let refusal = full.clone();
    memory.fail_with(move |group| {
        let judge = |kept: &Item| match &kept.bytes[..] {
            b"bad" => Err(refusal.clone()),
            _ => Ok(()),
        };
        Err(GroupError::Each(group.iter().map(judge).collect()))
    });
    let first = begin(&keeper, item("first")).await;
    memory.group_arrived().await;
    let good = begin(&keeper, item("good")).await;
    let bad = begin(&keeper, item("bad")).await;
    let fine = begin(&keeper, item("fine")).await;
    memory.release(2);
    assert_eq!(first.await.expect("no panic"), Ok(()));
    assert_eq!(good.await.expect("no panic"), Ok(()));
    assert_eq!(bad.await.expect("no panic"), Err(full));
    assert_eq!(fine.await.expect("no panic"), Ok(()));
    assert_eq!(memory.items(), [item("first"), item("good"), item("fine")]);
    assert_eq!((counters.items(), failures(&counters)), (3, vec![0, 0, 1, 0, 0]));
}

#[tokio::test]
async fn a_waiter_that_goes_away_disturbs_nobody_and_is_kept() {
    let (memory, sink) = Memory::held();
    let (keeper, _) = start(sink, WIDE).await;
    let first = begin(&keeper, item("first")).await;
    memory.group_arrived().await;
    let gone = begin(&keeper, item("gone")).await;
    let stays = begin(&keeper, item("stays")).await;
    gone.abort();
    assert!(gone.await.expect_err("aborted").is_cancelled());
    memory.release(2);
    assert_eq!(first.await.expect("no panic"), Ok(()));
    assert_eq!(stays.await.expect("no panic"), Ok(()));
    assert_eq!(memory.items(), [item("first"), item("gone"), item("stays")]);
}

#[tokio::test]
async fn a_full_queue_refuses_at_once() {
    let (memory, sink) = Memory::held();
    let (keeper, counters) = start(sink, Bounds::new(2, 10)).await;
    let mut keeping = vec![begin(&keeper, item("first")).await];
    memory.group_arrived().await;
    keeping.push(begin(&keeper, item("12345")).await);
    assert_eq!(keeper.keep(item("123456")).await, Err(KeepError::QueueFull), "bytes");
    keeping.push(begin(&keeper, item("12345")).await);
    assert_eq!(keeper.keep(item("1")).await, Err(KeepError::QueueFull), "items");
    memory.release(2);
    for keeping in keeping {
        assert_eq!(keeping.await.expect("no panic"), Ok(()));
    }
    assert_eq!(failures(&counters), [2, 0, 0, 0, 0]);
}

#[tokio::test]
async fn what_no_buffer_takes_is_refused_at_the_door() {
    let (_, sink) = Memory::new();
    let (keeper, _) = start(sink, WIDE).await;
    let large = Item { shard: 0, bytes: vec![7; ENTRY_BYTES_MAX + 1].into() };
    assert_eq!(keeper.keep(large).await.map_err(|error| error.code()), Err("too_large"));
    let largest = Item { shard: 0, bytes: vec![7; ENTRY_BYTES_MAX].into() };
    assert_eq!(keeper.keep(largest).await, Ok(()));
    assert_eq!(keeper.keep(item("")).await.map_err(|error| error.code()), Err("unavailable"));
}

#[tokio::test]
async fn an_entry_larger_than_the_queue_is_taken_when_the_queue_is_empty() {
    let (memory, sink) = Memory::new();
    let (keeper, _) = start(sink, Bounds::new(1, 1)).await;
    assert_eq!(keeper.keep(item("large")).await, Ok(()));
    assert_eq!(memory.items(), [item("large")]);
}

#[tokio::test]
async fn a_committer_that_panics_answers_all_and_takes_nothing_more() {
    let (memory, sink) = Memory::held();
    let (keeper, _) = start(sink, WIDE).await;
    memory.fail_with(|_| panic!("a test's panic"));
    let in_flight = begin(&keeper, item("in flight")).await;
    memory.group_arrived().await;
    let waiting = begin(&keeper, item("waiting")).await;
    memory.release(1);
    let code = |kept: Result<(), KeepError>| kept.map_err(|error| error.code());
    assert_eq!(code(in_flight.await.expect("no panic")), Err("unavailable"));
    assert_eq!(code(waiting.await.expect("no panic")), Err("unavailable"));
    assert_eq!(code(keeper.keep(item("later")).await), Err("unavailable"));
    assert!(!keeper.status().ready);
    keeper.close().await;
}

#[tokio::test]
async fn closing_writes_what_waits_and_takes_nothing_more() {
    let (memory, sink) = Memory::held();
    let (keeper, _) = start(sink, WIDE).await;
    let first = begin(&keeper, item("first")).await;
    memory.group_arrived().await;
    let second = begin(&keeper, item("second")).await;
    let closing = tokio::spawn(keeper.clone().close());
    tokio::task::yield_now().await;
    let late = keeper.keep(item("late")).await;
    assert_eq!(late.map_err(|error| error.code()), Err("unavailable"));
    memory.release(2);
    closing.await.expect("no panic");
    assert_eq!(first.await.expect("no panic"), Ok(()));
    assert_eq!(second.await.expect("no panic"), Ok(()));
    assert_eq!(memory.items(), [item("first"), item("second")]);
}

#[tokio::test]
async fn the_status_is_known_from_the_beginning() {
    let (_, sink) = Memory::new();
    let (keeper, _) = start(sink, WIDE).await;
    let status = keeper.status();
    assert_eq!((status.kind, status.ready, status.reason), ("memory", true, None));
}

#[tokio::test]
async fn what_is_ready_together_is_one_group() {
    let (memory, sink) = Memory::new();
    let (keeper, _) = start(sink, WIDE).await;
    // The committer begins to wait.
    tokio::task::yield_now().await;
    let keeping = (0..10).map(|n| {
        let keeper = keeper.clone();
        tokio::spawn(async move { keeper.keep(item(&n.to_string())).await })
    });
    let keeping: Vec<_> = keeping.collect();
    for keeping in keeping {
        assert_eq!(keeping.await.expect("no panic"), Ok(()));
    }
    let sizes: Vec<usize> = memory.groups().iter().map(Vec::len).collect();
    assert_eq!(sizes, [10]);
}

#[tokio::test]
async fn a_request_that_ends_before_it_wakes_the_committer_wakes_it_all_the_same() {
    let (memory, sink) = Memory::new();
    let (keeper, _) = start(sink, WIDE).await;
    tokio::task::yield_now().await;
    {
        let mut keeping = std::pin::pin!(keeper.keep(item("first")));
        let mut context = std::task::Context::from_waker(std::task::Waker::noop());
        assert!(keeping.as_mut().poll(&mut context).is_pending());
    }
    // Far fewer turns than until the committer looks by itself.
    for _ in 0..10 {
        tokio::task::yield_now().await;
    }
    assert_eq!(memory.items(), [item("first")]);
}
