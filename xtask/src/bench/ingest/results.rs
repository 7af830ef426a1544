//! All that a run has measured, as a table and as JSON.

use std::fmt::Write as _;

use serde_json::{Value, json};

use super::cases::Full;
use super::figures::Row;
use super::servers::Peer;
use super::targets;

const MIB: f64 = 1024.0 * 1024.0;

/// What redis-benchmark did.
pub(super) struct Limit {
    pub(super) durability: &'static str,
    pub(super) pipeline: u32,
    pub(super) per_second: f64,
}

/// A run.
#[derive(Default)]
pub(super) struct Results {
    pub(super) rows: Vec<Row>,
    pub(super) half_p99_ms: Option<f64>,
    pub(super) idle_bytes: Option<f64>,
    /// Bytes in Redis of the visits, and bytes of their frames.
    pub(super) visit: Option<(f64, f64)>,
    pub(super) limits: Vec<Limit>,
    /// Sentences about what was measured.
    pub(super) notes: Vec<String>,
}

impl Results {
    /// The row of `peer` in `case`.
    pub(super) fn row(&self, peer: Peer, case: Full) -> Option<&Row> {
        self.rows.iter().find(|row| row.peer == peer && row.case == case)
    }

    /// For programs.
    pub(super) fn json(&self, machine: &Value) -> Value {
        let limit = |limit: &Limit| {
            json!({
                "name": format!("redis-benchmark {} P{}", limit.durability, limit.pipeline),
                "requests_per_second": limit.per_second.round(),
            })
        };
        let rows = self.rows.iter().map(Row::json).chain(self.limits.iter().map(limit));
        let targets = targets::all(self);
        json!({
            "machine": machine,
            "rows": rows.collect::<Vec<_>>(),
            "targets": targets.iter().map(targets::Target::json).collect::<Vec<_>>(),
        })
    }

    /// For people.
    pub(super) fn markdown(&self) -> String {
        let mut text = String::new();
        for case in Full::ALL {
            let rows: Vec<_> = self.rows.iter().filter(|row| row.case == case).collect();
            if !rows.is_empty() {
                table(&mut text, case, &rows);
            }
        }
        // Writing to a string cannot fail, here and below.
        if !self.limits.is_empty() {
            text.push_str("redis-benchmark alone, XADD of 1 KB, 64 connections:\n\n");
            text.push_str("| Redis | pipeline | XADD/s |\n| --- | ---: | ---: |\n");
            for Limit { durability, pipeline, per_second } in &self.limits {
                let rate = thousands(*per_second);
                let _ = writeln!(text, "| {durability} | {pipeline} | {rate} |");
            }
            text.push('\n');
        }
        for note in &self.notes {
            let _ = writeln!(text, "- {note}");
        }
        text.push_str("\n| target | to reach | measured | holds |\n| --- | ---: | ---: | --- |\n");
        for target in targets::all(self) {
            let measured = target.measured.map_or("not measured".to_owned(), short);
            let holds = if target.holds() { "yes" } else { "**no**" };
            let (name, words) = (target.name, target.words());
            let _ = writeln!(text, "| {name} | {words} | {measured} | {holds} |");
        }
        text
    }
}

fn table(text: &mut String, case: Full, rows: &[&Row]) {
    let _ = writeln!(text, "{}:\n", case.title());
    text.push_str(
        "| | requests/s | events/s | CPU µs a request | Redis µs a request | p50 ms | p99 ms | \
         MiB | Redis bytes an event |\n\
         | --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |\n",
    );
    for row in rows {
        let sample = row.median;
        let or_dash = |value: f64, word: String| if value > 0.0 { word } else { "–".to_owned() };
        let _ = writeln!(
            text,
            "| {}{} | {} | {} | {:.1} | {} | {:.1} | {:.1} | {:.0} | {} |",
            row.peer.title(),
            if row.noisy { " (noisy)" } else { "" },
            thousands(sample.requests_per_second),
            thousands(row.events_per_second()),
            sample.cpu_us,
            or_dash(sample.redis_cpu_us, format!("{:.1}", sample.redis_cpu_us)),
            sample.p50_ms,
            sample.p99_ms,
            sample.memory_bytes / MIB,
            or_dash(sample.redis_bytes, format!("{:.0}", row.redis_bytes_an_event())),
        );
    }
    text.push('\n');
}

/// `64,800`.
fn thousands(value: f64) -> String {
    let digits = format!("{value:.0}");
    let mut out = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at) % 3 == 0 {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// Three digits or so.
fn short(value: f64) -> String {
    match value {
        1000.0.. => thousands(value),
        100.0.. => format!("{value:.0}"),
        10.0.. => format!("{value:.1}"),
        _ => format!("{value:.2}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_are_written_for_people() {
        assert_eq!(thousands(64_800.4), "64,800");
        assert_eq!(thousands(999.0), "999");
        assert_eq!([short(1234.0), short(12.34), short(1.234)], ["1,234", "12.3", "1.23"]);
    }
}
