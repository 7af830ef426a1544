//! Reads the parameters of a question. What is wrong is told with the parameter's name, what was
//! found and what is allowed.

use super::codes::Code;
use super::limits::{QUERY_BYTES_MAX, RANGE_MAX_MS, TIME_MAX_MS, VALUE_BYTES_MAX};
use super::problem::Problem;
use crate::model::Dimension;
use crate::store::{Filter, Range};
use std::ops::RangeInclusive;

/// By what figures and sessions can be filtered, and figures broken down: every dimension but `all`.
pub(super) const DIMENSIONS: [Dimension; 9] = [
    Dimension::Page,
    Dimension::Api,
    Dimension::Region,
    Dimension::Operator,
    Dimension::Device,
    Dimension::Os,
    Dimension::Browser,
    Dimension::Release,
    Dimension::Transaction,
];

/// What a question covers when it does not say: the last hour.
const RANGE_DEFAULT_MS: u64 = 3_600_000;

/// The parameters of one request, each known and there once.
#[derive(Debug)]
pub(super) struct Params {
    pairs: Vec<(String, String)>,
}

impl Params {
    /// Reads a query string; `known` are the parameters that this question has.
    ///
    /// # Errors
    /// When one is unknown, twice there or too long.
    pub(super) fn read(query: &str, known: &[&str]) -> Result<Self, Problem> {
        if query.len() > QUERY_BYTES_MAX {
            let detail =
                format!("the query has {} bytes; at most {QUERY_BYTES_MAX} are read", query.len());
            return Err(Problem::new(Code::InvalidParameter, detail));
        }
        let mut pairs: Vec<(String, String)> = Vec::new();
        for (name, value) in form_urlencoded::parse(query.as_bytes()) {
            if !known.contains(&name.as_ref()) {
                let detail = format!(
                    "`{}` is no parameter here; allowed: {}",
                    shown(&name),
                    known.join(", ")
                );
                let problem = Problem::parameter(Code::UnknownParameter, &shown(&name), detail);
                return Err(problem.with("allowed", known.to_vec()));
            }
            if pairs.iter().any(|(other, _)| *other == name) {
                let detail = format!("`{name}` is there more than once");
                return Err(Problem::parameter(Code::InvalidParameter, &name, detail));
            }
            if value.len() > VALUE_BYTES_MAX {
                let found = value.len();
                let detail =
                    format!("`{name}` has {found} bytes; at most {VALUE_BYTES_MAX} are read");
                return Err(Problem::parameter(Code::InvalidParameter, &name, detail));
            }
            pairs.push((name.into_owned(), value.into_owned()));
        }
        Ok(Self { pairs })
    }

    /// The value of `name`; an empty one counts as none.
    #[must_use]
    pub(super) fn text(&self, name: &str) -> Option<&str> {
        let (_, value) = self.pairs.iter().find(|(other, _)| other == name)?;
        (!value.is_empty()).then_some(value)
    }

    /// The value of `name`.
    ///
    /// # Errors
    /// When there is none.
    pub(super) fn required(&self, name: &str) -> Result<&str, Problem> {
        self.text(name).ok_or_else(|| {
            Problem::parameter(Code::MissingParameter, name, format!("`{name}` is missing"))
        })
    }

    /// The whole number called `name`.
    ///
    /// # Errors
    /// When it is none, or not within `allowed`.
    pub(super) fn number(
        &self,
        name: &str,
        allowed: RangeInclusive<u64>,
    ) -> Result<Option<u64>, Problem> {
        let Some(text) = self.text(name) else { return Ok(None) };
        match text.parse() {
            Ok(number) if allowed.contains(&number) => Ok(Some(number)),
            _ => {
                let allowed =
                    format!("a whole number from {} to {}", allowed.start(), allowed.end());
                Err(invalid(name, text, &allowed))
            }
        }
    }

    /// Whether `name` is `true`.
    ///
    /// # Errors
    /// When it is neither `true` nor `false`.
    pub(super) fn flag(&self, name: &str) -> Result<bool, Problem> {
        match self.text(name) {
            None | Some("false") => Ok(false),
            Some("true") => Ok(true),
            Some(found) => Err(invalid(name, found, "true or false")),
        }
    }

    /// `from` and `to`: by default the hour before `now_ms`.
    ///
    /// # Errors
    /// When one is no time, or they are no range that is answered.
    pub(super) fn range(&self, now_ms: u64) -> Result<Range, Problem> {
        let to_ms = self.number("to", 0..=TIME_MAX_MS)?;
        let from_ms = self.number("from", 0..=TIME_MAX_MS)?;
        let to_ms = to_ms.unwrap_or(now_ms);
        let from_ms = from_ms.unwrap_or(to_ms.saturating_sub(RANGE_DEFAULT_MS));
        if from_ms >= to_ms {
            let detail = format!("`from` ({from_ms}) must be before `to` ({to_ms})");
            return Err(Problem::parameter(Code::InvalidRange, "from", detail));
        }
        if to_ms - from_ms > RANGE_MAX_MS {
            let days = RANGE_MAX_MS / 86_400_000;
            let detail = format!("from {from_ms} to {to_ms} is more than {days} days");
            return Err(Problem::parameter(Code::InvalidRange, "from", detail));
        }
        Ok(Range { from_ms, to_ms })
    }

    /// The filters among the parameters: those called like a dimension.
    #[must_use]
    pub(super) fn filters(&self) -> Vec<Filter> {
        let filter = |dimension: &Dimension| {
            let value = self.text(dimension.name())?.to_owned();
            Some(Filter { dimension: *dimension, value })
        };
        DIMENSIONS.iter().filter_map(filter).collect()
    }
}

/// The problem of a value that is not allowed.
pub(crate) fn invalid(name: &str, found: &str, allowed: &str) -> Problem {
    let detail = format!("`{name}` is `{}`; allowed: {allowed}", shown(found));
    Problem::parameter(Code::InvalidParameter, name, detail).with("allowed", allowed)
}

/// What was found, short enough to be shown.
fn shown(text: &str) -> String {
    const SHOWN_MAX: usize = 60;
    match text.char_indices().nth(SHOWN_MAX) {
        Some((at, _)) => format!("{}…", &text[..at]),
        None => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const KNOWN: &[&str] = &["app", "from", "to", "limit", "troubled"];

    fn refused(query: &str) -> String {
        let read = || {
            let params = Params::read(query, KNOWN)?;
            params.required("app")?;
            params.number("limit", 1..=10)?;
            params.flag("troubled")?;
            params.range(10_000_000)
        };
        read().unwrap_err().to_string()
    }

    #[test]
    fn what_is_wrong_is_named_with_what_is_allowed() {
        let cases = [
            ("", "missing_parameter: `app` is missing"),
            ("app=", "missing_parameter: `app` is missing"),
            ("app=a&app=b", "invalid_parameter: `app` is there more than once"),
            (
                "app=a&form=1",
                "unknown_parameter: `form` is no parameter here; allowed: app, from, to, limit, troubled",
            ),
            (
                "app=a&limit=11",
                "invalid_parameter: `limit` is `11`; allowed: a whole number from 1 to 10",
            ),
            (
                "app=a&limit=-1",
                "invalid_parameter: `limit` is `-1`; allowed: a whole number from 1 to 10",
            ),
            (
                "app=a&troubled=yes",
                "invalid_parameter: `troubled` is `yes`; allowed: true or false",
            ),
            ("app=a&from=7&to=7", "invalid_range: `from` (7) must be before `to` (7)"),
            (
                "app=a&from=0&to=34560000001",
                "invalid_range: from 0 to 34560000001 is more than 400 days",
            ),
        ];
        for (query, problem) in cases {
            assert_eq!(refused(query), problem, "{query}");
        }
    }

    #[test]
    fn the_range_is_the_last_hour_where_nothing_is_said() {
        let range = |query| Params::read(query, KNOWN).unwrap().range(10_000_000).unwrap();
        assert_eq!(range(""), Range { from_ms: 6_400_000, to_ms: 10_000_000 });
        assert_eq!(range("to=7200000"), Range { from_ms: 3_600_000, to_ms: 7_200_000 });
        assert_eq!(range("from=1"), Range { from_ms: 1, to_ms: 10_000_000 });
    }
}
