//! What the search for a cause may hold and do at most, so that a dimension of a million values
//! costs as much as one of a thousand.

/// Dimensions of a table. More than a bank's measures have (application, page, region, operator,
/// device, browser, release, API, third party, CDN node), and few enough that their bits fit a set.
pub const DIMENSIONS_MAX: usize = 16;

/// Values of a dimension that are told apart; the rest is counted as [`crate::OTHER`]. A value that
/// explains an incident has a share of the traffic or of what is bad, so it is among a thousand.
pub const VALUES_MAX: usize = 1_000;

/// Values of a dimension that are counted before the least important are let go: far more than are
/// kept, since letting go looks at every combination. At most 4 MB a dimension.
pub(crate) const NAMES_MAX: usize = 16 * VALUES_MAX;

/// Combinations of values that are held. 200,000 of 16 dimensions are some 30 MB.
pub const LEAVES_MAX: usize = 200_000;

/// Minutes before, and minutes now: two weeks. More are no longer "before the incident".
pub(crate) const MINUTES_MAX: usize = 14 * 24 * 60;

/// Values of one set. Causes of more dimensions are not acted upon, and among many small sets
/// some deviate by chance.
pub(crate) const SET_MAX: usize = 3;

/// Sets of a level that are looked into further. Those left out explain less than the last one kept.
pub(crate) const OPEN_MAX: usize = 256;

/// Values of one dimension that together are a cause. Five releases or operators that fail
/// alike are seldom five causes: something else is.
pub(crate) const TOGETHER_MAX: usize = 4;

/// Hypotheses that are compared for the confidence of the first.
pub(crate) const COMPARED_MAX: usize = 50;

/// Hypotheses that are told in the order of their scores, whatever they are.
pub(crate) const BEST_TOLD: usize = 4;

/// Bytes of a value that are kept; what is longer is cut.
pub(crate) const VALUE_BYTES_MAX: usize = 256;
