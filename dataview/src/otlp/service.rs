//! The service: reads bodies within bounds, stores what they hold, answers.

use super::answer::{Signal, failed, stored};
use super::counters::Counters;
use super::decode::{self, Decoded, Malformed};
use super::form::Form;
use super::limits::{BODIES_BYTES_MAX, BODY_BYTES_MAX, UNPACK_STEP_BYTES, UNPACKED_BYTES_MAX};
use crate::store::{Batch, Store, StoreError};
use actix_web::http::StatusCode;
use actix_web::http::header::{AUTHORIZATION, CONTENT_ENCODING, CONTENT_TYPE, HeaderValue};
use actix_web::{HttpRequest, HttpResponse, web};
use flate2::read::GzDecoder;
use futures_util::StreamExt;
use std::io::Read;
use std::sync::Arc;
use std::time::{SystemTime, UNIX_EPOCH};
use subtle::ConstantTimeEq;
use tokio::sync::{Semaphore, SemaphorePermit};

/// Takes what services tell.
pub struct Otlp {
    store: Arc<dyn Store>,
    counters: Arc<Counters>,
    /// Asked of senders as `Authorization: Bearer …`, where one is set.
    token: Option<String>,
    /// KiB of bodies that may still come.
    room: Semaphore,
}

/// What an answer says that is no success.
struct Failure {
    status: StatusCode,
    message: String,
}

impl Failure {
    fn new(status: StatusCode, message: impl Into<String>) -> Self {
        Self { status, message: message.into() }
    }
}

/// Reads a body; the time is now in µs since the Unix epoch.
type Decode<T> = fn(&[u8], Form, u64) -> Result<Decoded<T>, Malformed>;

impl Otlp {
    /// Stores in `store` what comes with `token`, or from anybody where there is none.
    #[must_use]
    pub fn new(store: Arc<dyn Store>, token: Option<String>) -> Self {
        let room = Semaphore::new(BODIES_BYTES_MAX / 1024);
        Self { store, counters: Arc::default(), token, room }
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

    /// The body, unpacked, and the room that it takes up.
    async fn body(
        &self,
        request: &HttpRequest,
        mut payload: web::Payload,
    ) -> Result<(Vec<u8>, SemaphorePermit<'_>), Failure> {
        let is_packed = match request.headers().get(CONTENT_ENCODING).map(HeaderValue::as_bytes) {
            None | Some(b"identity") => false,
            Some(b"gzip") => true,
            Some(_) => {
                let message = "Content-Encoding, allowed: gzip, identity";
                return Err(Failure::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, message));
            }
        };
        let mut room = self.room.try_acquire_many(0).map_err(no_room)?;
        let mut body = Vec::new();
        while let Some(chunk) = payload.next().await {
            let cut = |_| Failure::new(StatusCode::BAD_REQUEST, "the body was cut off");
            let chunk = chunk.map_err(cut)?;
            if body.len() + chunk.len() > BODY_BYTES_MAX {
                let message = format!("the body, allowed: {BODY_BYTES_MAX} bytes as sent");
                return Err(Failure::new(StatusCode::PAYLOAD_TOO_LARGE, message));
            }
            let wanted = u32::try_from(chunk.len().div_ceil(1024)).unwrap_or(u32::MAX);
            room.merge(self.room.try_acquire_many(wanted).map_err(no_room)?);
            body.extend_from_slice(&chunk);
        }
        if is_packed {
            body = self.unpacked(&body, &mut room)?;
        }
        Ok((body, room))
    }

    /// Unpacks step by step, each within the room that there is: a few bytes of gzip may become
    /// megabytes.
    fn unpacked<'a>(
        &'a self,
        body: &[u8],
        room: &mut SemaphorePermit<'a>,
    ) -> Result<Vec<u8>, Failure> {
        let (mut reader, mut unpacked) = (GzDecoder::new(body), Vec::new());
        loop {
            let before = unpacked.len();
            let read = (&mut reader).take(UNPACK_STEP_BYTES).read_to_end(&mut unpacked);
            if let Err(error) = read {
                let message = format!("the body is not gzip as its Content-Encoding says: {error}");
                return Err(Failure::new(StatusCode::BAD_REQUEST, message));
            }
            if unpacked.len() == before {
                return Ok(unpacked);
            }
            if unpacked.len() > UNPACKED_BYTES_MAX {
                let message = format!("the body, allowed: {UNPACKED_BYTES_MAX} bytes unpacked");
                return Err(Failure::new(StatusCode::PAYLOAD_TOO_LARGE, message));
            }
            let wanted = u32::try_from((unpacked.len() - before).div_ceil(1024));
            room.merge(self.room.try_acquire_many(wanted.unwrap_or(u32::MAX)).map_err(no_room)?);
        }
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
        let (body, _room) = self.body(request, payload).await?;
        let now_us = now_us();
        // Other requests of this thread must not wait for megabytes to be read.
        let decoded = web::block(move || decode(&body, form, now_us)).await;
        let decoded = decoded
            .map_err(|_| Failure::new(StatusCode::SERVICE_UNAVAILABLE, "stopping"))?
            .map_err(|error| Failure::new(StatusCode::BAD_REQUEST, error.to_string()))?;
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

fn no_room(_: tokio::sync::TryAcquireError) -> Failure {
    Failure::new(StatusCode::TOO_MANY_REQUESTS, "too much is under way")
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
