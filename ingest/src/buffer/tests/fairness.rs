//! Several applications share one queue.

use super::group_commit::start;
use crate::buffer::commit::Bounds;
use crate::buffer::limits::{GROUP_ITEMS_MAX, TURN_BYTES};
use crate::buffer::memory::Memory;
use crate::buffer::{Item, KeepError, Keeper};
use std::time::Duration;
use tokio::task::JoinHandle;

const WIDE: Bounds =
    Bounds { items_max: 100_000, bytes_max: 256 << 20, wait_max: Duration::from_secs(60) };

/// An entry of so many bytes, the first of which says whose it is.
fn item(app: u16, bytes: usize) -> Item {
    Item { shard: 0, bytes: vec![app as u8; bytes].into() }
}

/// Starts to keep an entry of `app`, and returns when it waits or is refused.
async fn begin(keeper: &Keeper, app: u16, bytes: usize) -> JoinHandle<Result<(), KeepError>> {
    let keeper = keeper.clone();
    let keeping = tokio::spawn(async move { keeper.keep_for(app, item(app, bytes)).await });
    tokio::task::yield_now().await;
    keeping
}

fn of(group: &[Item], app: u16) -> usize {
    group.iter().filter(|item| item.bytes[0] == app as u8).count()
}

#[tokio::test]
async fn a_group_is_shared_by_bytes() {
    let (memory, sink) = Memory::held();
    let (keeper, _) = start(sink, WIDE).await;
    let mut keeping = vec![begin(&keeper, 0, 1).await];
    memory.group_arrived().await;
    // The first has fifty times as much waiting, and came first.
    for _ in 0..50 * GROUP_ITEMS_MAX / 10 {
        keeping.push(begin(&keeper, 1, 1000).await);
    }
    for _ in 0..GROUP_ITEMS_MAX / 10 {
        keeping.push(begin(&keeper, 2, 1000).await);
    }
    // A third one has few large entries: as many bytes at a time, not as many entries.
    for _ in 0..10 {
        keeping.push(begin(&keeper, 3, TURN_BYTES).await);
    }
    memory.release(1000);
    for keeping in keeping {
        assert_eq!(keeping.await.expect("no panic"), Ok(()));
    }
    let groups = memory.groups();
    let first = &groups[1];
    assert_eq!(of(first, 2), GROUP_ITEMS_MAX / 10, "the small one is done with the first group");
    assert_eq!(of(first, 3), 10);
    assert_eq!(first.len(), GROUP_ITEMS_MAX, "what others leave is used");
    let turn = first.iter().take_while(|item| item.bytes[0] == 1).count();
    assert_eq!(turn, TURN_BYTES / 1000, "a turn is bounded");
}

#[tokio::test]
async fn one_application_cannot_fill_the_queue_for_the_others() {
    let (memory, sink) = Memory::held();
    let bounds = Bounds { items_max: 100, ..WIDE };
    let (keeper, counters) = start(sink, bounds).await;
    let mut loud = vec![begin(&keeper, 1, 10).await];
    memory.group_arrived().await;
    for _ in 0..200 {
        loud.push(begin(&keeper, 1, 10).await);
    }
    assert_eq!(keeper.status().queued, 100, "alone it may have all of it");
    let mut quiet = Vec::new();
    for _ in 0..40 {
        quiet.push(begin(&keeper, 2, 10).await);
    }
    assert!(quiet.iter().all(|keeping| !keeping.is_finished()), "the others wait, not refused");
    assert_eq!(keeper.status().queued, 100);
    // When each has half, nobody pushes the other out.
    for _ in 0..20 {
        quiet.push(begin(&keeper, 2, 10).await);
    }
    memory.release(100);
    let mut outcomes = [Vec::new(), Vec::new()];
    for (keeping, outcomes) in [loud, quiet].into_iter().zip(&mut outcomes) {
        for keeping in keeping {
            outcomes.push(keeping.await.expect("no panic"));
        }
    }
    let kept = |outcomes: &[Result<(), KeepError>]| outcomes.iter().filter(|o| o.is_ok()).count();
    assert_eq!((kept(&outcomes[0]), kept(&outcomes[1])), (51, 50));
    let refused = outcomes.iter().flatten().filter_map(|outcome| outcome.clone().err());
    assert!(refused.clone().all(|error| error == KeepError::QueueFull));
    assert_eq!(refused.count() as u64, counters.failures()[0].1, "each is counted");
    // The newest made room: what is kept of the loud one is what came first.
    assert!(outcomes[0][..51].iter().all(Result::is_ok));
}

#[tokio::test]
async fn a_wait_that_is_too_long_is_answered_and_does_not_hold_up_the_next() {
    let (memory, sink) = Memory::held();
    let bounds = Bounds { wait_max: Duration::from_millis(50), ..WIDE };
    let (keeper, counters) = start(sink, bounds).await;
    let first = begin(&keeper, 0, 1).await;
    memory.group_arrived().await;
    let late = [begin(&keeper, 0, 2).await, begin(&keeper, 1, 2).await];
    for late in late {
        assert_eq!(late.await.expect("no panic"), Err(KeepError::Overdue));
    }
    assert_eq!((keeper.status().queued, keeper.status().queued_bytes), (0, 0));
    // The one in flight is not given up, for nobody knows what becomes of it.
    assert!(!first.is_finished());
    memory.release(2);
    assert_eq!(first.await.expect("no panic"), Ok(()));
    assert_eq!(keeper.keep(item(0, 3)).await, Ok(()));
    assert_eq!(memory.items().len(), 2, "what was answered with an error is not written");
    assert_eq!(counters.failures()[4], ("overdue", 2));
}
