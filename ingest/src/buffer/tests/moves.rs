//! A committer that moves from one runtime to another.

use super::group_commit::{WIDE, item, start};
use crate::buffer::Keeper;
use crate::buffer::memory::Memory;
use futures_util::FutureExt;
use std::thread::JoinHandle;
use tokio::runtime::Builder;

/// A thread with a runtime of its own, which has the committer and keeps `items`.
fn elsewhere(keeper: &Keeper, items: std::ops::Range<u32>) -> JoinHandle<()> {
    let keeper = keeper.clone();
    std::thread::spawn(move || {
        let runtime = Builder::new_current_thread().enable_all().build().expect("a runtime");
        runtime.block_on(async move {
            drop(keeper.commit_here());
            keep(&keeper, items).await;
        });
    })
}

async fn keep(keeper: &Keeper, items: std::ops::Range<u32>) {
    for number in items {
        keeper.keep(item(&number.to_string())).await.expect("kept");
    }
}

#[tokio::test]
async fn nothing_is_lost_on_the_way() {
    let (memory, sink) = Memory::new();
    let (keeper, _) = start(sink, WIDE).await;
    let first = elsewhere(&keeper, 0..200);
    let (second, third) = (keeper.clone(), keeper.clone());
    // Each takes it over while the others keep.
    let here = tokio::spawn(async move {
        for round in 2..12 {
            drop(second.commit_here());
            keep(&second, 100 * round..100 * round + 20).await;
        }
    });
    tokio::task::spawn_blocking(move || first.join().expect("no panic")).await.expect("joined");
    // The thread may have taken it with it.
    drop(third.commit_here());
    here.await.expect("no panic");
    keeper.close().await;
    assert_eq!(memory.items().len(), 200 + 10 * 20);
}

#[tokio::test]
async fn what_a_runtime_leaves_is_written_at_the_end() {
    let (memory, sink) = Memory::held();
    let (keeper, _) = start(sink, WIDE).await;
    let left = keeper.clone();
    let thread = std::thread::spawn(move || {
        let runtime = Builder::new_current_thread().enable_all().build().expect("a runtime");
        runtime.block_on(async move {
            drop(left.commit_here());
            // Whoever keeps this, what comes after it is taken here.
            memory.release(1);
            left.keep(item("first")).await.expect("kept");
            memory.group_arrived().await;
            for number in 0..9 {
                let keeper = left.clone();
                tokio::spawn(async move { keeper.keep(item(&number.to_string())).await });
            }
            // One group is in hand, the sink is held, and the rest waits; then the runtime ends.
            memory.group_arrived().await;
            left.keep(item("last")).now_or_never();
            memory
        })
    });
    let joined = tokio::task::spawn_blocking(move || thread.join().expect("no panic")).await;
    let memory = joined.expect("joined");
    memory.release(9);
    let left = keeper.status().queued;
    assert!(left > 0);
    keeper.close().await;
    assert_eq!(memory.items().len(), 1 + left);
}

#[tokio::test]
async fn a_place_that_ends_can_wait_until_nothing_is_in_its_hands() {
    let (memory, sink) = Memory::held();
    let (keeper, _) = start(sink, WIDE).await;
    let kept = tokio::spawn({
        let keeper = keeper.clone();
        async move { keeper.keep(item("in hand")).await }
    });
    memory.group_arrived().await;
    let mut here = std::pin::pin!(keeper.commit_here());
    for _ in 0..100 {
        tokio::task::yield_now().await;
        assert_eq!(here.as_mut().now_or_never(), None, "the group is still in its hands");
    }
    memory.release(1);
    here.await;
    assert_eq!(memory.items().len(), 1);
    kept.await.expect("no panic").expect("kept");
    keeper.close().await;
}
