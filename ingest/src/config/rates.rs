//! `[rates]` and `[apps.rates]`: how much each may send; `[overload]`: what goes first when too
//! much comes.

use super::{ConfigError, Section};
use crate::edge::rates::Rate;
use crate::edge::worth::Marks;

/// Requests a second that can be told apart from no limit.
const PER_SECOND_MAX: u32 = 10_000_000;

/// Events a day that are counted (`edge::rates` holds 40 bits).
const PER_DAY_MAX: u64 = 1_000_000_000_000;

/// How much each may send.
#[derive(Debug, Clone)]
pub struct RatesConfig {
    /// Requests of one address. `None`: not limited.
    pub address: Option<Rate>,
    /// What an application may that says nothing of its own.
    app: AppRates,
    /// Marks of the buffer's queue.
    pub marks: Marks,
}

/// How much one application may send.
#[derive(Debug, Clone, Copy, Default)]
pub struct AppRates {
    /// Its requests. `None`: not limited.
    pub requests: Option<Rate>,
    /// Its events from midnight to midnight, UTC. `None`: not limited.
    pub events_per_day: Option<u64>,
}

impl RatesConfig {
    pub(super) fn read(root: &mut Section<'_>) -> Result<Self, ConfigError> {
        let mut section = root.section("rates")?;
        let address = rate(&mut section, "address_requests_per_second", "address_burst")?;
        let requests = rate(&mut section, "app_requests_per_second", "app_burst")?;
        let events_per_day = quota(&mut section, "app_events_per_day")?;
        section.finish()?;
        let mut section = root.section("overload")?;
        let marks = read_marks(&mut section)?;
        section.finish()?;
        Ok(Self { address, app: AppRates { requests, events_per_day }, marks })
    }

    /// What one application may, from its table `[apps.rates]`.
    pub(super) fn of_app(&self, app: &mut Section<'_>) -> Result<AppRates, ConfigError> {
        let mut section = app.section("rates")?;
        let own = AppRates {
            requests: rate(&mut section, "requests_per_second", "burst")?,
            events_per_day: quota(&mut section, "events_per_day")?,
        };
        section.finish()?;
        Ok(AppRates {
            requests: own.requests.or(self.app.requests),
            events_per_day: own.events_per_day.or(self.app.events_per_day),
        })
    }
}

/// Three marks, none above the next.
fn read_marks(section: &mut Section<'_>) -> Result<Marks, ConfigError> {
    const DEFAULT: Marks = Marks { details: 50, measures: 75, all: 95 };
    let marks = Marks {
        details: section.integer("details_percent", DEFAULT.details, 1..=100)?,
        measures: section.integer("measures_percent", DEFAULT.measures, 1..=100)?,
        all: section.integer("all_percent", DEFAULT.all, 1..=100)?,
    };
    for (low, low_key, default, high, high_key) in [
        (marks.details, "details_percent", DEFAULT.details, marks.measures, "measures_percent"),
        (marks.measures, "measures_percent", DEFAULT.measures, marks.all, "all_percent"),
    ] {
        if low <= high {
            continue;
        }
        // The key that somebody set: with its default, the lower one is below the other's.
        return Err(if low == default {
            let allowed = format!("an integer from {low}, which is `{low_key}`, to 100");
            section.refuse_value(high_key, i64::from(high), allowed)
        } else {
            let allowed = format!("an integer from 1 to {high}, which is `{high_key}`");
            section.refuse_value(low_key, i64::from(low), allowed)
        });
    }
    Ok(marks)
}

/// 0 stands for no limit, and for a burst of two seconds' worth.
fn rate(
    section: &mut Section<'_>,
    per_second: &'static str,
    burst: &'static str,
) -> Result<Option<Rate>, ConfigError> {
    let per_second = section.integer(per_second, 0, 0..=PER_SECOND_MAX)?;
    let burst = match section.integer(burst, 0, 0..=PER_SECOND_MAX)? {
        0 => per_second.saturating_mul(2),
        burst => burst,
    };
    Ok((per_second > 0).then(|| Rate::new(per_second, burst)))
}

fn quota(section: &mut Section<'_>, key: &'static str) -> Result<Option<u64>, ConfigError> {
    let events = section.integer(key, 0, 0..=PER_DAY_MAX)?;
    Ok((events > 0).then_some(events))
}
