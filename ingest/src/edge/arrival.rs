//! A new connection until it may speak HTTP: the words of its proxy, TLS, the version of HTTP.

use super::proxy::{ProxyError, read_header};
use super::stream::Stream;
use crate::metrics::Ended;
use ipnet::IpNet;
use std::net::SocketAddr;
use std::time::Duration;
use tokio::net::TcpStream;
use tokio::time::{Instant, timeout_at};
use tokio_rustls::TlsAcceptor;

/// What all HTTP/2 begins with (RFC 9113, section 3.4): no method of HTTP/1.1 does.
const PREFACE: &[u8] = b"PRI * HTTP/2";

/// A version of HTTP.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Speaks {
    /// HTTP/1.1 and before.
    Http1,
    /// HTTP/2.
    Http2,
}

/// A connection that may speak HTTP.
#[derive(Debug)]
pub struct Arrived {
    /// Its bytes.
    pub io: Stream,
    /// The version.
    pub speaks: Speaks,
    /// Whose it is, as the proxy in front says, when there is one that is to say so.
    pub client: Option<SocketAddr>,
    /// When it came.
    pub since: Instant,
}

/// How connections are received.
#[derive(Clone)]
pub struct Arrival {
    /// Who says whose connection it is before all else.
    pub proxies: Vec<IpNet>,
    /// TLS, where it is spoken.
    pub tls: Option<TlsAcceptor>,
    /// How long all of this may take.
    pub patience: Duration,
}

impl Arrival {
    /// Receives `io`.
    ///
    /// # Errors
    /// Why it is ended; `None` when the client went by itself.
    pub async fn receive(&self, io: TcpStream) -> Result<Arrived, Option<Ended>> {
        let since = Instant::now();
        // Answers are small and wait for nothing that is still to be written.
        let _ = io.set_nodelay(true);
        let receiving = self.first_words(io, since);
        timeout_at(since + self.patience, receiving).await.unwrap_or_else(|_| {
            // One that has nothing to say yet is a browser's, which opens them in advance.
            let must_speak = self.tls.is_some() || !self.proxies.is_empty();
            Err(must_speak.then_some(Ended::SlowStart))
        })
    }

    async fn first_words(
        &self,
        mut io: TcpStream,
        since: Instant,
    ) -> Result<Arrived, Option<Ended>> {
        let peer = io.peer_addr().map_err(|_| None)?;
        let is_proxy = |proxy: &IpNet| proxy.contains(&peer.ip().to_canonical());
        let mut client = Some(peer);
        if self.proxies.iter().any(is_proxy) {
            match read_header(&mut io).await {
                Ok(source) => client = Some(source.unwrap_or(peer)),
                Err(ProxyError::Io(_)) => return Err(None),
                Err(error) => {
                    tracing::debug!(%error, "connection refused: a proxy must say whose it is");
                    return Err(Some(Ended::NoProxyHeader));
                }
            }
        }
        let Some(tls) = &self.tls else {
            let mut start = [0; PREFACE.len()];
            // One look: clients send the preface whole. One that does not speaks no HTTP/1.1
            // either, and is told so.
            let seen = io.peek(&mut start).await.map_err(|_| None)?;
            let is_http2 = start[..seen] == *PREFACE;
            let speaks = if is_http2 { Speaks::Http2 } else { Speaks::Http1 };
            return Ok(Arrived { io: Stream::Plain(io), speaks, client, since });
        };
        let stream = tls.accept(io).await.map_err(|error| {
            tracing::debug!(%error, "TLS not agreed on");
            Some(Ended::Handshake)
        })?;
        let is_http2 = stream.get_ref().1.alpn_protocol() == Some(b"h2");
        let speaks = if is_http2 { Speaks::Http2 } else { Speaks::Http1 };
        Ok(Arrived { io: Stream::Tls(Box::new(stream)), speaks, client, since })
    }
}
