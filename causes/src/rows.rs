//! Rows of a minute, what was counted in it and its dimension values, as comma-separated text (RFC 4180).

use std::io::Read;

use crate::measure::Period;
use crate::table::{Table, TableError};

/// Which columns mean what.
#[derive(Debug, Clone)]
pub struct Columns {
    /// When the row was.
    pub minute: String,
    /// What is bad, or the sum.
    pub bad: String,
    /// All; not needed for a count.
    pub all: Option<String>,
    /// The dimensions; every other column where there is none.
    pub dimensions: Vec<String>,
}

impl Default for Columns {
    /// Those of RobustSpot's cases.
    fn default() -> Self {
        Self {
            minute: "min".to_owned(),
            bad: "value".to_owned(),
            all: Some("cnt".to_owned()),
            dimensions: Vec::new(),
        }
    }
}

/// The minutes to compare, as Unix seconds.
#[derive(Debug, Clone, Copy)]
pub struct Span {
    /// The first minute of the incident.
    pub at: i64,
    /// Minutes of the incident, from 1.
    pub now_minutes: u32,
    /// Minutes before it that are normal, from 1.
    pub before_minutes: u32,
}

impl Span {
    fn period(&self, minute: i64) -> Option<Period> {
        let now_end = self.at.saturating_add(i64::from(self.now_minutes) * 60);
        let before_start = self.at.saturating_sub(i64::from(self.before_minutes) * 60);
        if (self.at..now_end).contains(&minute) {
            Some(Period::Now)
        } else {
            (before_start..self.at).contains(&minute).then_some(Period::Before)
        }
    }
}

/// Why rows are not taken.
#[derive(Debug, thiserror::Error)]
pub enum RowsError {
    /// The heading lacks a column.
    #[error("line 1: there is no column {missing:?}; the columns are {}", .columns.join(", "))]
    Column {
        /// The name that was looked for.
        missing: String,
        /// Those that there are.
        columns: Vec<String>,
    },
    /// A field that is not what its column holds.
    #[error("line {line}: {column} = {value:?} is not allowed; expected {expected}")]
    Field {
        /// Counted from 1, the heading.
        line: u64,
        /// The column.
        column: String,
        /// What stands there.
        value: String,
        /// What may stand there.
        expected: &'static str,
    },
    /// The table does not take it.
    #[error("line {line}: {error}")]
    Row {
        /// Counted from 1, the heading.
        line: u64,
        /// Why.
        error: TableError,
    },
    /// Not a heading that makes a table.
    #[error("line 1: {0}")]
    Heading(TableError),
    /// Not RFC 4180, not UTF-8, or not readable.
    #[error("{0}")]
    Csv(#[from] csv::Error),
}

/// Reads the rows of `span` into a table; rows of other minutes are only checked. `unix_seconds` reads a
/// minute as its column writes it.
///
/// # Errors
/// [`RowsError`], which names the line.
pub fn read(
    text: impl Read,
    columns: &Columns,
    span: Span,
    unix_seconds: impl Fn(&str) -> Option<i64>,
) -> Result<Table, RowsError> {
    let mut reader = csv::ReaderBuilder::new().trim(csv::Trim::All).from_reader(text);
    let heading: Vec<String> = reader
        .headers()?
        .iter()
        .map(|name| name.trim_start_matches('\u{feff}').to_owned())
        .collect();
    let place = |name: &str| {
        heading
            .iter()
            .position(|column| column == name)
            .ok_or_else(|| RowsError::Column { missing: name.to_owned(), columns: heading.clone() })
    };
    let (minute, bad) = (place(&columns.minute)?, place(&columns.bad)?);
    let all = columns.all.as_deref().map(place).transpose()?;
    let dimensions: Vec<usize> = if columns.dimensions.is_empty() {
        let taken = |index: &usize| *index == minute || *index == bad || Some(*index) == all;
        (0..heading.len()).filter(|index| !taken(index)).collect()
    } else {
        columns.dimensions.iter().map(|name| place(name)).collect::<Result<_, _>>()?
    };
    let names: Vec<&str> = dimensions.iter().map(|index| heading[*index].as_str()).collect();
    let mut table = Table::new(&names).map_err(RowsError::Heading)?;
    let mut record = csv::StringRecord::new();
    while reader.read_record(&mut record)? {
        let line = record.position().map_or(0, csv::Position::line);
        let field = |index: usize, expected| RowsError::Field {
            line,
            column: heading[index].clone(),
            value: record[index].to_owned(),
            expected,
        };
        let number = |index: usize| {
            let value: Option<f64> = record[index].parse().ok();
            value
                .filter(|value| value.is_finite() && *value >= 0.0)
                .ok_or_else(|| field(index, "a number from 0"))
        };
        let when = unix_seconds(&record[minute])
            .ok_or_else(|| field(minute, "seconds since 1970 or a time as 2026-01-31T08:00:00Z"))?;
        let (bad, all) = (number(bad)?, all.map_or(Ok(0.0), number)?);
        if let Some(period) = span.period(when) {
            let values: Vec<&str> = dimensions.iter().map(|index| &record[*index]).collect();
            table
                .add(period, when, bad, all, &values)
                .map_err(|error| RowsError::Row { line, error })?;
        }
    }
    Ok(table)
}
