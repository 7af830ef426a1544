//! A Redis that answers INFO as ever and refuses writes: not ready until it takes them again.

use crate::server::RedisServer;
use crate::{keeper, settings, until};
use ingest::buffer::{Item, Keeper};
use std::path::Path;

async fn keep(keeper: &Keeper, shard: u16) -> Result<(), &'static str> {
    keeper.keep(Item { shard, bytes: "x".into() }).await.map_err(|error| error.code())
}

/// Waits until the idle buffer has asked Redis again, twice, and says that it is not ready still.
async fn stays_unready(server: &RedisServer, keeper: &Keeper) {
    let asked = || server.command::<String>("INFO commandstats");
    let probes = |stats: &str| {
        let line = stats.lines().find(|line| line.starts_with("cmdstat_config|get:"));
        let calls = line.and_then(|line| line.split(['=', ',']).nth(1)?.parse::<u64>().ok());
        calls.unwrap_or(0)
    };
    let before = probes(&asked());
    until("it asks again", async || {
        assert!(!keeper.status().ready, "ready while Redis refuses");
        probes(&asked()) >= before + 3
    })
    .await;
}

#[tokio::test]
async fn too_few_replicas_are_not_ready_until_writes_are_taken() {
    let server = RedisServer::start(&[]);
    let keeper = keeper(settings(&server)).await;
    assert_eq!(keep(&keeper, 0).await, Ok(()));
    server.command::<()>("CONFIG SET min-replicas-to-write 1");
    assert_eq!(keep(&keeper, 0).await, Err("unavailable"));
    stays_unready(&server, &keeper).await;
    assert!(keeper.status().reason.is_some_and(|reason| reason.contains("NOREPLICAS")));
    server.command::<()>("CONFIG SET min-replicas-to-write 0");
    until("it is ready by itself", async || keeper.status().ready).await;
    assert_eq!(server.command::<usize>("XLEN dna:{0}:events"), 1, "asking stores nothing");
}

#[tokio::test]
async fn one_stream_that_refuses_is_not_forgotten_for_the_others() {
    let server = RedisServer::start(&[]);
    let keeper = keeper(settings(&server)).await;
    server.command::<()>("SET dna:{1}:events occupied");
    assert_eq!(keep(&keeper, 1).await, Err("unavailable"));
    for _ in 0..3 {
        assert_eq!(keep(&keeper, 0).await, Ok(()));
        assert!(!keeper.status().ready, "the other stream still refuses");
    }
    stays_unready(&server, &keeper).await;
    assert!(keeper.status().reason.is_some_and(|reason| reason.contains("WRONGTYPE")));
    server.command::<()>("DEL dna:{1}:events");
    until("it is ready by itself", async || keeper.status().ready).await;
    assert_eq!(keep(&keeper, 1).await, Ok(()));
}

#[tokio::test]
async fn a_snapshot_that_fails_is_known_before_an_entry_is_lost_to_it() {
    let server = RedisServer::start(&[]);
    let keeper = keeper(settings(&server)).await;
    assert_eq!(keep(&keeper, 0).await, Ok(()));
    let folder: Vec<String> = server.command("CONFIG GET dir");
    // A folder with something in it stands where the snapshot should be put.
    let occupied = Path::new(&folder[1]).join("dump.rdb");
    std::fs::create_dir_all(occupied.join("x")).expect("made");
    server.command::<String>("BGSAVE");
    let failed = async |status: &str| {
        let info = server.command::<String>("INFO persistence");
        info.contains(&format!("rdb_last_bgsave_status:{status}"))
    };
    until("the snapshot fails", async || failed("err").await).await;
    // Without `save`, Redis goes on all the same.
    assert_eq!(keep(&keeper, 0).await, Ok(()));
    assert!(keeper.status().ready);
    let mut save = redis::cmd("CONFIG");
    save.arg("SET").arg("save").arg("3600 1").exec(&mut server.connect()).expect("set");
    until("it is not ready, though nothing was written", async || !keeper.status().ready).await;
    stays_unready(&server, &keeper).await;
    assert!(keeper.status().reason.is_some_and(|reason| reason.contains("MISCONF")));
    assert_eq!(keep(&keeper, 0).await, Err("unavailable"));
    std::fs::remove_dir_all(&occupied).expect("removed");
    server.command::<String>("BGSAVE");
    until("it is ready by itself", async || keeper.status().ready).await;
    assert_eq!(keep(&keeper, 0).await, Ok(()));
}
