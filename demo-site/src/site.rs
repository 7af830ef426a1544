//! What one running bank knows, and which path is answered by which part.

use std::io;
use std::net::{IpAddr, SocketAddr};
use std::path::PathBuf;

use actix_web::web;
use tokio::net::TcpSocket;

use crate::core::Core;
use crate::{api, assets, pages, sdk_files};

/// What the pages need to know from the command line.
#[derive(Debug, Clone)]
pub struct Settings {
    /// Base URL of the ingest service, without a trailing slash.
    pub ingest: String,
    /// Folder of the built SDK.
    pub sdk_dir: PathBuf,
    /// Application key in the script tag.
    pub app_key: String,
    /// Release in the script tag.
    pub release: String,
    /// The bank's core service; without one the bank does everything by itself.
    pub core: Option<Core>,
}

/// One running bank, shared by its workers.
#[derive(Debug)]
pub struct Site {
    pub(crate) settings: Settings,
    unreachable: ClosedPort,
}

impl Site {
    /// Makes the bank; `ip` is the address it listens on.
    ///
    /// # Errors
    /// When no port is left for the call that must fail at network level.
    pub fn new(settings: Settings, ip: IpAddr) -> io::Result<Self> {
        Ok(Self { settings, unreachable: ClosedPort::take(ip)? })
    }

    /// A port of this machine that refuses every connection while the bank runs.
    pub(crate) fn unreachable_port(&self) -> u16 {
        self.unreachable.port
    }

    /// Every route of the bank, for the server and for in-process tests.
    pub fn routes(config: &mut web::ServiceConfig) {
        api::routes(config);
        assets::routes(config);
        sdk_files::routes(config);
        pages::routes(config);
    }
}

/// A port that is bound and never listened on: the kernel refuses each connection at once and
/// gives the port to nobody else, so the failing call fails the same way every time.
#[derive(Debug)]
struct ClosedPort {
    port: u16,
    _held: TcpSocket,
}

impl ClosedPort {
    fn take(ip: IpAddr) -> io::Result<Self> {
        let socket = if ip.is_ipv4() { TcpSocket::new_v4() } else { TcpSocket::new_v6() }?;
        socket.bind(SocketAddr::new(ip, 0))?;
        Ok(Self { port: socket.local_addr()?.port(), _held: socket })
    }
}

#[cfg(test)]
mod tests {
    use std::net::{Ipv4Addr, TcpStream};

    use super::*;

    #[test]
    fn the_closed_port_refuses() {
        let closed = ClosedPort::take(Ipv4Addr::LOCALHOST.into()).unwrap();
        let refused = TcpStream::connect((Ipv4Addr::LOCALHOST, closed.port)).unwrap_err();
        assert_eq!(refused.kind(), io::ErrorKind::ConnectionRefused);
    }
}
