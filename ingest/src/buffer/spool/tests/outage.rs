//! The primary is away, refuses, or is slow.

use super::{PATIENCE, Spool, away, item, numbers, once, settings, until, well};
use crate::buffer::commit::{GroupError, Written};
use crate::buffer::memory::Memory;
use crate::buffer::{Item, KeepError, SpoolSettings};
use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering::Relaxed};
use std::time::Duration;

#[tokio::test]
async fn while_it_is_away_entries_wait_on_the_disk_and_follow_in_their_order() {
    let dir = tempfile::tempdir().expect("a folder");
    let spool = Spool::open(&dir, Memory::new()).await;
    spool.keep("0").await.expect("kept");
    assert_eq!(spool.keeper.status().spooling, None);
    spool.memory.fail_with(away);
    for text in numbers(1..50) {
        spool.keep(text).await.expect("acknowledged by the spool");
    }
    assert_eq!(spool.texts(), ["0"]);
    let status = spool.keeper.status();
    let spooling = status.spooling.expect("it says so");
    assert!(status.ready && status.reason.is_none(), "ready as long as there is room");
    assert!(status.durability.contains("spool"), "{}", status.durability);
    assert!((spooling.entries, spooling.bytes > 49) == (49, true), "{spooling:?}");
    assert!(spooling.reason.is_some_and(|reason| reason.contains("away")));
    assert_eq!(spool.counters.spool.entries(), 49);
    spool.memory.fail_with(well);
    spool.drained().await;
    assert_eq!(spool.texts(), numbers(0..50));
    let counters = &spool.counters.spool;
    assert_eq!((counters.spooled_total(), counters.replayed()), (49, 49));
    assert_eq!((counters.entries(), counters.bytes()), (0, 0), "its segments are gone");
    // And entries go to the primary again.
    spool.keep("50").await.expect("kept");
    assert_eq!((spool.texts(), counters.spooled_total()), (numbers(0..51), 49));
}

#[tokio::test]
async fn what_is_refused_of_a_group_is_spooled_and_the_rest_is_not_repeated() {
    let dir = tempfile::tempdir().expect("a folder");
    let spool = Spool::open(&dir, Memory::held()).await;
    let refuses = Arc::new(AtomicBool::new(true));
    let seen = Arc::clone(&refuses);
    spool.memory.fail_with(move |group| {
        let judge = |item: &Item| match &item.bytes[..] {
            b"bad" if seen.load(Relaxed) => Err(KeepError::Full { reason: "OOM".to_owned() }),
            _ => Ok(()),
        };
        Err(GroupError::Each(group.iter().map(judge).collect()))
    });
    let first = spool.begin("first");
    spool.memory.group_arrived().await;
    let rest = ["good", "bad", "fine"].map(|text| spool.begin(text));
    until("they wait", || spool.keeper.status().queued == 3).await;
    spool.memory.release(2);
    for kept in [first].into_iter().chain(rest) {
        assert_eq!(kept.await.expect("no panic"), Ok(()));
    }
    assert_eq!(spool.texts(), ["first", "good", "fine"]);
    refuses.store(false, Relaxed);
    spool.memory.release(1000);
    spool.drained().await;
    assert_eq!(spool.texts(), ["first", "good", "fine", "bad"]);
}

#[tokio::test]
async fn a_write_that_takes_too_long_is_spooled_and_holds_nobody_up() {
    let dir = tempfile::tempdir().expect("a folder");
    let slow = Duration::from_millis(50);
    let spool =
        Spool::open_with(SpoolSettings { slow, ..settings(dir.path()) }, Memory::held()).await;
    // Nothing lets the primary go on, so an answer to the first can only come from the spool. The
    // next ones may not wait for the primary again: that they are all there is what is awaited.
    for text in numbers(0..20) {
        spool.keep(text).await.expect("acknowledged by the spool");
    }
    assert_eq!(spool.texts(), [""; 0]);
    spool.memory.release(1000);
    spool.drained().await;
    assert_eq!(once(&spool.texts()), numbers(0..20));
}

#[tokio::test]
async fn a_full_spool_refuses_until_there_is_room() {
    let dir = tempfile::tempdir().expect("a folder");
    let small = SpoolSettings { total_bytes_max: 20_000, ..settings(dir.path()) };
    let spool = Spool::open_with(small, Memory::new()).await;
    spool.memory.fail_with(away);
    let mut acknowledged = Vec::new();
    let refused = loop {
        let text = format!("{:0>1000}", acknowledged.len());
        match spool.keep(&text).await {
            Ok(()) => acknowledged.push(text),
            Err(error) => break error,
        }
    };
    assert_eq!(refused.code(), "full", "{refused}");
    assert!((10..20).contains(&acknowledged.len()), "{}", acknowledged.len());
    assert!(!spool.keeper.status().ready);
    spool.memory.fail_with(well);
    until("it is ready by itself", || spool.keeper.status().ready).await;
    spool.keep("after").await.expect("kept");
    acknowledged.push("after".to_owned());
    spool.drained().await;
    assert_eq!(spool.texts(), acknowledged);
}

/// Many sessions send without a pause while the primary comes and goes at random.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn under_load_nothing_is_lost_and_the_spool_is_left_again() {
    const SESSIONS: u32 = 16;
    const EACH: u32 = 300;
    let dir = tempfile::tempdir().expect("a folder");
    let spool = Arc::new(Spool::open(&dir, Memory::new()).await);
    let calls = Arc::new(AtomicU64::new(0));
    let count = Arc::clone(&calls);
    spool.memory.fail_with(move |group| flaky(count.fetch_add(1, Relaxed), group));
    let send = |session: u32| {
        let spool = Arc::clone(&spool);
        tokio::spawn(async move {
            for n in 0..EACH {
                spool.keep(format!("{session}/{n}")).await.expect("acknowledged");
            }
        })
    };
    let sending: Vec<_> = (0..SESSIONS).map(send).collect();
    for sending in sending {
        sending.await.expect("no panic");
    }
    spool.drained().await;
    let texts = once(&spool.texts());
    assert_eq!(texts.len(), (SESSIONS * EACH) as usize, "lost");
    let mut orders: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for text in &texts {
        let (session, n) = text.split_once('/').expect("two");
        orders.entry(session).or_default().push(n);
    }
    let expected = numbers(0..EACH);
    assert!(orders.values().all(|order| *order == expected), "out of order");
    let spooled = spool.counters.spool.spooled_total();
    assert!(spooled > 0 && spooled < u64::from(SESSIONS * EACH), "{spooled}: not both ways");
}

/// Away for 4 calls of 100, and refusing some of a group for another 4.
fn flaky(call: u64, group: &[Item]) -> Written {
    match call % 100 {
        30..34 => away(group),
        70..74 => Err(GroupError::Each(
            group
                .iter()
                .enumerate()
                // From some place on: a store that is full does not take what follows either.
                .map(|(at, _)| {
                    let full = KeepError::Full { reason: "OOM".to_owned() };
                    if at * 2 < group.len() { Ok(()) } else { Err(full) }
                })
                .collect(),
        )),
        _ => Ok(()),
    }
}

#[tokio::test]
async fn at_the_end_what_waits_is_written_and_what_cannot_be_stays() {
    let dir = tempfile::tempdir().expect("a folder");
    let spool = Spool::open(&dir, Memory::new()).await;
    spool.memory.fail_with(away);
    for text in numbers(0..10) {
        spool.keep(text).await.expect("acknowledged by the spool");
    }
    spool.memory.fail_with(well);
    // The primary is well again, so the end waits for the replay.
    spool.keeper.clone().close().await;
    assert_eq!(spool.texts(), numbers(0..10));
    drop(spool);

    let spool = Spool::open(&dir, Memory::new()).await;
    spool.memory.fail_with(away);
    spool.keep("stays").await.expect("acknowledged by the spool");
    tokio::time::timeout(PATIENCE, spool.keeper.clone().close()).await.expect("it ends");
    assert_eq!(spool.counters.spool.entries(), 1);
    drop(spool);

    let spool = Spool::open(&dir, Memory::new()).await;
    spool.drained().await;
    assert_eq!(spool.memory.items(), [item("stays")]);
}
