//! Every bound of subscriptions, with the reason beside it.

use std::time::Duration;

/// Subscriptions: some for each department of a bank.
pub(super) const SUBSCRIPTIONS_MAX: usize = 200;

/// Items of a filter's or a mask's list.
pub(super) const LIST_MAX: usize = 100;

/// Bytes of a text in a definition.
pub(super) const TEXT_BYTES_MAX: usize = 256;

/// Bytes of a webhook's address.
pub(super) const URL_BYTES_MAX: usize = 2048;

/// Frames that one reading looks through: a filter that lets little pass comes forward a piece at
/// a time, so it holds a reader of the store no longer than others.
pub(super) const FRAMES_MAX: usize = 512;

/// Lines of one reading, unless one frame alone has more.
pub const LINES_MAX: usize = 1000;

/// Bytes of the lines of one reading, unless one frame alone has more: what a webhook of ordinary
/// software takes as one body.
pub(super) const BYTES_MAX: usize = 512 * 1024;

/// How long a webhook may take to answer.
pub(super) const ANSWER_TIMEOUT: Duration = Duration::from_secs(10);

/// How long connecting to it may take.
pub(super) const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);

/// The first pause before a delivery is tried again; it doubles.
pub(super) const PAUSE_MIN: Duration = Duration::from_secs(1);

/// The longest pause: how late a webhook that is back is noticed.
pub(super) const PAUSE_MAX: Duration = Duration::from_secs(300);

/// The longest pause before the file of the subscriptions is tried again: it is on our own disk, so
/// trying costs little, and a full disk is noticed to be free.
pub(super) const FILE_PAUSE_MAX: Duration = Duration::from_secs(30);

/// The longest pause that a webhook may ask for by Retry-After.
pub(super) const RETRY_AFTER_MAX: Duration = Duration::from_secs(3600);

/// How long a deliverer that has nothing to deliver waits before it looks again, when nothing
/// wakes it.
pub(super) const IDLE: Duration = Duration::from_secs(5);

/// Characters of an error that are kept for those who look why nothing is delivered.
pub(super) const ERROR_CHARS_MAX: usize = 200;

/// How long bodies are signed with the secret before as well, at most, in ms: a week is enough to change
/// a receiver, and what has become known must not be good for ever.
pub(crate) const OVERLAP_MAX_MS: u64 = 7 * 86_400_000;

/// How long they are when nobody says: a working day and a night, in ms.
pub(crate) const OVERLAP_DEFAULT_MS: u64 = 86_400_000;
