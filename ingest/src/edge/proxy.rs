//! The PROXY protocol, versions 1 and 2: the words that a balancer says before a connection's
//! own, to tell whose connection it is.
//!
//! <https://www.haproxy.org/download/2.9/doc/proxy-protocol.txt>. Exactly the header is taken from
//! the connection, not a byte behind it.

use super::limits::PROXY_BYTES_MAX;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use tokio::io::AsyncReadExt;
use tokio::net::TcpStream;

/// What version 2 begins with. No request of HTTP and no greeting of TLS does.
const SIGNATURE: &[u8; 12] = b"\r\n\r\n\0\r\nQUIT\n";

/// The longest line of version 1, its end included.
const LINE_BYTES_MAX: usize = 107;

/// What is wrong with a header.
#[derive(Debug, thiserror::Error)]
pub enum ProxyError {
    /// There is none, or none that the specification knows.
    #[error("the connection does not begin with a PROXY header of version 1 or 2")]
    NoHeader,
    /// The line of version 1 is none.
    #[error("the PROXY line cannot be read")]
    Line,
    /// The header of version 2 is none.
    #[error("the PROXY header of version 2 cannot be read")]
    Binary,
    /// The connection ended or broke.
    #[error(transparent)]
    Io(#[from] std::io::Error),
}

/// Takes the header from `io`. `None`: the proxy speaks for itself (a health check), or does not
/// say for whom.
///
/// # Errors
/// When there is no header: a proxy that is to send one always does, and to guess would let a
/// client write its own.
pub async fn read_header(io: &mut TcpStream) -> Result<Option<SocketAddr>, ProxyError> {
    let mut start = [0; 12];
    // As long as the shortest header, so nothing behind one is taken.
    io.read_exact(&mut start).await?;
    if start == *SIGNATURE {
        let mut rest = [0; 4];
        io.read_exact(&mut rest).await?;
        let length = usize::from(u16::from_be_bytes([rest[2], rest[3]]));
        if length > PROXY_BYTES_MAX {
            return Err(ProxyError::Binary);
        }
        let mut addresses = vec![0; length];
        io.read_exact(&mut addresses).await?;
        return binary(rest[0], rest[1], &addresses).ok_or(ProxyError::Binary);
    }
    if !start.starts_with(b"PROXY ") {
        return Err(ProxyError::NoHeader);
    }
    let mut text = start.to_vec();
    while !text.ends_with(b"\n") {
        let mut ahead = [0; LINE_BYTES_MAX];
        let room = LINE_BYTES_MAX - text.len();
        if room == 0 {
            return Err(ProxyError::Line);
        }
        let seen = io.peek(&mut ahead[..room]).await?;
        if seen == 0 {
            return Err(std::io::Error::from(std::io::ErrorKind::UnexpectedEof).into());
        }
        let end = ahead[..seen].iter().position(|byte| *byte == b'\n');
        let part = &mut ahead[..end.map_or(seen, |end| end + 1)];
        io.read_exact(part).await?;
        text.extend_from_slice(part);
    }
    line(&text).ok_or(ProxyError::Line)
}

/// Reads the line of version 1. The outer `None`: it is none.
fn line(text: &[u8]) -> Option<Option<SocketAddr>> {
    let text = std::str::from_utf8(text.strip_suffix(b"\r\n")?).ok()?;
    let mut words = text.split(' ');
    (words.next()? == "PROXY").then_some(())?;
    let family = words.next()?;
    if family == "UNKNOWN" {
        return Some(None);
    }
    let source: IpAddr = words.next()?.parse().ok()?;
    let target: IpAddr = words.next()?.parse().ok()?;
    let port: u16 = words.next()?.parse().ok()?;
    let _: u16 = words.next()?.parse().ok()?;
    let fits = match family {
        "TCP4" => source.is_ipv4() && target.is_ipv4(),
        "TCP6" => source.is_ipv6() && target.is_ipv6(),
        _ => false,
    };
    (fits && words.next().is_none()).then_some(Some(SocketAddr::new(source, port)))
}

/// Reads what follows the signature of version 2. The outer `None`: it is none.
fn binary(command: u8, family: u8, addresses: &[u8]) -> Option<Option<SocketAddr>> {
    const LOCAL: u8 = 0x20;
    const PROXY: u8 = 0x21;
    match command {
        LOCAL => return Some(None),
        PROXY => {}
        _ => return None,
    }
    // The high half is the family; whether it was a stream (1) or datagrams (2) changes nothing.
    if family & 0x0f > 2 {
        return None;
    }
    let port = |at: usize| Some(u16::from_be_bytes([*addresses.get(at)?, *addresses.get(at + 1)?]));
    match family >> 4 {
        1 => {
            let source: [u8; 4] = addresses.get(..4)?.try_into().ok()?;
            addresses.get(..12)?;
            Some(Some(SocketAddr::new(Ipv4Addr::from(source).into(), port(8)?)))
        }
        2 => {
            let source: [u8; 16] = addresses.get(..16)?.try_into().ok()?;
            addresses.get(..36)?;
            Some(Some(SocketAddr::new(Ipv6Addr::from(source).into(), port(32)?)))
        }
        // Unspecified, or a Unix socket: nobody's address.
        0 | 3 => Some(None),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check_line(text: &str, expected: Option<Option<&str>>) {
        let expected = expected.map(|source| source.map(|it| it.parse().expect("an address")));
        assert_eq!(line(text.as_bytes()), expected, "{text:?}");
    }

    #[test]
    fn lines() {
        check_line("PROXY TCP4 203.0.113.7 10.0.0.1 4711 443\r\n", Some(Some("203.0.113.7:4711")));
        check_line("PROXY TCP6 2001:db8::7 ::1 4711 443\r\n", Some(Some("[2001:db8::7]:4711")));
        check_line("PROXY UNKNOWN\r\n", Some(None));
        check_line("PROXY UNKNOWN ffff:f...f:ffff 65535 65535\r\n", Some(None));
        for wrong in [
            "PROXY TCP4 203.0.113.7 10.0.0.1 4711 443\n",
            "PROXY TCP4 203.0.113.7 10.0.0.1 4711\r\n",
            "PROXY TCP4 203.0.113.7 10.0.0.1 4711 443 1\r\n",
            "PROXY TCP4 203.0.113.7 10.0.0.1 70000 443\r\n",
            "PROXY TCP4 2001:db8::7 ::1 4711 443\r\n",
            "PROXY UDP4 203.0.113.7 10.0.0.1 4711 443\r\n",
            "PROXY TCP4 bank.example 10.0.0.1 4711 443\r\n",
        ] {
            check_line(wrong, None);
        }
    }

    #[test]
    fn headers_of_version_2() {
        let four = [203, 0, 113, 7, 10, 0, 0, 1, 0x12, 0x67, 1, 187];
        let known = Some(Some("203.0.113.7:4711".parse().expect("an address")));
        assert_eq!(binary(0x21, 0x11, &four), known);
        // What a proxy adds behind the addresses is passed over.
        assert_eq!(binary(0x21, 0x11, &[four.as_slice(), &[4, 0, 1, 0]].concat()), known);
        assert_eq!(binary(0x20, 0x00, &[]), Some(None), "a health check");
        assert_eq!(binary(0x21, 0x31, &[0; 216]), Some(None), "a Unix socket");
        let mut six = [0; 36];
        six[..4].copy_from_slice(&[0x20, 0x01, 0x0d, 0xb8]);
        six[15] = 7;
        let source = binary(0x21, 0x21, &six).flatten().expect("an address");
        assert_eq!(source.ip().to_string(), "2001:db8::7");
        for (command, family, addresses) in [
            (0x11, 0x11, &four[..]),
            (0x22, 0x11, &four),
            (0x21, 0x41, &four),
            (0x21, 0x13, &four),
            (0x21, 0x11, &four[..11]),
            (0x21, 0x21, &six[..35]),
        ] {
            assert_eq!(binary(command, family, addresses), None);
        }
    }
}
