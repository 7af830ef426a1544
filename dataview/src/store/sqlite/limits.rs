//! The bounds of the SQLite store, and why each.

use std::time::Duration;

/// Batches that wait or are written at once. Each is as large as a consumer makes it, and a consumer
/// has one on its way; more consumers than this wait for each other.
pub(super) const APPENDS_MAX: usize = 64;

/// Frames that are committed together. A commit costs a forced write of some ms, and memory of what
/// the frames touch: with 4,096 frames of 20 events some tens of MiB.
pub(super) const GROUP_FRAMES_MAX: usize = 4_096;

/// Damaged days that an answer names: more than that nobody mends one by one.
pub(super) const DAMAGED_DAYS_MAX: usize = 100;

/// Questions that are looked up at once; the others wait. More would only wait for the disk, and
/// each may hold a page of sessions or a trace.
pub(super) const READERS_MAX: usize = 8;

/// A question that takes longer is stopped: somebody's filter that matches nothing in a month would
/// keep a core busy.
pub(super) const READ_TIME_MAX: Duration = Duration::from_secs(10);

/// How often SQLite asks whether that time is over, in its instructions: about every ms.
pub(super) const READ_CHECK_OPS: i32 = 100_000;

/// Connections that a day keeps for readers. Each has its own cache of pages.
pub(super) const IDLE_READERS_MAX: usize = 2;

/// The page cache of a reader's connection, in KiB; the system's own cache is behind it.
pub(super) const READER_CACHE_KIB: i32 = 256;

/// The page cache of the writer's connection, in KiB: the inner pages of all indexes of a day and
/// what a group of frames touches.
pub(super) const WRITER_CACHE_KIB: i32 = 24_576;

/// Pages in the write-ahead log before they are put into the day's file: 16 MiB.
pub(super) const CHECKPOINT_PAGES: i32 = 4_096;

/// Days that are open for writing at once: today, yesterday around midnight, and one that is filled
/// up from a journal.
pub(super) const OPEN_DAYS_MAX: usize = 3;

/// In how many days on each side a frame is looked for that may have come before: a client sends
/// again for hours, and midnight may lie between.
pub(super) const NEIGHBOUR_DAYS: i32 = 2;

/// How long a session may be silent and still be looked for as one, in ms: 25 hours. Clients of ours
/// end a session after half an hour; a display that tells of itself once a day stays one. Without a
/// bound every session of a list would be looked for in every day's file.
pub(super) const SESSION_PAUSE_MS_MAX: i64 = 25 * 60 * 60 * 1_000;

/// Steps of a series. A month of minutes is for nobody's eyes.
pub(super) const SERIES_STEPS_MAX: u64 = 20_000;

/// Spans of a trace that are read; the rest is counted.
pub(super) const TRACE_SPANS_MAX: usize = 5_000;

/// Lines of logs, hops and calls of a trace that are read, of each.
pub(super) const TRACE_OTHERS_MAX: usize = 1_000;

/// Groups of errors that are told, the most frequent first.
pub(super) const ERROR_GROUPS_MAX: usize = 1_000;

/// Characters of an error's message, type and page in the table beside the frame, which has them in
/// full: a list shows no more.
pub(super) const ERROR_CHARS_MAX: usize = 500;

/// The length of an entry, unpacked. Ingest's largest body is far below.
pub(super) const ENTRY_BYTES_MAX: usize = 4 << 20;

/// How often hours and days are rolled up and old days are let go.
pub(super) const TIDY_EVERY: Duration = Duration::from_secs(20);

/// How long that may hold up what is to be written; it goes on after as long a pause.
pub(super) const TIDY_TIME_MAX: Duration = Duration::from_millis(500);

/// Minutes after its end before an hour or a day is rolled up: what clients send late makes it be
/// done again.
pub(super) const ROLL_UP_AFTER_MINUTES: i64 = 3;

/// Frames that are stored and of which nobody was told, as another day of their group failed: those of
/// some groups. Of more, those that come again are told as repeats.
pub(super) const UNTOLD_FRAMES_MAX: usize = 8 * GROUP_FRAMES_MAX;

/// Bytes that are held so that a full disk can be tidied: the roll-ups of a day of a large bank, without
/// its minutes, are some tens of MiB.
pub(super) const RESERVE_BYTES_MAX: u64 = 64 << 20;

/// Of a small disk no more than such a part.
pub(super) const RESERVE_SHARE: u64 = 16;
