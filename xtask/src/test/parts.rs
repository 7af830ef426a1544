//! The parts of the test run.

use std::time::Duration;

use clap::ValueEnum;

/// How long a part may take, from nothing on a small machine: one that hangs must say so.
const PART_LIMIT: Duration = Duration::from_secs(25 * 60);

/// How long with tests that are as large as they are meant to be.
const PART_LIMIT_FULL: Duration = Duration::from_secs(3 * 3600);

/// How large the tests are that have a size.
#[derive(Clone, Copy, PartialEq)]
pub(crate) enum Size {
    /// Seconds.
    Quick,
    /// As the issue that asked for them says.
    Full,
}

impl Size {
    /// The command that runs tests of this size.
    pub(crate) fn command(self) -> &'static str {
        match self {
            Self::Quick => "test",
            Self::Full => "soak",
        }
    }

    /// How long a part may take.
    pub(crate) fn limit(self) -> Duration {
        match self {
            Self::Quick => PART_LIMIT,
            Self::Full => PART_LIMIT_FULL,
        }
    }
}

/// A part of the test run.
#[derive(Clone, Copy, PartialEq, ValueEnum)]
pub(crate) enum Part {
    /// The code is formatted.
    Fmt,
    /// The lints hold.
    Clippy,
    /// Unit and property tests, golden vectors, the fuzz corpus, ingest's buffer in a real Redis.
    Unit,
    /// The core in Wasm, under Node.
    Node,
    /// Mini programs: the platforms' own compilers and typings, old engines, the strict container.
    Mini,
    /// What the benchmarks make of their samples.
    Bench,
    /// The built ingest and DataView with a real redis-server: killed, restarted, nothing lost,
    /// nothing counted twice.
    Redis,
    /// The demo bank in a headless Chromium, through ingest, into the buffer.
    Browser,
    /// The same in a Firefox, which has less to measure.
    Firefox,
}

impl Part {
    /// In the order in which they run: the quickest to fail first.
    pub(crate) const ALL: [Self; 9] = [
        Self::Fmt,
        Self::Clippy,
        Self::Unit,
        Self::Node,
        Self::Mini,
        Self::Bench,
        Self::Redis,
        Self::Browser,
        Self::Firefox,
    ];

    /// Its name on the command line.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Fmt => "fmt",
            Self::Clippy => "clippy",
            Self::Unit => "unit",
            Self::Node => "node",
            Self::Mini => "mini",
            Self::Bench => "bench",
            Self::Redis => "redis",
            Self::Browser => "browser",
            Self::Firefox => "firefox",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_those_of_the_command_line() {
        for part in Part::ALL {
            assert!(Part::from_str(part.name(), false).is_ok_and(|found| found == part));
        }
        assert_eq!(Part::ALL.len(), Part::value_variants().len());
    }
}
