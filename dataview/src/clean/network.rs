//! Addresses of clients: their networks are kept, as ingest keeps them.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// The /24 or /48 of an address, with or without a port; `None` when it is no address.
#[must_use]
pub fn truncated(text: &str) -> Option<String> {
    let bare = text.strip_prefix('[').and_then(|rest| rest.split(']').next()).unwrap_or(text);
    let address: IpAddr = bare
        .parse()
        .ok()
        .or_else(|| text.parse::<std::net::SocketAddr>().ok().map(|socket| socket.ip()))?;
    Some(match address.to_canonical() {
        IpAddr::V4(address) => {
            let [a, b, c, _] = address.octets();
            Ipv4Addr::new(a, b, c, 0).to_string()
        }
        IpAddr::V6(address) => {
            let [a, b, c, ..] = address.segments();
            Ipv6Addr::new(a, b, c, 0, 0, 0, 0, 0).to_string()
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_becomes_its_network() {
        for (address, network) in [
            ("203.0.113.77", Some("203.0.113.0")),
            ("203.0.113.77:4123", Some("203.0.113.0")),
            ("::ffff:203.0.113.77", Some("203.0.113.0")),
            ("2001:db8:1:2::3", Some("2001:db8:1::")),
            ("[2001:db8:1:2::3]:80", Some("2001:db8:1::")),
            ("a-host", None),
        ] {
            assert_eq!(truncated(address).as_deref(), network, "{address}");
        }
    }
}
