//! The buffer in a real Redis: what it keeps, refuses, and survives.

use crate::server::RedisServer;
use crate::{PATIENCE, keeper, settings, until};
use bytes::Bytes;
use dna_buffer::read::{BufferReader, Kept, Source, Start};
use dna_buffer::redis::RedisAddress;
use ingest::buffer::{
    BufferCounters, Item, KeepError, Keeper, OpenError, RedisSettings, Settings, open,
};
use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

fn item(shard: u16, text: impl Into<String>) -> Item {
    Item { shard, bytes: Bytes::from(text.into()) }
}

/// Keeps `items` at the same time; one outcome each.
async fn keep_together(keeper: &Keeper, items: Vec<Item>) -> Vec<Result<(), KeepError>> {
    let keep = |item| {
        let keeper = keeper.clone();
        tokio::spawn(async move { keeper.keep(item).await })
    };
    let keeping: Vec<_> = items.into_iter().map(keep).collect();
    let mut outcomes = Vec::new();
    for keeping in keeping {
        outcomes.push(keeping.await.expect("no panic"));
    }
    outcomes
}

async fn reader(server: &RedisServer, start: Start) -> BufferReader {
    reader_of(server, 2, start).await
}

async fn reader_of(server: &RedisServer, shards: u16, start: Start) -> BufferReader {
    let address = RedisAddress::single(server.url());
    let source = Source::Redis { address, shards: Some(shards) };
    BufferReader::open(&source, start).await.expect("opened")
}

async fn read_all(reader: &mut BufferReader) -> Vec<Kept> {
    let mut all = Vec::new();
    loop {
        let batch = reader.next(10, Duration::from_millis(1)).await.expect("readable");
        if batch.is_empty() {
            return all;
        }
        all.extend(batch);
    }
}

fn texts(kept: &[Kept]) -> Vec<&str> {
    kept.iter().map(|kept| std::str::from_utf8(&kept.bytes).expect("text")).collect()
}

fn code(kept: &Result<(), KeepError>) -> &'static str {
    kept.as_ref().map_or_else(KeepError::code, |()| "kept")
}

#[tokio::test]
async fn entries_are_in_the_stream_of_their_shard_in_their_order() {
    let server = RedisServer::start(&["--appendonly", "yes"]);
    let keeper = keeper(settings(&server)).await;
    let items = (0..100).map(|n| item(n % 2, n.to_string())).collect();
    assert!(keep_together(&keeper, items).await.iter().all(Result::is_ok));
    type Messages = Vec<(String, Vec<(String, String)>)>;
    for shard in 0..2 {
        let messages: Messages = server.command(&format!("XRANGE dna:{{{shard}}}:events - +"));
        let texts: Vec<String> = (shard..100).step_by(2).map(|n| n.to_string()).collect();
        assert!(messages.len() < 50, "what came together is packed: {}", messages.len());
        let fields: Vec<(String, String)> = messages.into_iter().flat_map(|(_, it)| it).collect();
        let expected: Vec<_> = texts.into_iter().map(|text| ("e".to_owned(), text)).collect();
        assert_eq!(fields, expected);
    }
    let status = keeper.status();
    assert_eq!((status.kind, status.ready), ("redis", true), "{status:?}");
    assert!(status.durability.contains("everysec"), "{}", status.durability);
}

#[tokio::test]
async fn readers_begin_where_they_are_told_and_follow() {
    let server = RedisServer::start(&[]);
    let keeper = keeper(settings(&server)).await;
    for n in 0..10 {
        keeper.keep(item(n % 2, n.to_string())).await.expect("kept");
    }
    let mut beginning = reader(&server, Start::Beginning).await;
    let mut end = reader(&server, Start::End).await;
    let all = read_all(&mut beginning).await;
    assert_eq!(texts(&all).into_iter().collect::<BTreeSet<_>>().len(), 10);
    assert!(all.iter().all(|kept| kept.kept_at_ms > 1_700_000_000_000), "{all:?}");
    let mut last = reader(&server, Start::Last(3)).await;
    assert_eq!(read_all(&mut last).await.len(), 3);
    assert!(read_all(&mut end).await.is_empty());
    keeper.keep(item(1, "new")).await.expect("kept");
    for reader in [&mut beginning, &mut end, &mut last] {
        assert_eq!(texts(&reader.next(10, PATIENCE).await.expect("readable")), ["new"]);
    }
    // Without the configuration, the shards that are there are found.
    server.command::<String>("XADD dna:{7}:events * other x e far e packed");
    let source = Source::Redis { address: RedisAddress::single(server.url()), shards: None };
    let mut found = BufferReader::open(&source, Start::Last(2)).await.expect("opened");
    assert_eq!(texts(&read_all(&mut found).await), ["far", "packed"]);
}

#[tokio::test]
async fn a_reader_that_waits_is_woken() {
    let server = RedisServer::start(&[]);
    let keeper = keeper(settings(&server)).await;
    let mut reader = reader(&server, Start::End).await;
    let waiting = tokio::spawn(async move { reader.next(10, PATIENCE).await });
    keeper.keep(item(1, "came")).await.expect("kept");
    let batch = waiting.await.expect("no panic").expect("readable");
    assert_eq!(texts(&batch), ["came"]);
}

#[tokio::test]
async fn out_of_memory_is_full_and_passes() {
    let server = RedisServer::start(&["--maxmemory-policy", "noeviction"]);
    let keeper = keeper(settings(&server)).await;
    assert_eq!(keeper.keep(item(0, "before")).await, Ok(()));
    server.command::<()>("CONFIG SET maxmemory 1");
    let refused = keeper.keep(item(0, "refused")).await;
    assert_eq!(code(&refused), "full", "{refused:?}");
    assert!(!keeper.status().ready);
    assert!(keeper.status().reason.is_some_and(|reason| reason.contains("OOM")));
    server.command::<()>("CONFIG SET maxmemory 0");
    assert_eq!(keeper.keep(item(0, "after")).await, Ok(()));
    assert!(keeper.status().ready);
    let all = read_all(&mut reader(&server, Start::Beginning).await).await;
    assert_eq!(texts(&all), ["before", "after"]);
}

#[tokio::test]
async fn a_refused_command_fails_only_its_own_entries() {
    let server = RedisServer::start(&[]);
    let keeper = keeper(settings(&server)).await;
    server.command::<()>("SET dna:{1}:events occupied");
    let items = (0..40).map(|n| item(n % 2, n.to_string())).collect();
    let outcomes = keep_together(&keeper, items).await;
    for (n, outcome) in outcomes.iter().enumerate() {
        assert_eq!(code(outcome), ["kept", "unavailable"][n % 2], "{outcome:?}");
    }
    let all = read_all(&mut reader_of(&server, 1, Start::Beginning).await).await;
    assert_eq!(all.len(), 20);
}

#[tokio::test]
async fn a_replica_is_not_written_to_until_it_is_master() {
    let server = RedisServer::start(&[]);
    let keeper = keeper(settings(&server)).await;
    assert_eq!(keeper.keep(item(0, "before")).await, Ok(()));
    server.command::<()>("REPLICAOF 127.0.0.1 1");
    let refused = keeper.keep(item(0, "refused")).await;
    assert_eq!(code(&refused), "unavailable");
    assert!(refused.is_err_and(|error| error.to_string().contains("READONLY")));
    until("it is not ready", async || !keeper.status().ready).await;
    server.command::<()>("REPLICAOF NO ONE");
    until("it keeps again", async || keeper.keep(item(0, "after")).await.is_ok()).await;
}

#[tokio::test]
async fn a_redis_that_is_not_there_yet_is_waited_for() {
    let mut server = RedisServer::prepare(&[]);
    let keeper = keeper(settings(&server)).await;
    let refused = keeper.keep(item(0, "early")).await;
    assert_eq!(code(&refused), "unavailable");
    assert!(!keeper.status().ready);
    assert!(server.run());
    until("it is ready by itself", async || keeper.status().ready).await;
    assert_eq!(keeper.keep(item(0, "late")).await, Ok(()));
    assert_eq!(server.command::<usize>("XLEN dna:{0}:events"), 1);
}

#[tokio::test]
async fn a_killed_redis_is_unavailable_until_it_is_back_with_all_that_was_acknowledged() {
    let mut server = RedisServer::start(&["--appendonly", "yes", "--appendfsync", "always"]);
    let keeper = keeper(settings(&server)).await;
    let mut reader = reader(&server, Start::Beginning).await;
    let mut acknowledged = Vec::new();
    for round in 0..3 {
        for n in 0..50 {
            let text = format!("{round}/{n}");
            until("it keeps", async || keeper.keep(item(0, text.as_str())).await.is_ok()).await;
            acknowledged.push(text);
        }
        server.kill();
        let refused = keeper.keep(item(0, "while it is away")).await;
        assert_eq!(code(&refused), "unavailable");
        assert!(!keeper.status().ready);
        assert!(reader.next(10, Duration::from_millis(1)).await.is_err());
        assert!(server.run(), "it starts again on its port");
        until("it is ready by itself", async || keeper.status().ready).await;
    }
    let all = read_all(&mut reader).await;
    assert_eq!(texts(&all), acknowledged, "and the reader goes on where it was");
}

#[tokio::test]
async fn an_answer_that_comes_too_late_is_no_answer_to_the_next() {
    let server = RedisServer::start(&[]);
    let response_timeout = Duration::from_millis(200);
    let keeper = keeper(RedisSettings { response_timeout, ..settings(&server) }).await;
    assert_eq!(keeper.keep(item(0, "before")).await, Ok(()));
    server.signal("STOP");
    let late = keeper.keep(item(0, "late")).await;
    assert_eq!(code(&late), "unavailable");
    assert!(late.is_err_and(|error| error.to_string().contains("in time")));
    // A connection is still made by the system, so this one waits for its answer as well.
    assert_eq!(code(&keeper.keep(item(0, "later")).await), "unavailable");
    server.signal("CONT");
    let mut acknowledged = 0;
    for n in 0..20 {
        let text = format!("after {n}");
        until("it keeps", async || keeper.keep(item(0, text.as_str())).await.is_ok()).await;
        acknowledged += 1;
    }
    let all = read_all(&mut reader(&server, Start::Beginning).await).await;
    let after: BTreeSet<&str> =
        texts(&all).into_iter().filter(|text| text.starts_with("after")).collect();
    assert_eq!(after.len(), acknowledged, "each acknowledged entry is there");
}

#[tokio::test]
async fn an_address_that_makes_no_sense_is_refused_without_showing_it() {
    for url in ["http://:secret@host", "redis://:secret@host:99999", "secret"] {
        let counters = Arc::new(BufferCounters::default());
        let opened = open(Settings::Redis(RedisSettings::new(url)), counters).await;
        let error = opened.err().expect("refused");
        assert!(matches!(&error, OpenError::RedisUrl { .. }));
        assert!(!format!("{error} {error:?}").contains("secret"), "{error}");
    }
}
