//! Every bound of the buffer that both its sides keep, with the reason beside it.

use dna_protocol::limits::BODY_BYTES_MAX;
use std::time::Duration;

/// Bytes of one encoded entry. An entry is a body of at most [`BODY_BYTES_MAX`] in its compact
/// form, and what the server adds. Bounds what a reader holds and how far it searches behind a
/// damaged record.
pub const ENTRY_BYTES_MAX: usize = BODY_BYTES_MAX + 64 * 1024;

/// Bytes that a journal reader asks for in one read.
pub const READ_CHUNK_BYTES: usize = 256 * 1024;

/// How often a journal reader that waits looks for new records. The reader may be another
/// process, so nothing can wake it.
pub const FOLLOW_INTERVAL: Duration = Duration::from_millis(100);

/// Shards when nothing else is configured: enough for four consumers of a department in
/// parallel, few enough that one machine does not notice.
pub const SHARDS_DEFAULT: u16 = 4;

/// The largest number of shards. A Redis Cluster of hundreds of masters is past what this
/// buffer is for, and a reader without the configuration asks for each of them.
pub const SHARDS_MAX: u16 = 1024;

/// How long connecting to Redis may take.
pub const CONNECT_TIMEOUT_DEFAULT: Duration = Duration::from_secs(2);

/// How long Redis may take to answer a group. With `appendfsync always` an answer waits for the
/// disk; beyond this the outcome is unknown, the client is told to come back, and consumers tell
/// the retry by session and sequence.
pub const RESPONSE_TIMEOUT_DEFAULT: Duration = Duration::from_secs(3);

/// Bytes that one call of a journal reader gives, unless its first entry alone is larger: the size
/// of the largest group that is written.
pub const BATCH_BYTES_MAX: usize = 4 * 1024 * 1024;

/// Masters of a Cluster. Redis itself advises against more than 1,000 nodes.
pub const NODES_MAX: usize = 1000;

/// How long one question for the masters may take: to Sentinels, or to nodes of a Cluster. All
/// are asked at once, so this is also how long all together may take.
pub const FIND_TIMEOUT: Duration = Duration::from_secs(1);

/// Bytes that are read of what a journal's reader says of itself: a number has at most 20 digits,
/// an identity 32.
pub const READER_BYTES_MAX: u64 = 64;

/// Bytes that are read of a journal's identity: 32 digits and a number of at most 20.
pub const IDENTITY_BYTES_MAX: u64 = 64;
