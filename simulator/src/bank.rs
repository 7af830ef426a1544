//! The requests of a minute.

use crate::dimensions::{FAILURES, draw};
use crate::incidents::{Effect, Incident};
use crate::random::Random;
use crate::seasons::{expected, slowness};

/// The part of requests that is slow on a good day.
const SLOW: f64 = 0.03;
/// Seconds until half of the SMS codes are there, on a good day.
const SMS_S: f64 = 4.0;

/// One request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Request {
    /// One value a dimension, by its place in [`crate::VALUES`].
    pub values: [u8; 7],
    /// Whether it failed.
    pub failed: bool,
    /// Whether it took too long.
    pub slow: bool,
}

/// What a minute brought.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Minute {
    /// All requests.
    pub requests: Vec<Request>,
    /// Seconds that half of the minute's SMS codes took at most, and how many there were.
    pub sms: (f64, u64),
}

/// A bank and what befalls it.
#[derive(Debug, Clone)]
pub struct Bank {
    seed: u64,
    incidents: Vec<Incident>,
    /// Times when the SMS gateway is slow, and how many times as slow.
    sms_delays: Vec<(std::ops::Range<u32>, f64)>,
}

impl Bank {
    /// A bank with these incidents.
    #[must_use]
    pub fn new(seed: u64, incidents: Vec<Incident>) -> Self {
        Self { seed, incidents, sms_delays: Vec::new() }
    }

    /// Makes the SMS gateway so many times as slow in these minutes.
    #[must_use]
    pub fn with_sms_delay(mut self, minutes: std::ops::Range<u32>, times: f64) -> Self {
        self.sms_delays.push((minutes, times));
        self
    }

    /// The requests of a minute since a Monday's midnight; the same whenever it is asked for.
    #[must_use]
    pub fn minute(&self, minute: u32) -> Minute {
        let mut random = Random::of(self.seed, &[3, u64::from(minute)]);
        let slow = SLOW * slowness(self.seed, minute);
        let incidents: Vec<&Incident> = self
            .incidents
            .iter()
            .filter(|incident| (incident.start..incident.end).contains(&minute))
            .collect();
        let count = random.poisson(expected(self.seed, minute));
        let mut requests = Vec::with_capacity(count);
        for _ in 0..count {
            let values = draw(&mut random);
            // A far region fails twice as often, on every day.
            let far = if values[1] == 7 { 2.0 } else { 1.0 };
            let (mut fails, mut slow) = (FAILURES[usize::from(values[5])] / 1000.0 * far, slow);
            let mut lost = 0.0;
            for incident in incidents.iter().filter(|one| one.meets(minute, &values)) {
                match incident.effect {
                    Effect::Fail(part) => fails = part,
                    Effect::Slow(part) => slow = part,
                    Effect::Lost(part) => lost = part,
                }
            }
            let (failed, is_slow) = (random.unit() < fails, random.unit() < slow);
            if random.unit() >= lost {
                requests.push(Request { values, failed, slow: is_slow });
            }
        }
        let codes = requests.iter().filter(|one| one.values[5] == 3).count();
        let times =
            self.sms_delays.iter().find(|delay| delay.0.contains(&minute)).map_or(1.0, |d| d.1);
        // The median of so many log-normal times.
        let spread = 0.6 / (codes.max(1) as f64).sqrt();
        Minute { requests, sms: (random.log_normal(SMS_S * times, spread), codes as u64) }
    }
}
