//! What is told of each request beside its answer: an identifier, given back in `X-Request-Id`; at
//! the level debug a line of the log; and, of some, a trace.

use super::Door;
use super::codes::Code;
use super::head::Head;
use crate::telemetry::{ActiveSpan, Attribute, RequestId, TraceContext};
use actix_http::Response;
use actix_web::http::header::{HeaderName, HeaderValue};
use actix_web::http::{Method, StatusCode};
use std::rc::Rc;
use std::time::Instant;

/// The header, both ways.
static X_REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// The caller's place in a trace.
static TRACEPARENT: HeaderName = HeaderName::from_static("traceparent");

/// A request that is being answered.
pub(super) struct Seen {
    id: RequestId,
    method: Method,
    began: Instant,
    span: Option<Rc<ActiveSpan>>,
}

impl Seen {
    /// Looks at a request before anything is done to it.
    pub(super) fn begin(head: &Head<'_>, door: &Door) -> Self {
        let context = head.text(&TRACEPARENT).and_then(TraceContext::parse).unwrap_or_default();
        let id = RequestId::of(head.text(&X_REQUEST_ID), &context);
        let span = door.tracer.as_ref().and_then(|tracer| tracer.begin(context, (door.now)()));
        Self { id, method: head.method.clone(), began: Instant::now(), span }
    }

    /// The request's span, if it is traced.
    pub(super) fn span(&self) -> Option<&ActiveSpan> {
        self.span.as_deref()
    }

    /// When it was looked at first.
    pub(super) fn began(&self) -> Instant {
        self.began
    }

    /// Completes its answer. `route` is the name of ours for where it went.
    pub(super) fn end<B>(self, route: &str, answer: &mut Response<B>) {
        let (status, code) = (answer.status(), answer.extensions().get::<Code>().copied());
        // What is sane is a header's value.
        if let Ok(value) = HeaderValue::from_str(self.tell(route, status, code).as_str()) {
            answer.headers_mut().insert(X_REQUEST_ID.clone(), value);
        }
    }

    /// Tells what it is answered; its identifier.
    pub(super) fn tell(self, route: &str, status: StatusCode, code: Option<Code>) -> RequestId {
        let is_logged = tracing::enabled!(tracing::Level::DEBUG);
        if self.span.is_none() && !is_logged {
            return self.id;
        }
        let code = code.map(Code::name);
        let method = method(&self.method);
        if is_logged {
            let (request_id, status) = (self.id.as_str(), status.as_u16());
            let micros = u64::try_from(self.began.elapsed().as_micros()).unwrap_or(u64::MAX);
            tracing::debug!(request_id, method, route, status, code, micros, "request");
        }
        if let Some(span) = self.span {
            span.note("http.request.method", Attribute::Text(method.to_owned()));
            span.note("http.route", Attribute::Text(route.to_owned()));
            span.note("http.response.status_code", Attribute::Integer(status.as_u16().into()));
            span.note("dna.request_id", Attribute::Text(self.id.as_str().to_owned()));
            if let Some(code) = code {
                span.note("error.type", Attribute::Text(code.to_owned()));
            }
            span.end(format!("{method} {route}"), status.is_server_error());
        }
        self.id
    }
}

/// A method by its name where it is a known one: others are a stranger's word
/// (OpenTelemetry, `http.request.method`).
fn method(method: &Method) -> &'static str {
    const KNOWN: [&str; 9] =
        ["GET", "HEAD", "POST", "PUT", "DELETE", "CONNECT", "OPTIONS", "TRACE", "PATCH"];
    let method = method.as_str();
    KNOWN.into_iter().find(|known| *known == method).unwrap_or("_OTHER")
}
