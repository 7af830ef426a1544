//! What tests say of themselves when they pass: how much was sent, acknowledged and kept.

/// Lines of one test that are shown; one that fails is shown whole by its runner.
const LINES_MAX: usize = 20;

/// Collects what `--show-output` prints.
#[derive(Default)]
pub(crate) struct Told {
    lines: Vec<String>,
    /// Lines of the test that is speaking; absent: none is.
    speaking: Option<usize>,
}

impl Told {
    /// Reads a line of a runner's output.
    pub(crate) fn read(&mut self, line: &str) {
        // Node's, which say it by a diagnostic.
        if let Some(said) = line.strip_prefix("# counted: ") {
            self.lines.push(said.to_owned());
            return;
        }
        let name = line.strip_prefix("---- ").and_then(|rest| rest.strip_suffix(" stdout ----"));
        if let Some(name) = name {
            self.speaking = Some(0);
            self.lines.push(name.to_owned());
        } else if matches!(line, "successes:" | "failures:") || line.starts_with("test result") {
            self.speaking = None;
        } else if let Some(count) = self.speaking.as_mut().filter(|count| **count < LINES_MAX)
            && !line.is_empty()
        {
            *count += 1;
            self.lines.push(format!("    {line}"));
        }
    }

    /// The tests that said something, each with what it said below it.
    pub(crate) fn lines(&self) -> &[String] {
        &self.lines
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_passing_tests_say_is_collected() {
        let mut told = Told::default();
        for line in [
            "test a ... ok",
            "# counted: a visit: 84 kills",
            "# tests 1",
            "",
            "successes:",
            "",
            "---- kill::with_redis stdout ----",
            "acknowledged 5000, kept 5000",
            "",
            "---- fuzz stdout ----",
            "424853 frames",
            "",
            "",
            "successes:",
            "    a",
            "",
            "test result: ok. 3 passed; 0 failed; 0 ignored",
            "noise",
        ] {
            told.read(line);
        }
        let expected = [
            "a visit: 84 kills",
            "kill::with_redis",
            "    acknowledged 5000, kept 5000",
            "fuzz",
            "    424853 frames",
        ];
        assert_eq!(told.lines(), expected);
    }
}
