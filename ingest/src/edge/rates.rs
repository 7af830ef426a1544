//! How much each may send: requests a second of an address and of an application, with a burst,
//! and events a day of an application.
//!
//! Times come from a clock that only goes forward, so a wall clock that jumps lets nobody in or
//! out; only the day of a quota is the calendar's (UTC).

use super::limits::{ADDRESS_PARTS, ADDRESS_WAYS, ADDRESSES_MAX};
use std::fmt;
use std::hash::{BuildHasher, RandomState};
use std::net::IpAddr;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// Milliseconds of a day.
const DAY_MS: u64 = 24 * 3600 * 1000;

/// Requests a second, and how many at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rate {
    /// Nanoseconds that each request takes of the time to come.
    cost: u64,
    /// Nanoseconds that may be taken in advance.
    burst: u64,
}

impl fmt::Display for Rate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let per_second = 1_000_000_000 / self.cost;
        write!(f, "{per_second} requests a second, {} at once", self.burst / self.cost)
    }
}

impl Rate {
    /// `per_second` requests, of which `burst` may come at once.
    #[must_use]
    pub fn new(per_second: u32, burst: u32) -> Self {
        let cost = 1_000_000_000 / u64::from(per_second.max(1));
        Self { cost, burst: cost * u64::from(burst.max(1)) }
    }

    /// Takes one request at `now` from what is `taken`: the moment, in nanoseconds, until which
    /// all time is given away. This is a token bucket told by when it will be full again: one
    /// number holds it (GCRA, ITU-T I.371).
    ///
    /// # Errors
    /// How long until one would be let through; nothing is taken.
    fn take(self, taken: u64, now: u64) -> Result<u64, Duration> {
        let then = taken.max(now) + self.cost;
        match then.checked_sub(now + self.burst) {
            Some(over) if over > 0 => Err(Duration::from_nanos(over)),
            _ => Ok(then),
        }
    }
}

/// What an application has used. One as long as the service runs, whatever is configured.
#[derive(Debug, Default)]
pub struct Use {
    taken: AtomicU64,
    /// The day in the upper 24 bits, the events of it below: 10^12 a day.
    today: AtomicU64,
}

const EVENT_BITS: u32 = 40;

impl Use {
    /// Takes a request.
    ///
    /// # Errors
    /// How long until one would be let through.
    pub fn take_request(&self, rate: Rate, clock: &Clock) -> Result<(), Duration> {
        let now = clock.nanos();
        let mut taken = self.taken.load(Relaxed);
        loop {
            let then = rate.take(taken, now)?;
            // Only a count of its own: nothing is read by way of it.
            match self.taken.compare_exchange_weak(taken, then, Relaxed, Relaxed) {
                Ok(_) => return Ok(()),
                Err(other) => taken = other,
            }
        }
    }

    /// Whether a request would be let through.
    ///
    /// # Errors
    /// How long until one would be.
    pub fn would_take(&self, rate: Rate, clock: &Clock) -> Result<(), Duration> {
        rate.take(self.taken.load(Relaxed), clock.nanos()).map(drop)
    }

    /// Takes `events` of the `quota` of the day of `now`, in ms since the Unix epoch.
    ///
    /// # Errors
    /// How long until the next day begins.
    pub fn take_events(&self, events: u64, quota: u64, now: u64) -> Result<(), Duration> {
        let day = (now / DAY_MS) & 0xff_ffff;
        let mut today = self.today.load(Relaxed);
        loop {
            // A wall clock that is set back begins that day anew, as one that goes on does.
            let used = if today >> EVENT_BITS == day { today & ((1 << EVENT_BITS) - 1) } else { 0 };
            let then = used.saturating_add(events);
            if then > quota {
                return Err(Duration::from_millis(DAY_MS - now % DAY_MS));
            }
            let then = day << EVENT_BITS | then.min((1 << EVENT_BITS) - 1);
            match self.today.compare_exchange_weak(today, then, Relaxed, Relaxed) {
                Ok(_) => return Ok(()),
                Err(other) => today = other,
            }
        }
    }

    /// Gives back `events` that were not kept.
    pub fn return_events(&self, events: u64) {
        let less = |today: u64| {
            let used = today & ((1 << EVENT_BITS) - 1);
            Some(today - used.min(events))
        };
        let _ = self.today.fetch_update(Relaxed, Relaxed, less);
    }
}

/// When a request was refused last.
#[derive(Debug, Default)]
pub struct Refusals(AtomicU64);

impl Refusals {
    /// One is refused.
    pub fn add(&self, clock: &Clock) {
        self.0.store(clock.nanos(), Relaxed);
    }

    /// Whether one was within the last second.
    #[must_use]
    pub fn were_lately(&self, clock: &Clock) -> bool {
        const SECOND: u64 = 1_000_000_000;
        // Nearly always none ever was: the clock is not read.
        match self.0.load(Relaxed) {
            0 => false,
            last => clock.nanos() < last + SECOND,
        }
    }
}

/// Time since the service began.
#[derive(Debug, Clone, Copy)]
pub struct Clock(Instant);

impl Default for Clock {
    fn default() -> Self {
        Self(Instant::now())
    }
}

impl Clock {
    fn nanos(&self) -> u64 {
        u64::try_from(self.0.elapsed().as_nanos()).unwrap_or(u64::MAX / 2)
    }
}

/// What each address has used: a table of a fixed size. When it is full of others, the address
/// that has used least lately is forgotten, and may begin anew.
pub struct Addresses {
    parts: Vec<Mutex<Vec<Slot>>>,
    hasher: RandomState,
}

#[derive(Debug, Clone, Copy, Default)]
struct Slot {
    /// A keyed hash of the address: with its place, 2^-48 that another's is taken for it.
    tag: u64,
    taken: u64,
}

impl Default for Addresses {
    fn default() -> Self {
        Self {
            parts: (0..ADDRESS_PARTS).map(|_| Mutex::default()).collect(),
            hasher: RandomState::new(),
        }
    }
}

impl Addresses {
    /// Takes a request of `address`; of IPv6, its first 64 bits, which one subscriber has.
    ///
    /// # Errors
    /// How long until one would be let through.
    pub fn take_request(&self, address: IpAddr, rate: Rate, clock: &Clock) -> Result<(), Duration> {
        self.take(subscriber(address), rate, clock.nanos())
    }

    fn take(&self, subscriber: u64, rate: Rate, now: u64) -> Result<(), Duration> {
        const SETS: usize = ADDRESSES_MAX / ADDRESS_PARTS / ADDRESS_WAYS;
        let tag = self.hasher.hash_one(subscriber) | 1;
        let part = &self.parts[(tag >> 1) as usize % ADDRESS_PARTS];
        let mut slots = part.lock().unwrap_or_else(PoisonError::into_inner);
        if slots.is_empty() {
            // Only where the limit is used at all.
            slots.resize(SETS * ADDRESS_WAYS, Slot::default());
        }
        let set = (tag >> 32) as usize % SETS * ADDRESS_WAYS;
        let set = &mut slots[set..set + ADDRESS_WAYS];
        let place = set.iter().position(|slot| slot.tag == tag).unwrap_or_else(|| {
            let least = (0..ADDRESS_WAYS).min_by_key(|place| set[*place].taken).unwrap_or_default();
            set[least] = Slot { tag, taken: 0 };
            least
        });
        set[place].taken = rate.take(set[place].taken, now)?;
        Ok(())
    }
}

/// Whose address it is: of IPv4 all of it, of IPv6 the network.
fn subscriber(address: IpAddr) -> u64 {
    match address.to_canonical() {
        IpAddr::V4(address) => u64::from(address.to_bits()),
        IpAddr::V6(address) => (address.to_bits() >> 64) as u64,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: u64 = 1_000_000_000;

    #[test]
    fn a_burst_and_then_the_rate() {
        let rate = Rate::new(10, 5);
        let addresses = Addresses::default();
        let at = |now| addresses.take(1, rate, now);
        for _ in 0..5 {
            assert_eq!(at(SECOND), Ok(()));
        }
        assert_eq!(at(SECOND), Err(Duration::from_millis(100)));
        assert_eq!(at(SECOND + SECOND / 10), Ok(()));
        assert_eq!(at(SECOND + SECOND / 10), Err(Duration::from_millis(100)));
        // What was refused took nothing; after a while the burst is there again, and not more.
        let later = 60 * SECOND;
        assert_eq!((0..9).filter(|_| at(later).is_ok()).count(), 5);
        assert_eq!(addresses.take(2, rate, later), Ok(()), "another has its own");
    }

    #[test]
    fn an_address_of_ipv6_is_its_network() {
        let of = |address: &str| subscriber(address.parse().expect("an address"));
        assert_eq!(of("2001:db8:1:2:aaaa::1"), of("2001:db8:1:2:bbbb::2"));
        assert_ne!(of("2001:db8:1:2::1"), of("2001:db8:1:3::1"));
        assert_ne!(of("203.0.113.7"), of("203.0.113.8"));
        assert_eq!(of("203.0.113.7"), of("::ffff:203.0.113.7"));
    }

    #[test]
    fn a_flood_of_addresses_does_not_free_one_that_sends_much() {
        let rate = Rate::new(1, 1000);
        let addresses = Addresses::default();
        let mut let_through = 0;
        for other in 0..200_000 {
            let _ = addresses.take(other + 10, rate, SECOND);
            // One that sends ten times what the others do is never the one that used least.
            let_through += (0..10).filter(|_| addresses.take(1, rate, SECOND).is_ok()).count();
        }
        assert_eq!(let_through, 1000);
        let slots: usize = addresses.parts.iter().map(|part| part.lock().expect("it").len()).sum();
        assert_eq!(slots, ADDRESSES_MAX);
    }

    #[test]
    fn a_quota_is_a_days() {
        let noon = 20_000 * DAY_MS + DAY_MS / 2;
        let used = Use::default();
        assert_eq!(used.take_events(90, 100, noon), Ok(()));
        assert_eq!(used.take_events(11, 100, noon), Err(Duration::from_millis(DAY_MS / 2)));
        assert_eq!(used.take_events(10, 100, noon), Ok(()));
        used.return_events(5);
        assert_eq!(used.take_events(5, 100, noon), Ok(()));
        assert!(used.take_events(1, 100, noon + DAY_MS / 2 - 1).is_err());
        assert_eq!(used.take_events(100, 100, noon + DAY_MS / 2), Ok(()));
        used.return_events(1000);
        assert_eq!(used.take_events(100, 100, noon + DAY_MS / 2), Ok(()), "never below nothing");
    }
}
