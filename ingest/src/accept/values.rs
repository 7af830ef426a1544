//! Judges values that the wire allows and that are not kept all the same.

use dna_protocol::limits::MILLIS_MAX;
use dna_protocol::model::{Custom, Mark, Transaction, WEB_VITALS, WebVital};
use dna_protocol::{Body, Event};

/// Why a value is refused.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum ValueError {
    /// A Web Vital that does not exist.
    #[error("`browser.web_vital.name` is {0:?}; expected one of {names}", names = WEB_VITALS.join(", "))]
    UnknownWebVital(String),
    /// A Web Vital that cannot be: all of them are measured from a start, and CLS is a sum of
    /// areas.
    #[error("`browser.web_vital.value` is {0}; allowed 0 to {MILLIS_MAX}")]
    WebVitalOutOfRange(f64),
    /// What the application reports has no name.
    #[error("`{0}` is empty; expected a name of 1 to 128 bytes")]
    EmptyName(&'static str),
}

impl ValueError {
    /// The codes of all of them.
    pub const CODES: [&'static str; 3] = ["unknown_web_vital", "out_of_range", "empty"];

    /// A stable name of the reason.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::UnknownWebVital(_) => Self::CODES[0],
            // The name that the wire has for it, where a field's bounds are those of its type.
            Self::WebVitalOutOfRange(_) => Self::CODES[1],
            Self::EmptyName(_) => Self::CODES[2],
        }
    }
}

/// Judges the values of `event`.
///
/// # Errors
/// The first that is not allowed.
pub fn judge(event: &Event) -> Result<(), ValueError> {
    match &event.body {
        Body::WebVital(vital) => judge_vital(vital),
        Body::Custom(Custom { name, .. }) => judge_name("event.name", name.as_deref()),
        Body::Transaction(Transaction { name, .. }) => {
            judge_name("transaction.name", name.as_deref())
        }
        Body::Mark(Mark { name, .. }) => judge_name("mark.name", name.as_deref()),
        _ => Ok(()),
    }
}

fn judge_name(field: &'static str, name: Option<&str>) -> Result<(), ValueError> {
    if name == Some("") { Err(ValueError::EmptyName(field)) } else { Ok(()) }
}

fn judge_vital(vital: &WebVital) -> Result<(), ValueError> {
    if let Some(name) = vital.name.as_deref()
        && !WEB_VITALS.contains(&name)
    {
        return Err(ValueError::UnknownWebVital(name.to_owned()));
    }
    match vital.value.map(dna_protocol::field::Number::get) {
        Some(value) if !(0.0..=MILLIS_MAX).contains(&value) => {
            Err(ValueError::WebVitalOutOfRange(value))
        }
        _ => Ok(()),
    }
}
