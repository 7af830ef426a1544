//! What the state machine needs from where it runs.

/// The world outside: one implementation for browsers, one in memory for tests.
///
/// Nothing here may panic or wait. Storage that is full or forbidden behaves as if empty.
pub trait Host {
    /// Fills `bytes` with unpredictable ones.
    fn random(&mut self, bytes: &mut [u8]);

    /// The page's address as the browser shows it; the caller takes the query out.
    fn address(&self) -> String;

    /// The value stored under `key`.
    fn load(&self, key: &str) -> Option<Vec<u8>>;

    /// Stores `value` for later page loads.
    fn store(&mut self, key: &str, value: &[u8]);

    /// Removes what is stored under `key`.
    fn remove(&mut self, key: &str);

    /// All keys of the storage that start with `prefix`.
    fn keys(&self, prefix: &str) -> Vec<String>;

    /// Hands `frame` over to be sent even when the page is gone (`sendBeacon`). `false` when it
    /// was refused. Nobody learns whether it arrived.
    fn beacon(&mut self, frame: &[u8]) -> bool;

    /// Starts to send `frame` (`fetch` with `keepalive`); the answer comes through
    /// [`Client::answered`](crate::Client::answered). `false` when it could not even start.
    fn fetch(&mut self, sequence: u64, frame: &[u8]) -> bool;

    /// Calls [`Client::woken`](crate::Client::woken) once, in `delay` milliseconds; replaces
    /// the call that was asked for before.
    fn wake_in(&mut self, delay: u64);

    /// Tells the page's developer.
    fn warn(&self, message: &str);
}

/// A random number.
pub(crate) fn random_u32(host: &mut impl Host) -> u32 {
    let mut bytes = [0; 4];
    host.random(&mut bytes);
    u32::from_ne_bytes(bytes)
}
