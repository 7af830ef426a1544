//! The spool before a real Redis.

use crate::server::RedisServer;
use crate::{PATIENCE, settings};
use dna_buffer::read::{BufferReader, Source, Start};
use dna_buffer::redis::RedisAddress;
use ingest::buffer::{BufferCounters, Durability, Item, Keeper, RedisSettings, Settings};
use ingest::buffer::{SpoolSettings, open};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;
use tempfile::TempDir;
use tokio::time::{Instant, sleep};

struct Spooled {
    keeper: Keeper,
    counters: Arc<BufferCounters>,
}

async fn spooled(server: &RedisServer, dir: &Path) -> Spooled {
    let spool = Some(SpoolSettings { slow: Duration::from_millis(300), ..SpoolSettings::new(dir) });
    let durability = Durability::Memory;
    let settings = RedisSettings { spool, durability, ..settings(server) };
    let counters = Arc::new(BufferCounters::default());
    let keeper = open(Settings::Redis(settings), Arc::clone(&counters)).await.expect("opened");
    Spooled { keeper, counters }
}

impl Spooled {
    /// Keeps the numbers of `range` as entries, which all must be acknowledged.
    async fn keep(&self, range: std::ops::Range<u16>) {
        for n in range {
            let item = Item { shard: n % 2, bytes: n.to_string().into() };
            self.keeper.keep(item).await.expect("acknowledged");
        }
    }

    fn entries(&self) -> u64 {
        self.keeper.status().spooling.map_or(0, |spooling| spooling.entries)
    }

    async fn drained(&self) {
        until("the spool is replayed", || self.keeper.status().spooling.is_none()).await;
        assert!(self.keeper.status().ready);
    }
}

async fn until(what: &str, holds: impl Fn() -> bool) {
    let deadline = Instant::now() + PATIENCE;
    while !holds() {
        assert!(Instant::now() < deadline, "in vain: {what}");
        sleep(Duration::from_millis(10)).await;
    }
}

/// What a consumer of each shard reads, each entry once, as numbers.
pub(crate) async fn read(server: &RedisServer) -> [Vec<u16>; 2] {
    let source = Source::Redis { address: RedisAddress::single(server.url()), shards: Some(2) };
    let mut reader = BufferReader::open(&source, Start::Beginning).await.expect("opened");
    let mut shards = [Vec::new(), Vec::new()];
    loop {
        let batch = reader.next(100, Duration::from_millis(1)).await.expect("readable");
        if batch.is_empty() {
            return shards;
        }
        for kept in batch {
            let text = std::str::from_utf8(&kept.bytes).expect("text");
            let number = text.parse().expect("a number");
            let shard = &mut shards[usize::from(kept.shard)];
            if !shard.contains(&number) {
                shard.push(number);
            }
        }
    }
}

fn all(count: u16) -> [Vec<u16>; 2] {
    [0, 1].map(|shard| (shard..count).step_by(2).collect())
}

fn folder() -> TempDir {
    tempfile::tempdir().expect("a folder")
}

#[tokio::test]
async fn a_redis_that_comes_late_gets_what_came_before_it() {
    let (mut server, dir) = (RedisServer::prepare(&[]), folder());
    let spooled = spooled(&server, dir.path()).await;
    let status = spooled.keeper.status();
    assert!(status.ready && status.spooling.is_some(), "{status:?}");
    spooled.keep(0..100).await;
    assert_eq!(spooled.entries(), 100);
    assert!(server.run());
    spooled.drained().await;
    spooled.keep(100..110).await;
    assert_eq!(read(&server).await, all(110));
    assert_eq!(spooled.counters.spool.replayed(), 100);
}

#[tokio::test]
async fn out_of_memory_goes_to_the_spool() {
    let (server, dir) = (RedisServer::start(&["--maxmemory-policy", "noeviction"]), folder());
    let spooled = spooled(&server, dir.path()).await;
    spooled.keep(0..10).await;
    server.command::<()>("CONFIG SET maxmemory 1");
    spooled.keep(10..30).await;
    let reason = spooled.keeper.status().spooling.expect("it spools").reason;
    assert!(reason.is_some_and(|reason| reason.contains("OOM") || reason.contains("bytes")));
    server.command::<()>("CONFIG SET maxmemory 0");
    spooled.drained().await;
    assert_eq!(read(&server).await, all(30));
}

#[tokio::test]
async fn a_replica_is_not_written_to_and_its_entries_wait() {
    let (server, dir) = (RedisServer::start(&[]), folder());
    let spooled = spooled(&server, dir.path()).await;
    spooled.keep(0..10).await;
    server.command::<()>("REPLICAOF 127.0.0.1 1");
    spooled.keep(10..30).await;
    assert_eq!(spooled.entries(), 20);
    server.command::<()>("REPLICAOF NO ONE");
    spooled.drained().await;
    assert_eq!(read(&server).await, all(30));
}

#[tokio::test]
async fn a_stream_that_refuses_is_mended_and_loses_nothing() {
    let (server, dir) = (RedisServer::start(&[]), folder());
    let spooled = spooled(&server, dir.path()).await;
    server.command::<()>("SET dna:{1}:events occupied");
    spooled.keep(0..40).await;
    assert!(spooled.entries() > 0);
    server.command::<()>("DEL dna:{1}:events");
    spooled.drained().await;
    assert_eq!(read(&server).await, all(40));
}

#[tokio::test]
async fn a_pause_is_not_waited_for_twice() {
    let (server, dir) = (RedisServer::start(&[]), folder());
    let spooled = spooled(&server, dir.path()).await;
    spooled.keep(0..10).await;
    server.signal("STOP");
    let began = Instant::now();
    spooled.keep(10..60).await;
    // Each has to come back before the next is sent: fifty waits would be fifteen seconds.
    assert!(began.elapsed() < Duration::from_secs(5), "{:?}", began.elapsed());
    server.signal("CONT");
    spooled.drained().await;
    assert_eq!(read(&server).await, all(60));
}

#[tokio::test]
async fn a_flipped_bit_in_a_segment_loses_one_entry_and_is_counted() {
    let (mut server, dir) = (RedisServer::prepare(&[]), folder());
    let first = spooled(&server, dir.path()).await;
    first.keep(0..50).await;
    first.keeper.close().await;
    let segment = segment(dir.path());
    let mut bytes = std::fs::read(&segment).expect("readable");
    // The last byte of the entry "20": entries of one digit have 19 bytes, the others 20.
    let at = 16 + 10 * 19 + 11 * 20 - 1;
    assert_eq!(&bytes[at - 1..=at], b"20");
    bytes[at] ^= 1;
    std::fs::write(&segment, bytes).expect("written");
    let second = spooled(&server, dir.path()).await;
    second.keep(50..60).await;
    assert!(server.run());
    second.drained().await;
    let mut expected = all(60);
    expected[0].retain(|number| *number != 20);
    assert_eq!(read(&server).await, expected);
    assert_eq!(second.counters.spool.losses(), [("damaged", 1), ("torn", 0), ("no_room", 0)]);
}

fn segment(dir: &Path) -> PathBuf {
    let files = std::fs::read_dir(dir).expect("readable");
    let mut paths = files.map(|file| file.expect("readable").path());
    paths.find(|path| path.extension().is_some_and(|name| name == "seg")).expect("a segment")
}
