//! Every bound of the door that is not the operator's to set, with the reason beside it. Bounds
//! of the wire are in `dna_protocol::limits`, those of a request in `config::LimitsConfig`.

use std::time::Duration;

/// How far after `sent_at_ms` an event may lie. Frames are sent after their events; a clock that
/// is set back in between moves them by seconds, not by minutes.
pub const FUTURE_MAX: Duration = Duration::from_secs(5 * 60);

/// How far before `sent_at_ms` an event may lie: as long as a client keeps what it could not
/// send, a week with a weekend and holidays in it.
pub const AGE_MAX: Duration = Duration::from_secs(7 * 24 * 3600);

/// Frames that the door remembers to recognise repeats: at 1,000 frames a second 24 seconds, in
/// which most clients try again. 1 MB in all. Consumers count a frame once by
/// the same two fields, so forgetting costs space, not truth.
pub const RECENT_FRAMES_MAX: usize = 24 * 1024;

/// Parts of that memory, each with its own lock, so that workers seldom wait for each other.
pub const RECENT_PARTS: usize = 16;

/// Bytes of a `User-Agent` that are looked at. The longest that browsers send, those inside
/// mini programs, have some 400.
pub const USER_AGENT_BYTES_MAX: usize = 1024;

/// User agents that a thread remembers: more than those of a bank's customers that send nine beacons
/// of ten. At most 4 MB, were each as long as is looked at; 1 MB as they are.
pub const AGENTS_REMEMBERED_MAX: usize = 2048;

/// Hops of an `X-Forwarded-For` that are looked at, from the nearest on.
pub const FORWARDED_HOPS_MAX: usize = 16;

/// The window of zstd: 8 MB, the most that RFC 9659 allows in HTTP; the format allows 2 TB.
pub const ZSTD_WINDOW_LOG_MAX: u32 = 23;

/// How many times its size a body may become: a thousand events that differ in nothing but their
/// time do not come near it, and zeros go far beyond.
pub const DECOMPRESSION_RATIO_MAX: usize = 200;

/// What any body may become, however small it is: there the ratio says little.
pub const DECOMPRESSION_FLOOR: usize = 128 * 1024;

/// Bytes that are decompressed in one go. What becomes more is measured first and only then
/// decompressed a second time, so that one that would become too much never holds more than this.
pub const DECOMPRESSED_AT_ONCE: usize = 256 * 1024;

/// The same for brotli, whose decoder holds as much as its window anyway: 1 MB, less the 16 bytes
/// that no copy may reach (RFC 7932, section 9.1), so that twice as large a window is never needed.
pub const BROTLI_BYTES_MAX: usize = (1 << 20) - 16;
