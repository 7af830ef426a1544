//! The service: reads bodies within bounds, stores what they hold, answers.

use super::answer::{Signal, failed, stored};
use super::body::{Body, Room};
use super::counters::Counters;
use super::decode::{self, Decoded, Malformed};
use super::form::Form;
use super::limits::{BODIES_BYTES_MAX, BODY_BYTES_MAX, BODY_TIMEOUT};
use crate::store::{Batch, Store, StoreError};
use actix_web::http::StatusCode;
use actix_web::http::header::{AUTHORIZATION, CONTENT_ENCODING, CONTENT_TYPE, HeaderValue};
use actix_web::{HttpRequest, HttpResponse, web};
use futures_util::StreamExt;
use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};
use subtle::ConstantTimeEq;
use tokio::sync::Semaphore;
use tokio::time::timeout;

/// Takes what services tell.
pub struct Otlp {
    store: Arc<dyn Store>,
    counters: Arc<Counters>,
    /// Asked of senders as `Authorization: Bearer …`, where one is set.
    token: Option<String>,
    /// KiB of bodies that may still come.
    room: Arc<Semaphore>,
    body_timeout: Duration,
}

/// What an answer says that is no success.
pub(super) struct Failure {
    status: StatusCode,
    message: String,
}

impl Failure {
    pub(super) fn new(status: StatusCode, message: impl Into<String>) -> Self {
        Self { status, message: message.into() }
    }
}

/// Reads a body; the time is now in µs since the Unix epoch.
type Decode<T> = fn(&[u8], Form, u64) -> Result<Decoded<T>, Malformed>;

impl Otlp {
    /// Stores in `store` what comes with `token`, or from anybody where there is none.
    #[must_use]
    pub fn new(store: Arc<dyn Store>, token: Option<String>) -> Self {
        let room = Arc::new(Semaphore::new(BODIES_BYTES_MAX / 1024));
        Self { store, counters: Arc::default(), token, room, body_timeout: BODY_TIMEOUT }
    }

    /// The same, but bodies may take `body_timeout` instead of [`BODY_TIMEOUT`].
    #[must_use]
    pub fn with_body_timeout(self, body_timeout: Duration) -> Self {
        Self { body_timeout, ..self }
    }

    /// What has arrived and what was dropped.
    #[must_use]
    pub fn counters(&self) -> Arc<Counters> {
        Arc::clone(&self.counters)
    }

    fn check_token(&self, request: &HttpRequest) -> Result<(), Failure> {
        let Some(token) = &self.token else { return Ok(()) };
        let given = request.headers().get(AUTHORIZATION).and_then(|value| value.to_str().ok());
        let given = given.and_then(|value| value.strip_prefix("Bearer ")).unwrap_or_default();
        if given.as_bytes().ct_eq(token.as_bytes()).into() {
            return Ok(());
        }
        let message = "Authorization, allowed: Bearer and the token of `otlp.token`";
        Err(Failure::new(StatusCode::UNAUTHORIZED, message))
    }

    /// The body as it was sent, within the time that it may take.
    async fn body(&self, payload: web::Payload) -> Result<Body, Failure> {
        let late = |_| {
            let message = format!("the body, allowed: {:?}", self.body_timeout);
            // Not 408: after that, OTLP has exporters throw away what they could send again.
            Failure::new(StatusCode::SERVICE_UNAVAILABLE, message)
        };
        timeout(self.body_timeout, self.received(payload)).await.map_err(late)?
    }

    async fn received(&self, mut payload: web::Payload) -> Result<Body, Failure> {
        let mut body = Body { bytes: Vec::new(), room: Room::new(&self.room)? };
        while let Some(chunk) = payload.next().await {
            let cut = |_| Failure::new(StatusCode::BAD_REQUEST, "the body was cut off");
            let chunk = chunk.map_err(cut)?;
            if body.bytes.len() + chunk.len() > BODY_BYTES_MAX {
                let message = format!("the body, allowed: {BODY_BYTES_MAX} bytes as sent");
                return Err(Failure::new(StatusCode::PAYLOAD_TOO_LARGE, message));
            }
            body.room.take(chunk.len())?;
            body.bytes.extend_from_slice(&chunk);
        }
        Ok(body)
    }

    /// Takes one request.
    async fn take<T: Send + 'static>(
        &self,
        request: &HttpRequest,
        payload: web::Payload,
        form: Form,
        signal: Signal,
        decode: Decode<T>,
        batch: fn(Vec<T>) -> Batch,
    ) -> Result<HttpResponse, Failure> {
        self.check_token(request)?;
        let is_packed = is_packed(request)?;
        let body = self.body(payload).await?;
        let now_us = now_us();
        // Other requests of this thread must not wait for megabytes to be unpacked and read.
        let read = move || {
            let body = if is_packed { body.unpacked()? } else { body };
            let decoded = decode(&body.bytes, form, now_us)
                .map_err(|error| Failure::new(StatusCode::BAD_REQUEST, error.to_string()))?;
            Ok::<_, Failure>((decoded, body.room))
        };
        let read = web::block(read).await;
        let (decoded, _room) =
            read.map_err(|_| Failure::new(StatusCode::SERVICE_UNAVAILABLE, "stopping"))??;
        let count = decoded.items.len() as u64;
        if count > 0 {
            self.store.append(batch(decoded.items)).await.map_err(|error| not_stored(&error))?;
        }
        self.counters.taken(count, &decoded.refused, &decoded.left_out);
        Ok(stored(form, signal, &decoded.refused))
    }

    fn answer(&self, form: Form, result: Result<HttpResponse, Failure>) -> HttpResponse {
        let failure = match result {
            Ok(answer) => return answer,
            Err(failure) => failure,
        };
        match failure.status {
            StatusCode::TOO_MANY_REQUESTS | StatusCode::SERVICE_UNAVAILABLE => {
                self.counters.turned_away();
            }
            _ => self.counters.unreadable(),
        }
        failed(form, failure.status, &failure.message)
    }
}

/// `POST /v1/traces` and `POST /v1/logs`, of the [`Otlp`] among the application's data.
pub fn routes(config: &mut web::ServiceConfig) {
    config
        .service(web::resource("/v1/traces").post(traces))
        .service(web::resource("/v1/logs").post(logs));
}

async fn traces(otlp: web::Data<Otlp>, request: HttpRequest, body: web::Payload) -> HttpResponse {
    let batch = |spans| Batch { spans, ..Batch::default() };
    match form(&request) {
        Ok(form) => {
            let result =
                otlp.take(&request, body, form, Signal::Traces, decode::spans, batch).await;
            otlp.answer(form, result)
        }
        Err(failure) => otlp.answer(Form::Json, Err(failure)),
    }
}

async fn logs(otlp: web::Data<Otlp>, request: HttpRequest, body: web::Payload) -> HttpResponse {
    let batch = |logs| Batch { logs, ..Batch::default() };
    match form(&request) {
        Ok(form) => {
            let result = otlp.take(&request, body, form, Signal::Logs, decode::logs, batch).await;
            otlp.answer(form, result)
        }
        Err(failure) => otlp.answer(Form::Json, Err(failure)),
    }
}

fn form(request: &HttpRequest) -> Result<Form, Failure> {
    let given = request.headers().get(CONTENT_TYPE).and_then(|value| value.to_str().ok());
    given.and_then(Form::of).ok_or_else(|| {
        let message = "Content-Type, allowed: application/x-protobuf, application/json";
        Failure::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, message)
    })
}

fn is_packed(request: &HttpRequest) -> Result<bool, Failure> {
    match request.headers().get(CONTENT_ENCODING).map(HeaderValue::as_bytes) {
        None | Some(b"identity") => Ok(false),
        Some(b"gzip") => Ok(true),
        Some(_) => {
            let message = "Content-Encoding, allowed: gzip, identity";
            Err(Failure::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, message))
        }
    }
}

/// The store took nothing; its sender keeps it and tries again. Causes are for our own log.
fn not_stored(error: &StoreError) -> Failure {
    tracing::warn!(%error, "spans or log lines were not stored");
    Failure::new(StatusCode::SERVICE_UNAVAILABLE, "the store takes nothing now")
}

fn now_us() -> u64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    u64::try_from(since.as_micros()).unwrap_or(u64::MAX)
}
