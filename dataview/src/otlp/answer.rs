//! Answers: partial success, and `google.rpc.Status` for everything that is no success, each in
//! the form of the request.

use super::form::Form;
use super::limits::RETRY_AFTER_SECONDS;
use super::refused::Refused;
use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::http::header::{CONTENT_TYPE, RETRY_AFTER};
use opentelemetry_proto::tonic::collector::trace::v1::{
    ExportTracePartialSuccess, ExportTraceServiceResponse,
};
use prost::Message;
use serde_json::json;

/// `google.rpc.Status`.
#[derive(Clone, PartialEq, Message)]
struct Status {
    /// `google.rpc.Code`.
    #[prost(int32, tag = "1")]
    code: i32,
    /// For developers.
    #[prost(string, tag = "2")]
    message: String,
}

/// What was asked to be taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Signal {
    Traces,
    Logs,
}

/// Everything that could be taken is stored. The response for logs has the same shape and field
/// numbers in Protocol Buffers as that for traces.
pub(super) fn stored(form: Form, signal: Signal, refused: &Refused) -> HttpResponse {
    let rejected = i64::try_from(refused.total()).unwrap_or(i64::MAX);
    let body = match form {
        Form::Protobuf => {
            let partial = ExportTracePartialSuccess {
                rejected_spans: rejected,
                error_message: refused.message(),
            };
            let partial_success = (rejected > 0).then_some(partial);
            ExportTraceServiceResponse { partial_success }.encode_to_vec()
        }
        Form::Json if rejected == 0 => b"{}".to_vec(),
        Form::Json => {
            let count = match signal {
                Signal::Traces => "rejectedSpans",
                Signal::Logs => "rejectedLogRecords",
            };
            let partial = json!({ count: rejected.to_string(), "errorMessage": refused.message() });
            json!({ "partialSuccess": partial }).to_string().into_bytes()
        }
    };
    HttpResponse::Ok().insert_header((CONTENT_TYPE, form.content_type())).body(body)
}

/// Nothing was taken. With 429 and 503 the sender is asked to come again.
pub(super) fn failed(form: Form, status: StatusCode, message: &str) -> HttpResponse {
    // INVALID_ARGUMENT, UNAUTHENTICATED, RESOURCE_EXHAUSTED, UNAVAILABLE of google.rpc.Code.
    let code = match status {
        StatusCode::UNAUTHORIZED => 16,
        StatusCode::TOO_MANY_REQUESTS => 8,
        StatusCode::SERVICE_UNAVAILABLE => 14,
        _ => 3,
    };
    let body = match form {
        Form::Protobuf => Status { code, message: message.to_owned() }.encode_to_vec(),
        Form::Json => json!({ "code": code, "message": message }).to_string().into_bytes(),
    };
    let mut answer = HttpResponse::build(status);
    answer.insert_header((CONTENT_TYPE, form.content_type()));
    if matches!(status, StatusCode::TOO_MANY_REQUESTS | StatusCode::SERVICE_UNAVAILABLE) {
        answer.insert_header((RETRY_AFTER, RETRY_AFTER_SECONDS.to_string()));
    }
    answer.body(body)
}
