//! What holds of frames on the wire in any order of events: tests of random steps look at each that is sent.

use super::{Memory, Sent};
use dna_protocol::Body;
use std::collections::{BTreeMap, BTreeSet};

/// What readers know a frame by: session and sequence.
pub(crate) type Number = ([u8; 16], u64);

pub(crate) fn number(sent: &Sent) -> Number {
    (sent.session().0, sent.sequence())
}

/// The names of a frame's custom events, and the messages of its exceptions.
fn markers(sent: &Sent) -> Vec<String> {
    let exceptions = sent.frame.events.iter().filter_map(|event| match &event.body {
        Body::Exception(exception) => exception.message.as_deref().map(str::to_owned),
        _ => None,
    });
    sent.names().into_iter().chain(exceptions).collect()
}

/// The frames that were sent, and those that were acknowledged.
#[derive(Default)]
pub(crate) struct Frames {
    /// The events of each.
    pub(crate) sent: BTreeMap<Number, Vec<String>>,
    pub(crate) acknowledged: BTreeSet<Number>,
}

impl Frames {
    /// Looks at one that is sent: nothing that was acknowledged is, and one number never stands for
    /// two contents.
    pub(crate) fn look(&mut self, sent: &Sent) {
        let number = number(sent);
        assert!(!self.acknowledged.contains(&number), "acknowledged, and sent again");
        let names = markers(sent);
        let before = self.sent.entry(number).or_insert_with(|| names.clone());
        assert_eq!(*before, names, "one number, two contents");
    }

    /// The events of all frames; each is in one.
    pub(crate) fn events(&self) -> BTreeSet<String> {
        let all: Vec<&String> = self.sent.values().flatten().collect();
        let once: BTreeSet<String> = all.iter().copied().cloned().collect();
        assert_eq!(once.len(), all.len(), "an event in two frames");
        once
    }
}

/// Lets time pass from `now` on, with the wake-ups that were asked for while `lives` says so. `woken`
/// is called at each; gives back when it is then.
pub(crate) fn wait(
    memory: &Memory,
    now: u64,
    ms: u64,
    lives: impl Fn() -> bool,
    mut woken: impl FnMut(u64),
) -> u64 {
    let (mut now, until) = (now, now + ms);
    for _ in 0..10_000 {
        let wake = memory.0.borrow_mut().wake_in.take();
        match wake.map(|wake| now + wake) {
            Some(at) if at <= until && lives() => {
                now = at;
                woken(at);
            }
            left => {
                memory.0.borrow_mut().wake_in = left.map(|at| at.saturating_sub(until));
                return until;
            }
        }
    }
    panic!("it keeps waking without end");
}
