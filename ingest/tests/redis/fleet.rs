//! Several real servers: replicas, Sentinels, a Cluster.

use crate::server::RedisServer;
use crate::until;
use dna_buffer::redis::RedisAddress;
use dna_buffer::redis::RedisTopology;
use redis::FromRedisValue;
use std::process::Command;

/// A master and two replicas, and three Sentinels that watch them.
pub(crate) struct Sentinels {
    pub(crate) servers: Vec<RedisServer>,
    sentinels: Vec<RedisServer>,
}

impl Sentinels {
    /// Starts them and waits until every Sentinel knows of all the others.
    pub(crate) async fn start(options: &[&str]) -> Self {
        let mut servers = vec![RedisServer::start(options)];
        let port = servers[0].port().to_string();
        let replica: Vec<&str> =
            options.iter().copied().chain(["--replicaof", "127.0.0.1", &port]).collect();
        servers.extend((0..2).map(|_| RedisServer::start(&replica)));
        let monitor = format!(
            "sentinel monitor dna 127.0.0.1 {port} 2\nsentinel down-after-milliseconds dna 500\n\
            sentinel failover-timeout dna 3000\n"
        );
        let sentinels: Vec<_> = (0..3).map(|_| RedisServer::start_sentinel(&monitor)).collect();
        for sentinel in &sentinels {
            until("the Sentinels know of each other", async || {
                let about: Vec<String> = sentinel.command("SENTINEL MASTER dna");
                let get = |name: &str| {
                    about.iter().position(|it| it == name).and_then(|at| about.get(at + 1))
                };
                get("num-other-sentinels").is_some_and(|count| count == "2")
                    && get("num-slaves").is_some_and(|count| count == "2")
            })
            .await;
        }
        Self { servers, sentinels }
    }

    pub(crate) fn address(&self) -> RedisAddress {
        let at = |server: &RedisServer| format!("127.0.0.1:{}", server.port());
        RedisAddress::new(RedisTopology::Sentinel {
            sentinels: self.sentinels.iter().map(at).collect(),
            master_name: "dna".to_owned(),
        })
    }

    /// Makes a replica the master while the master is well.
    pub(crate) fn failover(&self) {
        self.sentinels[0].command::<()>("SENTINEL FAILOVER dna");
    }

    /// The place in `servers` of the one that the Sentinels name.
    pub(crate) fn master(&self) -> usize {
        let (_, port): (String, u16) =
            self.sentinels[0].command("SENTINEL GET-MASTER-ADDR-BY-NAME dna");
        self.servers.iter().position(|server| server.port() == port).expect("one of ours")
    }
}

/// Three masters and a replica of each.
pub(crate) struct Cluster {
    pub(crate) nodes: Vec<RedisServer>,
}

impl Cluster {
    /// Starts the nodes and joins them as an operator would.
    pub(crate) async fn start(options: &[&str]) -> Self {
        let cluster = ["--cluster-enabled", "yes", "--cluster-node-timeout", "1000"];
        let options: Vec<&str> = cluster.iter().chain(options).copied().collect();
        let nodes: Vec<_> = (0..6).map(|_| RedisServer::start(&options)).collect();
        let places = nodes.iter().map(|node| format!("127.0.0.1:{}", node.port()));
        let created = Command::new("redis-cli")
            .args(["--cluster", "create"])
            .args(places)
            .args(["--cluster-replicas", "1", "--cluster-yes"])
            .output()
            .expect("redis-cli is installed beside redis-server");
        let text = String::from_utf8_lossy(&created.stdout).into_owned();
        assert!(created.status.success(), "{text}");
        let cluster = Self { nodes };
        until("the cluster is well", async || cluster.is_well()).await;
        cluster
    }

    fn is_well(&self) -> bool {
        self.nodes.iter().all(|node| {
            let info: String = node.command("CLUSTER INFO");
            let replication: String = node.command("INFO replication");
            info.contains("cluster_state:ok")
                && (replication.contains("master_link_status:up")
                    || replication.contains("connected_slaves:1"))
        })
    }

    /// Two of the nodes as seeds; the others are found.
    pub(crate) fn address(&self) -> RedisAddress {
        let at = |server: &RedisServer| format!("127.0.0.1:{}", server.port());
        RedisAddress::new(RedisTopology::Cluster {
            seeds: self.nodes[..2].iter().map(at).collect(),
        })
    }

    /// The place in `nodes` of the master of a shard's stream, as `asked` sees it.
    pub(crate) fn master_of(&self, shard: u16, asked: usize) -> usize {
        let key = dna_buffer::redis::stream_key(shard);
        let slot: i64 = self.nodes[asked].command(&format!("CLUSTER KEYSLOT {key}"));
        let slots: Vec<redis::Value> = self.nodes[asked].command("CLUSTER SLOTS");
        let serves = slots.iter().find_map(|range| {
            let redis::Value::Array(range) = range else { return None };
            let number = |at: usize| i64::from_redis_value(range[at].clone()).expect("a slot");
            (number(0) <= slot && slot <= number(1)).then(|| range[2].clone())
        });
        let redis::Value::Array(master) = serves.expect("served") else { panic!("no node") };
        let port = u16::from_redis_value(master[1].clone()).expect("a port");
        self.nodes.iter().position(|node| node.port() == port).expect("one of ours")
    }

    /// Moves the slot of a shard's stream from one master to another, as `redis-cli --cluster
    /// reshard` does; `meanwhile` runs while the slot is open on both.
    pub(crate) async fn migrate(
        &self,
        shard: u16,
        from: usize,
        to: usize,
        meanwhile: impl AsyncFn(),
    ) {
        let key = dna_buffer::redis::stream_key(shard);
        let slot: i64 = self.nodes[from].command(&format!("CLUSTER KEYSLOT {key}"));
        let id = |at: usize| self.nodes[at].command::<String>("CLUSTER MYID");
        let (source, target) = (id(from), id(to));
        self.nodes[to].command::<()>(&format!("CLUSTER SETSLOT {slot} IMPORTING {source}"));
        self.nodes[from].command::<()>(&format!("CLUSTER SETSLOT {slot} MIGRATING {target}"));
        meanwhile().await;
        let port = self.nodes[to].port();
        self.nodes[from].command::<()>(&format!("MIGRATE 127.0.0.1 {port} {key} 0 5000"));
        // The source sends all who ask to the target now: ASK.
        meanwhile().await;
        self.nodes[to].command::<()>(&format!("CLUSTER SETSLOT {slot} NODE {target}"));
        self.nodes[from].command::<()>(&format!("CLUSTER SETSLOT {slot} NODE {target}"));
        meanwhile().await;
    }

    /// The streams that lie on a node.
    pub(crate) fn keys(&self, node: usize) -> Vec<String> {
        let mut keys: Vec<String> = self.nodes[node].command("KEYS dna:*");
        keys.sort();
        keys
    }
}
