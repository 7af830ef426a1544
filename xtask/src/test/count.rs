//! Counts tests from what the runners print: cargo's test harness and Node's.

/// How many tests of a part passed, failed or were left out.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct Count {
    /// Tests that ran and held.
    pub(crate) passed: u64,
    /// Tests that ran and did not hold.
    pub(crate) failed: u64,
    /// Tests that the runner was told not to run.
    pub(crate) skipped: u64,
}

impl Count {
    /// Adds what one line of a runner's output says.
    pub(crate) fn read(&mut self, line: &str) {
        if let Some(totals) = line.trim_start().strip_prefix("test result: ") {
            self.add(&cargo_totals(totals));
        } else if let Some((name, value)) = node_total(line) {
            match name {
                "pass" => self.passed += value,
                "fail" | "cancelled" => self.failed += value,
                "skipped" | "todo" => self.skipped += value,
                _ => {}
            }
        }
    }

    /// The part's final count: a part without tests of its own is one, and a part that failed
    /// has at least one failure, such as code that does not compile.
    pub(crate) fn closed(self, passed: bool) -> Self {
        match (passed, self) {
            (true, Self { passed: 0, failed: 0, .. }) => Self { passed: 1, ..self },
            (false, Self { failed: 0, .. }) => Self { failed: 1, ..self },
            _ => self,
        }
    }

    /// Adds another count.
    pub(crate) fn add(&mut self, other: &Self) {
        self.passed += other.passed;
        self.failed += other.failed;
        self.skipped += other.skipped;
    }
}

/// The name of the test that failed according to this line of a runner's output.
pub(crate) fn failed_test(line: &str) -> Option<&str> {
    let name = match line.strip_prefix("test ") {
        Some(cargos) => cargos.strip_suffix(" ... FAILED")?,
        // Indented lines are parts of a test that is named after them.
        None => line.strip_prefix("not ok ")?.split_once(" - ")?.1,
    };
    Some(name.trim())
}

/// `ok. 12 passed; 0 failed; 1 ignored; 0 measured; …`
fn cargo_totals(totals: &str) -> Count {
    let value = |name| {
        totals
            .split([';', '.'])
            .find_map(|item| item.trim().strip_suffix(name)?.trim().parse().ok())
            .unwrap_or(0)
    };
    Count { passed: value("passed"), failed: value("failed"), skipped: value("ignored") }
}

/// `# pass 12` (TAP) or `ℹ pass 12` (spec).
fn node_total(line: &str) -> Option<(&str, u64)> {
    let rest = line.strip_prefix("# ").or_else(|| line.strip_prefix("ℹ "))?;
    let (name, value) = rest.split_once(' ')?;
    Some((name, value.parse().ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(output: &str, passed: u64, failed: u64, skipped: u64) {
        let mut count = Count::default();
        output.lines().for_each(|line| count.read(line));
        assert_eq!(count, Count { passed, failed, skipped }, "{output}");
    }

    #[test]
    fn cargos_totals_are_summed_over_all_programs() {
        check(
            "running 3 tests\n\
             test a ... ok\n\
             test result: ok. 2 passed; 0 failed; 1 ignored; 0 measured; 0 filtered out; finished \
             in 0.00s\n\
             test result: FAILED. 4 passed; 3 failed; 0 ignored; 0 measured; 0 filtered out",
            6,
            3,
            1,
        );
    }

    #[test]
    fn nodes_totals_are_read_in_both_its_formats() {
        check("# tests 5\n# pass 4\n# fail 1\n# cancelled 0\n# skipped 2\n# todo 0", 4, 1, 2);
        check("ℹ tests 5\nℹ pass 3\nℹ fail 0\nℹ cancelled 2\nℹ duration_ms 12.5", 3, 2, 0);
    }

    #[test]
    fn failed_tests_are_named() {
        assert_eq!(failed_test("test a::b - should panic ... FAILED"), Some("a::b - should panic"));
        assert_eq!(failed_test("not ok 12 - it is - late"), Some("it is - late"));
        assert_eq!(failed_test("test a ... ok"), None);
        assert_eq!(failed_test("    not ok 1 - a part"), None);
        assert_eq!(failed_test("test result: FAILED. 0 passed; 1 failed"), None);
    }

    #[test]
    fn other_lines_count_nothing() {
        check("ok 1 - # pass 3\nnot a test result: ok. 9 passed\n# Subtest: a\n#", 0, 0, 0);
    }

    #[test]
    fn a_part_without_tests_is_one_test() {
        let none = Count::default();
        assert_eq!(none.closed(true), Count { passed: 1, ..none });
        assert_eq!(none.closed(false), Count { failed: 1, ..none });
        let some = Count { passed: 7, failed: 0, skipped: 0 };
        assert_eq!(some.closed(true), some);
        assert_eq!(some.closed(false), Count { failed: 1, ..some });
    }
}
