//! Remembers what user agents say of themselves: a few thousand of them send almost all beacons,
//! and reading one costs as much as reading its beacon.

use super::user_agent::{Agent, looked_at, parse};
use crate::limits::AGENTS_REMEMBERED_MAX;
use foldhash::HashMap;
use std::cell::RefCell;
use std::rc::Rc;

thread_local! {
    /// Of each thread its own: shared, it would cost a lock. It changes no answer.
    static KNOWN: RefCell<Known> = RefCell::default();
}

/// What `agent`, the value of a `User-Agent`, says of itself.
#[must_use]
pub fn known(agent: &str) -> Rc<Agent> {
    KNOWN.with_borrow_mut(|known| known.get(looked_at(agent)))
}

/// Two generations, so that what is asked for again outlives what is not.
#[derive(Default)]
struct Known {
    young: HashMap<Box<str>, Rc<Agent>>,
    old: HashMap<Box<str>, Rc<Agent>>,
}

impl Known {
    fn get(&mut self, agent: &str) -> Rc<Agent> {
        if let Some(found) = self.young.get(agent) {
            return Rc::clone(found);
        }
        let (name, found) = self
            .old
            .remove_entry(agent)
            .unwrap_or_else(|| (Box::from(agent), Rc::new(parse(agent))));
        if self.young.len() >= AGENTS_REMEMBERED_MAX / 2 {
            self.old = std::mem::take(&mut self.young);
        }
        self.young.insert(name, Rc::clone(&found));
        found
    }

    #[cfg(test)]
    fn len(&self) -> usize {
        self.young.len() + self.old.len()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_remembered_is_what_is_read() {
        let chrome = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 \
                      (KHTML, like Gecko) Chrome/131.0.0.0 Safari/537.36";
        let mut remembered = Known::default();
        for agent in [chrome, "", "x", chrome] {
            assert_eq!(*remembered.get(agent), parse(agent));
            assert_eq!(*known(agent), parse(agent));
        }
        assert_eq!(remembered.len(), 3);
    }

    #[test]
    fn the_memory_is_bounded_and_keeps_what_is_asked_for() {
        let mut known = Known::default();
        let often = known.get("often");
        for number in 0..3 * AGENTS_REMEMBERED_MAX {
            known.get(&number.to_string());
            assert!(Rc::ptr_eq(&often, &known.get("often")), "forgotten at {number}");
            assert!(known.len() <= AGENTS_REMEMBERED_MAX);
        }
    }
}
