//! `[http]`: connections.

use super::{ConfigError, Section};
use ipnet::IpNet;
use std::net::IpAddr;
use std::time::Duration;

/// How connections are held.
#[derive(Debug, Clone)]
pub struct HttpConfig {
    /// Networks whose `X-Forwarded-For` is believed. Empty: the header is not looked at.
    pub trusted_proxies: Vec<IpNet>,
    /// Which header those write.
    pub forwarded_header: ForwardedHeader,
    /// Networks whose connections begin with the PROXY protocol.
    pub proxy_protocol: Vec<IpNet>,
    /// How long an idle connection is held.
    pub keep_alive: Duration,
    /// How long the head of a request may take.
    pub header_timeout: Duration,
    /// How long a client may take to take what is written to it.
    pub write_timeout: Duration,
    /// Connections a worker holds at most; more wait in the system's queue.
    pub connections_max: usize,
    /// How long requests in flight may take after the signal to stop.
    pub shutdown_timeout: Duration,
    /// How long SIGTERM only makes it say that it is not ready, before it takes no more.
    pub drain_delay: Duration,
    /// Whether another process may listen at the same address.
    pub reuse_port: bool,
}

/// The header by which a trusted proxy says whom it serves. Only one is read: a proxy that writes
/// the one passes on what a client wrote into the other.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum ForwardedHeader {
    /// `X-Forwarded-For`.
    #[default]
    XForwardedFor,
    /// `Forwarded` (RFC 7239).
    Forwarded,
}

impl HttpConfig {
    pub(super) fn read(root: &mut Section<'_>) -> Result<Self, ConfigError> {
        const NETWORKS: &str = "networks or addresses, e.g. 10.0.0.0/8 or 2001:db8::1";
        let mut section = root.section("http")?;
        let millis = Duration::from_millis;
        let config = Self {
            trusted_proxies: section.list("trusted_proxies", NETWORKS, network)?,
            forwarded_header: section.choice(
                "forwarded_header",
                &[
                    ("x-forwarded-for", ForwardedHeader::XForwardedFor),
                    ("forwarded", ForwardedHeader::Forwarded),
                ],
                ForwardedHeader::default(),
            )?,
            proxy_protocol: section.list("proxy_protocol", NETWORKS, network)?,
            keep_alive: millis(section.integer("keep_alive_ms", 30_000, 1..=600_000)?),
            header_timeout: millis(section.integer("header_timeout_ms", 5_000, 1..=60_000)?),
            write_timeout: millis(section.integer("write_timeout_ms", 8_000, 1..=600_000)?),
            connections_max: section.integer("connections_max", 20_000, 1..=1_000_000)?,
            shutdown_timeout: millis(section.integer(
                "shutdown_timeout_ms",
                20_000,
                0..=600_000,
            )?),
            drain_delay: millis(section.integer("drain_delay_ms", 3_000, 0..=600_000)?),
            reuse_port: section.boolean("reuse_port", false)?,
        };
        section.finish()?;
        Ok(config)
    }
}

/// A network, or a single address as the network of itself.
fn network(text: &str) -> Option<IpNet> {
    text.parse().ok().or_else(|| text.parse::<IpAddr>().ok().map(IpNet::from))
}
