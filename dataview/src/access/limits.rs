//! Bounds of who may ask.

/// Accounts: more people than look at one system; all are told in one answer.
pub(super) const ACCOUNTS_MAX: u64 = 1_000;

/// Tokens.
pub(super) const TOKENS_MAX: u64 = 1_000;

/// Sessions of one account: the oldest ends when there are more.
pub(super) const SESSIONS_MAX: u64 = 20;

/// Passwords that are hashed at the same time: each takes 19 MiB and some 30 ms of a core.
pub(super) const HASHES_AT_ONCE: usize = 2;

/// Logins that wait for their turn to be hashed; the rest are refused at once.
pub(super) const HASHES_WAITING_MAX: usize = 32;

/// The shortest password (NIST SP 800-63B asks for 8, for single factors 15).
pub(super) const PASSWORD_CHARS_MIN: usize = 12;

/// The longest password in bytes: longer ones only cost.
pub(super) const PASSWORD_BYTES_MAX: usize = 256;

/// The longest name.
pub(super) const NAME_BYTES_MAX: usize = 64;

/// Applications that an account or token may be bound to.
pub(super) const SCOPE_MAX: usize = 100;

/// The longest reason of a look-up.
pub(super) const REASON_BYTES_MAX: usize = 500;

/// Attempts to log in that one name has at once, and how long one takes to come back, in ms.
pub(super) const NAME_ATTEMPTS: (u32, u64) = (10, 30_000);

/// The same of one address, from which several people may come.
pub(super) const ADDRESS_ATTEMPTS: (u32, u64) = (30, 10_000);

/// Names and addresses that attempts are counted of, each; some 1 MB.
pub(super) const ATTEMPTS_KEPT_MAX: usize = 10_000;
