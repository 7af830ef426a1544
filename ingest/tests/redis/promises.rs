//! What is promised is compared with how Redis is configured, and with what WAIT confirms.

use crate::server::RedisServer;
use crate::{keeper, settings, until};
use ingest::buffer::redis::RedisSettings;
use ingest::buffer::{Durability, Item, Keeper};
use std::time::Duration;

async fn with(server: &RedisServer, durability: Durability, strict: bool) -> Keeper {
    let settings = RedisSettings { durability, strict_durability: strict, ..settings(server) };
    keeper(settings).await
}

fn item() -> Item {
    Item { shard: 0, bytes: "x".into() }
}

#[tokio::test]
async fn less_than_was_promised_is_said_and_strictly_not_ready() {
    let server = RedisServer::start(&[]);
    let relaxed = with(&server, Durability::Everysec, false).await;
    let status = relaxed.status();
    let said = "promised everysec, but Redis has appendonly no";
    assert!(status.durability.contains(said), "{status:?}");
    assert!(status.ready, "{status:?}");
    let strict = with(&server, Durability::Everysec, true).await;
    assert!(!strict.status().ready);
    assert!(strict.status().reason.is_some_and(|reason| reason.contains(said)));
    assert_eq!(strict.keep(item()).await, Ok(()), "it is only not ready");
    assert!(!strict.status().ready, "and stays so after a group");
    server.command::<()>("CONFIG SET appendonly yes");
    until("it is ready by itself", async || strict.status().ready).await;
    let kept = "promised everysec: ";
    until("it says so", async || relaxed.status().durability.starts_with(kept)).await;
    server.command::<()>("CONFIG SET maxmemory-policy allkeys-lru");
    until("eviction is seen", async || {
        relaxed.status().durability.contains("maxmemory-policy allkeys-lru")
    })
    .await;
}

#[tokio::test]
async fn always_needs_a_redis_that_forces_the_disk_or_says_when_it_did() {
    let server = RedisServer::start(&["--appendonly", "yes"]);
    let keeper = with(&server, Durability::Always, true).await;
    let waits = || server.command::<String>("INFO commandstats").contains("cmdstat_waitaof");
    if server.is_at_least(7, 2) {
        assert!(keeper.status().ready, "{:?}", keeper.status());
        assert_eq!(keeper.keep(item()).await, Ok(()));
        assert!(waits(), "it was acknowledged before the disk had it");
    } else {
        assert!(keeper.status().durability.contains("but Redis has appendfsync everysec"));
        assert!(!keeper.status().ready);
    }
    server.command::<()>("CONFIG SET appendfsync always");
    until("it is ready, and Redis' own answer is enough", async || {
        server.command::<()>("CONFIG RESETSTAT");
        keeper.keep(item()).await.is_ok() && !waits() && keeper.status().ready
    })
    .await;
}

#[tokio::test]
async fn another_redis_behind_the_address_is_judged_anew_under_load() {
    let mut server = RedisServer::start(&["--appendonly", "yes"]);
    let keeper = with(&server, Durability::Everysec, false).await;
    assert!(keeper.status().durability.starts_with("promised everysec: "));
    server.kill();
    server.options(&["--appendonly", "no"]);
    assert!(server.run());
    // The buffer is never idle, so no probe tells.
    until("it says so", async || {
        for _ in 0..20 {
            let _ = keeper.keep(item()).await;
        }
        keeper.status().durability.contains("appendonly no")
    })
    .await;
}

#[tokio::test]
async fn too_few_replicas_in_time_are_no_acknowledgement() {
    let server = RedisServer::start(&[]);
    let timeout = Duration::from_millis(100);
    let durability = Durability::Replicated { replicas: 1, timeout };
    let keeper = with(&server, durability, false).await;
    assert!(keeper.status().durability.contains("0 replicas of 1"), "{:?}", keeper.status());
    let refused = keeper.keep(item()).await.expect_err("nobody has it but the master");
    assert_eq!(refused.code(), "unavailable");
    assert!(refused.to_string().contains("0 of 1 replicas"), "{refused}");
    let port = server.port().to_string();
    let replica = RedisServer::start(&["--replicaof", "127.0.0.1", &port]);
    // Valkey 9.1 counts a replica for WAIT that is only just being sent its first copy.
    until("the replica has its first copy", async || {
        replica.command::<String>("INFO replication").contains("master_link_status:up")
    })
    .await;
    until("it is kept", async || keeper.keep(item()).await.is_ok()).await;
    assert!(replica.command::<usize>("XLEN dna:{0}:events") > 1, "before it is acknowledged");
    until("it says so", async || keeper.status().durability.contains("1 of its replicas")).await;
    replica.signal("STOP");
    assert!(keeper.keep(item()).await.is_err(), "a replica that hangs has nothing");
    replica.signal("CONT");
    until("it is kept again", async || keeper.keep(item()).await.is_ok()).await;
}

#[tokio::test]
async fn replicas_that_a_restart_would_empty_are_told() {
    let server = RedisServer::start(&["--save", ""]);
    let port = server.port().to_string();
    let _replica = RedisServer::start(&["--replicaof", "127.0.0.1", &port]);
    let timeout = Duration::from_millis(100);
    let durability = Durability::Replicated { replicas: 1, timeout };
    let keeper = with(&server, durability, true).await;
    let says = |words: &str| keeper.status().durability.contains(words);
    until("it says both", async || {
        says("beware: neither `save` nor `appendonly` is set")
            && says("min-replicas-to-write 0, not 1")
    })
    .await;
    until("it is ready: nothing is lost yet", async || keeper.status().ready).await;
    server.command::<()>("CONFIG SET appendonly yes");
    server.command::<()>("CONFIG SET min-replicas-to-write 1");
    until("it says that all is well", async || !says("beware")).await;
}
