//! Bounds of what proxies tell.

use std::time::Duration;

/// Bytes of a line: nginx takes request lines of 8 KiB by default, and JSON may double them.
pub const LINE_BYTES_MAX: usize = 32 * 1024;

/// Lines that wait to be stored: some seconds of a busy proxy, at about 1 KiB each.
pub const QUEUE_LINES_MAX: usize = 8192;

/// Lines stored in one step.
pub const BATCH_LINES_MAX: usize = 1024;

/// How long the first line of a batch waits for others: a transaction a line would cost more than
/// the lines, and two seconds are what a beacon may take until it is seen.
pub const BATCH_WAIT: Duration = Duration::from_millis(200);

/// Bytes read of a file in one step.
pub const READ_BYTES_MAX: usize = 256 * 1024;

/// How often a file is looked at.
pub const POLL: Duration = Duration::from_millis(200);

/// How long a file that was renamed is still read when nothing comes: nginx's workers open the new
/// one one after the other.
pub const RENAMED_WAIT: Duration = Duration::from_secs(1);

/// Bytes at a file's beginning by which it is known again.
pub const HEAD_BYTES_MAX: usize = 256;

/// Connections of forwarders (rsyslog, syslog-ng) at one time.
pub const CONNECTIONS_MAX: usize = 64;

/// Pauses between tries to store: the first and the longest.
pub const RETRY: (Duration, Duration) = (Duration::from_millis(200), Duration::from_secs(10));

/// How long a request, or one try of an upstream, may have taken: what took longer than a day is a wrong
/// figure, and would begin where nothing is stored.
pub const DURATION_MAX_US: u64 = 24 * 3600 * 1_000_000;

/// Bytes of a path, as long as those of beacons.
pub const PATH_BYTES_MAX: usize = 2048;

/// Bytes of names of hosts and of the list of upstreams.
pub const NAME_BYTES_MAX: usize = 255;
