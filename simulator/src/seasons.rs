//! How many people come by the hour, the weekday, the day of the month and the year.

use crate::random::Random;

/// Minutes of a day.
pub const DAY_MINUTES: u32 = 24 * 60;
/// Minutes of a week; minute 0 is a Monday's midnight.
pub const WEEK_MINUTES: u32 = 7 * DAY_MINUTES;

/// Requests a minute on average of a working day: a small bank.
const REQUESTS: f64 = 800.0;
/// The part of each hour, its mean 1: little at night, most in the late morning and the evening.
const HOURS: [f64; 24] = [
    0.25, 0.18, 0.14, 0.12, 0.14, 0.2, 0.4, 0.8, 1.3, 1.65, 1.75, 1.6, 1.4, 1.35, 1.5, 1.55, 1.4,
    1.2, 1.2, 1.45, 1.5, 1.25, 0.85, 0.5,
];

/// Requests that are expected in a minute.
pub(crate) fn expected(seed: u64, minute: u32) -> f64 {
    let day = minute / DAY_MINUTES;
    let of_day = minute % DAY_MINUTES;
    let (hour, part) = (of_day / 60, f64::from(of_day % 60) / 60.0);
    let hourly = HOURS[hour as usize] * (1.0 - part) + HOURS[(hour as usize + 1) % 24] * part;
    let weekly = [1.05, 1.0, 1.0, 0.98, 1.02, 0.7, 0.6][(day % 7) as usize];
    // Salaries come on the 10th and the 15th of months of 30 days.
    let pay_day = match day % 30 {
        10 => 1.5,
        15 => 1.3,
        _ => 1.0,
    };
    // The bank grows by a tenth in ten weeks.
    let growth = 1.0 + 0.1 * f64::from(day) / 70.0;
    REQUESTS * hourly * weekly * pay_day * growth * (0.06 * wander(seed, minute, 1)).exp()
}

/// How much slower all is than on the first day: the data grow.
pub(crate) fn slowness(seed: u64, minute: u32) -> f64 {
    let drift = 1.0 + 0.15 * f64::from(minute) / f64::from(6 * WEEK_MINUTES);
    drift * (0.1 * wander(seed, minute, 2)).exp()
}

/// Something that wanders from hour to hour, of mean 0 and standard deviation about 1.
fn wander(seed: u64, minute: u32, what: u64) -> f64 {
    let at = |hour: u32| Random::of(seed, &[what, u64::from(hour)]).normal();
    let (hour, part) = (minute / 60, f64::from(minute % 60) / 60.0);
    at(hour) * (1.0 - part) + at(hour + 1) * part
}
