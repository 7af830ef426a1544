//! What the visitor does, and where the page lets them down: clicks in haste, clicks that change
//! nothing, clicks after which something is thrown.
//!
//! One action at a time waits for its judgement; a call that begins meanwhile is its doing, and
//! carries its number. Times are in ms after the time origin.

use crate::limits::{
    ACTION_CALLS_MAX, DEAD_AFTER, ERROR_WITHIN, PAINT_WAIT_MAX, RAGE_CLICKS, RAGE_WITHIN,
};
use crate::vitals::Report;
use dna_protocol::model::UserAction;
use dna_protocol::privacy::clean_text;
use dna_protocol::{Draft, Kind};

/// What a click is done to, as far as it may be told.
#[derive(Debug, Default)]
pub struct Subject {
    /// In the page's own words; empty for none.
    pub name: String,
    /// Selector; empty for none.
    pub element: String,
    /// Somebody who clicks it expects to see something happen.
    pub answers: bool,
}

/// The visitor's actions; `T` tells what was clicked apart.
#[derive(Debug)]
pub struct Actions<T> {
    waiting: Option<Action<T>>,
    /// How many there were: the number of the last one.
    count: u32,
    /// When calls began that are under way, and with which action.
    calls: Vec<(f64, u32)>,
}

#[derive(Debug)]
struct Action<T> {
    target: T,
    subject: Subject,
    first: f64,
    last: f64,
    clicks: u32,
    /// From the first click to the paint after it.
    painted: Option<f64>,
    /// Something has happened since.
    alive: bool,
    failed: bool,
}

/// Rage, dead and error as the bits of a number.
const FRUSTRATIONS: [&str; 8] = [
    "",
    "rage_click",
    "dead_click",
    "rage_click dead_click",
    "error_click",
    "rage_click error_click",
    "dead_click error_click",
    "rage_click dead_click error_click",
];

impl<T> Default for Actions<T> {
    fn default() -> Self {
        Self { waiting: None, count: 0, calls: Vec::new() }
    }
}

impl<T: PartialEq> Actions<T> {
    /// Whether a click is one more on the same.
    pub fn repeats(&mut self, time: f64, target: &T) -> bool {
        match &mut self.waiting {
            Some(action) if action.target == *target && time - action.last <= RAGE_WITHIN => {
                action.clicks += 1;
                action.last = time;
                true
            }
            _ => false,
        }
    }

    /// A click begins another action. Gives back the one before: what happens from now on need
    /// not be its doing.
    pub fn click(&mut self, time: f64, target: T, subject: Subject) -> Option<Report> {
        let before = self.settle();
        self.count += 1;
        self.waiting = Some(Action {
            target,
            alive: !subject.answers,
            subject,
            first: time,
            last: time,
            clicks: 1,
            painted: None,
            failed: false,
        });
        before
    }

    /// Something has happened on the page, or is under way.
    pub fn alive(&mut self) {
        if let Some(action) = &mut self.waiting {
            action.alive = true;
        }
    }

    /// A call has begun.
    pub fn begun(&mut self, start: f64) {
        self.alive();
        if self.waiting.is_some() {
            // The oldest may never end.
            if self.calls.len() == ACTION_CALLS_MAX {
                self.calls.remove(0);
            }
            self.calls.push((start, self.count));
        }
    }

    /// A call that began at `start` has ended: the number of the action that it began with.
    pub fn ended(&mut self, start: f64) -> Option<u32> {
        let at = self.calls.iter().position(|call| call.0 == start)?;
        Some(self.calls.remove(at).1)
    }

    /// Something was thrown.
    pub fn failed(&mut self, time: f64) {
        if let Some(action) = &mut self.waiting {
            action.failed |= time >= action.first && time - action.last <= ERROR_WITHIN;
        }
    }

    /// The page was painted.
    pub fn painted(&mut self, now: f64) {
        if let Some(action) = &mut self.waiting {
            action.painted.get_or_insert(now - action.first);
        }
    }

    /// When the action that waits can be judged; infinite for none.
    #[must_use]
    pub fn due(&self) -> f64 {
        self.waiting.as_ref().map_or(f64::INFINITY, |action| {
            action.last
                + match action.painted {
                    // A page that is busy answers when it is done.
                    None => PAINT_WAIT_MAX,
                    Some(_) if action.alive => RAGE_WITHIN,
                    Some(_) => DEAD_AFTER,
                }
        })
    }

    /// The action that waits, if it is time.
    pub fn judge(&mut self, now: f64) -> Option<Report> {
        if now < self.due() {
            return None;
        }
        self.end(true)
    }

    /// The action that waits, as it is: nobody can say any more that nothing followed.
    pub fn settle(&mut self) -> Option<Report> {
        self.end(false)
    }

    fn end(&mut self, in_time: bool) -> Option<Report> {
        let action = self.waiting.take()?;
        let mut draft = Draft::new(Kind::UserAction);
        let fields = &mut draft.fields;
        fields.text(UserAction::r#type, "click");
        fields.text(UserAction::name, &action.subject.name);
        fields.text(UserAction::element, &action.subject.element);
        if let Some(painted) = action.painted {
            fields.millis(UserAction::duration, painted);
        }
        if action.clicks > 1 {
            fields.uint(UserAction::count, u64::from(action.clicks));
        }
        // It is the last one: another would have settled it.
        fields.uint(UserAction::id, u64::from(self.count));
        let rage = action.clicks >= RAGE_CLICKS;
        let dead = in_time && !action.alive && action.painted.is_some();
        let which = usize::from(rage) + 2 * usize::from(dead) + 4 * usize::from(action.failed);
        fields.text(UserAction::frustration, FRUSTRATIONS.get(which).copied().unwrap_or_default());
        Some(Report { time: action.first, draft })
    }
}

/// The words on a control, as far as they may be told: one line, without figures, for a control
/// may show a balance. `None` for a single letter or digit: that is a key of a keyboard on the
/// screen, and keys one after the other are a password.
#[must_use]
pub fn label(text: &str) -> Option<String> {
    let mut line = String::new();
    for word in text.split_ascii_whitespace() {
        if !line.is_empty() {
            line += " ";
        }
        line += word;
    }
    if line.len() == 1 && line.as_bytes().iter().all(u8::is_ascii_alphanumeric) {
        return None;
    }
    let line = clean_text(&line);
    let (mut label, mut done) = (String::new(), 0);
    for (at, byte) in line.bytes().enumerate() {
        if at >= done && byte.is_ascii_digit() {
            label.push_str(line.get(done..at).unwrap_or_default());
            label.push_str("{number}");
            done = at + figure(line.as_bytes().get(at..).unwrap_or_default());
        }
    }
    label.push_str(line.get(done..).unwrap_or_default());
    Some(label)
}

/// How long the figure is that text begins with, grouped or with a fraction as it may be.
fn figure(text: &[u8]) -> usize {
    let part = |byte: &u8| byte.is_ascii_digit() || matches!(byte, b'.' | b',');
    text.iter().position(|byte| !part(byte)).unwrap_or(text.len())
}
