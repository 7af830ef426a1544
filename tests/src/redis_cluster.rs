//! A real Redis Cluster: three masters, and a replica of each.

use crate::process::Process;
use std::net::TcpListener;
use std::process::Command;
use std::sync::atomic::{AtomicU16, Ordering};
use std::time::{Duration, Instant};
use tempfile::TempDir;

/// How long the nodes may take to agree on anything.
const PATIENCE: Duration = Duration::from_secs(60);

/// A Cluster on ports and in a folder of its own.
#[derive(Debug)]
pub struct RedisCluster {
    nodes: Vec<Node>,
}

#[derive(Debug)]
struct Node {
    process: Process,
    folder: TempDir,
    port: u16,
}

impl RedisCluster {
    /// Starts the nodes and joins them.
    ///
    /// # Panics
    /// When Redis is not installed or the nodes do not agree.
    #[must_use]
    pub fn start() -> Self {
        let node = |_| {
            let folder = TempDir::with_prefix("dna-redis-node-").expect("a folder");
            let port = free_port();
            Node { process: launch(&folder, port), folder, port }
        };
        let cluster = Self { nodes: (0..6).map(node).collect() };
        let created = Command::new("redis-cli")
            .args(["--cluster", "create"])
            .args(cluster.places())
            .args(["--cluster-replicas", "1", "--cluster-yes"])
            .output()
            .expect("redis-cli is installed beside redis-server");
        assert!(created.status.success(), "{}", String::from_utf8_lossy(&created.stdout));
        cluster.until("all are well", Self::is_well);
        cluster
    }

    /// `HOST:PORT` of each node.
    #[must_use]
    pub fn places(&self) -> Vec<String> {
        self.nodes.iter().map(|node| format!("127.0.0.1:{}", node.port)).collect()
    }

    /// A master with streams of ours.
    ///
    /// # Panics
    /// When none has.
    #[must_use]
    pub fn a_busy_master(&self) -> usize {
        let is_busy = |at: &usize| {
            self.is_master(*at) && self.ask(*at, &["INFO", "keyspace"]).contains("db0:keys=")
        };
        (0..6).find(is_busy).expect("a master with streams")
    }

    /// Kills a master, waits until its replica has taken its place, starts it again, and waits
    /// until it is a replica.
    ///
    /// # Panics
    /// When no replica does.
    pub fn kill_9_and_replace(&mut self, master: usize) {
        let masters =
            |cluster: &Self| (0..6).filter(|at| *at != master && cluster.is_master(*at)).count();
        self.nodes[master].process.kill_9();
        self.until("a replica is promoted", |cluster| masters(cluster) == 3);
        let node = &mut self.nodes[master];
        node.process = launch(&node.folder, node.port);
        // The next to be killed may be the one that this one has its data from.
        self.until("it is a replica with all the data", Self::is_well);
    }

    /// Whether every master has its replica, and every replica its master's data.
    fn is_well(&self) -> bool {
        (0..6).all(|at| {
            let replication = self.ask(at, &["INFO", "replication"]);
            self.ask(at, &["CLUSTER", "INFO"]).contains("cluster_state:ok")
                && (replication.contains("master_link_status:up")
                    || replication.contains("connected_slaves:1"))
        })
    }

    fn is_master(&self, at: usize) -> bool {
        self.ask(at, &["INFO", "replication"]).contains("role:master")
    }

    /// Asks a node; nothing when it is away.
    fn ask(&self, at: usize, words: &[&str]) -> String {
        let address = format!("redis://127.0.0.1:{}/", self.nodes[at].port);
        let client = redis::Client::open(address).expect("a good address");
        let mut command = redis::cmd(words[0]);
        words[1..].iter().for_each(|word| {
            command.arg(word);
        });
        let answer = client.get_connection().and_then(|mut to| command.query::<String>(&mut to));
        answer.unwrap_or_default()
    }

    fn until(&self, what: &str, holds: impl Fn(&Self) -> bool) {
        let began = Instant::now();
        while !holds(self) {
            assert!(began.elapsed() < PATIENCE, "in vain: {what}");
            std::thread::sleep(Duration::from_millis(20));
        }
    }
}

fn launch(folder: &TempDir, port: u16) -> Process {
    let mut command = Command::new("redis-server");
    let port = port.to_string();
    command.current_dir(folder.path()).args(["--port", &port, "--bind", "127.0.0.1"]);
    command.args(["--cluster-enabled", "yes", "--cluster-node-timeout", "1000", "--save", ""]);
    command.args(["--repl-diskless-sync-delay", "0", "--cluster-require-full-coverage", "no"]);
    Process::start(command, "Ready to accept connections").0
}

/// A free port whose bus, 10,000 above it, is free too.
fn free_port() -> u16 {
    let is_free = |port: u16| TcpListener::bind(("127.0.0.1", port)).is_ok();
    let first = 22_000 + u16::try_from(std::process::id() % 90).expect("small") * 100;
    for _ in 0..2000 {
        let port = first + NEXT_PORT.fetch_add(1, Ordering::Relaxed);
        if is_free(port) && is_free(port + 10_000) {
            return port;
        }
    }
    panic!("no free port")
}

/// Clusters that start at the same time look at different ports.
static NEXT_PORT: AtomicU16 = AtomicU16::new(0);
