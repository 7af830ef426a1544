//! What is told of each request beside its answer: an identifier, given back in `X-Request-Id`; at
//! the level debug a line of the log; and, of some, a trace.

use super::Door;
use super::codes::Code;
use crate::telemetry::{ActiveSpan, Attribute, RequestId, TraceContext};
use actix_web::body::MessageBody;
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::header::{HeaderName, HeaderValue};
use actix_web::{HttpMessage, HttpRequest, web};
use std::rc::Rc;
use std::time::Instant;

/// The header, both ways.
const X_REQUEST_ID: &str = "x-request-id";

/// The caller's place in a trace.
const TRACEPARENT: &str = "traceparent";

/// A request that is being answered.
pub(super) struct Seen {
    id: RequestId,
    began: Instant,
    span: Option<Rc<ActiveSpan>>,
}

impl Seen {
    /// Looks at a request before anything is done to it.
    pub(super) fn begin(request: &ServiceRequest) -> Self {
        let header = |name: &str| request.headers().get(name).and_then(|value| value.to_str().ok());
        let context = header(TRACEPARENT).and_then(TraceContext::parse).unwrap_or_default();
        let id = RequestId::of(header(X_REQUEST_ID), &context);
        let door = request.app_data::<web::Data<Door>>();
        let tracer = door.and_then(|door| Some((door.tracer.as_ref()?, (door.now)())));
        let span = tracer.and_then(|(tracer, now)| tracer.begin(context, now));
        if let Some(span) = &span {
            request.extensions_mut().insert(Rc::clone(span));
        }
        Self { id, began: Instant::now(), span }
    }

    /// Completes its answer.
    pub(super) fn end<B: MessageBody>(self, answer: &mut ServiceResponse<B>) {
        // What is sane is a header's value.
        if let Ok(value) = HeaderValue::from_str(self.id.as_str()) {
            answer.headers_mut().insert(HeaderName::from_static(X_REQUEST_ID), value);
        }
        let is_logged = tracing::enabled!(tracing::Level::DEBUG);
        if self.span.is_none() && !is_logged {
            return;
        }
        let status = answer.status();
        let code = answer.response().extensions().get::<Code>().map(|code| code.name());
        let request = answer.request();
        // Names of ours, not the path, which is a stranger's word.
        let route = request.match_pattern().unwrap_or_else(|| "(none)".to_owned());
        let method = method(request);
        if is_logged {
            let (request_id, status) = (self.id.as_str(), status.as_u16());
            let micros = u64::try_from(self.began.elapsed().as_micros()).unwrap_or(u64::MAX);
            tracing::debug!(request_id, method, route, status, code, micros, "request");
        }
        if let Some(span) = self.span {
            span.note("http.request.method", Attribute::Text(method.to_owned()));
            span.note("http.route", Attribute::Text(route.clone()));
            span.note("http.response.status_code", Attribute::Integer(status.as_u16().into()));
            span.note("dna.request_id", Attribute::Text(self.id.as_str().to_owned()));
            if let Some(code) = code {
                span.note("error.type", Attribute::Text(code.to_owned()));
            }
            span.end(format!("{method} {route}"), status.is_server_error());
        }
    }
}

/// The span of a request, if it is traced.
pub(super) fn span(request: &HttpRequest) -> Option<Rc<ActiveSpan>> {
    request.extensions().get::<Rc<ActiveSpan>>().cloned()
}

/// A method by its name where it is a known one: others are a stranger's word
/// (OpenTelemetry, `http.request.method`).
fn method(request: &HttpRequest) -> &'static str {
    const KNOWN: [&str; 9] =
        ["GET", "HEAD", "POST", "PUT", "DELETE", "CONNECT", "OPTIONS", "TRACE", "PATCH"];
    let method = request.method().as_str();
    KNOWN.into_iter().find(|known| *known == method).unwrap_or("_OTHER")
}
