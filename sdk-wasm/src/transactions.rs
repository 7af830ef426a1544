//! Steps of the application's that take their time, from their beginning to their end.
//!
//! A name is open once. Times are in ms since the Unix epoch: the page's own clock may stand still
//! while the phone sleeps on which the customer reads an SMS.

use crate::limits::{TRANSACTION_AGE_MAX, TRANSACTIONS_OPEN_MAX};
use dna_protocol::draft::AttributeDraft;
use dna_protocol::model::Transaction;
use dna_protocol::{Draft, Kind};

/// The open transactions of a page; `A` is what is kept of each until its end.
#[derive(Debug)]
pub struct Transactions<A> {
    /// From the oldest on.
    open: Vec<Open<A>>,
}

#[derive(Debug)]
struct Open<A> {
    name: String,
    start: f64,
    with: A,
}

/// A transaction that is over.
#[derive(Debug, PartialEq)]
pub struct Ended<A> {
    /// Its name.
    pub name: String,
    /// When it began.
    pub start: f64,
    /// How long it took.
    pub duration: f64,
    /// ok, error, abandoned or timeout.
    pub outcome: &'static str,
    /// What was said at its beginning.
    pub with: A,
}

impl<A> Ended<A> {
    /// What is told of it, with the attributes of the call that began it and of the one that ended it.
    #[must_use]
    pub fn draft(&self, attributes: &AttributeDraft) -> Draft {
        let mut draft = Draft::new(Kind::Transaction);
        let fields = &mut draft.fields;
        fields.text(Transaction::name, &self.name);
        fields.millis(Transaction::duration, self.duration);
        fields.text(Transaction::outcome, self.outcome);
        fields.attributes(Transaction::attributes, attributes);
        draft
    }
}

impl<A> Default for Transactions<A> {
    fn default() -> Self {
        Self { open: Vec::new() }
    }
}

impl<A> Transactions<A> {
    /// Begins one. Where one is open by that name, or there are too many, the one before, or the
    /// oldest, was abandoned.
    pub fn begin(&mut self, name: String, start: f64, with: A) -> Option<Ended<A>> {
        let mut before = self.end(&name, start, "abandoned");
        if before.is_none() && self.open.len() >= TRANSACTIONS_OPEN_MAX {
            before = self.abandon(start);
        }
        self.open.push(Open { name, start, with });
        before
    }

    /// Ends the one of that name; `None` when none is open.
    pub fn end(&mut self, name: &str, now: f64, outcome: &'static str) -> Option<Ended<A>> {
        let at = self.open.iter().position(|open| open.name == name)?;
        Some(self.close(at, now, outcome))
    }

    /// Abandons the oldest; `None` when none is open.
    pub fn abandon(&mut self, now: f64) -> Option<Ended<A>> {
        (!self.open.is_empty()).then(|| self.close(0, now, "abandoned"))
    }

    /// Ends the oldest if nobody waits for it any more.
    pub fn expire(&mut self, now: f64) -> Option<Ended<A>> {
        let due = self.due();
        (now >= due).then(|| self.close(0, due, "timeout"))
    }

    /// When the next one expires; infinite for never.
    #[must_use]
    pub fn due(&self) -> f64 {
        self.open.first().map_or(f64::INFINITY, |open| open.start + TRANSACTION_AGE_MAX)
    }

    fn close(&mut self, at: usize, end: f64, outcome: &'static str) -> Ended<A> {
        let Open { name, start, with } = self.open.remove(at);
        Ended { name, start, duration: end - start, outcome, with }
    }
}
