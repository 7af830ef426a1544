//! The patterns of addresses, beside them.

use dna_protocol::field::Address;
use dna_protocol::pattern::pattern;
use dna_protocol::{Body, Event, Header};

/// Gives the events that have an address its pattern, whatever the client says it is. All are clean already.
pub fn add(header: &Header, events: &mut [Event]) {
    for event in events {
        let url = header.url_of(event).unwrap_or_default();
        match &mut event.body {
            Body::ApiCall(call) => {
                fill(&mut call.template, call.url.as_deref().unwrap_or_default(), None);
            }
            Body::PageView(page) => fill(&mut page.template, url, page.fragment.as_deref()),
            Body::RouteChange(route) => fill(&mut route.template, url, route.fragment.as_deref()),
            _ => {}
        }
    }
}

fn fill<const MAX: usize>(template: &mut Option<Address<MAX>>, url: &str, fragment: Option<&str>) {
    *template = (!url.is_empty()).then(|| Address::cut(pattern(url, fragment)));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_route_has_the_pattern_of_its_own_view() {
        let frame = include_bytes!("../../../tests/golden/frames/views.json");
        let mut frame = dna_protocol::json::decode_frame(frame).expect("a good frame").frame;
        add(&frame.header, &mut frame.events);
        let Body::RouteChange(route) = &frame.events[1].body else { panic!("no route") };
        assert_eq!(route.template.as_deref(), Some("/transfer"), "not that of the first view");
    }
}
