//! A master of Redis with two replicas, and Sentinels that watch them.

use crate::count::until;
use crate::process::Process;
use crate::redis_server::{RedisServer, free_port};
use redis::FromRedisValue;
use std::process::Command;
use tempfile::TempDir;

/// How the Sentinels call the master.
pub const MASTER_NAME: &str = "dna";

/// The servers and three Sentinels.
#[derive(Debug)]
pub struct SentinelRedis {
    servers: Vec<RedisServer>,
    sentinels: Vec<Sentinel>,
}

#[derive(Debug)]
struct Sentinel {
    _process: Process,
    _folder: TempDir,
    port: u16,
}

impl SentinelRedis {
    /// Starts them, and waits until every Sentinel knows of all the others.
    ///
    /// # Panics
    /// When Redis is not installed, or they do not find each other.
    #[must_use]
    pub fn start() -> Self {
        let first = RedisServer::start_with(&["--repl-diskless-sync-delay", "0"]);
        let port = first.port().to_string();
        let options = ["--repl-diskless-sync-delay", "0", "--replicaof", "127.0.0.1", &port];
        let replicas = (0..2).map(|_| RedisServer::start_with(&options));
        let servers = std::iter::once(first).chain(replicas).collect();
        let sentinels = (0..3).map(|_| Sentinel::start(&port)).collect();
        let all = Self { servers, sentinels };
        for sentinel in &all.sentinels {
            until("the Sentinels know of each other", || {
                let about: Vec<String> = sentinel.ask("SENTINEL MASTER dna");
                let says = |name: &str, value: &str| {
                    about.windows(2).any(|pair| pair[0] == name && pair[1] == value)
                };
                says("num-other-sentinels", "2") && says("num-slaves", "2")
            });
        }
        all
    }

    /// The Sentinels: `127.0.0.1:PORT`.
    #[must_use]
    pub fn places(&self) -> Vec<String> {
        self.sentinels.iter().map(|it| format!("127.0.0.1:{}", it.port)).collect()
    }

    /// The server that the Sentinels name as master now.
    ///
    /// # Panics
    /// When it is none of ours.
    #[must_use]
    pub fn master(&self) -> &RedisServer {
        &self.servers[self.place_of_master()]
    }

    /// Kills the master, waits until there is another, and starts the old one again, as a replica.
    ///
    /// # Panics
    /// When no other takes over.
    pub fn kill_9_the_master(&mut self) {
        let old = self.place_of_master();
        self.servers[old].kill_9();
        until("another is master", || self.place_of_master() != old);
        self.servers[old].run();
    }

    fn place_of_master(&self) -> usize {
        let named: (String, u16) = self.sentinels[0].ask("SENTINEL GET-MASTER-ADDR-BY-NAME dna");
        self.servers.iter().position(|server| server.port() == named.1).expect("one of ours")
    }
}

impl Sentinel {
    fn start(master: &str) -> Self {
        let (folder, port) =
            (TempDir::with_prefix("dna-sentinel-").expect("a folder"), free_port());
        let file = folder.path().join("sentinel.conf");
        let lines = format!(
            "port {port}\nbind 127.0.0.1\ndir {}\nsentinel monitor {MASTER_NAME} 127.0.0.1 {master} 2\n\
             sentinel down-after-milliseconds {MASTER_NAME} 500\n\
             sentinel failover-timeout {MASTER_NAME} 3000\n",
            folder.path().display()
        );
        std::fs::write(&file, lines).expect("writable");
        let mut command = Command::new("redis-server");
        command.arg(file).arg("--sentinel");
        let (process, _) = Process::start(command, "Sentinel ID is");
        Self { _process: process, _folder: folder, port }
    }

    fn ask<T: FromRedisValue>(&self, words: &str) -> T {
        let client = redis::Client::open(format!("redis://127.0.0.1:{}/", self.port));
        let mut connection = client.expect("an address").get_connection().expect("it answers");
        let mut words = words.split(' ');
        let mut command = redis::cmd(words.next().expect("a word"));
        words.for_each(|word| {
            command.arg(word);
        });
        command.query(&mut connection).expect("an answer")
    }
}
