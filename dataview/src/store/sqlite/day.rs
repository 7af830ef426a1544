//! Days and the names of their files.

use jiff::ToSpan;
use jiff::civil::{Date, date};
use std::fmt;

const EPOCH: Date = date(1970, 1, 1);
const DAY_MS: u64 = 24 * 60 * 60 * 1_000;
/// The last day that has a name of four digits a year.
const LAST: i32 = 2_932_896;

/// A day of UTC: days since 1970-01-01.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct Day(pub(super) i32);

impl Day {
    /// The day of a time in ms since the Unix epoch.
    pub(super) fn of_ms(ms: u64) -> Self {
        Self(i32::try_from(ms / DAY_MS).unwrap_or(LAST).min(LAST))
    }
}

impl fmt::Display for Day {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match EPOCH.checked_add(self.0.days()) {
            Ok(date) => write!(f, "{date}"),
            Err(_) => write!(f, "day {}", self.0),
        }
    }
}

/// What a file is of. A day has several when one was damaged, or came again after its raw data were
/// gone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct Name {
    pub(super) day: Day,
    /// 1 for the first.
    pub(super) part: u32,
    /// Whether only roll-ups are left.
    pub(super) is_rolled_up: bool,
}

impl Name {
    /// The name of a day's file: `2026-11-26.db`, `2026-11-26.2.db`, `2026-10-01.rollups.db`.
    pub(super) fn parse(file: &str) -> Option<Self> {
        let mut parts = file.strip_suffix(".db")?.split('.');
        let date: Date = parts.next()?.parse().ok()?;
        let mut name = Self { day: Day((date - EPOCH).get_days()), part: 1, is_rolled_up: false };
        for part in parts {
            match part.parse() {
                Ok(number) => name.part = number,
                Err(_) if part == "rollups" => name.is_rolled_up = true,
                Err(_) => return None,
            }
        }
        (name.to_string() == file).then_some(name)
    }
}

impl fmt::Display for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.day)?;
        if self.part > 1 {
            write!(f, ".{}", self.part)?;
        }
        f.write_str(if self.is_rolled_up { ".rollups.db" } else { ".db" })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_are_called_after_their_day() {
        let day = Day::of_ms(1_795_680_000_000);
        for (part, is_rolled_up, file) in [
            (1, false, "2026-11-26.db"),
            (2, false, "2026-11-26.2.db"),
            (1, true, "2026-11-26.rollups.db"),
        ] {
            let name = Name { day, part, is_rolled_up };
            assert_eq!(name.to_string(), file);
            assert_eq!(Name::parse(file), Some(name));
        }
        for other in ["2026-11-26.db-wal", "notes.db", "2026-11-26.1.db", "2026-11-26.tmp.db"] {
            assert_eq!(Name::parse(other), None, "{other}");
        }
        assert_eq!(Day::of_ms(u64::MAX).to_string(), "9999-12-31");
    }
}
