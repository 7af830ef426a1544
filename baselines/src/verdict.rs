//! What is told of a figure.

/// What is told of one figure.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Verdict {
    /// What was expected; `None` while too little is known (see [`Confidence`]).
    pub expected: Option<Band>,
    /// By how many robust standard deviations the figure is above (positive) or below the middle of
    /// the band; 0 without a band.
    pub deviation: f64,
    /// How much to believe it.
    pub confidence: Confidence,
    /// Whether the figure rests on enough to be judged; if not, `is_out` stays as it was.
    pub is_judged: bool,
    /// Whether the series is outside what is normal: it has been long enough, and is not yet back.
    pub is_out: bool,
    /// Since when, if it is: the first minute outside, Unix time in s.
    pub since: Option<i64>,
    /// The release, by its time (Unix, s), that came shortly before `since`.
    pub after_release: Option<i64>,
}

/// What a figure should lie in, in its own unit.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Band {
    /// What is lower is outside.
    pub low: f64,
    /// What is expected most.
    pub middle: f64,
    /// What is higher is outside.
    pub high: f64,
}

/// How much a verdict rests on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Confidence {
    /// Less than 34 hours were seen: nothing is ever outside.
    Learning,
    /// This hour was not seen on this kind of day; other days or hours stand in for it.
    Low,
    /// This hour was seen on one to three days of its kind.
    Fair,
    /// It was seen on four days of its kind or more.
    Good,
}

impl Confidence {
    /// Its name in APIs.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Learning => "learning",
            Self::Low => "low",
            Self::Fair => "fair",
            Self::Good => "good",
        }
    }
}
