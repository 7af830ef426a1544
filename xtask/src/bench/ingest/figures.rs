//! From the samples of turns to rows: medians, and whether the turns agreed.

use serde_json::{Map, Value, json};

use super::cases::Full;
use super::servers::Peer;
use super::turn::Sample;

/// Turns that differ by more than this share of their median are too noisy to believe.
const NOISY: f64 = 0.15;

/// A peer in a case.
pub(super) struct Row {
    pub(super) peer: Peer,
    pub(super) case: Full,
    pub(super) median: Sample,
    pub(super) noisy: bool,
    pub(super) turns: usize,
}

impl Row {
    /// The row of at least one sample.
    pub(super) fn of(peer: Peer, case: Full, samples: &[Sample]) -> Self {
        let of = |get: fn(&Sample) -> f64| median(samples.iter().map(get));
        let median = Sample {
            requests_per_second: of(|sample| sample.requests_per_second),
            p50_ms: of(|sample| sample.p50_ms),
            p99_ms: of(|sample| sample.p99_ms),
            cpu_us: of(|sample| sample.cpu_us),
            redis_cores: of(|sample| sample.redis_cores),
            redis_cpu_us: of(|sample| sample.redis_cpu_us),
            memory_bytes: of(|sample| sample.memory_bytes),
            redis_bytes: of(|sample| sample.redis_bytes),
        };
        let noisy = spread(samples.iter().map(|sample| sample.requests_per_second)) > NOISY;
        Self { peer, case, median, noisy, turns: samples.len() }
    }

    /// Events a second.
    pub(super) fn events_per_second(&self) -> f64 {
        self.median.requests_per_second * self.case.form.events() as f64
    }

    /// CPU time of the server an event, in µs.
    pub(super) fn cpu_us_an_event(&self) -> f64 {
        self.median.cpu_us / self.case.form.events() as f64
    }

    /// Bytes in Redis an event.
    pub(super) fn redis_bytes_an_event(&self) -> f64 {
        self.median.redis_bytes / self.case.form.events() as f64
    }

    pub(super) fn json(&self) -> Value {
        let Sample { requests_per_second, p50_ms, p99_ms, cpu_us, .. } = self.median;
        let mut row = Map::new();
        let mut put = |name: &str, value: Value| row.insert(name.to_owned(), value);
        put("name", json!(format!("{} {}", self.peer.name(), self.case.name())));
        put("peer", json!(self.peer.name()));
        put("case", json!(self.case.name()));
        put("turns", json!(self.turns));
        put("noisy", json!(self.noisy));
        for (name, value) in [
            ("requests_per_second", requests_per_second),
            ("events_per_second", self.events_per_second()),
            ("p50_ms", p50_ms),
            ("p99_ms", p99_ms),
            ("cpu_us_per_request", cpu_us),
            ("cpu_us_per_event", self.cpu_us_an_event()),
            ("redis_cores", self.median.redis_cores),
            ("redis_cpu_us_per_request", self.median.redis_cpu_us),
            ("redis_bytes_per_event", self.redis_bytes_an_event()),
            ("memory_bytes", self.median.memory_bytes),
        ] {
            put(name, json!((value * 1000.0).round() / 1000.0));
        }
        Value::Object(row)
    }
}

/// The middle one, or the middle of the two in the middle; 0 of none.
pub(super) fn median(values: impl Iterator<Item = f64>) -> f64 {
    let mut values: Vec<f64> = values.collect();
    values.sort_by(f64::total_cmp);
    let middle = values.len() / 2;
    match (values.len() % 2, values.get(middle)) {
        (_, None) => 0.0,
        (1, Some(value)) => *value,
        (_, Some(value)) => (values[middle - 1] + value) / 2.0,
    }
}

/// How far the values lie apart, as a share of their median.
fn spread(values: impl Iterator<Item = f64> + Clone) -> f64 {
    let (low, high) = values
        .clone()
        .fold((f64::INFINITY, 0.0_f64), |(low, high), value| (low.min(value), high.max(value)));
    (high - low) / median(values).max(f64::MIN_POSITIVE)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_median_is_in_the_middle() {
        assert_eq!(median([3.0, 1.0, 2.0].into_iter()), 2.0);
        assert_eq!(median([4.0, 1.0, 2.0, 3.0].into_iter()), 2.5);
        assert_eq!(median(std::iter::empty()), 0.0);
    }

    #[test]
    fn turns_that_disagree_are_noisy() {
        assert!(spread([100.0, 90.0, 120.0].into_iter()) > NOISY);
        assert!(spread([100.0, 99.0, 101.0].into_iter()) < NOISY);
    }
}
