//! Single values of JSON, judged before they are copied.

use super::tree::object;
use crate::field::{AttributeValue, Attributes, Field, Number, Text};
use crate::limits::ATTRIBUTES_MAX;
use crate::problem::FieldProblem;
use serde_json::Value;
use serde_json::value::RawValue;

/// A text of at most `max` bytes.
pub(crate) fn text(raw: &str, max: usize) -> Result<String, FieldProblem> {
    if !raw.starts_with('"') {
        return Err(FieldProblem::WrongType("a text"));
    }
    // An escape takes at most 6 bytes for one, so a longer token cannot fit: told without
    // unescaping it.
    if raw.len() - 2 > 6 * max {
        return Err(FieldProblem::TooLong { len: raw.len() - 2, max });
    }
    let text: String =
        serde_json::from_str(raw).map_err(|_| FieldProblem::WrongType("a valid JSON text"))?;
    if text.len() > max {
        return Err(FieldProblem::TooLong { len: text.len(), max });
    }
    Ok(text)
}

/// A number; one that no f64 holds is infinite.
pub(crate) fn number(raw: &str) -> Result<f64, FieldProblem> {
    match raw.as_bytes().first() {
        Some(b'-' | b'0'..=b'9') => raw.parse().map_err(|_| FieldProblem::WrongType("a number")),
        _ => Err(FieldProblem::WrongType("a number")),
    }
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
pub(crate) fn attributes(raw: &RawValue) -> Result<Attributes, FieldProblem> {
    let mut attributes = Attributes::default();
    let mut problem = None;
    let mut count = 0;
    object(raw.get(), |name, raw| {
        count += 1;
        let result = if count > ATTRIBUTES_MAX {
            Err(FieldProblem::TooLong { len: count, max: ATTRIBUTES_MAX })
        } else {
            attribute(raw).and_then(|value| attributes.push(Text::new(name)?, value))
        };
        result.map_err(|found| problem = Some(found)).is_ok()
    })
    .map_err(|_| problem.take().unwrap_or(FieldProblem::WrongType("an object")))?;
    Ok(attributes)
}

fn attribute(raw: &RawValue) -> Result<AttributeValue, FieldProblem> {
    match raw.get().as_bytes().first() {
        Some(b'"') => Text::from_json(raw).map(AttributeValue::Text),
        Some(b't') => Ok(AttributeValue::Bool(true)),
        Some(b'f') => Ok(AttributeValue::Bool(false)),
        Some(b'-' | b'0'..=b'9') => Number::from_json(raw).map(AttributeValue::Number),
        _ => Err(FieldProblem::WrongType("a text, a number or a boolean")),
    }
}
