//! What a request must pass although nothing is wrong with it: the rates of its address and
//! application, the application's quota, and the marks of a buffer that fills up.

use super::codes::Code;
use super::{Door, Problem, Rules};
use crate::accept::Judged;
use crate::accept::apps::App;
use crate::edge::rates::{Addresses, Clock, Rate, Refusals, Use};
use crate::edge::worth::{Pressure, Worth};
use dna_protocol::Event;
use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

/// The longest that clients are told to wait because of an overload: it passes in seconds or
/// not at all, and each gets another time, so that not all come back at once.
const RETRY_SPREAD_SECONDS: u64 = 5;

/// What is known of who sends how much.
#[derive(Default)]
pub(super) struct Gate {
    addresses: Addresses,
    clock: Clock,
    refusals: Refusals,
}

impl Gate {
    /// Lets a request of `address` pass.
    ///
    /// # Errors
    /// The refusal. An address that is a proxy of ours is nobody's: it is not limited.
    pub(super) fn address(&self, address: Option<IpAddr>, rules: &Rules) -> Result<(), Problem> {
        let (Some(rate), Some(address)) = (rules.rates.address, address) else { return Ok(()) };
        if rules.trust.is_proxy(address) {
            return Ok(());
        }
        self.addresses.take_request(address, rate, &self.clock).map_err(|wait| {
            let detail = format!("at most {rate} of one address");
            Problem::new(Code::AddressRate, detail).retry_after(wait)
        })
    }

    /// Lets a request for `app` pass.
    ///
    /// # Errors
    /// The refusal.
    pub(super) fn app(&self, app: &App) -> Result<(), Problem> {
        let Some(rate) = app.rates.requests else { return Ok(()) };
        app.used.take_request(rate, &self.clock).map_err(|wait| self.refuse(app, rate, wait))
    }

    /// Whether so much comes that it is worth a look at whose it is before it is read.
    pub(super) fn is_crowded(&self, door: &Door, rules: &Rules) -> bool {
        let [items, bytes] = door.keeper.load();
        rules.rates.marks.pressure(items, bytes) == Pressure::Refuse
            || self.refusals.were_lately(&self.clock)
    }

    /// Whether [`app`](Self::app) would let a request for `app` pass now.
    ///
    /// # Errors
    /// The refusal.
    pub(super) fn would_let(&self, app: &App) -> Result<(), Problem> {
        let Some(rate) = app.rates.requests else { return Ok(()) };
        app.used.would_take(rate, &self.clock).map_err(|wait| self.refuse(app, rate, wait))
    }

    fn refuse(&self, app: &App, rate: Rate, wait: Duration) -> Problem {
        self.refusals.add(&self.clock);
        let detail = format!("at most {rate} for application {:?}", &*app.name);
        Problem::new(Code::AppRate, detail).retry_after(wait)
    }
}

/// Events that count for an application's quota, unless they are not kept. It may outlive the
/// request. `None`: there is no quota.
pub(super) struct Quota(Option<(Arc<Use>, u64)>);

impl Quota {
    /// Takes `events` of the day of `now`.
    ///
    /// # Errors
    /// The refusal.
    pub(super) fn take(app: &App, events: usize, now: u64) -> Result<Self, Problem> {
        let Some(quota) = app.rates.events_per_day else { return Ok(Self(None)) };
        let events = events as u64;
        app.used.take_events(events, quota, now).map_err(|wait| {
            let name = &*app.name;
            let detail = format!("at most {quota} events a day (UTC) for application {name:?}");
            Problem::new(Code::AppQuota, detail).retry_after(wait)
        })?;
        Ok(Self(Some((Arc::clone(&app.used), events))))
    }

    /// They were kept.
    pub(super) fn keep(mut self) {
        self.0 = None;
    }
}

impl Drop for Quota {
    fn drop(&mut self) {
        if let Some((used, events)) = self.0.take() {
            used.return_events(events);
        }
    }
}

/// How much the buffer can take now of the application of `lane`: judged by what waits in all, or
/// by its own part of that where there is less, so that one that sends much does it at its own cost.
pub(super) fn pressure(door: &Door, rules: &Rules, lane: u16) -> Pressure {
    let marks = rules.rates.marks;
    let of = |[items, bytes]: [(u64, usize); 2]| marks.pressure(items, bytes);
    match of(door.keeper.load()) {
        Pressure::None => Pressure::None,
        of_all => of_all.min(of(door.keeper.load_of(lane))),
    }
}

/// Refuses a request that comes while the buffer has no room for its application.
pub(super) fn check_pressure(
    door: &Door,
    rules: &Rules,
    lane: u16,
    now: u64,
) -> Result<(), Problem> {
    if pressure(door, rules, lane) != Pressure::Refuse {
        return Ok(());
    }
    let wait = Duration::from_secs(1 + now % RETRY_SPREAD_SECONDS);
    Err(Problem::plain(Code::Overloaded).retry_after(wait))
}

/// Takes out of `judged` what is worth less than what can be kept now, and returns it.
pub(super) fn shed(judged: &mut Judged, pressure: Pressure) -> Vec<Event> {
    let least = match pressure {
        Pressure::None => return Vec::new(),
        Pressure::Only(least) => least,
        // What has come so far is no longer refused for it.
        Pressure::Refuse => Worth::Keep,
    };
    judged.entry.frame.events.extract_if(.., |event| Worth::of(event) < least).collect()
}
