//! The last thing that a test run prints: each part, its outcome, its time, and the totals.

use std::fmt;
use std::time::Duration;

use super::count::Count;
use crate::progress::elapsed;

/// How one part went.
pub(crate) struct Outcome {
    /// The part's name on the command line.
    pub(crate) part: &'static str,
    /// Its tests.
    pub(crate) count: Count,
    /// What it took, builds included.
    pub(crate) time: Duration,
    /// Why it failed; `None` when it passed.
    pub(crate) reason: Option<String>,
}

/// All outcomes of a run.
#[derive(Default)]
pub(crate) struct Summary(Vec<Outcome>);

impl Summary {
    /// Adds a part's outcome.
    pub(crate) fn add(&mut self, outcome: Outcome) {
        self.0.push(outcome);
    }

    /// Whether no part failed.
    pub(crate) fn all_passed(&self) -> bool {
        self.failed().next().is_none()
    }

    /// The command that runs again only what failed.
    pub(crate) fn command_for_failed(&self, command: &str) -> String {
        let parts: Vec<&str> = self.failed().map(|outcome| outcome.part).collect();
        format!("cargo xtask {command} {}", parts.join(" "))
    }

    fn failed(&self) -> impl Iterator<Item = &Outcome> {
        self.0.iter().filter(|outcome| outcome.reason.is_some())
    }
}

impl fmt::Display for Summary {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f)?;
        let mut total = Count::default();
        let mut time = Duration::ZERO;
        for Outcome { part, count, time: took, reason } in &self.0 {
            let word = if reason.is_none() { "pass" } else { "FAIL" };
            let Count { passed, failed, skipped } = count;
            let took_text = elapsed(*took);
            writeln!(
                f,
                "{word}  {part:<8} {took_text:>12}  {passed} passed, {failed} failed{}",
                if *skipped > 0 { format!(", {skipped} skipped") } else { String::new() }
            )?;
            if let Some(reason) = reason {
                writeln!(f, "      {reason}")?;
            }
            total.add(count);
            time += *took;
        }
        writeln!(f, "{:<14} {:>12}", "total", elapsed(time))?;
        let Count { passed, failed, .. } = total;
        writeln!(f, "{passed} passed, {failed} failed")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn outcome(part: &'static str, passed: u64, reason: Option<&str>) -> Outcome {
        let failed = u64::from(reason.is_some());
        let count = Count { passed, failed, skipped: 0 };
        let time = Duration::from_millis(61_500);
        Outcome { part, count, time, reason: reason.map(str::to_owned) }
    }

    #[test]
    fn the_last_line_has_the_totals() {
        let mut summary = Summary::default();
        summary.add(outcome("unit", 120, None));
        assert!(summary.all_passed());
        summary.add(outcome("redis", 3, Some("redis-server is missing")));
        let text = summary.to_string();
        assert!(text.ends_with("\n123 passed, 1 failed\n"), "{text}");
        assert!(text.contains("pass  unit       1 min 01 s  120 passed, 0 failed\n"), "{text}");
        assert!(text.contains("      redis-server is missing\n"), "{text}");
        assert!(text.contains("2 min 03 s"), "{text}");
    }

    #[test]
    fn only_the_failed_parts_are_to_be_run_again() {
        let mut summary = Summary::default();
        summary.add(outcome("unit", 1, None));
        summary.add(outcome("node", 1, Some("no")));
        summary.add(outcome("redis", 1, Some("no")));
        assert!(!summary.all_passed());
        assert_eq!(summary.command_for_failed("test"), "cargo xtask test node redis");
    }
}
