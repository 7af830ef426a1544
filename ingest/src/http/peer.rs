//! Who is at the other end of a request.

use super::head::Head;
use crate::config::{AddressBits, ForwardedHeader};
use crate::enrich::{Client, address, agents};
use actix_web::http::header::{FORWARDED, USER_AGENT, X_FORWARDED_FOR};
use ipnet::IpNet;
use std::net::IpAddr;

/// Whose word on a client's address is believed.
#[derive(Debug, Clone)]
pub(super) struct Trust {
    /// Networks of proxies.
    pub(super) proxies: Vec<IpNet>,
    /// Where they write it.
    pub(super) header: ForwardedHeader,
}

impl Trust {
    /// Whether `address` is a proxy's.
    pub(super) fn is_proxy(&self, address: IpAddr) -> bool {
        self.proxies.iter().any(|network| network.contains(&address.to_canonical()))
    }
}

/// The client's address, as far as it is known.
pub(super) fn address(head: &Head<'_>, trust: &Trust) -> Option<IpAddr> {
    let peer = head.peer?.ip();
    if trust.proxies.is_empty() {
        return Some(peer);
    }
    let name = match trust.header {
        ForwardedHeader::XForwardedFor => X_FORWARDED_FOR,
        ForwardedHeader::Forwarded => FORWARDED,
    };
    let values = head.texts(&name).into_iter();
    Some(address::client(peer, trust.header, values, &trust.proxies))
}

/// What a request says of its client, whose address is `address`: `bits` of it are kept.
pub(super) fn client(head: &Head<'_>, address: Option<IpAddr>, bits: AddressBits) -> Client {
    let agent = head.get(&USER_AGENT).filter(|agent| agent.is_ascii());
    let agent = agent.and_then(|agent| std::str::from_utf8(agent).ok());
    Client {
        address: address.and_then(|address| address::truncated(address, bits)),
        agent: agent.map(agents::known).unwrap_or_default(),
    }
}
