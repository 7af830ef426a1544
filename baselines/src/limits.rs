//! The bounds of baselines, and why each.

/// Days that a file of holidays may have: thirty years of them.
pub const HOLIDAYS_MAX: usize = 2_000;

/// Series that [`Baselines`](crate::Baselines) keeps where nobody says another number: so many a
/// minute fit one core and 256 MiB.
pub const SERIES_MAX: usize = 10_000;

/// Hours that must have been seen before anything is told to be outside: one day whole, and the
/// evening or morning after it.
pub const LEARNING_HOURS: u32 = 34;

/// Centroids of a slot's distribution. 16 tell a median within a few percent of its spread and the
/// outermost percent as such, in 128 bytes; three kinds of day of 24 hours are then 9 KiB a series.
pub const CENTROIDS_MAX: usize = 16;

/// What a distribution keeps of its weight a week: half is forgotten in four. Seasons of a year move
/// a bank's figures by little in a month.
pub const KEPT_A_WEEK: f32 = 0.84;

/// A figure that rests on fewer values or requests is not judged: a percentile of a dozen is noise.
pub const VOLUME_MIN: u64 = 20;

/// Figures over which it is decided whether it is out.
pub const WINDOW_MINUTES: u8 = 5;

/// Calm figures in a row after which it is back.
pub const CALM_MINUTES: u8 = 10;

/// A gap that is longer, in s, makes what went just before it meaningless.
pub const GAP_MAX_S: i64 = 15 * 60;

/// A shift that begins so soon after a release, in s, is told to come after it.
pub const RELEASE_S: i64 = 2 * 60 * 60;

/// Bytes of a snapshot that are read at most: several times what the largest series takes.
pub const SNAPSHOT_BYTES_MAX: usize = 64 * 1024;
