//! What can never be stored, and what somebody does about it.

use super::entries::{add, entry, entry_of_day, packed, pending};
use super::store::{Fails, FakeStore};
use super::{Consuming, settings, until};
use dataview::consume::WaitingCode;
use dna_buffer::redis::stream_key;
use dna_tests::redis_server::RedisServer;
use std::sync::Arc;

/// A packed entry that another dictionary would unpack.
fn of_another_dictionary() -> Vec<u8> {
    let mut entry = packed(&entry(9, 9));
    *entry.last_mut().expect("some") = 2;
    entry
}

#[tokio::test(flavor = "multi_thread")]
async fn poison_is_put_aside_with_its_reason_and_holds_nothing_up() {
    let server = RedisServer::start();
    let mut redis = server.connect();
    let poison = of_another_dictionary();
    let id = add(&mut redis, 1, &[entry(1, 1), b"{}".to_vec(), poison.clone(), entry(1, 2)]);
    let consuming = Consuming::start(settings(&server));
    consuming.stores(2).await;
    until("it is acknowledged", async || pending(&mut redis, 1) == 0).await;
    let letters = consuming.dead.list(10).await.unwrap();
    let told: Vec<_> = letters.iter().map(|it| (&*it.reason, &*it.origin)).collect();
    let origin = |place| format!("dna:{{1}}:events {id}/{place}");
    assert_eq!(told, [("malformed_entry", &*origin(1)), ("malformed_packing", &*origin(2))]);
    assert_eq!(letters[1].entry, poison);
    assert!(!letters[0].detail.is_empty());
    assert_eq!(consuming.counters.health().dropped.get("dead_letter"), Some(&2));

    // Played again it is poison still, and one letter still.
    let replayed = letters[1].id.clone();
    consuming.dead.replay(&letters[1]).await.unwrap();
    until("it is back", async || {
        let letters = consuming.dead.list(10).await.unwrap();
        letters.len() == 2 && letters.iter().all(|letter| letter.id != replayed)
    })
    .await;
    consuming.dead.remove(&letters[0]).await.unwrap();
    assert_eq!(consuming.dead.count().await.unwrap(), 1);
    consuming.consumers.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_message_without_an_entry_is_put_aside_with_what_it_has() {
    let server = RedisServer::start();
    let mut redis = server.connect();
    let id: String = redis::cmd("XADD")
        .arg(stream_key(1))
        .arg(&["*", "x", "what somebody lost", "y", ""])
        .query(&mut redis)
        .unwrap();
    add(&mut redis, 1, &[entry(1, 1)]);
    let consuming = Consuming::start(settings(&server));
    consuming.stores(1).await;
    until("it is acknowledged", async || pending(&mut redis, 1) == 0).await;
    let letters = consuming.dead.list(10).await.unwrap();
    assert_eq!(letters.len(), 1);
    assert_eq!(
        (&*letters[0].reason, &*letters[0].origin),
        ("no_entry", &*format!("{} {id}", stream_key(1)))
    );
    assert_eq!(letters[0].entry, b"1:x,18:what somebody lost,1:y,0:,");
    assert_eq!(consuming.counters.health().dropped.get("dead_letter"), Some(&1));
    consuming.consumers.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn they_are_listed_a_part_at_a_time_over_all_shards_and_found_by_their_names() {
    let server = RedisServer::start();
    let mut redis = server.connect();
    add(&mut redis, 0, &[b"{0}".to_vec(), b"{1}".to_vec()]);
    add(&mut redis, 1, &[b"{2}".to_vec(), b"{3}".to_vec(), b"{4}".to_vec()]);
    let consuming = Consuming::start(settings(&server));
    until("all are put aside", async || consuming.dead.count().await.unwrap() == 5).await;
    let mut found = Vec::new();
    let mut after = None;
    loop {
        let page = consuming.dead.page(after.as_deref(), 2).await.unwrap();
        assert!(page.len() <= 2);
        let Some(last) = page.last() else { break };
        after = Some(last.id.clone());
        found.extend(page);
    }
    let entries: Vec<_> = found.iter().map(|letter| &letter.entry[..]).collect();
    assert_eq!(entries, [b"{0}", b"{1}", b"{2}", b"{3}", b"{4}"]);
    assert_eq!(found, consuming.dead.list(10).await.unwrap());
    for letter in &found {
        assert_eq!(consuming.dead.get(&letter.id).await.unwrap().as_ref(), Some(letter));
    }
    for wrong in ["", "0", "7/1-0", "0/1-0", "0/+", "0/1-0 COUNT", "x/1-0"] {
        assert_eq!(consuming.dead.get(wrong).await.unwrap(), None, "{wrong:?}");
    }
    consuming.consumers.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_damaged_day_holds_up_no_other_and_is_replayed_when_it_is_whole() {
    let server = RedisServer::start();
    let mut redis = server.connect();
    let store = Arc::<FakeStore>::default();
    store.fail(Some(Fails::Damaged(1_790_000_000_000 + 24 * 3600 * 1000)));
    let damaged = entry_of_day(1, 50, 1);
    let mut entries: Vec<_> = (0..20).map(|sequence| entry(1, sequence)).collect();
    entries.insert(7, damaged.clone());
    add(&mut redis, 0, &entries);
    let consuming = Consuming::start_into(settings(&server), Arc::clone(&store));
    consuming.stores(20).await;
    until("it is put aside", async || consuming.dead.count().await.unwrap() == 1).await;
    let letters = consuming.dead.list(10).await.unwrap();
    assert_eq!((&*letters[0].reason, &letters[0].entry), ("store_damaged", &damaged));
    store.fail(None);
    consuming.dead.replay(&letters[0]).await.unwrap();
    consuming.stores(21).await;
    assert_eq!(consuming.dead.count().await.unwrap(), 0);
    consuming.consumers.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_frame_that_makes_the_store_panic_is_put_aside_and_holds_nothing_up() {
    let server = RedisServer::start();
    let mut redis = server.connect();
    let store = Arc::<FakeStore>::default();
    store.fail(Some(Fails::Panics(1_790_000_000_000 + 24 * 3600 * 1000)));
    let poison = entry_of_day(1, 50, 1);
    let mut entries: Vec<_> = (0..20).map(|sequence| entry(1, sequence)).collect();
    entries.insert(7, poison.clone());
    add(&mut redis, 0, &entries);
    let consuming = Consuming::start_into(settings(&server), Arc::clone(&store));
    consuming.stores(20).await;
    until("it is acknowledged", async || pending(&mut redis, 0) == 0).await;
    let letters = consuming.dead.list(10).await.unwrap();
    let told: Vec<_> = letters.iter().map(|it| (&*it.reason, &it.entry)).collect();
    assert_eq!(told, [("store_refused", &poison)]);
    consuming.consumers.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn too_many_dead_letters_stop_reading_and_lose_nothing() {
    let server = RedisServer::start();
    let mut redis = server.connect();
    let consuming = Consuming::start(settings(&server));
    for _ in 0..4 {
        add(&mut redis, 0, &[b"{}".to_vec()]);
    }
    add(&mut redis, 0, &[entry(1, 1)]);
    until("it waits", async || !consuming.counters.health().waiting.is_empty()).await;
    let health = consuming.counters.health();
    let why = health.waiting.values().next().expect("somebody waits");
    assert_eq!(why.code, WaitingCode::DeadLetters);
    assert!(why.detail.contains("consume.dead_letters_max"), "{why:?}");
    assert!(pending(&mut redis, 0) > 0);
    for letter in consuming.dead.list(10).await.unwrap() {
        consuming.dead.remove(&letter).await.unwrap();
    }
    consuming.stores(1).await;
    until("all is acknowledged", async || pending(&mut redis, 0) == 0).await;
    assert_eq!(consuming.dead.count().await.unwrap(), 1);
    consuming.consumers.stop().await;
}
