//! How often somebody may try to log in, by name and by address. Pure: the time is passed in.

use super::limits::{ADDRESS_ATTEMPTS, ATTEMPTS_KEPT_MAX, NAME_ATTEMPTS};
use std::collections::HashMap;
use std::hash::Hash;
use std::net::IpAddr;
use std::time::Duration;

/// Attempts of all names and addresses.
#[derive(Debug)]
pub(super) struct Attempts {
    names: Buckets<String>,
    addresses: Buckets<IpAddr>,
}

impl Default for Attempts {
    fn default() -> Self {
        Self { names: Buckets::new(NAME_ATTEMPTS), addresses: Buckets::new(ADDRESS_ATTEMPTS) }
    }
}

impl Attempts {
    /// Counts an attempt. It is counted before it is known how it ends, so that a thousand at the
    /// same time are no way around.
    ///
    /// # Errors
    /// After which time the next one may be.
    pub(super) fn begin(
        &mut self,
        name: &str,
        address: IpAddr,
        now_ms: u64,
    ) -> Result<(), Duration> {
        self.addresses.take(network(address), now_ms)?;
        self.names.take(name.to_owned(), now_ms)
    }

    /// An attempt has ended well: it is not counted any more.
    pub(super) fn end_well(&mut self, name: &str, address: IpAddr) {
        self.names.forget(&name.to_owned());
        self.addresses.give_back(&network(address));
    }
}

/// Of IPv6 the network: one client has 2^64 addresses.
fn network(address: IpAddr) -> IpAddr {
    match address {
        IpAddr::V4(_) => address,
        IpAddr::V6(six) => match six.to_ipv4_mapped() {
            Some(four) => four.into(),
            None => std::net::Ipv6Addr::from_bits(six.to_bits() >> 64 << 64).into(),
        },
    }
}

/// Token buckets by key, a bounded number of them.
#[derive(Debug)]
struct Buckets<K> {
    burst: u32,
    refill_ms: u64,
    /// By key: when the bucket will be full again.
    full_at: HashMap<K, u64>,
}

impl<K: Hash + Eq + Clone> Buckets<K> {
    fn new((burst, refill_ms): (u32, u64)) -> Self {
        Self { burst, refill_ms, full_at: HashMap::new() }
    }

    fn take(&mut self, key: K, now_ms: u64) -> Result<(), Duration> {
        if self.full_at.len() >= ATTEMPTS_KEPT_MAX && !self.full_at.contains_key(&key) {
            self.make_room(now_ms);
        }
        let full_at = self.full_at.entry(key).or_insert(now_ms);
        let next = (*full_at).max(now_ms) + self.refill_ms;
        let most = now_ms + self.refill_ms * u64::from(self.burst);
        if next > most {
            return Err(Duration::from_millis(next - most));
        }
        *full_at = next;
        Ok(())
    }

    fn give_back(&mut self, key: &K) {
        if let Some(full_at) = self.full_at.get_mut(key) {
            *full_at = full_at.saturating_sub(self.refill_ms);
        }
    }

    fn forget(&mut self, key: &K) {
        self.full_at.remove(key);
    }

    /// Lets those go that are full again; if there are none, the one that is full next.
    fn make_room(&mut self, now_ms: u64) {
        self.full_at.retain(|_, full_at| *full_at > now_ms);
        if self.full_at.len() >= ATTEMPTS_KEPT_MAX {
            let next = self.full_at.iter().min_by_key(|(_, full_at)| **full_at);
            if let Some(key) = next.map(|(key, _)| key.clone()) {
                self.full_at.remove(&key);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HOME: IpAddr = IpAddr::V4(std::net::Ipv4Addr::LOCALHOST);

    #[test]
    fn a_name_has_ten_attempts_and_then_one_in_thirty_seconds() {
        let mut attempts = Attempts::default();
        for _ in 0..10 {
            assert_eq!(attempts.begin("ada", HOME, 1_000), Ok(()));
        }
        assert_eq!(attempts.begin("ada", HOME, 1_000), Err(Duration::from_secs(30)));
        assert_eq!(attempts.begin("bob", HOME, 1_000), Ok(()), "others go on");
        assert_eq!(attempts.begin("ada", HOME, 31_000), Ok(()));
        assert!(attempts.begin("ada", HOME, 31_000).is_err());
    }

    #[test]
    fn an_address_is_bounded_over_all_names() {
        let mut attempts = Attempts::default();
        let taken = (0..100).filter(|name| attempts.begin(&name.to_string(), HOME, 0).is_ok());
        assert_eq!(taken.count(), 30);
        let six = |last: u16| IpAddr::from([0x2001, 0xdb8, 0, 1, 0, 0, 0, last]);
        let mut attempts = Attempts::default();
        let taken = (0..100).filter(|at| attempts.begin(&at.to_string(), six(*at), 0).is_ok());
        assert_eq!(taken.count(), 30, "a network of IPv6 is one address");
    }

    #[test]
    fn who_gets_in_is_not_counted() {
        let mut attempts = Attempts::default();
        for _ in 0..100 {
            assert_eq!(attempts.begin("ada", HOME, 0), Ok(()));
            attempts.end_well("ada", HOME);
        }
    }

    #[test]
    fn the_table_is_bounded() {
        let mut names = Buckets::new(NAME_ATTEMPTS);
        for name in 0..2 * ATTEMPTS_KEPT_MAX {
            names.take(name, name as u64).unwrap();
        }
        assert_eq!(names.full_at.len(), ATTEMPTS_KEPT_MAX);
    }
}
