//! Which events a subscriber gets.

use super::definition::WrongDefinition;
use super::limits::{LIST_MAX, TEXT_BYTES_MAX};
use crate::facts::is_ok;
use crate::store::FedFrame;
use dna_protocol::model::{Event, Header, KINDS};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A filter: what it names must hold, and of a list one of its items. An empty list lets all pass.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Filter {
    /// Applications.
    pub apps: Vec<String>,
    /// Kinds of events, as docs/protocol.md names them.
    pub kinds: Vec<String>,
    /// Paths of pages, each with all that begins with it.
    pub pages: Vec<String>,
    /// Tiers of users, e.g. vip.
    pub tiers: Vec<String>,
    /// Only what did not go well.
    pub failed: bool,
    /// Every event of every application. Must be said where nothing else is, so that nobody
    /// subscribes to all of it unawares.
    pub everything: bool,
}

impl Filter {
    /// Judges it.
    ///
    /// # Errors
    /// What is wrong, where, and what is allowed.
    pub fn check(&self) -> Result<(), WrongDefinition> {
        let lists = [
            ("filter.apps", &self.apps),
            ("filter.kinds", &self.kinds),
            ("filter.pages", &self.pages),
            ("filter.tiers", &self.tiers),
        ];
        for (name, list) in lists {
            check_list(name, list)?;
        }
        let known = |kind: &&String| !KINDS.iter().any(|known| known.name == kind.as_str());
        if let Some(kind) = self.kinds.iter().find(known) {
            let names: Vec<_> = KINDS.iter().map(|kind| kind.name).collect();
            let allowed = format!("one of {}", names.join(", "));
            return Err(WrongDefinition::new("filter.kinds", kind, allowed));
        }
        if let Some(page) = self.pages.iter().find(|page| !page.starts_with('/')) {
            return Err(WrongDefinition::new("filter.pages", page, "a path that begins with /"));
        }
        match (self.narrows(), self.everything) {
            (true, true) => {
                let allowed = "nothing else in the filter beside `everything`";
                Err(WrongDefinition::new("filter.everything", "true", allowed))
            }
            (false, false) => {
                let allowed = "something that narrows it, or \"everything\": true where every \
                               event of every application is meant";
                Err(WrongDefinition::new("filter", "{}", allowed))
            }
            _ => Ok(()),
        }
    }

    fn narrows(&self) -> bool {
        let lists = [&self.apps, &self.kinds, &self.pages, &self.tiers];
        self.failed || lists.iter().any(|list| !list.is_empty())
    }

    /// Whether anything of `frame` may pass.
    pub(super) fn takes_frame(&self, frame: &FedFrame) -> bool {
        let tier = frame.tier.as_deref();
        has(&self.apps, Some(&frame.app)) && has(&self.tiers, tier)
    }

    /// Whether `event`, one of a frame that may pass, does.
    pub(super) fn takes_event(&self, header: &Header, event: &Event) -> bool {
        has(&self.kinds, Some(event.body.name()))
            && (!self.failed || !is_ok(&event.body))
            && (self.pages.is_empty() || self.takes_page(header.url_of(event)))
    }

    fn takes_page(&self, url: Option<&str>) -> bool {
        let path = url.map(path_of);
        path.is_some_and(|path| self.pages.iter().any(|page| path.starts_with(page.as_str())))
    }
}

/// A list whose items are texts of a bounded length.
pub(super) fn check_list(name: &'static str, list: &[String]) -> Result<(), WrongDefinition> {
    if list.len() > LIST_MAX {
        let found = format!("{} items", list.len());
        return Err(WrongDefinition::new(name, &found, format!("at most {LIST_MAX} items")));
    }
    let wrong = |text: &&String| text.is_empty() || text.len() > TEXT_BYTES_MAX;
    match list.iter().find(wrong) {
        None => Ok(()),
        Some(text) => {
            let allowed = format!("texts of 1 to {TEXT_BYTES_MAX} bytes");
            Err(WrongDefinition::new(name, text, allowed))
        }
    }
}

/// Whether `list` has `value`; an empty one has all, also what is not known.
fn has(list: &[String], value: Option<&str>) -> bool {
    list.is_empty() || value.is_some_and(|value| list.iter().any(|item| item == value))
}

/// The path of an address; a mini program's address is a path already.
fn path_of(url: &str) -> &str {
    let Some((_, rest)) = url.split_once("://") else { return url };
    rest.find('/').map_or("/", |at| &rest[at..])
}
