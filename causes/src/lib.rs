//! Why a figure deviates. Pure methods: no IO, no clock, no randomness, nothing of ours needed.
//!
//! [`explain`] is given the figures before and now by dimension values and names the smallest sets
//! of values that explain the deviation of a rate, a mean or a count, each with its evidence.
//! [`services`] is given what services did before and now and names the operation and statement.
//!
//! How the sets are judged, and what was tried: `docs/decisions/0060-causes-by-what-is-left-outside.md`.

mod config;
mod evidence;
mod explain;
mod hypotheses;
mod limits;
mod measure;
mod rows;
mod search;
pub mod services;
mod set;
mod table;
mod values;
mod why_not;

pub use config::Config;
pub use evidence::{Cause, Explanation, Figure, Folded, Outside, SetEvidence, Value, WhyNot};
pub use explain::explain;
pub use limits::{DIMENSIONS_MAX, LEAVES_MAX, VALUES_MAX};
pub use measure::{Direction, Measure, Period};
pub use rows::{Columns, RowsError, Span, read};
pub use table::{Table, TableError};
pub use values::OTHER;
