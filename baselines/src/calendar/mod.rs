//! Which hour of which kind of day it is where the bank is.

mod holidays;

pub use holidays::{Holidays, HolidaysError};

use jiff::Timestamp;
use jiff::civil::{Date, Weekday};
use jiff::tz::TimeZone;

/// What kind of day it is: traffic of a bank differs more between these than between weekdays.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[repr(u8)]
pub enum DayKind {
    /// Monday to Friday, and weekend days that are worked.
    Working = 0,
    /// Saturday and Sunday.
    Weekend = 1,
    /// A public holiday, whatever its weekday.
    Holiday = 2,
}

/// An hour of a kind of day, and how far into it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Slot {
    /// The hour, 0 to 23, by local time.
    pub hour: u8,
    /// What kind of day.
    pub kind: DayKind,
    /// How much of the hour has passed, 0 to 1.
    pub passed: f32,
    /// Which day, counted from 1970-01-01, by local time.
    pub day: i32,
}

/// The days and hours of one place.
#[derive(Debug, Clone)]
pub struct Calendar {
    zone: TimeZone,
    holidays: Holidays,
}

impl Calendar {
    /// Of a place with this time zone and these holidays.
    #[must_use]
    pub fn new(zone: TimeZone, holidays: Holidays) -> Self {
        Self { zone, holidays }
    }

    /// The slot of a moment, in s since the Unix epoch. What lies outside the years -9999 to 9999
    /// counts as the nearest moment that does not.
    #[must_use]
    pub fn slot(&self, at_s: i64) -> Slot {
        let bounded = at_s.clamp(Timestamp::MIN.as_second(), Timestamp::MAX.as_second());
        let timestamp = Timestamp::from_second(bounded).unwrap_or(Timestamp::UNIX_EPOCH);
        let local = self.zone.to_datetime(timestamp);
        let (date, time) = (local.date(), local.time());
        let second = f32::from(time.minute()) * 60.0 + f32::from(time.second());
        Slot {
            hour: time.hour().unsigned_abs(),
            kind: self.kind(date),
            passed: second / 3_600.0,
            day: days_since_1970(date),
        }
    }

    /// What kind of day a date is.
    #[must_use]
    pub fn kind(&self, date: Date) -> DayKind {
        let by_weekday = match date.weekday() {
            Weekday::Saturday | Weekday::Sunday => DayKind::Weekend,
            _ => DayKind::Working,
        };
        self.holidays.kind(date).unwrap_or(by_weekday)
    }
}

impl Default for Calendar {
    /// UTC, without holidays.
    fn default() -> Self {
        Self::new(TimeZone::UTC, Holidays::default())
    }
}

fn days_since_1970(date: Date) -> i32 {
    let midnight = date.to_datetime(jiff::civil::Time::midnight());
    let seconds = TimeZone::UTC.to_timestamp(midnight).map_or(0, Timestamp::as_second);
    i32::try_from(seconds.div_euclid(86_400)).unwrap_or(0)
}
