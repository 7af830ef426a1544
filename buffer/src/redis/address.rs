//! Where a Redis is, and who we are there.

use crate::limits::CONNECT_TIMEOUT_DEFAULT;
use std::path::PathBuf;
use std::time::Duration;

/// Where a Redis is, and how to come in.
#[derive(Clone)]
pub struct RedisAddress {
    /// One server, or how the masters are found.
    pub topology: RedisTopology,
    /// The ACL user, if the address does not name it.
    pub username: Option<String>,
    /// Its password, if the address does not have it.
    pub password: Password,
    /// Certificates. Whether TLS is spoken is said by the scheme `rediss`.
    pub tls: RedisTls,
    /// How long connecting may take.
    pub connect_timeout: Duration,
}

/// One server, or how the masters are found.
///
/// Addresses are `redis://[USER[:PASSWORD]@]HOST[:PORT]`, `rediss://` for TLS, or `HOST:PORT`.
#[derive(Clone)]
pub enum RedisTopology {
    /// One server: also `redis+unix:///PATH`, and with `/DB` behind.
    Single {
        /// Its address.
        url: String,
    },
    /// A master that Sentinels watch; its successor is followed.
    Sentinel {
        /// The Sentinels. User and password in an address are for the Sentinel.
        sentinels: Vec<String>,
        /// What they call the master.
        master_name: String,
    },
    /// A Redis Cluster.
    Cluster {
        /// Some of its nodes, by which the others are found.
        seeds: Vec<String>,
    },
}

/// A password, where it comes from.
#[derive(Clone, Default)]
pub enum Password {
    /// None but what the address has.
    #[default]
    None,
    /// The password itself.
    Text(String),
    /// In this file, read at each connection, so that it can be changed while we run.
    File(PathBuf),
}

/// Certificates in PEM, read at each connection, so that they can be renewed while we run.
#[derive(Debug, Clone, Default)]
pub struct RedisTls {
    /// Who may have signed the server's certificate, instead of whom the system trusts.
    pub ca_file: Option<PathBuf>,
    /// Our own certificate, and its key.
    pub client: Option<(PathBuf, PathBuf)>,
}

impl RedisAddress {
    /// These masters with everything else as by default.
    #[must_use]
    pub fn new(topology: RedisTopology) -> Self {
        Self {
            topology,
            username: None,
            password: Password::None,
            tls: RedisTls::default(),
            connect_timeout: CONNECT_TIMEOUT_DEFAULT,
        }
    }

    /// The one server at `url`.
    #[must_use]
    pub fn single(url: impl Into<String>) -> Self {
        Self::new(RedisTopology::Single { url: url.into() })
    }
}

/// Without the addresses, which may hold passwords.
impl std::fmt::Debug for RedisAddress {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match &self.topology {
            RedisTopology::Single { .. } => "redis",
            RedisTopology::Sentinel { .. } => "redis by Sentinel",
            RedisTopology::Cluster { .. } => "redis cluster",
        })
    }
}
