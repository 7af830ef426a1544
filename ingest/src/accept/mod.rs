//! What happens to a frame between HTTP and the buffer: read it ([`form`]), judge its events
//! ([`times`], [`values`]), take out what must not be kept ([`privacy`]), add what the server knows. Pure
//! functions: the clock's `now` and all configuration are passed in.

pub mod apps;
pub mod decompress;
pub mod form;
pub mod handling;
pub mod places;
pub mod privacy;
pub mod recent;
pub mod times;
pub mod values;

use crate::enrich::{Client, template};
use apps::Sender;
use dna_protocol::entry::{Entry, Receipt};
use dna_protocol::limits::REJECTIONS_LISTED_MAX;
use dna_protocol::{Decoded, Event, Frame, Skipped};

/// A frame after judgement.
#[derive(Debug)]
pub struct Judged {
    /// What is to be kept; its frame has the good events only.
    pub entry: Entry,
    /// Good events of sessions that the application's rules leave out.
    pub sampled_out: usize,
    /// What was refused.
    pub rejected: Rejected,
    /// What was passed over.
    pub skipped: Skipped,
}

/// The refused events of a frame.
#[derive(Debug, Default)]
pub struct Rejected {
    /// The first of them.
    pub listed: Vec<Rejection>,
    /// How many for each code. Their sum is the number of refused events.
    pub counts: Vec<(&'static str, usize)>,
}

/// One refused event.
#[derive(Debug, PartialEq, Eq, serde::Serialize)]
pub struct Rejection {
    /// Its place in what was sent, from 0.
    pub index: usize,
    /// The reason's stable name.
    pub code: &'static str,
    /// The field, what is wrong with it, what is allowed.
    pub detail: String,
}

/// Judges the events of `decoded`, received at `now` (ms since the Unix epoch) from an
/// application and client that are known, and makes the entry to keep.
#[must_use]
pub fn judge(decoded: Decoded, now: u64, sender: Sender<'_>, client: &Client) -> Judged {
    let Decoded { frame, places, rejected: unread, unlisted, skipped, .. } = decoded;
    let mut rejected = Rejected::default();
    for refused in unread {
        let (code, detail) = (refused.error.problem.code(), refused.error.to_string());
        rejected.add(Rejection { index: refused.index, code, detail });
    }
    for (code, count) in unlisted {
        rejected.count_more(code, count);
    }
    let Frame { mut header, events } = frame;
    let Sender { app, environment } = sender;
    let sample = app.handling.sample(&app.name, header.session_id);
    let mut sampled_out = 0;
    let clock = times::Clock::new(&header, now);
    let mut good = Vec::with_capacity(events.len());
    for (mut event, index) in events.into_iter().zip(places) {
        match refusal(&event, &clock) {
            None if !sample.keeps(&event.body) => sampled_out += 1,
            None => {
                privacy::clean_event(&mut event, app);
                good.push(event);
            }
            Some((code, detail)) => rejected.add(Rejection { index, code, detail }),
        }
    }
    rejected.listed.sort_unstable_by_key(|rejection| rejection.index);
    privacy::clean_header(&mut header, app);
    template::add(&header, &mut good);
    let receipt = Receipt {
        received_at: Some(now),
        app: Some(app.name.clone()),
        clock_skew: clock.skew(),
        client_address: client.address.clone(),
        browser_name: client.agent.browser_name.clone(),
        browser_version: client.agent.browser_version.clone(),
        os_name: client.agent.os_name.clone(),
        os_version: client.agent.os_version.clone(),
        device_model: client.agent.device_model.clone(),
        environment: environment.cloned(),
        sampling: app.handling.shares().cloned(),
    };
    let entry = Entry { receipt, frame: Frame { header, events: good } };
    Judged { entry, sampled_out, rejected, skipped }
}

/// Why `event` is refused, if it is: code and detail.
fn refusal(event: &Event, clock: &times::Clock) -> Option<(&'static str, String)> {
    if let Err(wrong) = clock.judge(event.time) {
        return Some((wrong.code(), wrong.to_string()));
    }
    let wrong = values::judge(event).err()?;
    Some((wrong.code(), wrong.to_string()))
}

impl Rejected {
    /// How many events were refused.
    #[must_use]
    pub fn count(&self) -> usize {
        self.counts.iter().map(|(_, count)| count).sum()
    }

    fn count_more(&mut self, code: &'static str, more: usize) {
        match self.counts.iter_mut().find(|(known, _)| *known == code) {
            Some((_, count)) => *count += more,
            None => self.counts.push((code, more)),
        }
    }

    fn add(&mut self, rejection: Rejection) {
        self.count_more(rejection.code, 1);
        if self.listed.len() < REJECTIONS_LISTED_MAX {
            self.listed.push(rejection);
        }
    }
}
