//! The pages of a frame's views.

use super::values::bounded;
use dna_protocol::model::Views;
use dna_protocol::pattern::pattern;
use dna_protocol::{Body, Event, Header};

/// What the pages of a frame are called, by the number of the view.
#[derive(Debug)]
pub(super) struct Pages(Vec<Option<String>>);

impl Pages {
    /// The name that the application gives a route; else the pattern that ingest has made, which
    /// knows the route behind the `#` of an address; else the pattern of the address.
    pub(super) fn new(header: &Header, events: &[Event]) -> Self {
        let count = header.views.as_ref().map_or(1, Views::count).max(1);
        let (mut named, mut patterns) = (vec![None; count], vec![None; count]);
        let mut pages = vec![None; count];
        for event in events.iter().filter(|event| event.view < count) {
            let (name, template) = match &event.body {
                Body::PageView(page) => (None, page.template.as_deref()),
                Body::RouteChange(route) => (route.name.as_deref(), route.template.as_deref()),
                _ => (None, None),
            };
            let not_empty = |text: &&str| !text.is_empty();
            if let Some(name) = name.filter(not_empty) {
                named[event.view] = Some(name.to_owned());
            }
            if let Some(template) = template.filter(not_empty) {
                patterns[event.view] = Some(template.to_owned());
            }
            if pages[event.view].is_none() {
                let url = header.url_of(event).filter(not_empty);
                pages[event.view] = url.map(|url| pattern(url, None));
            }
        }
        let better = named.into_iter().zip(patterns).zip(pages);
        Self(
            better
                .map(|((name, template), page)| name.or(template).or(page))
                .map(|page| page.map(bounded))
                .collect(),
        )
    }

    /// The page of a view; `None` where nothing says which.
    pub(super) fn of(&self, event: &Event) -> Option<&str> {
        self.0.get(event.view)?.as_deref()
    }
}
