//! What the last run left.

use super::{PATIENCE, Spool, away, numbers, once, until, well};
use crate::buffer::commit::GroupError;
use crate::buffer::memory::Memory;
use crate::buffer::{KeepError, limits};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering::Relaxed};

#[tokio::test]
async fn what_the_last_run_left_goes_before_what_is_new() {
    let dir = tempfile::tempdir().expect("a folder");
    for run in 0..3 {
        let spool = Spool::open(&dir, Memory::new()).await;
        spool.memory.fail_with(away);
        for text in numbers(run * 10..run * 10 + 10) {
            spool.keep(text).await.expect("acknowledged by the spool");
        }
        let entries = spool.keeper.status().spooling.expect("it says so").entries;
        assert_eq!(entries, u64::from(run + 1) * 10);
        // Dropped without an orderly end: the committer and the replay are aborted.
        drop_now(spool).await;
    }
    let spool = Spool::open(&dir, Memory::new()).await;
    spool.keep("30").await.expect("kept");
    spool.drained().await;
    assert_eq!(spool.texts(), numbers(0..31));
}

#[tokio::test]
async fn what_comes_during_a_replay_goes_behind_it_and_is_not_held_up_by_it() {
    let count = 3 * limits::GROUP_ITEMS_MAX as u32;
    let dir = tempfile::tempdir().expect("a folder");
    let spool = Spool::open(&dir, Memory::new()).await;
    spool.memory.fail_with(away);
    let keeping: Vec<_> = numbers(0..count).iter().map(|text| spool.begin(text)).collect();
    for keeping in keeping {
        keeping.await.expect("no panic").expect("acknowledged by the spool");
    }
    drop_now(spool).await;

    let spool = Spool::open(&dir, Memory::held()).await;
    spool.memory.group_arrived().await;
    // The replay is in the middle of its first batch and gets no further.
    let new = tokio::time::timeout(PATIENCE / 3, spool.keep(count.to_string())).await;
    assert_eq!(new, Ok(Ok(())), "held up by the replay");
    assert_eq!(spool.texts().len(), 0);
    spool.memory.release(1000);
    spool.drained().await;
    assert_eq!(spool.texts(), numbers(0..count + 1));
}

/// A connection ends with the runtime that it was made on, so the primary must let it go before.
#[tokio::test]
async fn a_primary_that_is_replayed_to_hears_that_it_is_moved() {
    let dir = tempfile::tempdir().expect("a folder");
    let spool = Spool::open(&dir, Memory::new()).await;
    spool.memory.fail_with(away);
    spool.keep("0").await.expect("acknowledged by the spool");
    drop_now(spool).await;

    let spool = Spool::open(&dir, Memory::held()).await;
    spool.memory.group_arrived().await;
    let before = spool.memory.moves();
    // A batch is in the primary's hands: nothing waits for it, and it is told behind it.
    tokio::time::timeout(PATIENCE, spool.keeper.commit_here()).await.expect("it moves");
    assert_eq!(spool.memory.moves(), before);
    spool.memory.release(1000);
    spool.keep("1").await.expect("kept");
    spool.drained().await;
    assert_eq!(spool.texts(), numbers(0..2));
    assert!(spool.memory.moves() > before);
}

/// What fails at the moment of the end is tried again, where the primary takes it then.
#[tokio::test]
async fn a_replay_goes_on_at_the_end() {
    let dir = tempfile::tempdir().expect("a folder");
    let spool = Spool::open(&dir, Memory::new()).await;
    let failures = Arc::new(AtomicU64::new(0));
    let seen = Arc::clone(&failures);
    // Once more when the end has begun.
    let ends = Arc::new(AtomicBool::new(false));
    let has_ended = Arc::clone(&ends);
    spool.memory.fail_with(move |items| {
        if has_ended.load(Relaxed) && seen.fetch_add(1, Relaxed) > 0 {
            well(items)
        } else {
            away(items)
        }
    });
    for text in numbers(0..10) {
        spool.keep(text).await.expect("acknowledged by the spool");
    }
    until("a replay has failed", || {
        spool.keeper.status().spooling.is_some_and(|spooling| spooling.reason.is_some())
    })
    .await;
    ends.store(true, Relaxed);
    let Spool { keeper, memory, .. } = spool;
    keeper.close().await;
    let texts = memory.items().len();
    assert_eq!((texts, failures.load(Relaxed) > 1), (10, true));
}

/// Ends a spool in the middle of what it does, as a kill would: everything that would still be
/// written is refused.
async fn drop_now(spool: Spool) {
    spool.memory.fail_with(away);
    let Spool { keeper, .. } = spool;
    keeper.close().await;
}

#[tokio::test]
async fn an_end_in_the_middle_repeats_at_most_a_batch() {
    let batch = limits::GROUP_ITEMS_MAX as u32;
    let all = numbers(0..batch * 4);
    let dir = tempfile::tempdir().expect("a folder");
    let spool = Arc::new(Spool::open(&dir, Memory::new()).await);
    spool.memory.fail_with(away);
    // Concurrently, for the groups to be large; so in any order.
    let keeping: Vec<_> = all.iter().map(|text| spool.begin(text)).collect();
    for keeping in keeping {
        keeping.await.expect("no panic").expect("acknowledged by the spool");
    }
    // Two batches are taken; of the third nobody hears whether it was.
    let calls = AtomicU64::new(0);
    let lost_answer = |_: &_| Err(GroupError::All(KeepError::unavailable("no answer")));
    spool.memory.fail_with(move |group| match calls.fetch_add(1, Relaxed) {
        0 | 1 => well(group),
        _ => lost_answer(group),
    });
    until("two batches are replayed", || spool.counters.spool.replayed() >= u64::from(2 * batch))
        .await;
    let first = spool.texts();
    let spool = Arc::into_inner(spool).expect("the last one");
    drop_now(spool).await;

    let spool = Spool::open(&dir, Memory::new()).await;
    spool.drained().await;
    let second = spool.texts();
    let mut everything = once(&[first.clone(), second.clone()].concat());
    everything.sort_unstable();
    let mut expected = all.clone();
    expected.sort_unstable();
    assert_eq!(everything, expected, "lost");
    let repeated = first.len() + second.len() - all.len();
    assert!(repeated <= limits::GROUP_ITEMS_MAX, "{repeated} repeated");
}

#[tokio::test]
async fn after_a_replay_new_segments_are_not_taken_for_replayed_ones() {
    // Everything was replayed and removed; the position stays. What is spooled after a restart
    // must not be numbered before it.
    let dir = tempfile::tempdir().expect("a folder");
    for round in 0..3 {
        let spool = Spool::open(&dir, Memory::new()).await;
        spool.memory.fail_with(away);
        for text in numbers(0..20) {
            spool.keep(text).await.expect("acknowledged by the spool");
        }
        spool.memory.fail_with(well);
        spool.drained().await;
        assert_eq!(spool.texts(), numbers(0..20), "round {round}");
        drop_now(spool).await;
    }
}
