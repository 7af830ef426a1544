//! Every bound of the buffer, with the reason beside it.

use std::time::Duration;

/// Entries that wait to be written. Each is a request that waits for its answer, so this is
/// also how many requests a stalled buffer holds up before others are told to come back.
pub const QUEUE_ITEMS_DEFAULT: usize = 16 * 1024;

/// Bytes of the entries that wait. A few full groups: more would only add to the memory and to
/// the time that the last one waits.
pub const QUEUE_BYTES_DEFAULT: usize = 16 * 1024 * 1024;

/// How long an entry may wait for its group to be begun. A page that is left gives its beacons
/// a few seconds; who has waited this long is better told to come back than kept.
pub const QUEUE_WAIT_DEFAULT: Duration = Duration::from_secs(2);

/// How often those that wait too long are looked for, while a group is written.
pub const SWEEP_INTERVAL: Duration = Duration::from_millis(100);

/// Bytes that an application may have in a group before the others' turn: some dozens of usual
/// beacons, so that a turn costs little, and a small part of a group, so that all have one.
pub const TURN_BYTES: usize = 16 * 1024;

/// Entries of one group. Far more than the requests that arrive during one fsync, and few
/// enough that one write's outcome is soon known.
pub const GROUP_ITEMS_MAX: usize = 1024;

/// Bytes of one group, unless its first entry alone is larger.
pub const GROUP_BYTES_MAX: usize = 4 * 1024 * 1024;

/// How long an idle buffer goes unprobed: how late `/health/ready` may tell of a lost Redis,
/// and how late it tells that a disk is well again.
pub const PROBE_INTERVAL: Duration = Duration::from_secs(1);

/// Bytes of one journal segment: small enough to scan quickly when it is opened.
pub const SEGMENT_BYTES_DEFAULT: u64 = 64 * 1024 * 1024;

/// Bytes of all journal segments.
pub const JOURNAL_BYTES_DEFAULT: u64 = 2048 * 1024 * 1024;

/// How often a full journal is counted anew, as its folder is listed for it: how long it takes
/// until it is seen that somebody has removed segments.
pub const JOURNAL_RECOUNT_EVERY: Duration = Duration::from_secs(1);

/// How long after a write its journal is forced to disk, where the durability is `everysec`.
pub const FLUSH_INTERVAL: Duration = Duration::from_millis(900);

/// How old the oldest write may be that the disk does not have, where the durability is
/// `everysec`: a disk that is later is waited for, or a second would not be what is promised.
pub const FLUSH_LATE: Duration = Duration::from_secs(2);

/// Bytes of the spool: an hour of a busy bank's beacons, and an amount that a disk has left over.
pub const SPOOL_BYTES_DEFAULT: u64 = 2048 * 1024 * 1024;

/// Bytes of one segment of the spool. A segment is removed when all of it is replayed, so this is
/// what the spool may hold without need.
pub const SPOOL_SEGMENT_BYTES: u64 = 16 * 1024 * 1024;

/// How long Redis may take for a group until that is spooled. Far more than a slow fsync takes,
/// and less than what a client waits.
pub const SPOOL_SLOW_DEFAULT: Duration = Duration::from_secs(1);

/// How long Redis may forget what it took, where the durability is `everysec`: its file is forced
/// once a second, and written up to two seconds late while the disk is busy.
pub const RECENT_KEPT: Duration = Duration::from_secs(3);

/// Bytes of what is held for that in memory, packed: three seconds of some thousand beacons each.
/// Who has more and wants all of it back gives more memory.
pub const RECENT_BYTES_DEFAULT: usize = 4 * 1024 * 1024;

/// Bytes of it that are packed together: below 64 KiB, where LZ4 remembers places in two bytes.
pub const RECENT_CHUNK_BYTES: usize = 60 * 1024;

/// How old the first of those may become: it is held for so much longer than it must be.
pub const RECENT_CHUNK_AGE: Duration = Duration::from_millis(250);

/// The first pause between two attempts to replay; it doubles.
pub const REPLAY_PAUSE_MIN: Duration = Duration::from_millis(50);

/// The longest pause between two attempts to replay: how late a Redis that is back is noticed.
pub const REPLAY_PAUSE_MAX: Duration = Duration::from_secs(1);

/// How long the end of ingest waits for the spool to be replayed. What is left then stays on the
/// disk, so waiting longer gains nothing.
pub const SPOOL_CLOSE_PATIENCE: Duration = Duration::from_secs(5);

/// Attempts to replay that may fail meanwhile: the first may have been under way on a connection that
/// ends with its runtime, or just before a Redis takes entries again. Where it is away, the end of
/// ingest waits for two pauses at most.
pub const SPOOL_CLOSE_ATTEMPTS: u64 = 2;

/// How long the end of ingest waits for the committer to come from the worker's runtime, which
/// ends: a group in its hands is written by then, or the store hangs and the group goes elsewhere.
pub const COMMITTER_MOVES_WITHIN: Duration = Duration::from_secs(3);

/// Replicas of Redis that must have an entry where the durability is `replicated`.
pub const REPLICAS_DEFAULT: u16 = 1;

/// The largest number of replicas to wait for.
pub const REPLICAS_MAX: u16 = 16;

/// How long replicas may take to say that they have a group: a network's worst moment, and still
/// within what a page waits when it is left.
pub const REPLICAS_TIMEOUT_DEFAULT: Duration = Duration::from_secs(1);

/// The first pause between two attempts to connect; it doubles.
pub const RECONNECT_PAUSE_MIN: Duration = Duration::from_millis(50);

/// The longest pause between two attempts to connect: how late a Redis that is back is noticed.
pub const RECONNECT_PAUSE_MAX: Duration = Duration::from_secs(1);
