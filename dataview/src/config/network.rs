//! `[network]`: where access logs of proxies come from.

use super::{ConfigError, Section};
use std::net::SocketAddr;
use std::path::PathBuf;

/// Access logs more than these would be many machines' on one.
const FILES_MAX: usize = 64;

/// Sources of access logs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NetworkConfig {
    /// Address for syslog in datagrams.
    pub syslog_udp: Option<SocketAddr>,
    /// Address for syslog on connections.
    pub syslog_tcp: Option<SocketAddr>,
    /// Access logs to follow.
    pub access_logs: Vec<PathBuf>,
}

impl NetworkConfig {
    pub(super) fn read(root: &mut Section<'_>) -> Result<Self, ConfigError> {
        const FILES: &str = "the paths of at most 64 access logs in the format that is documented";
        let mut section = root.section("network")?;
        let syslog_udp = address(&mut section, "syslog_udp")?;
        let syslog_tcp = address(&mut section, "syslog_tcp")?;
        let access_logs = section.list("access_logs", FILES, |path| Some(PathBuf::from(path)))?;
        if access_logs.len() > FILES_MAX {
            return Err(section.refuse("access_logs", "(more)", FILES));
        }
        section.finish()?;
        Ok(Self { syslog_udp, syslog_tcp, access_logs })
    }
}

fn address(
    section: &mut Section<'_>,
    key: &'static str,
) -> Result<Option<SocketAddr>, ConfigError> {
    const ADDRESS: &str = "IP:PORT, e.g. 127.0.0.1:8603, or empty";
    let Some(text) = section.text(key, ADDRESS)?.filter(|text| !text.is_empty()) else {
        return Ok(None);
    };
    text.parse().map(Some).map_err(|_| section.refuse(key, &text, ADDRESS))
}
