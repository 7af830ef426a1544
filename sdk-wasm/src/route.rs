//! Where a page is: its address, and the route that a script keeps behind the `#`.

use crate::host::Host;
use dna_protocol::draft::Fields;
use dna_protocol::model::Header;
use dna_protocol::privacy::{clean_address, clean_url, without_query};
use std::rc::Rc;

/// One view of a page: from one load or change of route to the next. Each event that waits has the
/// one that it happened in.
#[derive(Debug)]
pub struct View {
    pub(crate) id: [u8; 8],
    /// Where it is: the page may have gone on when its events leave.
    pub(crate) place: Place,
    /// What the times of its events count from.
    pub(crate) time_base: u64,
}

impl View {
    /// Begins a view of where the page is, with the parameters that are `allowed`.
    pub(crate) fn begin(host: &mut impl Host, allowed: &str, time_base: u64) -> Rc<Self> {
        let mut id = [0; 8];
        host.random(&mut id);
        Rc::new(Self { id, place: Place::of(&host.address(), allowed), time_base })
    }

    /// Puts into `fields` what is told of it: of a frame, or of one of several views in a frame.
    pub(crate) fn tell(&self, fields: &mut Fields) {
        fields.bytes(Header::view_id, &self.id);
        fields.text(Header::url, &self.place.url);
    }

    /// The same view under another number, or on another clock.
    pub(crate) fn with(&self, id: [u8; 8], time_base: u64) -> Rc<Self> {
        Rc::new(Self { id, place: self.place.clone(), time_base })
    }
}

/// A place, without what must not leave the page. Two are the same whatever their parameters.
#[derive(Debug, Clone)]
pub(crate) struct Place {
    pub(crate) url: String,
    pub(crate) fragment: String,
}

impl Place {
    /// The place of an address, with its `allowed` parameters.
    pub(crate) fn of(address: &str, allowed: &str) -> Self {
        let sign = address.bytes().position(|byte| byte == b'#').unwrap_or(address.len());
        let fragment = address.get(sign..).unwrap_or_default();
        Self { url: clean_url(address, allowed), fragment: route(fragment) }
    }
}

impl PartialEq for Place {
    fn eq(&self, other: &Self) -> bool {
        without_query(&self.url) == without_query(&other.url) && self.fragment == other.fragment
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
            let place = Place::of(address, "");
            assert_eq!((&place.url, &place.fragment), (&expected.url, &expected.fragment));
        }
    }

    #[test]
    fn a_parameter_that_is_allowed_stays_and_makes_no_route() {
        let of = |address| Place::of(address, "lang");
        let (chinese, english) = (of("https://b/a?lang=zh&t=1#/x"), of("https://b/a?lang=en#/x"));
        assert_eq!(chinese.url, "https://b/a?lang=zh");
        assert_eq!(chinese, english);
        assert_ne!(chinese, of("https://b/a?lang=zh#/y"));
        assert_ne!(chinese, of("https://b/b?lang=zh#/x"));
    }
}
