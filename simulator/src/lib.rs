//! A bank's traffic, made from a seed: what people do by hour, weekday and pay day, slow drifts, and
//! incidents whose true cause is known. For benchmarks and tests of baselines and causes; it ships in nothing.
//!
//! * [`Bank::minute`] gives the requests of any minute, the same for the same seed.
//! * [`schedule`] gives labelled incidents over requests' dimensions.
//! * [`services`] gives traces through the bank's services, healthy or with a labelled fault.

mod bank;
mod dimensions;
mod incidents;
mod random;
mod seasons;
pub mod services;

pub use bank::{Bank, Minute, Request};
pub use dimensions::{DIMENSIONS, Set, VALUES, value};
pub use incidents::{Effect, Incident, schedule};
pub use random::Random;
pub use seasons::{DAY_MINUTES, WEEK_MINUTES};
