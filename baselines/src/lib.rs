//! What is normal and what is not: methods over series of figures.
//!
//! * [`Series`] (and [`Baselines`], many of them by key) is what a monitoring service feeds once a
//!   minute: a [`Figure`] goes in, a [`Verdict`] comes out, with the band that was expected, by how
//!   much the figure is outside it, since when, and how much is known about it at all.
//!
//! No IO, no clock: the time comes with each figure. Memory is bounded, see [`limits`]. What was
//! learnt is kept by [`Series::snapshot`], and [`Series::restore`] goes on as if nothing had been.

mod baselines;
mod calendar;
mod digest;
mod figure;
mod hold;
pub mod limits;
mod range;
mod rate;
mod series;
mod slots;
mod verdict;

pub use baselines::Baselines;
pub use calendar::{Calendar, DayKind, Holidays, HolidaysError, Slot};
pub use figure::Figure;
pub use series::{Series, SnapshotError};
pub use verdict::{Band, Confidence, Verdict};
