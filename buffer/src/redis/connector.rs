//! Connecting to one server: address, user, password, TLS, RESP3.

use super::address::{Password, RedisAddress, RedisTls, RedisTopology};
use crate::AddressError;
use ::redis::aio::MultiplexedConnection;
use ::redis::io::tcp::TcpSettings;
use ::redis::{
    AsyncConnectionConfig, Client, ClientTlsConfig, ConnectionAddr, ConnectionInfo,
    IntoConnectionInfo, ProtocolVersion, TlsCertificates,
};
use std::fmt;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// Where a server listens.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Place {
    /// Host and port.
    Tcp(String, u16),
    /// A socket of this machine.
    Unix(PathBuf),
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Tcp(host, port) => write!(f, "{host}:{port}"),
            Self::Unix(path) => write!(f, "{}", path.display()),
        }
    }
}

/// Connects to any server of one Redis.
#[derive(Clone)]
pub struct Connector {
    /// How masters are spoken to; only the place differs.
    masters: ConnectionInfo,
    /// What the configuration names: the server, the Sentinels, or the seeds.
    named: Vec<ConnectionInfo>,
    password: Password,
    tls: RedisTls,
    connect_timeout: Duration,
    response_timeout: Duration,
}

impl Connector {
    /// Judges `address`; nothing is connected yet.
    ///
    /// # Errors
    /// What is wrong with it, without any password.
    pub fn new(address: &RedisAddress, response_timeout: Duration) -> Result<Self, AddressError> {
        let urls = match &address.topology {
            RedisTopology::Single { url } => std::slice::from_ref(url),
            RedisTopology::Sentinel { sentinels, .. } => sentinels,
            RedisTopology::Cluster { seeds } => seeds,
        };
        let mut named = urls.iter().map(|url| parse(url)).collect::<Result<Vec<_>, _>>()?;
        let Some(first) = named.first() else {
            return Err(AddressError { reason: "there is none".to_owned() });
        };
        let mut masters = first.clone();
        if let RedisTopology::Sentinel { .. } = address.topology {
            // What a Sentinel's address says of user and password is for the Sentinel.
            let protocol = first.redis_settings().protocol();
            let own = ::redis::RedisConnectionInfo::default().set_protocol(protocol);
            let own = own.set_skip_set_lib_name();
            masters = masters.set_redis_settings(own);
        }
        if let Some(username) = &address.username {
            let settings = masters.redis_settings().clone().set_username(username);
            masters = masters.set_redis_settings(settings);
        }
        if !matches!(address.topology, RedisTopology::Sentinel { .. }) {
            let settings = masters.redis_settings();
            named = named.into_iter().map(|it| it.set_redis_settings(settings.clone())).collect();
        }
        Ok(Self {
            masters,
            named,
            password: address.password.clone(),
            tls: address.tls.clone(),
            connect_timeout: address.connect_timeout,
            response_timeout,
        })
    }

    /// The places that the configuration names.
    pub fn named(&self) -> impl Iterator<Item = Place> + '_ {
        self.named.iter().map(|info| place(info.addr()))
    }

    /// Connects to a node that holds data.
    ///
    /// # Errors
    /// Why not, in words for the operator, without any password.
    pub async fn connect(&self, place: &Place) -> Result<MultiplexedConnection, String> {
        let address = addressed(self.masters.addr(), place);
        let mut info = self.masters.clone().set_addr(address);
        if let Some(password) = self.password()? {
            let settings = info.redis_settings().clone().set_password(password);
            info = info.set_redis_settings(settings);
        }
        self.open(info).await
    }

    /// Connects to the Sentinel that the configuration names at `at`.
    ///
    /// # Errors
    /// As [`connect`](Self::connect).
    pub async fn connect_named(&self, at: usize) -> Result<MultiplexedConnection, String> {
        self.open(self.named[at].clone()).await
    }

    async fn open(&self, info: ConnectionInfo) -> Result<MultiplexedConnection, String> {
        let client = self.client(info)?;
        let config = AsyncConnectionConfig::new()
            .set_connection_timeout(Some(self.connect_timeout))
            .set_response_timeout(Some(self.response_timeout));
        let connected = client.get_multiplexed_async_connection_with_config(&config).await;
        connected.map_err(|error| error.to_string())
    }

    /// How long connecting may take.
    #[must_use]
    pub fn connect_timeout(&self) -> Duration {
        self.connect_timeout
    }

    fn client(&self, info: ConnectionInfo) -> Result<Client, String> {
        if !matches!(info.addr(), ConnectionAddr::TcpTls { .. }) {
            return Client::open(info).map_err(|error| error.to_string());
        }
        // Which of the crates in this program brings a cryptography must not matter; that one is
        // installed already is no error.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let client_tls = match &self.tls.client {
            None => None,
            Some((cert, key)) => {
                Some(ClientTlsConfig { client_cert: read(cert)?, client_key: read(key)? })
            }
        };
        let root_cert = self.tls.ca_file.as_deref().map(read).transpose()?;
        let certificates = TlsCertificates { client_tls, root_cert };
        Client::build_with_tls(info, certificates).map_err(|error| error.to_string())
    }

    fn password(&self) -> Result<Option<String>, String> {
        match &self.password {
            Password::None => Ok(None),
            Password::Text(text) => Ok(Some(text.clone())),
            Password::File(path) => {
                let text = String::from_utf8(read(path)?)
                    .map_err(|_| format!("{} is no text", path.display()))?;
                Ok(Some(text.trim_end_matches(['\r', '\n']).to_owned()))
            }
        }
    }
}

fn read(path: &Path) -> Result<Vec<u8>, String> {
    std::fs::read(path).map_err(|error| format!("cannot read {}: {error}", path.display()))
}

/// Judges an address as the configuration has it; nothing is connected.
///
/// # Errors
/// What is wrong with it, without any password.
pub fn check_url(url: &str) -> Result<(), String> {
    parse(url).map(|_| ()).map_err(|error| error.reason)
}

/// Reads an address as the configuration has it.
fn parse(url: &str) -> Result<ConnectionInfo, AddressError> {
    let wrong = |reason: String| AddressError { reason };
    let known = ["redis://", "rediss://", "redis+unix:///"];
    let full = match url.contains("://") {
        true if !known.iter().any(|scheme| url.starts_with(scheme)) => {
            return Err(wrong(format!("its scheme is none of {}", known.join(", "))));
        }
        true => url.to_owned(),
        false if url.contains('@') || !url.contains(':') => {
            return Err(wrong("it is neither an URL nor HOST:PORT".to_owned()));
        }
        false => format!("redis://{url}"),
    };
    // The crate says which part it is; the kind that it adds says nothing more.
    let info = full.into_connection_info().map_err(|error| {
        wrong(error.to_string().trim_end_matches(" - InvalidClientConfig").to_owned())
    })?;
    if let ConnectionAddr::TcpTls { insecure: true, .. } = info.addr() {
        return Err(wrong("`#insecure` would trust anyone; name a ca_file".to_owned()));
    }
    // RESP3 unless the address says otherwise: the crate's own default is RESP2.
    let protocol = match url.contains("protocol=resp2") {
        true => ProtocolVersion::RESP2,
        false => ProtocolVersion::RESP3,
    };
    // Telling the crate's name would take a right of its own, or fill the ACL log.
    let settings = info.redis_settings().clone().set_protocol(protocol).set_skip_set_lib_name();
    // Without it a pipeline's last packet waits for the acknowledgement of the one before.
    let tcp = TcpSettings::default().set_nodelay(true);
    Ok(info.set_tcp_settings(tcp).set_redis_settings(settings))
}

fn place(address: &ConnectionAddr) -> Place {
    match address {
        ConnectionAddr::Tcp(host, port) | ConnectionAddr::TcpTls { host, port, .. } => {
            Place::Tcp(host.clone(), *port)
        }
        ConnectionAddr::Unix(path) => Place::Unix(path.clone()),
        // The crate may grow others; `parse` lets none of them in.
        other => Place::Tcp(other.to_string(), 0),
    }
}

/// `place` spoken to as `like` is: with TLS or without.
fn addressed(like: &ConnectionAddr, place: &Place) -> ConnectionAddr {
    match (like, place) {
        (_, Place::Unix(path)) => ConnectionAddr::Unix(path.clone()),
        (ConnectionAddr::TcpTls { .. }, Place::Tcp(host, port)) => ConnectionAddr::TcpTls {
            host: host.clone(),
            port: *port,
            insecure: false,
            tls_params: None,
        },
        (_, Place::Tcp(host, port)) => ConnectionAddr::Tcp(host.clone(), *port),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_read_and_what_they_hide_is_not_shown() {
        let at = |url: &str| parse(url).map(|info| place(info.addr()).to_string());
        assert_eq!(at("redis://:x@a:7").as_deref().expect("good"), "a:7");
        assert_eq!(at("rediss://a").as_deref().expect("good"), "a:6379");
        assert_eq!(at("a:7000").as_deref().expect("good"), "a:7000");
        assert_eq!(at("redis+unix:///run/redis.sock").as_deref().expect("good"), "/run/redis.sock");
        for wrong in
            ["hunter2", "http://:hunter2@a", "x:hunter2@a:1", "rediss://hunter2@a/#insecure"]
        {
            let error = at(wrong).expect_err("refused");
            assert!(!format!("{error} {error:?}").contains("hunter2"), "{error}");
        }
    }
}
