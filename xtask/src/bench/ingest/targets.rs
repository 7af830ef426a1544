//! What is to be reached, beside what was measured.

use serde_json::{Value, json};

use super::cases::{ALWAYS, EVERYSEC, Full};
use super::figures::Row;
use super::frames::Form;
use super::results::Results;
use super::servers::Peer;

const MIB: f64 = 1024.0 * 1024.0;

/// A target with what was measured; `None` where the case was left out.
pub(super) struct Target {
    pub(super) name: &'static str,
    at_least: bool,
    pub(super) bound: f64,
    pub(super) measured: Option<f64>,
}

impl Target {
    /// What was not measured does not hold.
    pub(super) fn holds(&self) -> bool {
        let reaches = |measured: f64| {
            if self.at_least { measured >= self.bound } else { measured <= self.bound }
        };
        self.measured.is_some_and(reaches)
    }

    /// Its bound with the sign.
    pub(super) fn words(&self) -> String {
        format!("{} {}", if self.at_least { "≥" } else { "≤" }, self.bound)
    }

    pub(super) fn json(&self) -> Value {
        json!({
            "name": self.name,
            "target": self.words(),
            "measured": self.measured,
            "holds": self.holds(),
        })
    }
}

/// All targets, in the order of the issue.
pub(super) fn all(results: &Results) -> Vec<Target> {
    let at = |form, connections| Full { form, connections };
    let row = |peer, case| results.row(peer, case);
    let rate = |peer, case| row(peer, case).map(|row| row.median.requests_per_second);
    let ratio = |of: Option<f64>, to: Option<f64>| Some(of? / to?);
    let beacon = at(Form::Json, 64);
    let busy = at(Form::Json, 256);
    let twenty = row(EVERYSEC, at(Form::Twenty, 64));
    let peer_ratio = |peer| ratio(rate(EVERYSEC, beacon), rate(peer, beacon));
    let at_least = |name, bound, measured| Target { name, at_least: true, bound, measured };
    let at_most = |name, bound, measured| Target { name, at_least: false, bound, measured };
    vec![
        at_least("requests, times nginx 204 that keeps nothing", 0.6, peer_ratio(Peer::Nginx)),
        at_least("requests, times webdis", 1.3, peer_ratio(Peer::Webdis)),
        at_least("requests, times Fastify with ioredis", 4.0, peer_ratio(Peer::Fastify)),
        at_least("events a second, 20 a beacon", 250_000.0, twenty.map(Row::events_per_second)),
        at_most("cores of Redis meanwhile", 0.5, twenty.map(|row| row.median.redis_cores)),
        at_least(
            "always, times everysec, 256 connections",
            0.7,
            ratio(rate(ALWAYS, busy), rate(EVERYSEC, busy)),
        ),
        at_most("p99 of that, ms", 20.0, row(ALWAYS, busy).map(|row| row.median.p99_ms)),
        at_most("p99 at half of the load, ms", 10.0, results.half_p99_ms),
        at_most("CPU µs an event, 20 a beacon", 3.0, twenty.map(Row::cpu_us_an_event)),
        at_most(
            "MiB at 256 busy connections",
            25.0,
            row(EVERYSEC, busy).map(|row| row.median.memory_bytes / MIB),
        ),
        at_most(
            "MiB at 10,000 idle connections",
            64.0,
            results.idle_bytes.map(|bytes| bytes / MIB),
        ),
        at_most(
            "bytes in Redis of the visit, times its frames",
            1.3,
            results.visit.map(|(kept, sent)| kept / sent),
        ),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_not_measured_does_not_hold() {
        let targets = all(&Results::default());
        assert_eq!(targets.len(), 12);
        assert!(targets.iter().all(|target| !target.holds()));
    }

    #[test]
    fn bounds_are_reached_from_their_side() {
        let target = |at_least, measured| Target { name: "", at_least, bound: 2.0, measured };
        assert!(target(true, Some(2.0)).holds() && !target(true, Some(1.9)).holds());
        assert!(target(false, Some(2.0)).holds() && !target(false, Some(2.1)).holds());
    }
}
