//! How hypotheses are weighed.

use serde::Serialize;

/// The weights by which hypotheses are compared. One configuration for all data; the defaults
/// are what `cargo xtask bench causes` prints and measures.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Config {
    /// Counts by which a set's rate before is pulled to the rate of all: a set that had 3 requests
    /// before tells little of its own rate.
    pub prior: f64,
    /// Weight of the share of the deviation that is inside a set; the rest is the weight of how far
    /// all outside is back to normal.
    pub inside_weight: f64,
    /// What a set gains for each e-fold that it is smaller than all.
    pub narrow: f64,
    /// Least share of the traffic that narrowness counts down to.
    pub share_min: f64,
    /// What each further dimension of a set costs.
    pub dimension_cost: f64,
    /// What each further value of the same dimension costs.
    pub value_cost: f64,
    /// Least share that a further value must add to what those before it explain.
    pub value_share_min: f64,
    /// Least rise of a further value, as a part of the rise of those before it.
    pub value_rise_min: f64,
    /// Added to the share of the traffic outside, so that a set of nearly all is not judged by
    /// the handful outside it.
    pub outside_floor: f64,
    /// Least deviation of a set that is looked into, as a share of the whole deviation.
    pub open_share_min: f64,
    /// Least deviation in standard deviations of chance.
    pub z_min: f64,
    /// How far back to normal all outside a cause must be, 0 to 1, or no cause is named.
    pub outside_normal_min: f64,
    /// How much better a hypothesis must score to be e times as likely.
    pub confidence_scale: f64,
    /// Causes that are told, the first included.
    pub causes_max: usize,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            prior: 20.0,
            inside_weight: 0.25,
            narrow: 0.08,
            share_min: 0.002,
            dimension_cost: 0.003,
            value_cost: 0.13,
            value_share_min: 0.1,
            value_rise_min: 0.35,
            outside_floor: 0.03,
            open_share_min: 0.05,
            z_min: 3.0,
            outside_normal_min: 0.3,
            confidence_scale: 0.05,
            causes_max: 8,
        }
    }
}
