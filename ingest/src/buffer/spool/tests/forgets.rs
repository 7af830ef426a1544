//! A primary that has acknowledged and forgets, as Redis does with `everysec` when its machine
//! ends: what it took in its last seconds is sent again.

use super::{Spool, away, numbers, once, settings, until, well};
use crate::buffer::commit::{GroupError, Written};
use crate::buffer::memory::Memory;
use crate::buffer::{Durability, Item, KeepError, SpoolSettings};
use tempfile::TempDir;

async fn open(dir: &TempDir, durability: Durability) -> Spool {
    Spool::open_as(durability, settings(dir.path()), Memory::new()).await
}

async fn keep(spool: &Spool, range: std::ops::Range<u32>) {
    for text in numbers(range) {
        spool.keep(text).await.expect("acknowledged");
    }
}

/// It ends and has nothing of what it took; the entries of `range` come meanwhile; then it is back.
async fn ends_while_these_come(spool: &Spool, range: std::ops::Range<u32>) {
    spool.memory.fail_with(away);
    spool.memory.forget();
    keep(spool, range).await;
    spool.memory.fail_with(well);
    spool.drained().await;
}

#[tokio::test]
async fn what_it_took_last_is_sent_again() {
    let dir = tempfile::tempdir().expect("a folder");
    let spool = open(&dir, Durability::Everysec).await;
    keep(&spool, 0..10).await;
    ends_while_these_come(&spool, 10..20).await;
    assert_eq!(spool.texts(), numbers(0..20), "in its order");
}

#[tokio::test]
async fn what_was_replayed_last_is_replayed_again() {
    let dir = tempfile::tempdir().expect("a folder");
    let spool = open(&dir, Durability::Everysec).await;
    spool.memory.fail_with(away);
    keep(&spool, 0..10).await;
    spool.memory.fail_with(well);
    spool.drained().await;
    keep(&spool, 10..20).await;
    // A moment after it got everything, it ends and has nothing of it; and so again.
    for round in 1..3 {
        ends_while_these_come(&spool, round * 20..round * 20 + 20).await;
        assert_eq!(once(&spool.texts()), numbers(0..round * 20 + 20), "round {round}");
    }
}

#[tokio::test]
async fn with_memory_nothing_is_held_for_that() {
    let dir = tempfile::tempdir().expect("a folder");
    let spool = open(&dir, Durability::Memory).await;
    keep(&spool, 0..10).await;
    ends_while_these_come(&spool, 10..20).await;
    assert_eq!(spool.texts(), numbers(10..20));
}

fn full(_: &[Item]) -> Written {
    Err(GroupError::All(KeepError::Full { reason: "full".to_owned() }))
}

#[tokio::test]
async fn what_it_took_before_it_was_full_is_sent_again_when_it_ends_then() {
    let dir = tempfile::tempdir().expect("a folder");
    let spool = open(&dir, Durability::Everysec).await;
    keep(&spool, 0..10).await;
    spool.memory.fail_with(full);
    keep(&spool, 10..20).await;
    ends_while_these_come(&spool, 20..30).await;
    assert_eq!(once(&spool.texts()), numbers(0..30), "in its order");
}

/// A spool with room for a few entries, before a primary that took ten and forgot them.
async fn forgotten_without_room(dir: &TempDir) -> Spool {
    let small = SpoolSettings { total_bytes_max: 150, ..settings(dir.path()) };
    let spool = Spool::open_as(Durability::Everysec, small, Memory::new()).await;
    keep(&spool, 0..10).await;
    spool.memory.fail_with(away);
    spool.memory.forget();
    let refused = spool.keep("10").await.expect_err("no room");
    assert_eq!(refused.code(), "full", "{refused}");
    spool
}

#[tokio::test]
async fn what_finds_no_place_in_the_spool_waits_for_who_takes_it() {
    let dir = tempfile::tempdir().expect("a folder");
    let spool = forgotten_without_room(&dir).await;
    spool.memory.fail_with(well);
    spool.drained().await;
    keep(&spool, 10..20).await;
    assert_eq!(once(&spool.texts()), numbers(0..20), "in its order");
    assert_eq!(spool.counters.spool.losses()[2], ("no_room", 0));
}

#[tokio::test]
async fn what_nothing_takes_before_the_end_is_counted() {
    let dir = tempfile::tempdir().expect("a folder");
    let spool = forgotten_without_room(&dir).await;
    spool.keeper.close().await;
    let in_spool = spool.counters.spool.spooled_total();
    assert!((1..10).contains(&in_spool), "{in_spool}");
    assert_eq!(spool.counters.spool.losses()[2], ("no_room", 10 - in_spool));
}

#[tokio::test]
async fn a_replay_that_cannot_be_repeated_is_tried_again() {
    let dir = tempfile::tempdir().expect("a folder");
    let (folder, elsewhere) = (dir.path().join("spool"), dir.path().join("elsewhere"));
    let spool = Spool::open_as(Durability::Everysec, settings(&folder), Memory::new()).await;
    spool.memory.fail_with(away);
    keep(&spool, 0..10).await;
    spool.memory.fail_with(well);
    spool.drained().await;
    // No segment can be opened, as when there are too many open files.
    std::fs::rename(&folder, &elsewhere).expect("renamed");
    spool.memory.fail_with(away);
    spool.memory.forget();
    keep(&spool, 10..20).await;
    spool.memory.fail_with(well);
    let is_told = || match spool.keeper.status().spooling {
        Some(spooling) => spooling.reason.is_some_and(|reason| reason.contains("to repeat")),
        None => true,
    };
    until("it is told", is_told).await;
    std::fs::rename(&elsewhere, &folder).expect("renamed");
    spool.drained().await;
    assert_eq!(once(&spool.texts()), numbers(0..20), "in its order");
}
