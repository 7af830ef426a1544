//! The client's address: found behind proxies, and truncated to its network.

use crate::config::{AddressBits, ForwardedHeader};
use crate::limits::FORWARDED_HOPS_MAX;
use dna_protocol::field::Text;
use ipnet::IpNet;
use std::net::{IpAddr, Ipv4Addr};

/// The network of `address`: its first bits, the rest 0; none, where no bits are kept.
///
/// A /24 is at most 256 customers of a provider, a /48 what a provider gives one site: enough to
/// see that a region or office is affected, too little to find a person by.
#[must_use]
pub fn truncated(address: IpAddr, bits: AddressBits) -> Option<Text<64>> {
    let address = address.to_canonical();
    let bits = if address.is_ipv4() { bits.ipv4 } else { bits.ipv6 };
    let network = IpNet::new(address, bits).ok().filter(|_| bits > 0)?;
    Some(Text::cut(match network.network() {
        IpAddr::V4(network) => dotted(network),
        IpAddr::V6(network) => network.to_string(),
    }))
}

/// As `to_string` has it, by hand: every beacon has one.
fn dotted(address: Ipv4Addr) -> String {
    let mut text = String::with_capacity("255.255.255.255".len());
    for (at, octet) in address.octets().into_iter().enumerate() {
        if at > 0 {
            text.push('.');
        }
        for unit in [100, 10, 1] {
            if octet >= unit || unit == 1 {
                text.push(char::from(b'0' + octet / unit % 10));
            }
        }
    }
    text
}

/// The client behind the connection from `peer`.
///
/// `forwarded` holds the values of `header`, each a comma-separated list to whose end a proxy adds
/// whom it serves. Read from the end: as long as the one who speaks is trusted, the one
/// before is whom it names. What an untrusted one claims is not believed.
#[must_use]
pub fn client<'a>(
    peer: IpAddr,
    header: ForwardedHeader,
    forwarded: impl DoubleEndedIterator<Item = &'a str>,
    trusted: &[IpNet],
) -> IpAddr {
    let is_trusted =
        |address: IpAddr| trusted.iter().any(|network| network.contains(&address.to_canonical()));
    let mut client = peer;
    let hops = forwarded.rev().flat_map(|value| value.rsplit(','));
    for hop in hops.take(FORWARDED_HOPS_MAX) {
        if !is_trusted(client) {
            break;
        }
        let hop = match header {
            ForwardedHeader::XForwardedFor => hop.trim(),
            ForwardedHeader::Forwarded => whom(hop),
        };
        match parse_hop(hop) {
            Some(address) => client = address,
            None => break,
        }
    }
    client
}

/// The `for` of an element of `Forwarded` (RFC 7239, section 4), without its quotes; nothing when
/// it has none.
fn whom(element: &str) -> &str {
    let pairs = element.split(';').filter_map(|pair| pair.trim().split_once('='));
    let mut whom = pairs.filter(|(name, _)| name.eq_ignore_ascii_case("for"));
    whom.next().map(|(_, value)| value.trim_matches('"')).unwrap_or_default()
}

/// An address, with or without port and brackets, as proxies write it.
fn parse_hop(hop: &str) -> Option<IpAddr> {
    let bare = hop.strip_prefix('[').and_then(|hop| hop.split(']').next()).unwrap_or(hop);
    bare.parse().ok().or_else(|| hop.parse::<std::net::SocketAddr>().ok().map(|hop| hop.ip()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check_truncated(address: &str, expected: &str) {
        let address = address.parse().expect("an address");
        let network = truncated(address, AddressBits::default());
        assert_eq!(network.as_deref(), Some(expected));
    }

    #[test]
    fn an_address_becomes_its_network() {
        check_truncated("203.0.113.77", "203.0.113.0");
        check_truncated("::ffff:203.0.113.77", "203.0.113.0");
        check_truncated("2001:db8:1234:5678:9abc:def0:1234:5678", "2001:db8:1234::");
        check_truncated("::1", "::");
        let address = "203.0.113.77".parse().expect("an address");
        let sixteen = truncated(address, AddressBits { ipv4: 16, ipv6: 48 });
        assert_eq!(sixteen.as_deref(), Some("203.0.0.0"));
        assert_eq!(truncated(address, AddressBits { ipv4: 0, ipv6: 48 }), None);
    }

    #[test]
    fn a_network_is_written_as_ever() {
        for octet in 0..=255 {
            for address in [Ipv4Addr::new(octet, 0, octet, 7), Ipv4Addr::new(1, octet, 9, octet)] {
                assert_eq!(dotted(address), address.to_string());
            }
        }
    }

    #[track_caller]
    fn check_client(peer: &str, forwarded: &[&str], expected: &str) {
        let trusted = ["10.0.0.0/8".parse().expect("a network"), "::1/128".parse().expect("one")];
        let peer = peer.parse().expect("an address");
        let header = ForwardedHeader::XForwardedFor;
        let found = client(peer, header, forwarded.iter().copied(), &trusted);
        assert_eq!(found.to_string(), expected);
        // The same hops as the other header writes them; the port needs quotes there.
        let elements = forwarded.iter().map(|value| {
            let hops = value
                .split(',')
                .map(str::trim)
                .map(|hop| format!("proto=https;For=\"{hop}\";by=_door"));
            hops.collect::<Vec<_>>().join(", ")
        });
        let elements: Vec<String> = elements.collect();
        let values = elements.iter().map(String::as_str);
        let found = client(peer, ForwardedHeader::Forwarded, values, &trusted);
        assert_eq!(found.to_string(), expected);
    }

    #[test]
    fn only_trusted_hops_are_believed() {
        check_client("198.51.100.1", &["203.0.113.7"], "198.51.100.1");
        check_client("10.0.0.1", &[], "10.0.0.1");
        check_client("10.0.0.1", &["203.0.113.7"], "203.0.113.7");
        check_client("10.0.0.1", &["1.1.1.1, 203.0.113.7, 10.0.0.2"], "203.0.113.7");
        check_client("10.0.0.1", &["1.1.1.1", "203.0.113.7", "10.0.0.2"], "203.0.113.7");
        check_client("::1", &["[2001:db8::7]:4711"], "2001:db8::7");
        check_client("::ffff:10.0.0.1", &["203.0.113.7:4711"], "203.0.113.7");
        check_client("10.0.0.1", &["203.0.113.7, unknown"], "10.0.0.1");
        check_client("10.0.0.1", &[&"10.0.0.2,".repeat(100_000)], "10.0.0.1");
    }
}
