//! The one core of a mini program: takes records and calls the signal that they belong to.

use super::record::{Record, kind};
use super::{
    calls, entries, errors, groups, launch, memory, missing, network, page_loads, pages, requests,
    transactions, updates,
};
use crate::limits::{MINI_LAUNCH_MAX, MINI_STOP_MAX};
use crate::{Answer, Client, Config, Host};
use dna_protocol::Draft;

/// A mini program as the client's host.
pub trait MiniHost: Host {
    /// Where [`Host::fetch`] sends frames to, an absolute address.
    fn send_to(&mut self, endpoint: &str);

    /// A page is shown: its path, which [`Host::address`] gives from now on.
    fn go(&mut self, path: &str);
}

/// The state of a mini program.
#[derive(Debug)]
pub struct Core<H> {
    pub(super) client: Client<H>,
    pub(super) transactions: transactions::Transactions,
    /// Whether a page was shown yet.
    pub(super) shown: bool,
    pub(super) launch: launch::Launch,
    pub(super) loads: page_loads::Loads,
    pub(super) groups: groups::Groups,
    /// The application wants no more of it: what waits is sent until then, and nothing more is seen.
    stops_by: Option<u64>,
    records: Records,
}

/// Records by their numbers, the first being 1, for who keeps them until they are in frames.
#[derive(Debug, Default)]
struct Records {
    taken: u32,
    settled: u32,
}

impl<H: MiniHost> Core<H> {
    /// Starts the core with the options that `record` has, by name and value. `None` when they
    /// allow nothing to be sent; the host was told why. `now` is in ms since the Unix epoch.
    pub fn start(mut host: H, now: u64, record: Record<'_>) -> Option<Self> {
        let option = |name: &str| match (name, record.named(name)) {
            // Mini programs have to ask: where nothing is said, nobody has agreed yet.
            ("consent", "") => "pending".to_owned(),
            (_, value) => value.to_owned(),
        };
        // Platforms allow no other, and what is sent in the clear is anybody's.
        if !record.named("endpoint").starts_with("https://") {
            host.warn("dna: endpoint is not an https address (https://...). Nothing is sent.");
            return None;
        }
        // A mini program has no address that others could count from.
        let config = Config::read(option, str::to_owned, |message| host.warn(message))?;
        host.send_to(&config.endpoint);
        let client = Client::start(host, config, now, now.saturating_sub(MINI_LAUNCH_MAX));
        Some(Self {
            client,
            transactions: transactions::Transactions::default(),
            // One that takes over from another goes on with its page.
            shown: record.named("shown") == "true",
            launch: launch::Launch::default(),
            loads: page_loads::Loads::default(),
            groups: groups::Groups::default(),
            stops_by: None,
            records: Records::default(),
        })
    }

    /// Takes a record over. `false` when nothing is wanted any more: the core is to be dropped.
    pub fn push(&mut self, now: u64, record: Record<'_>) -> bool {
        let frames = self.client.sealed;
        if self.sees(record) && !self.take(now, record) {
            // One request at a time: the rest goes when the one before is answered.
            self.stops_by = Some(now + MINI_STOP_MAX);
        }
        self.records.taken += 1;
        if self.client.sealed != frames {
            // What this record tells came too late for that frame, or nothing waits any more.
            self.records.settled = self.records.taken - 1;
        }
        self.settles();
        self.goes_on(now)
    }

    /// The number of the last record of which all that it told by itself, as those before it, is in
    /// a frame. What is told later with what others say (page loads, updates of data, resources,
    /// transactions) is not asked for.
    #[must_use]
    pub fn settled(&self) -> u32 {
        self.records.settled
    }

    fn settles(&mut self) {
        if self.client.batch.is_empty() {
            self.records.settled = self.records.taken;
        }
    }

    /// Whether a record is looked at. Where consent is refused, and once it has stopped, only what
    /// the user decides; while refused also what a later consent could not learn: which page is
    /// shown, and what the platform measures.
    fn sees(&self, mut record: Record<'_>) -> bool {
        let kind = record.kind;
        if self.stops_by.is_none() && !self.client.is_denied() {
            return true;
        }
        match kind {
            kind::CALL => record.text() == "consent",
            kind::STOP | kind::ROUTE => self.stops_by.is_none(),
            kind::ENTRY => self.stops_by.is_none() && record.text() == entries::SUPPORTED,
            _ => false,
        }
    }

    /// Whether there is something left to do. One that has stopped tries each frame once: what
    /// fails then is stored, and the next launch sends it.
    fn goes_on(&self, now: u64) -> bool {
        self.stops_by.is_none_or(|by| now < by && self.client.delivers(now))
    }

    fn take(&mut self, now: u64, mut record: Record<'_>) -> bool {
        transactions::expire(self, now);
        page_loads::settle(self, now, false);
        let draft = match record.kind {
            kind::ERROR | kind::REJECTION => Some(errors::thrown(&mut record)),
            kind::REQUEST => return requests::ended(self, now, record),
            kind::LIFECYCLE => return pages::lifecycle(self, now, record),
            kind::ROUTE => return pages::route(self, now, record),
            kind::CALL => return calls::said(self, now, record),
            kind::LAUNCH => return launch::launched(self, now, record),
            kind::ENTRY => return entries::entry(self, now, record),
            kind::PAGE_LOAD => return page_loads::ready(self, now, record),
            kind::UPDATE => return updates::updated(self, now, record),
            kind::NETWORK => Some(network::changed(&mut record)),
            kind::MEMORY => Some(memory::warned(&mut record)),
            kind::MISSING => Some(missing::missed(&mut record)),
            kind::LOST => {
                let lost = record.number();
                self.client.lost(if lost > 0.0 { lost as u64 } else { 0 });
                None
            }
            kind::STOP => {
                transactions::left(self, now);
                self.settle(now);
                self.client.hide(now);
                return false;
            }
            _ => None,
        };
        if let Some(draft) = draft {
            self.record(now, record.time, draft);
        }
        true
    }

    /// The timer has rung. `false` as for [`Self::push`].
    pub fn woken(&mut self, now: u64) -> bool {
        transactions::expire(self, now);
        page_loads::settle(self, now, false);
        if self.client.flushes(now) {
            groups::tell(self, now, false);
        }
        self.client.woken(now);
        self.settles();
        let due = [self.groups.due(), self.loads.due(), self.launch.due()];
        if let Some(at) = due.into_iter().flatten().min() {
            self.client.expect(now, at);
        }
        self.goes_on(now)
    }

    /// A request of ours has ended: with a status and the seconds of its Retry-After (NaN or 0:
    /// none), or without any, status 0. `false` as for [`Self::push`].
    pub fn answered(&mut self, now: u64, sequence: u64, status: u16, retry_after: f64) -> bool {
        let answer = if status == 0 {
            Answer::None
        } else {
            let retry_after = (retry_after > 0.0).then_some((retry_after * 1000.0) as u64);
            Answer::Status { status, retry_after }
        };
        self.client.answered(now, sequence, answer);
        self.settles();
        self.goes_on(now)
    }

    /// Tells what waits: the page is covered, and may be ended at any time.
    pub(super) fn settle(&mut self, now: u64) {
        page_loads::settle(self, now, true);
        groups::tell(self, now, true);
    }

    /// Forgets what is not told yet.
    pub(super) fn forget(&mut self) {
        self.transactions = transactions::Transactions::default();
        self.launch = launch::Launch::default();
        self.loads.forget();
        self.groups = groups::Groups::default();
    }

    /// Records something that happened at `time`, in ms since the Unix epoch.
    pub(super) fn record(&mut self, now: u64, time: f64, draft: Draft) {
        let time = if time > 0.0 { time } else { now as f64 };
        self.client.record_since(now, time, draft);
    }
}
