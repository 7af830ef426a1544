//! Days that are not what their weekday says.

use super::DayKind;
use crate::limits::HOLIDAYS_MAX;
use jiff::civil::Date;
use std::collections::BTreeMap;

/// Holidays, and weekend days that are worked.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Holidays {
    days: BTreeMap<Date, DayKind>,
}

/// A file of holidays that cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum HolidaysError {
    /// A line is something else.
    #[error(
        "line {line}: {text:?} is no day; expected a date, `holiday` or `workday`, and a name if \
         you like: 2026-10-01 holiday National Day"
    )]
    Line {
        /// Which, from 1.
        line: usize,
        /// What it says, cut to 80 characters.
        text: String,
    },
    /// A day is there twice.
    #[error("line {line}: {date} was there before")]
    Twice {
        /// Which line, from 1.
        line: usize,
        /// The day.
        date: Date,
    },
    /// Too many.
    #[error("more than {HOLIDAYS_MAX} days")]
    TooMany,
}

impl Holidays {
    /// Those of mainland China, 2024 to 2026, by the State Council's notices.
    #[must_use]
    pub fn china() -> Self {
        Self::parse(include_str!("china.txt")).expect("a test reads it")
    }

    /// Reads a file of them: a line a day, `2026-10-01 holiday National Day` or `2026-10-10 workday`
    /// (a weekend day that is worked); what begins with `#` is a comment.
    ///
    /// # Errors
    /// Names the first line that is something else.
    pub fn parse(text: &str) -> Result<Self, HolidaysError> {
        let mut days = BTreeMap::new();
        for (at, line) in text.lines().enumerate() {
            let (line, number) = (line.trim(), at + 1);
            if line.is_empty() || line.starts_with('#') {
                continue;
            }
            let (date, kind) = day(line).ok_or_else(|| HolidaysError::Line {
                line: number,
                text: line.chars().take(80).collect(),
            })?;
            if days.insert(date, kind).is_some() {
                return Err(HolidaysError::Twice { line: number, date });
            }
            if days.len() > HOLIDAYS_MAX {
                return Err(HolidaysError::TooMany);
            }
        }
        Ok(Self { days })
    }

    /// What kind of day it is, if its weekday does not say.
    pub(super) fn kind(&self, date: Date) -> Option<DayKind> {
        self.days.get(&date).copied()
    }
}

fn day(line: &str) -> Option<(Date, DayKind)> {
    let mut words = line.split_whitespace();
    let date = words.next()?.parse().ok()?;
    let kind = match words.next()? {
        "holiday" => DayKind::Holiday,
        "workday" => DayKind::Working,
        _ => return None,
    };
    Some((date, kind))
}
