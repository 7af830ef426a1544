//! What is said of one minute.

/// What one minute of a series said.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Figure {
    /// So many went wrong of so many: an error rate, an availability. Judged by binomial bounds;
    /// outside is what is worse than expected.
    Rate {
        /// How many went wrong; more than `all` counts as `all`.
        bad: u64,
        /// How many there were.
        all: u64,
    },
    /// How many: traffic. Outside may be too many as well as too few.
    Count(u64),
    /// A percentile or a mean of so many values, in any unit: a Web Vital, a latency, the time that
    /// an SMS code takes. Outside is what is higher than expected.
    Level {
        /// The percentile or mean; what is no finite number is not judged.
        value: f64,
        /// Of how many values.
        volume: u64,
    },
}

impl Figure {
    /// The number that is compared with the band: a share of 0 to 1 for a rate.
    #[must_use]
    pub fn value(self) -> f64 {
        match self {
            Self::Rate { all: 0, .. } => 0.0,
            Self::Rate { bad, all } => bad.min(all) as f64 / all as f64,
            Self::Count(count) => count as f64,
            Self::Level { value, .. } => value,
        }
    }

    /// On how much it rests. A count rests on itself: that there is nothing is a figure, too.
    #[must_use]
    pub fn volume(self) -> u64 {
        match self {
            Self::Rate { all, .. } => all,
            Self::Count(_) => u64::MAX,
            Self::Level { volume, .. } => volume,
        }
    }
}
