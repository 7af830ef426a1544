//! Judges values that the wire allows and that are not kept all the same.

use dna_protocol::model::WEB_VITALS;
use dna_protocol::{Body, Event};

/// Why a value is refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ValueError {
    /// A Web Vital that does not exist.
    #[error("`browser.web_vital.name` is {0:?}; expected one of {names}", names = WEB_VITALS.join(", "))]
    UnknownWebVital(String),
}

impl ValueError {
    /// The codes of all of them.
    pub const CODES: [&'static str; 1] = ["unknown_web_vital"];

    /// A stable name of the reason.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::UnknownWebVital(_) => "unknown_web_vital",
        }
    }
}

/// Judges the values of `event`.
///
/// # Errors
/// The first that is not allowed.
pub fn judge(event: &Event) -> Result<(), ValueError> {
    match &event.body {
        Body::WebVital(vital) => match vital.name.as_deref() {
            Some(name) if !WEB_VITALS.contains(&name) => {
                Err(ValueError::UnknownWebVital(name.to_owned()))
            }
            _ => Ok(()),
        },
        _ => Ok(()),
    }
}
