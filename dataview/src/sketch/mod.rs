//! What roll-ups keep beside counts: sketches that can be added up over minutes, hours and days.

mod percentiles;
mod uniques;

pub use percentiles::Percentiles;
pub use uniques::Uniques;

/// Bytes that are no sketch of ours.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a sketch: {0}")]
pub struct SketchError(&'static str);
