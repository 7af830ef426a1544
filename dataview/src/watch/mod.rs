//! Objectives, alerts, incidents: rules are judged once a minute, what fires at once is an incident,
//! and channels tell whom it concerns.
//!
//! One direction: [`round`] asks the store for what a rule's windows had ([`sample`]), [`judge`] says
//! whether that is out, [`track`] whether it has been for long enough, and [`keep`] writes it all in
//! one transaction, in which [`incident`] makes incidents and notices of it. [`deliver`] sends those
//! by [`channel`]. [`dry`] goes the same way over last week and writes nothing.

pub mod baseline;
pub mod causes;
pub mod channel;
pub mod customers;
pub mod deliver;
pub mod dry;
mod file;
pub mod incident;
pub mod judge;
pub mod keep;
pub mod limits;
pub mod measure;
pub mod objective;
mod reload;
pub mod round;
pub mod rule;
pub mod sample;
mod set;
pub mod similar;
pub mod start;
pub mod track;

pub use file::{FileSet, WrongFile};
pub use reload::Rulebook;
pub use rule::{Rule, WrongRule};
pub use set::RuleSet;
pub use start::Watching;
