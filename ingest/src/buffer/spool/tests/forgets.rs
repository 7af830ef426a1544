//! A primary that has acknowledged and forgets, as Redis does with `everysec` when its machine
//! ends: what it took in its last seconds is sent again.

use super::{Spool, away, numbers, once, settings, well};
use crate::buffer::Durability;
use crate::buffer::memory::Memory;
use tempfile::TempDir;

async fn open(dir: &TempDir, durability: Durability) -> Spool {
    Spool::open_as(durability, settings(dir.path()), Memory::new()).await
}

async fn keep(spool: &Spool, range: std::ops::Range<u32>) {
    for text in numbers(range) {
        spool.keep(text).await.expect("acknowledged");
    }
}

#[tokio::test]
async fn what_it_took_last_is_sent_again() {
    let dir = tempfile::tempdir().expect("a folder");
    let spool = open(&dir, Durability::Everysec).await;
    keep(&spool, 0..10).await;
    spool.memory.fail_with(away);
    spool.memory.forget();
    keep(&spool, 10..20).await;
    spool.memory.fail_with(well);
    spool.drained().await;
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
        spool.memory.fail_with(away);
        spool.memory.forget();
        keep(&spool, round * 20..round * 20 + 20).await;
        spool.memory.fail_with(well);
        spool.drained().await;
        assert_eq!(once(&spool.texts()), numbers(0..round * 20 + 20), "round {round}");
    }
}

#[tokio::test]
async fn with_memory_nothing_is_held_for_that() {
    let dir = tempfile::tempdir().expect("a folder");
    let spool = open(&dir, Durability::Memory).await;
    keep(&spool, 0..10).await;
    spool.memory.fail_with(away);
    spool.memory.forget();
    keep(&spool, 10..20).await;
    spool.memory.fail_with(well);
    spool.drained().await;
    assert_eq!(spool.texts(), numbers(10..20));
}
