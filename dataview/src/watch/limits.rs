//! Every bound of rules, incidents and channels, with the reason beside it.

use std::time::Duration;

/// Rules: some for each department of a bank. Each costs a few reads of the store a minute.
pub const RULES_MAX: usize = 200;

/// Channels: each has a task of its own.
pub const CHANNELS_MAX: usize = 50;

/// Channels that one rule names.
pub(super) const RULE_CHANNELS_MAX: usize = 10;

/// Values of a dimension that one rule watches: each has a state, and may be a part of an incident.
pub(super) const VALUES_MAX: usize = 50;

/// Values that are watched where a rule names none: the most frequent ones.
pub(super) const TOP_DEFAULT: usize = 10;

/// The longest window of a threshold, in minutes: a day. What is slower is an objective.
pub(super) const WINDOW_MINUTES_MAX: u32 = 1_440;

/// The longest that a state must last, in minutes.
pub(super) const HOLD_MINUTES_MAX: u32 = 1_440;

/// Bytes of a text of a rule, a comment or a silence.
pub(super) const TEXT_BYTES_MAX: usize = 1_024;

/// How long after a minute's end it is judged: pages send within 5 s, and the chain takes it on.
pub(super) const SETTLE_MS: u64 = 10_000;

/// How long a minute waits for entries that came before its end and are not stored yet. Afterwards
/// it is judged by what is there; absence is not told then.
pub(super) const WAIT_FOR_STORE_MS: u64 = 10 * 60_000;

/// Minutes that are judged after a pause, for each rule; older ones are skipped and counted: a page
/// about what was four hours ago helps nobody.
pub(super) const CATCH_UP_MINUTES_MAX: u64 = 240;

/// How long one rule may take for a minute.
pub(super) const RULE_TIMEOUT: Duration = Duration::from_secs(10);

/// How long one round may take; what is left is done in the next one.
pub(super) const ROUND_TIMEOUT: Duration = Duration::from_secs(50);

/// How often it is looked whether there is a minute to be judged.
pub(super) const ROUND_EVERY: Duration = Duration::from_secs(5);

/// How often the file of rules is looked at: one call of `stat`.
pub(super) const FILE_EVERY: Duration = Duration::from_secs(2);

/// Bytes of the file of rules: 200 rules and 50 channels at their longest.
pub(super) const FILE_BYTES_MAX: u64 = 4 * 1024 * 1024;

/// Bytes of a file that holds a secret.
pub(super) const SECRET_BYTES_MAX: u64 = 4_096;

/// What fires again so soon after it was resolved belongs to the same incident, in ms.
pub(super) const REOPEN_MS: u64 = 15 * 60_000;

/// Parts of an incident; further ones are counted.
pub(super) const PARTS_MAX: usize = 100;

/// Incidents that are kept; beyond, the oldest resolved ones go: at two a day, years.
pub(super) const INCIDENTS_MAX: u64 = 20_000;

/// Lines of the time line of one incident; further ones of rules are left out.
pub(super) const LINES_MAX: u64 = 500;

/// Silences that have not ended.
pub(super) const SILENCES_MAX: usize = 500;

/// The longest silence, in ms: 90 days.
pub(super) const SILENCE_MS_MAX: u64 = 90 * 86_400_000;

/// Notices that wait for one channel; beyond, the oldest are given up and counted: who comes back
/// after hours wants to know how it is now.
pub(super) const WAITING_MAX: u64 = 200;

/// Deliveries that are kept to be looked at.
pub(super) const DELIVERIES_MAX: u64 = 10_000;

/// How long a notice is tried to be delivered.
pub(super) const GIVE_UP_MS: u64 = 24 * 3_600_000;

/// The first pause before a notice is tried again, in ms; it doubles.
pub(super) const PAUSE_MIN_MS: u64 = 1_000;

/// The longest pause, in ms.
pub(super) const PAUSE_MAX_MS: u64 = 300_000;

/// The longest pause that a channel may ask for, in ms.
pub(super) const RETRY_AFTER_MAX_MS: u64 = 3_600_000;

/// How long a channel may take to answer.
pub(super) const ANSWER_TIMEOUT: Duration = Duration::from_secs(10);

/// How long connecting to it may take.
pub(super) const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);

/// Bytes of an answer that are read.
pub(super) const ANSWER_BYTES_MAX: usize = 64 * 1024;

/// Characters of an error that are kept.
pub(super) const ERROR_CHARS_MAX: usize = 200;

/// How long a deliverer waits before it looks again when nothing wakes it.
pub(super) const IDLE: Duration = Duration::from_secs(5);

/// How often an open incident is told again to Alertmanager, in ms, which forgets what is not, and
/// until when each telling holds: a restart or two may lie between.
pub(super) const REFRESH_MS: u64 = 30 * 60_000;
pub(super) const REFRESH_HOLDS_MS: u64 = 3 * 3_600_000;

/// Days that a new series of a baseline learns from: two weeks have each kind of day.
pub(super) const BACKFILL_DAYS: u64 = 14;

/// Days that one rule reads of them in one minute: some 20 ms each.
pub(super) const BACKFILL_CHUNKS_MAX: u32 = 14;

/// Series of baselines: 12 KB each.
pub(super) const SERIES_MAX: usize = 10_000;

/// How often what a series has learnt is written, in ms: what came since is read again.
pub(super) const SAVE_SERIES_MS: u64 = 15 * 60_000;

/// How long a series is kept that is no longer fed, in ms.
pub(super) const SERIES_KEPT_MS: u64 = 30 * 86_400_000;

/// The span by which the most frequent values are chosen for baselines, in minutes: those of one
/// minute change too often to learn of.
pub(super) const FREQUENT_MINUTES: u32 = 60;

/// What an incident is compared with, in ms before it: an hour has enough, and is of the same day.
pub(super) const CAUSES_BEFORE_MS: u64 = 60 * 60_000;

/// Values of a dimension that are looked at as causes; further ones are rare.
pub(super) const CAUSE_VALUES_MAX: usize = 200;

/// Causes that are told, each of another dimension.
pub(super) const CAUSES_MAX: usize = 5;

/// Incidents that are explained in one round: each costs two reads a dimension.
pub(super) const EXPLAINED_AT_ONCE: usize = 5;

/// Incidents among which those are looked for: the newest.
pub(super) const EXPLAIN_LOOK_MAX: usize = 100;

/// How old an incident may be that is explained, in ms: later its beginning is no longer why.
pub(super) const EXPLAIN_WITHIN_MS: u64 = 30 * 60_000;

/// How much of an incident is looked through for customers that it hit, in ms: those of its first day
/// say enough.
pub(super) const CUSTOMERS_MS_MAX: u64 = 24 * 3_600_000;

/// Places of an incident whose customers are looked for: each is a question to the store.
pub(super) const CUSTOMERS_PLACES_MAX: usize = 10;

/// Sessions that are looked through for them, the newest of each place, divided among the places.
pub(super) const CUSTOMERS_SESSIONS_MAX: usize = 10_000;

/// Sessions that are asked for at once: some 1 KB each.
pub(super) const CUSTOMERS_SESSIONS_READ: usize = 1_000;

/// Customers of the tiers that matter who are named, the newest; the rest is counted.
pub(super) const VIPS_MAX: usize = 50;

/// Earlier incidents of an application among which similar ones are looked for: half a year at three a
/// day.
pub(super) const SIMILAR_LOOK_MAX: usize = 500;

/// Similar incidents that are told.
pub(super) const SIMILAR_MAX: usize = 5;

/// Days that a dry evaluation looks back.
pub const DRY_DAYS_MAX: u64 = 7;

/// Values of a dimension that a dry evaluation looks at: each is a week of minutes in memory.
pub(super) const DRY_VALUES_MAX: usize = 10;

/// Firings that a dry evaluation tells.
pub(super) const DRY_FIRINGS_MAX: usize = 200;

/// Days times minutes of a window of a dry evaluation that adds up sketches: a week of a quarter of an
/// hour is 150,000 of them.
pub(super) const DRY_SKETCH_MINUTES_MAX: u64 = 7 * 15;
