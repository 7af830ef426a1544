//! Bounds of consuming, with the reason beside each.

use std::time::Duration;

/// Messages that one read of a stream asks for. A message has up to 64 entries, and all that was
/// read is stored in one transaction: so many amortise its commit, and a busy consumer still
/// acknowledges several times a second.
pub const MESSAGES_READ_MAX: usize = 64;

/// Entries that one read of the journal asks for, for the same reasons.
pub const ENTRIES_READ_MAX: usize = 1024;

/// How long one read waits for something to come. Also how late a stop may be seen by Redis, which
/// loses nothing: what was delivered is pending.
pub const BLOCK: Duration = Duration::from_secs(2);

/// How long a read of a Cluster's streams pauses when there was nothing: they lie in several slots,
/// and one command may not wait for all of them.
pub const POLL: Duration = Duration::from_millis(100);

/// Consumers in this process unless configured: one reads while the other's batch is stored.
pub const CONSUMERS_DEFAULT: usize = 2;

/// At most so many: there is one writer behind all of them.
pub const CONSUMERS_MAX: usize = 64;

/// After so long without an acknowledgement another consumer's entries are taken over, unless
/// configured. Far longer than a transaction takes, so that a slow one is not done twice.
pub const CLAIM_IDLE_DEFAULT: Duration = Duration::from_secs(60);

/// After so many times that, a consumer that has nothing left is removed: 20 minutes by default, which
/// a restart of a machine does not take.
pub const GONE_AFTER_CLAIMS: u32 = 20;

/// How often dead consumers' entries are looked for, at most: a call for each stream.
pub const CLAIM_EVERY_MAX: Duration = Duration::from_secs(30);

/// Dead letters of one shard unless configured. They wait in the memory of Redis, or on the disk.
pub const DEAD_LETTERS_DEFAULT: usize = 10_000;

/// Bytes of a dead letter's detail.
pub const DETAIL_BYTES_MAX: usize = 500;

/// The first pause after the store or the buffer did not work; each further one is twice as long.
pub const RETRY_MIN: Duration = Duration::from_millis(100);

/// The longest pause: recovery is seen within it.
pub const RETRY_MAX: Duration = Duration::from_secs(5);

/// How often the group's lag is asked for: two calls for each stream.
pub const LAG_EVERY: Duration = Duration::from_secs(5);

/// How often the folder of replayed dead letters is looked at.
pub const REPLAY_EVERY: Duration = Duration::from_secs(2);
