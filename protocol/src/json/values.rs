//! Single values of JSON, judged before they are copied.

use super::scan::{Stop, unescaped, whole};
use crate::field::{AttributeValue, Attributes, Field, Number, Text};
use crate::limits::ATTRIBUTES_MAX;
use crate::problem::FieldProblem;
use crate::record::Record;
use serde_json::Value;
use std::borrow::Cow;

/// A text of at most `max` bytes.
pub(crate) fn text(raw: &str, max: usize) -> Result<Cow<'_, str>, FieldProblem> {
    if !raw.starts_with('"') {
        return Err(FieldProblem::WrongType("a text"));
    }
    // An escape takes at most 6 bytes for one, so a longer token cannot fit: told without
    // unescaping it.
    if raw.len() - 2 > 6 * max {
        return Err(FieldProblem::TooLong { len: raw.len() - 2, max });
    }
    let text = unescaped(raw).ok_or(FieldProblem::WrongType("a valid JSON text"))?;
    if text.len() > max {
        return Err(FieldProblem::TooLong { len: text.len(), max });
    }
    Ok(text)
}

/// A number; one that no f64 holds is infinite.
pub(crate) fn number(raw: &str) -> Result<f64, FieldProblem> {
    match raw.as_bytes().first() {
        Some(b'-' | b'0'..=b'9') => short_number(raw)
            .map_or_else(|| raw.parse().map_err(|_| FieldProblem::WrongType("a number")), Ok),
        _ => Err(FieldProblem::WrongType("a number")),
    }
}

/// A number of few digits without sign and exponent, as most are. Both sides of the division are
/// exact, so it is rounded once, as reading any number has to.
fn short_number(raw: &str) -> Option<f64> {
    const BYTES_MAX: usize = 16;
    const TENS: [f64; BYTES_MAX] =
        [1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15];
    if raw.len() > BYTES_MAX {
        return None;
    }
    let (mut digits, mut places, mut step) = (0_u64, 0, 0);
    for byte in raw.bytes() {
        match byte {
            b'0'..=b'9' => {
                digits = 10 * digits + u64::from(byte - b'0');
                places += step;
            }
            b'.' => step = 1,
            _ => return None,
        }
    }
    let exact = digits < 1 << 53;
    exact.then(|| digits as f64 / TENS.get(places).copied().unwrap_or(f64::NAN))
}

/// A finite number as JSON: whole ones without a fraction.
pub(crate) fn number_value(value: f64) -> Value {
    if value.trunc() == value && value.abs() < 9_007_199_254_740_992.0 {
        Value::from(value as i64)
    } else {
        Value::from(value)
    }
}

/// Free attributes.
pub(crate) fn attributes(raw: &str) -> Result<Attributes, FieldProblem> {
    let mut attributes = Attributes::default();
    let mut count = 0;
    object(raw, |name, raw| {
        count += 1;
        if count > ATTRIBUTES_MAX {
            return Err(FieldProblem::TooLong { len: count, max: ATTRIBUTES_MAX });
        }
        attribute(raw).and_then(|value| attributes.push(Text::new(name)?, value))
    })?;
    Ok(attributes)
}

fn attribute(raw: &str) -> Result<AttributeValue, FieldProblem> {
    match raw.as_bytes().first() {
        Some(b'"') => Text::from_json(raw).map(AttributeValue::Text),
        Some(b't') => Ok(AttributeValue::Bool(true)),
        Some(b'f') => Ok(AttributeValue::Bool(false)),
        Some(b'-' | b'0'..=b'9') => Number::from_json(raw).map(AttributeValue::Number),
        _ => Err(FieldProblem::WrongType("a text, a number or a boolean")),
    }
}

/// Reads a list of records; unknown names in them are passed over.
pub(crate) fn records<R: Record>(
    raw: &str,
    mut each: impl FnMut(R) -> Result<(), FieldProblem>,
) -> Result<(), FieldProblem> {
    let mut problem = None;
    let read = whole(raw, |scan| {
        scan.items(|scan| {
            let read = record(scan.value()?).and_then(&mut each);
            read.map_err(|found| stop(&mut problem, found))
        })
    });
    read.map_err(|_| problem.unwrap_or(FieldProblem::WrongType("an array")))
}

fn record<R: Record>(raw: &str) -> Result<R, FieldProblem> {
    let mut record = R::default();
    object(raw, |name, raw| record.read_json(name, raw).map(drop).map_err(|error| error.problem))?;
    Ok(record)
}

/// Calls `each` with name and value of every member of the object that `raw`, well-formed, is.
fn object(
    raw: &str,
    mut each: impl FnMut(&str, &str) -> Result<(), FieldProblem>,
) -> Result<(), FieldProblem> {
    let mut problem = None;
    let read = whole(raw, |scan| {
        scan.members(|scan, name| {
            each(name, scan.value()?).map_err(|found| stop(&mut problem, found))
        })
    });
    read.map_err(|_| problem.unwrap_or(FieldProblem::WrongType("an object")))
}

fn stop(problem: &mut Option<FieldProblem>, found: FieldProblem) -> Stop {
    *problem = Some(found);
    Stop::Enough
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn short_numbers_are_read_as_any(raw in "(0|[1-9][0-9]{0,16})(\\.[0-9]{1,16})?") {
            prop_assert_eq!(number(&raw), Ok(raw.parse().expect("a number")));
        }
    }
}
