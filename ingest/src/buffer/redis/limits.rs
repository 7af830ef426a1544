//! Every bound of the Redis side, with the reason beside it.

use std::time::Duration;

/// Entries packed into one message. A command costs Redis as much as some dozen fields, so more
/// saves little (decision 0013); fewer keep a reader's COUNT meaningful.
pub(super) const PACK_ITEMS_MAX: usize = 64;

/// Bytes packed into one message, unless its first entry alone is larger. A message is read and
/// acknowledged whole, so this is also what a consumer repeats after its own crash.
pub(super) const PACK_BYTES_MAX: usize = 64 * 1024;

/// Entries of a group that are packed each by itself. To pack one costs a microsecond, a twentieth
/// of a beacon: a group larger than this is one of an ingest that has no time for that.
pub(super) const PACKED_ITEMS_MAX: usize = 32;

/// How often one group follows redirections of a Cluster. A slot that moves twice in a
/// millisecond is a Cluster in trouble: the client comes back.
pub(super) const REDIRECTS_MAX: usize = 3;

/// How long a group waits for a connection that is being made. A local one is there by then; a
/// host that has vanished must not hold up the entries of the other masters.
pub(super) const CONNECTING_WAIT: Duration = Duration::from_millis(100);

/// How long what a server says of its configuration is believed while entries flow: how late
/// `/health/ready` tells of an operator's CONFIG SET. Asking is one more step for one group.
pub(super) const SERVER_AGE_MAX: Duration = Duration::from_secs(5);

/// How often masters, memory and groups are looked at. Each look is a few commands a master.
pub(super) const WATCH_INTERVAL: Duration = Duration::from_secs(1);

/// Every so many looks the nodes of a Cluster are asked for slots that have moved. The writer
/// hears of them at once, by MOVED; the watch must not trim what is another's by now.
pub(super) const FIND_EVERY: u32 = 10;

/// Every so many looks the streams are trimmed.
pub(super) const TRIM_EVERY: u32 = 5;

/// Messages that one XTRIM may remove, so that it does not hold Redis up.
pub(super) const TRIM_MESSAGES_MAX: u64 = 10_000;

/// How long what all groups have read is kept by default: whoever looks into an incident finds
/// the last hour by `ingest tail`.
pub(super) const KEEP_AT_LEAST_DEFAULT: Duration = Duration::from_secs(3600);

/// Percent of maxmemory above which nothing more is taken by default. The rest is for what Redis
/// needs while it rewrites its append-only file and feeds its replicas.
pub(super) const MEMORY_PERCENT_DEFAULT: u8 = 90;

/// Percent points below the mark at which entries are taken again, so that it does not flutter.
pub(super) const PRESSURE_RELIEF_PERCENT: u64 = 3;

/// Above half of the mark, what all groups have read is trimmed at once.
pub(super) const TRIM_EAGERLY_DIVISOR: u64 = 2;

/// Groups whose lag is shown by `/metrics`. Their names are the operators', not strangers'.
pub(super) const GROUPS_SHOWN_MAX: usize = 64;
