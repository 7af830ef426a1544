//! A refusal on its way to the asker: RFC 9457, `application/problem+json`.

use super::codes::Code;
use crate::access::AccessError;
use crate::consume::DeadLettersError;
use crate::store::StoreError;
use crate::subscribe::RegistryError;
use actix_web::http::StatusCode;
use actix_web::http::header::{ALLOW, RETRY_AFTER, WWW_AUTHENTICATE};
use actix_web::{HttpResponse, ResponseError};
use serde::Serialize;
use serde_json::{Map, Value};
use std::fmt;
use std::time::Duration;

const MEDIA_TYPE: &str = "application/problem+json";

/// When a store that cannot be used is worth another try.
const STORE_RETRY: Duration = Duration::from_secs(2);

/// A reason, and what about this request.
#[derive(Debug)]
pub struct Problem {
    /// The reason.
    pub code: Code,
    detail: String,
    members: Map<String, Value>,
    retry_after: Option<Duration>,
    allow: Option<&'static str>,
}

impl Problem {
    /// A problem; `detail` names what was found and what is allowed, never a cause inside the
    /// server.
    #[must_use]
    pub fn new(code: Code, detail: impl Into<String>) -> Self {
        let detail = detail.into();
        Self { code, detail, members: Map::new(), retry_after: None, allow: None }
    }

    /// A problem whose explanation says all.
    #[must_use]
    pub fn plain(code: Code) -> Self {
        Self::new(code, code.explanation())
    }

    /// A problem of the parameter `name`.
    #[must_use]
    pub fn parameter(code: Code, name: &str, detail: impl Into<String>) -> Self {
        Self::new(code, detail).with("parameter", name)
    }

    /// Adds an extension member (RFC 9457, section 3.2).
    #[must_use]
    pub fn with(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.members.insert(name.to_owned(), value.into());
        self
    }

    /// Asks to come back after `delay`.
    #[must_use]
    pub fn retry_after(mut self, delay: Duration) -> Self {
        self.retry_after = Some(delay);
        self
    }

    /// Only these methods are allowed.
    #[must_use]
    pub fn method_not_allowed(allow: &'static str) -> Self {
        let detail = format!("allowed here: {allow}");
        Self { allow: Some(allow), ..Self::new(Code::MethodNotAllowed, detail) }
    }

    fn body(&self) -> String {
        let body = Body {
            r#type: format!("/problems/{}", self.code.name()),
            title: self.code.title(),
            status: self.code.status(),
            detail: &self.detail,
            members: &self.members,
        };
        // Strings, numbers and maps with string keys always have a JSON form.
        serde_json::to_string(&body).unwrap_or_default()
    }
}

/// The problem details object, in the order of the RFC.
#[derive(Serialize)]
struct Body<'a> {
    r#type: String,
    title: &'static str,
    status: u16,
    detail: &'a str,
    #[serde(flatten)]
    members: &'a Map<String, Value>,
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.code.name(), self.detail)
    }
}

impl ResponseError for Problem {
    fn status_code(&self) -> StatusCode {
        StatusCode::from_u16(self.code.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
    }

    fn error_response(&self) -> HttpResponse {
        let mut builder = HttpResponse::build(self.status_code());
        if let Some(allow) = self.allow {
            builder.insert_header((ALLOW, allow));
        }
        if let Some(delay) = self.retry_after {
            builder.insert_header((RETRY_AFTER, delay.as_secs().max(1)));
        }
        if self.code == Code::NotSignedIn {
            // RFC 9110, section 11.6.1. Browsers act on no scheme but Basic and Digest.
            builder.insert_header((WWW_AUTHENTICATE, "Bearer"));
        }
        builder.content_type(MEDIA_TYPE).body(self.body())
    }
}

/// The cause goes to the log, once; the asker is told what to do.
impl From<StoreError> for Problem {
    fn from(error: StoreError) -> Self {
        let code = Code::from(&error);
        match error {
            StoreError::TooMuch(what) | StoreError::Wrong(what) => Self::new(code, what),
            StoreError::Unavailable(_) | StoreError::Newer { .. } | StoreError::InUse { .. } => {
                tracing::warn!(%error, "a question was not answered");
                Self::plain(code).retry_after(STORE_RETRY)
            }
            StoreError::Damaged { .. } => {
                tracing::error!(%error, "a question was not answered");
                Self::plain(code)
            }
        }
    }
}

impl From<AccessError> for Problem {
    fn from(error: AccessError) -> Self {
        let told = |code| Self::new(code, error.to_string());
        match &error {
            AccessError::Invalid { .. } => told(Code::InvalidValue),
            AccessError::Exists { .. } => told(Code::AlreadyThere),
            AccessError::Unknown { .. } => told(Code::UnknownName),
            AccessError::LastAdministrator(_) => told(Code::LastAdministrator),
            AccessError::Credentials => told(Code::WrongCredentials),
            AccessError::TooManyAttempts(wait) => told(Code::TooManyAttempts).retry_after(*wait),
            AccessError::File(_)
            | AccessError::Open { .. }
            | AccessError::Newer { .. }
            | AccessError::Randomness(_)
            | AccessError::Hash(_) => {
                tracing::error!(%error, "accounts cannot be used");
                Self::plain(Code::AccessUnavailable).retry_after(STORE_RETRY)
            }
        }
    }
}

impl From<RegistryError> for Problem {
    fn from(error: RegistryError) -> Self {
        let told = |code| Self::new(code, error.to_string());
        match &error {
            RegistryError::Exists(_) => told(Code::AlreadyThere),
            RegistryError::Unknown(_) => told(Code::UnknownName),
            RegistryError::ChangedMeanwhile(_) => told(Code::ChangedMeanwhile),
            RegistryError::TooMany => told(Code::InvalidValue),
            RegistryError::Wrong(wrong) => told(Code::InvalidValue).with("field", wrong.field),
            RegistryError::File(_) | RegistryError::Newer { .. } => {
                tracing::error!(%error, "subscriptions cannot be used");
                Self::plain(Code::SubscriptionsUnavailable).retry_after(STORE_RETRY)
            }
        }
    }
}

impl From<DeadLettersError> for Problem {
    fn from(error: DeadLettersError) -> Self {
        tracing::warn!(%error, "dead letters cannot be used");
        Self::plain(Code::DeadLettersUnavailable).retry_after(STORE_RETRY)
    }
}
