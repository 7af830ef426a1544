//! One series of figures, as a monitoring service keeps it.

mod clock;
mod rates;
mod values;

use crate::calendar::{Calendar, Slot};
use crate::figure::Figure;
use crate::hold::{Hold, Look};
use crate::limits::{LEARNING_HOURS, RELEASE_S, VOLUME_MIN};
use crate::snapshot::{self, SnapshotError};
use crate::verdict::{Band, Confidence, Verdict};
use clock::{Clock, Moment};
use rates::Rates;
use serde::{Deserialize, Serialize};
use values::{Sides, Values};

/// What is normal for one series, learnt from its figures, and whether it is that now.
///
/// It learns by hour of day and kind of day, forgets by weeks, and learns nothing from what is
/// outside. At most about 12 KB of memory; a test holds that.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Series {
    model: Model,
    clock: Clock,
    hold: Hold,
    /// The newest release, Unix time in s.
    released: Option<i64>,
    /// The release that came shortly before it went out.
    blamed: Option<i64>,
}

/// Goes up when what is kept changes.
const VERSION: u8 = 1;
/// A shift that has lasted so long, in s, is the new normal.
const ADOPTED_S: i64 = 24 * 60 * 60;

/// By the kind of figure; the first one decides.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
enum Model {
    #[default]
    Nothing,
    Rate(Box<Rates>),
    Count(Box<Values>),
    Level(Box<Values>),
}

/// What a model says of a figure by itself.
struct Judged {
    band: Band,
    deviation: f64,
    look: Look,
    /// Whether this hour was seen on this kind of day, and on how many days.
    days: u16,
    is_own: bool,
}

impl Series {
    /// Takes the figure of the minute (or whatever the series' interval is) that began at `at_s`,
    /// Unix time in s, and tells whether it is normal.
    ///
    /// A minute that is not later than the newest is told of, but not learnt again, so figures may
    /// be repeated after a restart. When sixty in a row are earlier the clock was set back, and the
    /// series goes on from there. A figure of another kind than the first one's, no finite number,
    /// or one that rests on fewer than [`VOLUME_MIN`] is not judged and not learnt.
    pub fn observe(&mut self, calendar: &Calendar, at_s: i64, figure: Figure) -> Verdict {
        let slot = calendar.slot(at_s);
        self.choose(figure);
        let is_judged = figure.value().is_finite() && self.is_of_kind(figure);
        let judged = is_judged.then(|| self.judge(slot, figure)).flatten();
        let is_small = figure.volume() < VOLUME_MIN && !self.adds_up(figure);
        // Small figures of a rate add up to something; a percentile of few stays nothing.
        let says_nothing = is_small && !matches!(figure, Figure::Rate { all: 1.., .. });
        if !is_judged || says_nothing {
            return self.verdict(judged.as_ref(), false);
        }
        let moment = self.clock.observe(at_s);
        if moment == Moment::Known {
            return self.verdict(judged.as_ref(), true);
        }
        if moment == Moment::AfterGap {
            self.hold.forget_window();
            self.forget_recent();
        }
        // Again, with what is just before forgotten.
        let judged = self.judge(slot, figure);
        if !is_small {
            self.hold_on(at_s, judged.as_ref());
        }
        self.learn(slot, figure, judged.as_ref());
        self.verdict(judged.as_ref(), !is_small)
    }

    /// Tells that a release went out at `at_s`, Unix time in s: a shift that begins within two hours
    /// is told to come after it.
    pub fn released(&mut self, at_s: i64) {
        self.released = self.released.max(Some(at_s));
    }

    /// What is expected at a moment, without a figure: for a chart.
    #[must_use]
    pub fn expected(&self, calendar: &Calendar, at_s: i64) -> Option<Band> {
        if self.clock.hours() < LEARNING_HOURS {
            return None;
        }
        let slot = calendar.slot(at_s);
        match &self.model {
            Model::Nothing => None,
            Model::Rate(rates) => rates.expected(slot),
            Model::Count(values) => values.expected(slot, Sides::Both),
            Model::Level(values) => values.expected(slot, Sides::High),
        }
    }

    /// How much to believe what is expected at a moment.
    #[must_use]
    pub fn confidence(&self, calendar: &Calendar, at_s: i64) -> Confidence {
        let slot = calendar.slot(at_s);
        self.trust(match &self.model {
            Model::Nothing => None,
            Model::Rate(rates) => rates.known(slot),
            Model::Count(values) | Model::Level(values) => values.known(slot),
        })
    }

    /// Different hours that had a figure.
    #[must_use]
    pub fn hours_seen(&self) -> u32 {
        self.clock.hours()
    }

    /// Since when it is outside, if it is, Unix time in s.
    #[must_use]
    pub fn out_since(&self) -> Option<i64> {
        self.hold.since()
    }

    /// Bytes that [`restore`](Self::restore) goes on from: some kilobytes, of a version.
    #[must_use]
    pub fn snapshot(&self) -> Vec<u8> {
        snapshot::write(VERSION, self)
    }

    /// The series that a [`snapshot`](Self::snapshot) was made of.
    ///
    /// # Errors
    /// When the bytes are something else, or of another version.
    pub fn restore(bytes: &[u8]) -> Result<Self, SnapshotError> {
        snapshot::read(VERSION, bytes)
    }

    fn choose(&mut self, figure: Figure) {
        if matches!(self.model, Model::Nothing) {
            self.model = match figure {
                Figure::Rate { .. } => Model::Rate(Box::default()),
                Figure::Count(_) => Model::Count(Box::default()),
                Figure::Level { .. } => Model::Level(Box::default()),
            };
        }
    }

    fn is_of_kind(&self, figure: Figure) -> bool {
        matches!(
            (&self.model, figure),
            (Model::Rate(_), Figure::Rate { .. })
                | (Model::Count(_), Figure::Count(_))
                | (Model::Level(_), Figure::Level { .. })
        )
    }

    /// Whether a small figure counts as well: minutes of a rate are added up.
    fn adds_up(&self, figure: Figure) -> bool {
        matches!(&self.model, Model::Rate(rates)
            if figure.volume() > 0 && rates.volume_with(figure) >= VOLUME_MIN as f64)
    }

    fn judge(&self, slot: Slot, figure: Figure) -> Option<Judged> {
        match &self.model {
            Model::Nothing => None,
            Model::Rate(rates) => rates.judge(slot, figure),
            Model::Count(values) => values.judge(slot, figure, Sides::Both),
            Model::Level(values) => values.judge(slot, figure, Sides::High),
        }
    }

    fn hold_on(&mut self, at_s: i64, judged: Option<&Judged>) {
        let Some(judged) = judged.filter(|_| self.clock.hours() >= LEARNING_HOURS) else { return };
        let was = self.hold.since();
        self.hold.observe(at_s, judged.look, self.clock.is_slow());
        let Some(since) = self.hold.since() else {
            self.blamed = None;
            return;
        };
        if was.is_none() {
            let soon_after =
                |release: &i64| (0..=RELEASE_S).contains(&since.saturating_sub(*release));
            self.blamed = self.released.filter(soon_after);
        }
        if at_s.saturating_sub(since) >= ADOPTED_S {
            self.hold = Hold::default();
            self.blamed = None;
            match &mut self.model {
                Model::Nothing => {}
                Model::Rate(rates) => rates.adopt(),
                Model::Count(values) | Model::Level(values) => values.adopt(),
            }
        }
    }

    /// Nothing is learnt from what is outside, so that an incident does not become normal.
    fn learn(&mut self, slot: Slot, figure: Figure, judged: Option<&Judged>) {
        let is_out = self.hold.since().is_some();
        let is_learning = self.clock.hours() < LEARNING_HOURS;
        match &mut self.model {
            Model::Nothing => {}
            Model::Rate(rates) => rates.learn(slot, figure, judged, is_out, is_learning),
            Model::Count(values) | Model::Level(values) => {
                values.learn(slot, figure, judged, is_out, is_learning);
            }
        }
    }

    fn forget_recent(&mut self) {
        match &mut self.model {
            Model::Nothing => {}
            Model::Rate(rates) => rates.forget_recent(),
            Model::Count(values) | Model::Level(values) => values.forget_recent(),
        }
    }

    /// By the days that an hour was seen on, and whether they are of its kind.
    fn trust(&self, known: Option<(u16, bool)>) -> Confidence {
        match known {
            _ if self.clock.hours() < LEARNING_HOURS => Confidence::Learning,
            None => Confidence::Learning,
            Some((_, false)) => Confidence::Low,
            Some((..4, true)) => Confidence::Fair,
            Some(_) => Confidence::Good,
        }
    }

    fn verdict(&self, judged: Option<&Judged>, is_judged: bool) -> Verdict {
        let since = self.hold.since();
        let confidence = self.trust(judged.map(|judged| (judged.days, judged.is_own)));
        let judged = judged.filter(|_| confidence != Confidence::Learning);
        Verdict {
            expected: judged.map(|judged| judged.band),
            deviation: judged.map_or(0.0, |judged| judged.deviation),
            confidence,
            is_judged: is_judged && judged.is_some(),
            is_out: since.is_some(),
            since,
            after_release: self.blamed,
        }
    }
}
