//! What is normal and what is not: methods over series of figures.
//!
//! Two ways in:
//!
//! * [`Series`] (and [`Baselines`], many of them by key) is what a monitoring service feeds once a
//!   minute: a [`Figure`] goes in, a [`Verdict`] comes out, with the band that was expected, by how
//!   much the figure is outside it, since when, and how much is known about it at all.
//! * [`Detector`] gives each row of any series of numbers a score from 0 to 1, whatever its
//!   interval.
//!
//! No IO, no clock: the time comes with each figure. Memory is bounded, see [`limits`]. What was
//! learnt is kept by [`Series::snapshot`], and [`Series::restore`] goes on as if nothing had been.

mod baselines;
mod calendar;
mod detector;
mod digest;
mod figure;
mod hold;
pub mod limits;
mod range;
mod rate;
mod series;
mod slots;
mod snapshot;
mod verdict;

pub use baselines::Baselines;
pub use calendar::{Calendar, DayKind, Holidays, HolidaysError, Slot};
pub use detector::Detector;
pub use figure::Figure;
pub use series::Series;
pub use snapshot::SnapshotError;
pub use verdict::{Band, Confidence, Verdict};
