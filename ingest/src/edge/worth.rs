//! What an event is worth when not all can be kept: timings go before errors.

use dna_protocol::model::{Body, Event};

/// The worth of an event, the least first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Worth {
    /// One of many that say about the same: a page has dozens, and other sessions have them too.
    Detail,
    /// A measurement or step that nothing else tells of this page.
    Measure,
    /// What somebody will ask for: errors, who it was, what was to be done and whether it was.
    Keep,
}

impl Worth {
    /// The worth of `event`.
    #[must_use]
    pub fn of(event: &Event) -> Self {
        match &event.body {
            Body::Resource(_)
            | Body::LongFrame(_)
            | Body::Mark(_)
            | Body::Visibility(_)
            | Body::CodeLoad(_)
            | Body::DataUpdate(_) => Self::Detail,
            Body::WebVital(_)
            | Body::UserAction(_)
            | Body::Report(_)
            | Body::Console(_)
            | Body::PageLoad(_)
            | Body::NetworkChange(_) => Self::Measure,
            Body::ApiCall(call) => {
                let is_good = call.status.is_some_and(|status| (100..400).contains(&status));
                if is_good && call.error.is_none() { Self::Measure } else { Self::Keep }
            }
            Body::PageView(_)
            | Body::Exception(_)
            | Body::UnhandledRejection(_)
            | Body::ResourceFailure(_)
            | Body::Custom(_)
            | Body::Identity(_)
            | Body::RouteChange(_)
            | Body::Transaction(_)
            | Body::AppLaunch(_)
            | Body::MemoryWarning(_) => Self::Keep,
        }
    }
}

/// How much of the buffer's queue is used at which something is done, in percent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Marks {
    /// Details are not kept any more.
    pub details: u8,
    /// Neither are measurements.
    pub measures: u8,
    /// Nothing is taken any more.
    pub all: u8,
}

/// What is to be done at a moment, the least first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Pressure {
    /// Everything is kept.
    None,
    /// Only what has at least this worth is.
    Only(Worth),
    /// Nothing more is taken.
    Refuse,
}

impl Marks {
    /// What is to be done when `items` of `items_max` wait, or `bytes` of `bytes_max`.
    #[must_use]
    pub fn pressure(
        self,
        (items, items_max): (u64, usize),
        (bytes, bytes_max): (u64, usize),
    ) -> Pressure {
        let percent = |used: u64, max: usize| used.saturating_mul(100) / (max as u64).max(1);
        let used = percent(items, items_max).max(percent(bytes, bytes_max));
        match used {
            used if used >= u64::from(self.all) => Pressure::Refuse,
            used if used >= u64::from(self.measures) => Pressure::Only(Worth::Keep),
            used if used >= u64::from(self.details) => Pressure::Only(Worth::Measure),
            _ => Pressure::None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn details_go_first_then_measurements_then_all() {
        let marks = Marks { details: 50, measures: 75, all: 95 };
        let at = |items, bytes| marks.pressure((items, 100), (bytes, 1000));
        assert_eq!(at(0, 0), Pressure::None);
        assert_eq!(at(49, 499), Pressure::None);
        assert_eq!(at(50, 0), Pressure::Only(Worth::Measure));
        assert_eq!(at(0, 500), Pressure::Only(Worth::Measure));
        assert_eq!(at(50, 750), Pressure::Only(Worth::Keep));
        assert_eq!(at(95, 0), Pressure::Refuse);
        assert_eq!(at(200, 5000), Pressure::Refuse);
    }
}
