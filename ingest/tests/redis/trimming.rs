//! What every registered group has acknowledged is removed, and nothing else.

use crate::load::Load;
use crate::server::RedisServer;
use crate::{until, with_counters};
use ingest::buffer::redis::{RedisSettings, TrimSettings};
use ingest::buffer::{BufferCounters, Keeper};
use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

const STREAM: &str = "dna:{0}:events";

/// Small nodes, since whole ones are removed; what is read may go at once.
async fn start(trim: TrimSettings) -> (RedisServer, Keeper, Arc<BufferCounters>) {
    let server = RedisServer::start(&["--stream-node-max-entries", "10"]);
    let settings = RedisSettings { shards: 1, trim, ..RedisSettings::new(server.url()) };
    let (keeper, counters) = with_counters(settings).await;
    (server, keeper, counters)
}

fn at_once() -> TrimSettings {
    TrimSettings { keep_at_least: Duration::ZERO, ..TrimSettings::default() }
}

type Messages = Vec<(String, Vec<(String, String)>)>;

/// Reads some messages for a group without acknowledging them.
fn read(server: &RedisServer, group: &str, count: usize) -> Messages {
    let read = format!("XREADGROUP GROUP {group} c COUNT {count} STREAMS {STREAM} >");
    let reply: Option<Vec<(String, Messages)>> = server.command(&read);
    reply.unwrap_or_default().pop().map(|(_, messages)| messages).unwrap_or_default()
}

fn acknowledge(server: &RedisServer, group: &str, messages: &Messages) {
    for (id, _) in messages {
        server.command::<()>(&format!("XACK {STREAM} {group} {id}"));
    }
}

fn texts(messages: Messages) -> impl Iterator<Item = String> {
    messages.into_iter().flat_map(|(_, fields)| fields.into_iter().map(|(_, text)| text))
}

#[tokio::test]
async fn a_slow_group_gets_everything_while_the_fast_ones_are_trimmed_behind() {
    let (server, keeper, counters) = start(at_once()).await;
    for group in ["fast", "slow"] {
        server.command::<()>(&format!("XGROUP CREATE {STREAM} {group} 0 MKSTREAM"));
    }
    let load = Load::start(&keeper, 1, 4);
    let mut by_fast = BTreeSet::new();
    let mut by_slow = BTreeSet::new();
    // The slow group has read some and acknowledged only the first of them.
    load.more(400).await;
    let delivered = read(&server, "slow", 60);
    acknowledge(&server, "slow", &delivered[..30].to_vec());
    let oldest_pending = delivered[30].0.clone();
    by_slow.extend(texts(delivered));
    until("what both have done with is trimmed", async || {
        let messages = read(&server, "fast", 1000);
        acknowledge(&server, "fast", &messages);
        by_fast.extend(texts(messages));
        counters.redis().trimmed_messages() >= 20
    })
    .await;
    let counts = load.finish().await;
    let pending: Messages =
        server.command(&format!("XRANGE {STREAM} {oldest_pending} {oldest_pending}"));
    assert_eq!(pending.len(), 1, "delivered and not acknowledged is not read");
    loop {
        let messages = read(&server, "slow", 1000);
        if messages.is_empty() {
            break;
        }
        by_slow.extend(texts(messages));
    }
    loop {
        let messages = read(&server, "fast", 1000);
        if messages.is_empty() {
            break;
        }
        by_fast.extend(texts(messages));
    }
    let lost = |by: &BTreeSet<String>| counts.acknowledged.difference(by).count();
    let trimmed = counters.redis().trimmed_messages();
    eprintln!(
        "trimming: sent {}, acknowledged {}, read by fast {}, by slow {}, trimmed messages \
        {trimmed}, lost {} and {}",
        counts.sent,
        counts.acknowledged.len(),
        by_fast.len(),
        by_slow.len(),
        lost(&by_fast),
        lost(&by_slow),
    );
    assert_eq!((lost(&by_fast), lost(&by_slow)), (0, 0));
}

#[tokio::test]
async fn without_a_group_and_while_it_is_young_everything_stays() {
    let (server, keeper, counters) = start(at_once()).await;
    let (young_server, young_keeper, young) = start(TrimSettings::default()).await;
    young_server.command::<()>(&format!("XGROUP CREATE {STREAM} g 0 MKSTREAM"));
    for keeper in [&keeper, &young_keeper] {
        let load = Load::start(keeper, 1, 4);
        load.more(200).await;
        load.finish().await;
    }
    acknowledge(&young_server, "g", &read(&young_server, "g", 100_000));
    let before: u64 = server.command(&format!("XLEN {STREAM}"));
    // Two turns of the watch that trim at most: TIME is asked by nothing else.
    for server in [&server, &young_server] {
        until("the watch has had its turns", async || {
            let stats: String = server.command("INFO commandstats");
            let line = stats.lines().find(|line| line.starts_with("cmdstat_time:"));
            let calls = line.and_then(|line| line.split(['=', ',']).nth(1)?.parse::<u64>().ok());
            calls.unwrap_or(0) >= 2
        })
        .await;
    }
    assert_eq!(server.command::<u64>(&format!("XLEN {STREAM}")), before);
    assert_eq!((counters.redis().trimmed_messages(), young.redis().trimmed_messages()), (0, 0));
}

#[tokio::test]
async fn a_stream_without_a_group_is_kept_up_to_the_size_that_was_given() {
    let settings = TrimSettings { groupless_messages_max: 50, ..TrimSettings::default() };
    let (server, keeper, counters) = start(settings).await;
    let load = Load::start(&keeper, 1, 4);
    until("it is trimmed", async || counters.redis().trimmed_messages() > 0).await;
    load.finish().await;
    assert!(server.command::<u64>(&format!("XLEN {STREAM}")) >= 50);
}
