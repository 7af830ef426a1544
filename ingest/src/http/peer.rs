//! Who is at the other end of a request.

use crate::config::AddressBits;
use crate::enrich::{Client, address, agents};
use actix_web::HttpRequest;
use actix_web::http::header::{USER_AGENT, X_FORWARDED_FOR};
use ipnet::IpNet;

/// What a request says of its client; the address already truncated.
pub(super) fn client(request: &HttpRequest, trusted: &[IpNet], bits: AddressBits) -> Client {
    let headers = request.headers();
    let forwarded: Vec<&str> =
        headers.get_all(X_FORWARDED_FOR).filter_map(|value| value.to_str().ok()).collect();
    let peer = request.peer_addr().map(|peer| peer.ip());
    let agent = headers.get(USER_AGENT).and_then(|value| value.to_str().ok());
    Client {
        address: peer
            .map(|peer| address::client(peer, forwarded.into_iter(), trusted))
            .and_then(|client| address::truncated(client, bits)),
        agent: agent.map(agents::known).unwrap_or_default(),
    }
}
