//! A timestamp and a value out of a record.

use super::records::Record;
use jiff::Timestamp;
use jiff::civil::{Date, DateTime};
use jiff::tz::TimeZone;
use std::borrow::Cow;

/// Which columns are meant.
#[derive(Debug)]
pub(super) struct Columns {
    timestamp: usize,
    value: usize,
    /// Whether the first record is no row.
    pub(super) is_headed: bool,
}

/// A row.
#[derive(Debug, PartialEq)]
pub(super) struct Row<'a> {
    /// Unix time in s; a time without a zone is taken for UTC.
    pub(super) at_s: i64,
    /// `None`: a gap.
    pub(super) value: Option<f64>,
    /// Both as they were written.
    pub(super) timestamp: Cow<'a, str>,
    pub(super) text: Cow<'a, str>,
}

/// What a row is not.
#[derive(Debug, PartialEq, thiserror::Error)]
pub(super) enum RowError {
    #[error("no column {0:?}; the first row has {1}")]
    Heading(String, String),
    #[error("{found} columns; the {what} should be in column {wanted}")]
    Short { found: usize, wanted: usize, what: &'static str },
    #[error(
        "{0:?} is no timestamp; expected one like 2026-03-02 10:42:00, 2026-03-02T10:42:00+08:00, \
         2026-03-02, 2026/03/02 10:42, or Unix time in s, ms, µs or ns"
    )]
    Timestamp(String),
    #[error("{0:?} is no value; expected a number, or nothing for a gap")]
    Value(String),
}

/// Words that stand for no value.
const GAPS: [&str; 5] = ["", "nan", "null", "na", "none"];

impl Columns {
    /// By heading or number. A first record that is a row itself is no heading: then the first two
    /// columns are meant, where nothing else was asked for.
    pub(super) fn find(timestamp: &str, value: &str, first: &Record) -> Result<Self, RowError> {
        let headings: Vec<Cow<'_, str>> =
            (0..first.len()).filter_map(|column| first.field(column)).collect();
        let named = |name: &str| {
            headings.iter().position(|heading| heading.trim().eq_ignore_ascii_case(name.trim()))
        };
        let numbered = |name: &str| {
            let number: usize = name.trim().parse().ok()?;
            number.checked_sub(1).filter(|column| *column < headings.len())
        };
        let is_row = |column: Option<usize>| {
            column.and_then(|column| headings.get(column)).is_some_and(|it| time(it).is_some())
        };
        let at = |name: &str, place: usize, default: &str| {
            let bare = name == default && is_row(Some(0));
            named(name).or_else(|| numbered(name)).or(bare.then_some(place))
        };
        let missing =
            |name: &str| RowError::Heading(name.to_owned(), shortened(&headings.join(",")));
        let found = at(timestamp, 0, "timestamp").ok_or_else(|| missing(timestamp))?;
        let values = at(value, 1, "value").ok_or_else(|| missing(value))?;
        Ok(Self { timestamp: found, value: values, is_headed: !is_row(Some(found)) })
    }

    /// The row of a record.
    pub(super) fn row<'a>(&self, record: &'a Record) -> Result<Row<'a>, RowError> {
        let field = |column: usize, what| {
            record.field(column).ok_or(RowError::Short {
                found: record.len(),
                wanted: column + 1,
                what,
            })
        };
        let timestamp = field(self.timestamp, "timestamp")?;
        let text = field(self.value, "value")?;
        let at_s = time(&timestamp).ok_or_else(|| RowError::Timestamp(shortened(&timestamp)))?;
        let value = match text.trim() {
            gap if GAPS.contains(&gap.to_ascii_lowercase().as_str()) => None,
            number => {
                let number: f64 = number.parse().map_err(|_| RowError::Value(shortened(&text)))?;
                Some(number).filter(|number| number.is_finite())
            }
        };
        Ok(Row { at_s, value, timestamp, text })
    }
}

/// The forms that [`RowError::Timestamp`] names.
fn time(text: &str) -> Option<i64> {
    let text = text.trim();
    if let Ok(number) = text.parse::<f64>() {
        return unix(number);
    }
    let dashed = text.replace('/', "-");
    let civil = |at: DateTime| TimeZone::UTC.to_timestamp(at).ok();
    let at = dashed.parse::<Timestamp>().ok();
    let at = at.or_else(|| dashed.parse::<DateTime>().ok().and_then(civil));
    let at = at.or_else(|| {
        // Without seconds, which the standard's parser asks for in some forms.
        let (date, minutes) = dashed.split_once([' ', 'T'])?;
        let date: Date = date.parse().ok()?;
        civil(date.to_datetime(format!("{minutes}:00").parse().ok()?))
    });
    at.map(Timestamp::as_second)
}

/// By its size: seconds up to the year 5138, then ms, µs and ns.
fn unix(number: f64) -> Option<i64> {
    let seconds = match number.abs() {
        ..1e11 => number,
        ..1e14 => number / 1e3,
        ..1e17 => number / 1e6,
        ..1e20 => number / 1e9,
        _ => return None,
    };
    Some(seconds.floor() as i64)
}

/// No more than an error should repeat.
fn shortened(text: &str) -> String {
    text.chars().take(80).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn many_forms_are_one_moment() {
        let forms = [
            "2026-03-02 10:42:00",
            "2026-03-02 10:42:00.000000",
            "2026-03-02T10:42:00Z",
            "2026-03-02T18:42:00+08:00",
            "2026-03-02 18:42:00+08:00",
            "2026/03/02 10:42",
            "2026-03-02T10:42",
            "1772448120",
            " 1772448120.9 ",
            "1772448120000",
            "1772448120000000",
            "1772448120000000000",
        ];
        for form in forms {
            assert_eq!(time(form), Some(1_772_448_120), "{form}");
        }
        assert_eq!(time("2026-03-02"), Some(1_772_409_600));
        for form in
            ["", "yesterday", "2026-13-02", "10:42", "NaN", "inf", "1e300", "2026-03-02 25:00"]
        {
            assert_eq!(time(form), None, "{form}");
        }
    }
}
