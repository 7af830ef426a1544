//! Series as a bank has them, from a seed.

use dna_baselines::{Calendar, Figure, Holidays, Series, Verdict};

pub(crate) const MINUTE: i64 = 60;
pub(crate) const HOUR: i64 = 60 * MINUTE;
pub(crate) const DAY: i64 = 24 * HOUR;
/// Monday, 2026-03-02 00:00 in Shanghai.
pub(crate) const MONDAY: i64 = 1_772_380_800;

/// Numbers that look random, the same ones each time (SplitMix64).
pub(crate) struct Noise(pub(crate) u64);

impl Noise {
    /// 0 to 1, evenly.
    pub(crate) fn even(&mut self) -> f64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        ((z ^ (z >> 31)) >> 11) as f64 / (1_u64 << 53) as f64
    }

    /// Bell-shaped: mean 0, standard deviation 1.
    pub(crate) fn normal(&mut self) -> f64 {
        (0..12).map(|_| self.even()).sum::<f64>() - 6.0
    }

    /// How many of `all` go wrong if each does by `rate`.
    pub(crate) fn bad(&mut self, all: u64, rate: f64) -> u64 {
        (0..all).filter(|_| self.even() < rate).count() as u64
    }
}

/// Shanghai, with China's holidays.
pub(crate) fn calendar() -> Calendar {
    let zone = jiff::tz::TimeZone::fixed(jiff::tz::offset(8));
    Calendar::new(zone, Holidays::china())
}

/// Requests a minute that a bank expects at a moment: nights are quiet, days busy with a noon dip,
/// weekends and holidays half.
pub(crate) fn traffic(at_s: i64) -> f64 {
    let slot = calendar().slot(at_s);
    let hour = f64::from(slot.hour) + f64::from(slot.passed);
    let day = (-((hour - 10.5) / 3.0).powi(2)).exp() + 0.9 * (-((hour - 16.0) / 3.5).powi(2)).exp();
    let kind = if slot.kind == dna_baselines::DayKind::Working { 1.0 } else { 0.5 };
    40.0 + 900.0 * day * kind
}

/// Traffic as it comes: with its root of noise, and 3 % that moves all.
pub(crate) fn count(noise: &mut Noise, at_s: i64) -> Figure {
    let mean = traffic(at_s);
    Figure::Count(
        (mean + mean.sqrt() * noise.normal() + 0.03 * mean * noise.normal()).max(0.0) as u64
    )
}

/// The latency's percentile of the minute, in ms: higher when it is busy.
pub(crate) fn latency(noise: &mut Noise, at_s: i64) -> Figure {
    let traffic = traffic(at_s);
    let value = (180.0 + traffic / 10.0) * (1.0 + 0.06 * noise.normal());
    Figure::Level { value, volume: traffic as u64 }
}

/// Feeds the minutes from `from` to `to` and gives what was told of each.
pub(crate) fn feed(
    series: &mut Series,
    (from, to): (i64, i64),
    mut figure: impl FnMut(i64) -> Figure,
) -> Vec<(i64, Verdict)> {
    let calendar = calendar();
    let minutes = (from..to).step_by(60);
    minutes.map(|at_s| (at_s, series.observe(&calendar, at_s, figure(at_s)))).collect()
}

/// When it went out, each time.
pub(crate) fn openings(told: &[(i64, Verdict)]) -> Vec<i64> {
    let mut since: Vec<i64> = told.iter().filter_map(|(_, verdict)| verdict.since).collect();
    since.dedup();
    since
}
