//! A refusal on its way to the client: RFC 9457, `application/problem+json`.

use super::codes::Code;
use crate::accept::form::FormProblem;
use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::http::header::{ALLOW, RETRY_AFTER, WWW_AUTHENTICATE};
use dna_protocol::FrameProblem;
use dna_protocol::packed::UnpackProblem;
use serde::Serialize;
use serde_json::{Map, Value};
use std::time::Duration;

const MEDIA_TYPE: &str = "application/problem+json";

/// A reason, and what about this request.
#[derive(Debug)]
pub struct Problem {
    /// The reason.
    pub code: Code,
    detail: String,
    members: Map<String, Value>,
    retry_after: Option<Duration>,
}

impl Problem {
    /// A problem; `detail` names what was found and what is allowed, never a cause inside the
    /// server.
    #[must_use]
    pub fn new(code: Code, detail: impl Into<String>) -> Self {
        Self { code, detail: detail.into(), members: Map::new(), retry_after: None }
    }

    /// A problem whose explanation says all.
    #[must_use]
    pub fn plain(code: Code) -> Self {
        Self::new(code, code.explanation())
    }

    /// Adds an extension member (RFC 9457, section 3.2).
    #[must_use]
    pub fn with(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.members.insert(name.to_owned(), value.into());
        self
    }

    /// Asks the client to come back after `delay`.
    #[must_use]
    pub fn retry_after(mut self, delay: Duration) -> Self {
        self.retry_after = Some(delay);
        self
    }

    /// The answer. `allow` is the `Allow` header of a 405.
    #[must_use]
    pub fn response(self, allow: &'static str) -> HttpResponse {
        let status = StatusCode::from_u16(self.code.status());
        let mut builder = HttpResponse::build(status.unwrap_or(StatusCode::INTERNAL_SERVER_ERROR));
        match self.code {
            Code::MethodNotAllowed => {
                builder.insert_header((ALLOW, allow));
            }
            Code::UnknownKey | Code::ExpiredKey => {
                // RFC 9110, section 11.6.1 asks for it; no browser acts on a scheme of ours.
                builder.insert_header((WWW_AUTHENTICATE, "AppKey"));
            }
            _ => {}
        }
        if let Some(delay) = self.retry_after {
            builder.insert_header((RETRY_AFTER, delay.as_secs().max(1)));
        }
        let mut answer = builder.content_type(MEDIA_TYPE).body(self.body());
        // For the log and traces: see `seen`.
        answer.extensions_mut().insert(self.code);
        answer
    }

    /// The whole answer in bytes, for a connection that no request came of and that ends with it.
    pub(super) fn last_words(self) -> Vec<u8> {
        let status = StatusCode::from_u16(self.code.status());
        let status = status.unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let body = self.body();
        let length = body.len();
        format!(
            "HTTP/1.1 {status}\r\nContent-Type: {MEDIA_TYPE}\r\nContent-Length: {length}\r\n\
             Connection: close\r\n\r\n{body}"
        )
        .into_bytes()
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

impl From<FormProblem> for Problem {
    fn from(problem: FormProblem) -> Self {
        match problem {
            FormProblem::Frame(problem) => problem.into(),
            FormProblem::Packed(problem @ UnpackProblem::TooLarge { .. }) => {
                Self::new(Code::DecompressedTooLarge, problem.to_string())
            }
            FormProblem::Packed(problem) => Self::new(Code::MalformedEncoding, problem.to_string()),
            problem @ FormProblem::Text(_) => {
                Self::new(Code::MalformedEncoding, problem.to_string())
            }
        }
    }
}

impl From<FrameProblem> for Problem {
    fn from(problem: FrameProblem) -> Self {
        let detail = match &problem {
            FrameProblem::WrongTag { .. } => format!("{problem}, or `{{` for a frame in JSON"),
            _ => problem.to_string(),
        };
        Self::new(Code::from(&problem), detail)
    }
}
