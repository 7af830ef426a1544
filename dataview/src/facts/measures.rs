//! Gathers what a frame gives to roll-ups.

use super::values::bounded;
use crate::model::{Dimension, Dimensions, Measure, Metric, Value, ViewId};

/// The measures of one frame.
#[derive(Debug)]
pub(super) struct Measures {
    /// What every one of them can be broken down by.
    of_frame: Dimensions,
    measures: Vec<Measure>,
}

impl Measures {
    pub(super) fn new(of_frame: Dimensions) -> Self {
        Self { of_frame, measures: Vec::new() }
    }

    /// Adds one, with what else it can be broken down by.
    pub(super) fn add(
        &mut self,
        metric: Metric,
        at_ms: u64,
        value: Value,
        more: &[(Dimension, Option<&str>)],
    ) {
        self.add_once(metric, at_ms, value, more, None);
    }

    /// Adds one that its view counts once.
    pub(super) fn add_once(
        &mut self,
        metric: Metric,
        at_ms: u64,
        value: Value,
        more: &[(Dimension, Option<&str>)],
        once: Option<ViewId>,
    ) {
        let mut dimensions = self.of_frame.clone();
        let known = more.iter().filter_map(|(by, value)| Some((*by, (*value)?)));
        let told = known.filter(|(_, value)| !value.is_empty());
        dimensions.extend(told.map(|(by, value)| (by, bounded(value.to_owned()))));
        self.measures.push(Measure { metric, at_ms, value, dimensions, once });
    }

    pub(super) fn done(self) -> Vec<Measure> {
        self.measures
    }
}
