//! What the state machine needs from where it runs.

use crate::limits::{
    MINI_OUTBOX_BYTES_MAX, MINI_OUTBOX_FRAMES_MAX, OUTBOX_BYTES_MAX, OUTBOX_FRAMES_MAX,
};

/// The key of the session in the storage; no frame has this sequence.
pub const SESSION: u64 = 0;

/// The key of the visitor; above the 48 bits of all sequences.
pub const VISITOR: u64 = 1 << 48;

/// What the places that a host runs in allow.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Terms {
    /// The client's name on the wire.
    pub sdk_name: &'static str,
    /// Only one request of ours is under way at a time.
    pub one_at_a_time: bool,
    /// Frames that are kept until they are acknowledged.
    pub outbox_frames_max: usize,
    /// Bytes of those frames.
    pub outbox_bytes_max: usize,
    /// It may be killed at any instant, and nobody else uses its storage: a frame is stored as
    /// soon as there is one. Elsewhere only when the page may end, and tabs leave each other's alone.
    pub durable: bool,
}

/// The world outside: one implementation for browsers, one for mini programs, one in memory for
/// tests.
///
/// Nothing here may panic or wait. Storage that is full or forbidden behaves as if empty.
pub trait Host {
    /// What is allowed here.
    const TERMS: Terms = Terms::BROWSER;

    /// Fills `bytes` with unpredictable ones.
    fn random(&mut self, bytes: &mut [u8]);

    /// The page's address as the browser shows it; the caller takes the query out.
    fn address(&self) -> String;

    /// The platform that it runs on; empty for a browser.
    fn platform(&self) -> &str {
        ""
    }

    /// The value stored under `key`: [`SESSION`], [`VISITOR`], or a frame's sequence.
    fn load(&self, key: u64) -> Option<Vec<u8>>;

    /// Stores `value` for later page loads.
    fn store(&mut self, key: u64, value: &[u8]);

    /// Removes what is stored under `key`.
    fn remove(&mut self, key: u64);

    /// Removes everything of ours.
    fn erase(&mut self);

    /// The sequences of all stored frames.
    fn stored(&self) -> Vec<u64>;

    /// Hands `frame` over to be sent even when the page is gone (`sendBeacon`). `false` when it
    /// was refused. Nobody learns whether it arrived.
    fn beacon(&mut self, frame: &[u8]) -> bool;

    /// Starts to send `frame` (`fetch` with `keepalive`); the answer comes through
    /// [`Client::answered`](crate::Client::answered). `false` when it could not even start.
    fn fetch(&mut self, sequence: u64, frame: &[u8]) -> bool;

    /// Calls [`Client::woken`](crate::Client::woken) once, in `delay` milliseconds; replaces
    /// the call that was asked for before.
    fn wake_in(&mut self, delay: u64);

    /// What the page's own filter makes of an encoded event; `None` when it takes it out. Asked
    /// only after [`Client::filter`](crate::Client::filter) has said that there is one.
    fn filter(&mut self, event: &[u8]) -> Option<Vec<u8>>;

    /// Tells the page's developer.
    fn warn(&self, message: &str);
}

impl Terms {
    /// Of a page: the bytes under way are bounded, not the requests.
    pub const BROWSER: Self = Self {
        sdk_name: "dna-web",
        one_at_a_time: false,
        outbox_frames_max: OUTBOX_FRAMES_MAX,
        outbox_bytes_max: OUTBOX_BYTES_MAX,
        durable: false,
    };

    /// Of a mini program: ten requests may be under way at a time, and the application needs them.
    pub const MINI_PROGRAM: Self = Self {
        sdk_name: "dna-mini",
        one_at_a_time: true,
        outbox_frames_max: MINI_OUTBOX_FRAMES_MAX,
        outbox_bytes_max: MINI_OUTBOX_BYTES_MAX,
        durable: true,
    };
}

/// A random number.
pub(crate) fn random_u32(host: &mut impl Host) -> u32 {
    let mut bytes = [0; 4];
    host.random(&mut bytes);
    u32::from_ne_bytes(bytes)
}
