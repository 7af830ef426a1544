//! Whom a connection comes from, as far as trusted proxies tell.

use super::App;
use actix_web::HttpRequest;
use std::net::{IpAddr, Ipv4Addr};

/// The client's address: the last one in `X-Forwarded-For` that is no trusted proxy's, if the
/// connection comes from one; else the connection's own.
pub(super) fn address(app: &App, request: &HttpRequest) -> IpAddr {
    let peer = request.peer_addr().map_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED), |peer| peer.ip());
    let mut client = peer.to_canonical();
    let headers = request.headers().get_all("x-forwarded-for");
    let values: Vec<&str> = headers.filter_map(|value| value.to_str().ok()).collect();
    for hop in values.iter().flat_map(|value| value.split(',')).rev() {
        if !is_trusted(app, client) {
            break;
        }
        let Ok(hop) = hop.trim().parse::<IpAddr>() else { break };
        client = hop.to_canonical();
    }
    client
}

/// Whether the client speaks TLS with a trusted proxy: then a cookie must never go without.
pub(super) fn is_secure(app: &App, request: &HttpRequest) -> bool {
    let trusted = request.peer_addr().is_some_and(|peer| is_trusted(app, peer.ip().to_canonical()));
    let proto = request.headers().get("x-forwarded-proto").and_then(|value| value.to_str().ok());
    trusted && proto.is_some_and(|proto| proto.trim().eq_ignore_ascii_case("https"))
}

fn is_trusted(app: &App, address: IpAddr) -> bool {
    app.trusted_proxies.iter().any(|network| network.contains(&address))
}
