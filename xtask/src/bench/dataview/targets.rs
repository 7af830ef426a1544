//! What is to be reached, and whether it is.

use serde_json::{Value, json};

const MIB: f64 = 1024.0 * 1024.0;

/// A figure and its bound.
pub(super) struct Target {
    pub(super) name: String,
    at_least: bool,
    bound: f64,
    pub(super) measured: Option<f64>,
}

impl Target {
    fn at_most(name: impl Into<String>, bound: f64, measured: Option<f64>) -> Self {
        Self { name: name.into(), at_least: false, bound, measured }
    }

    fn at_least(name: impl Into<String>, bound: f64, measured: Option<f64>) -> Self {
        Self { at_least: true, ..Self::at_most(name, bound, measured) }
    }

    /// What was not measured does not hold.
    pub(super) fn holds(&self) -> bool {
        self.measured.is_some_and(|measured| {
            if self.at_least { measured >= self.bound } else { measured <= self.bound }
        })
    }

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

/// All targets, with what was measured of each.
pub(super) fn targets(measured: &Value) -> Vec<Target> {
    let figure = |path: &str| measured.pointer(path).and_then(Value::as_f64);
    let millions = figure("/store/events").unwrap_or_default() / 1e6;
    let uniques = figure("/store/accuracy/sessions_error_percent")
        .zip(figure("/store/accuracy/users_error_percent"))
        .map(|(sessions, users)| sessions.max(users));
    let history = format!("a user's whole history, {millions} million events in store, p95 ms");
    vec![
        Target::at_most(
            "beacon sent to visible in the query API, journal, p95 ms",
            2_000.0,
            figure("/visible/journal/p95_ms"),
        ),
        Target::at_most(
            "beacon sent to visible in the query API, Redis, p95 ms",
            2_000.0,
            figure("/visible/redis/p95_ms"),
        ),
        Target::at_most(history, 200.0, figure("/store/asked/user_history/p95_ms")),
        Target::at_most(
            "30-day overview, p95 ms",
            500.0,
            figure("/store/asked/overview_30_days/p95_ms"),
        ),
        Target::at_most(
            "percentile error, %",
            1.0,
            figure("/store/accuracy/percentile_error_percent"),
        ),
        Target::at_most("uniques error, %", 2.0, uniques),
        Target::at_least(
            "joined: events to session, %",
            99.0,
            figure("/joined/events_joined_percent"),
        ),
        Target::at_least(
            "joined: calls with traceparent to their trace, %",
            95.0,
            figure("/joined/calls_joined_percent"),
        ),
        Target::at_least(
            "events a second, kept up with",
            4_950.0,
            figure("/store/steady/events_per_second"),
        ),
        Target::at_most("cores meanwhile", 2.0, figure("/store/steady/cores")),
        Target::at_most(
            "MiB meanwhile",
            512.0,
            figure("/store/steady/most_bytes").map(|bytes| bytes / MIB),
        ),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_not_measured_does_not_hold() {
        let some = json!({"store": {"asked": {"user_history": {"p95_ms": 200.0}}}});
        let targets = targets(&some);
        let held: Vec<_> = targets.iter().filter(|target| target.holds()).collect();
        assert_eq!(held.len(), 1);
        assert!(held[0].name.starts_with("a user's whole history"));
    }
}
