//! Where a page is: its address, and the route that a script keeps behind the `#`.

use crate::host::Host;
use dna_protocol::privacy::clean_address;

/// One view of a page: from one load or change of route to the next.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct View {
    pub(crate) id: [u8; 8],
    /// Where it is: the page may have gone on when its events leave.
    pub(crate) place: Place,
}

impl View {
    /// Begins a view of where the page is.
    pub(crate) fn begin(host: &mut impl Host) -> Self {
        let mut id = [0; 8];
        host.random(&mut id);
        Self { id, place: Place::of(&host.address()) }
    }
}

/// A place, without what must not leave the page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Place {
    pub(crate) url: String,
    pub(crate) fragment: String,
}

impl Place {
    /// The place of an address.
    pub(crate) fn of(address: &str) -> Self {
        let fragment = address.find('#').map_or("", |at| address.get(at..).unwrap_or_default());
        Self { url: clean_address(address), fragment: route(fragment) }
    }
}

/// The route in a fragment that begins with its `#`. Other fragments are places on a page, or
/// tokens that a sign-in service hands over: neither is a route.
pub(crate) fn route(fragment: &str) -> String {
    match fragment.strip_prefix('#') {
        Some(route) if route.starts_with('/') || route.starts_with("!/") => clean_address(route),
        _ => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn place(url: &str, fragment: &str) -> Place {
        Place { url: url.to_owned(), fragment: fragment.to_owned() }
    }

    #[test]
    fn a_route_is_what_a_router_keeps_behind_the_hash() {
        for (address, expected) in [
            ("https://b/a?q=1", place("https://b/a", "")),
            ("https://b/a#/orders/42?token=x", place("https://b/a", "/orders/42")),
            ("https://b/a?q=1#!/orders", place("https://b/a", "!/orders")),
            ("https://b/a#/of/13800138000", place("https://b/a", "/of/{phone}")),
            ("https://b/a#top", place("https://b/a", "")),
            ("https://b/a#access_token=secret", place("https://b/a", "")),
        ] {
            assert_eq!(Place::of(address), expected);
        }
    }
}
