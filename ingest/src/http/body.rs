//! Reads a body: never more than the limit, never longer than the deadline.

use super::budget::Share;
use super::codes::Code;
use super::head::Head;
use super::problem::Problem;
use crate::accept::decompress::{DecompressError, Encoding, decompress};
use crate::config::LimitsConfig;
use actix_http::Payload;
use actix_web::error::PayloadError;
use actix_web::http::header::{CONTENT_ENCODING, CONTENT_LENGTH, CONTENT_TYPE};
use bytes::{Bytes, BytesMut};
use futures_core::Stream;
use std::borrow::Cow;
use std::pin::Pin;
use std::time::Duration;

/// The media types that carry frames; which form it is, the first bytes tell.
const MEDIA_TYPES: [&str; 3] = ["text/plain", "application/json", "application/cbor"];

/// How soon a client may come back when all that bodies may hold is held: most are read within
/// a second, and those that stall are ended at their deadline.
const RETRY_WHEN_FULL: Duration = Duration::from_secs(2);

/// Judges what the head says of a body, before a byte of it is read; its coding.
///
/// # Errors
/// The problem to answer with.
pub(super) fn check(head: &Head<'_>, limits: &LimitsConfig) -> Result<Encoding, Problem> {
    check_media_type(head)?;
    let encoding = encoding(head)?;
    check_announced_length(head, limits)?;
    Ok(encoding)
}

/// A body that comes in pieces, complete within its time; all of it was read then.
///
/// # Errors
/// The problem to answer with.
pub(super) async fn arrival(
    payload: Payload,
    limits: &LimitsConfig,
    share: &mut Share<'_>,
) -> Result<Bytes, Problem> {
    let reading = collect(payload, limits.body_bytes_max, share);
    let read = actix_web::rt::time::timeout(limits.body_timeout, reading).await;
    read.unwrap_or_else(|_| {
        let allowed = limits.body_timeout.as_millis();
        let detail = format!("the body was not complete after {allowed} ms, the most allowed");
        Err(Problem::new(Code::BodyTimeout, detail))
    })
}

/// The refusal of a body for which there is no room beside the others.
pub(super) fn full() -> Problem {
    Problem::plain(Code::BodiesFull).retry_after(RETRY_WHEN_FULL)
}

/// A body as it was before it was `encoding`.
///
/// # Errors
/// The problem to answer with.
pub(super) fn decompressed<'a>(
    encoding: Encoding,
    sent: &'a [u8],
    limits: &LimitsConfig,
) -> Result<Cow<'a, [u8]>, Problem> {
    decompress(encoding, sent, limits.decompressed_bytes_max).map_err(|error| match error {
        DecompressError::TooLarge { max } => {
            let detail = format!(
                "{} bytes of {} decompress to more than {max} bytes, the most allowed",
                sent.len(),
                encoding.name()
            );
            Problem::new(Code::DecompressedTooLarge, detail)
        }
        DecompressError::Malformed => {
            let detail = format!("the body is no complete {}", encoding.name());
            Problem::new(Code::MalformedEncoding, detail)
        }
    })
}

fn check_media_type(head: &Head<'_>) -> Result<(), Problem> {
    // As browsers and our SDK write it.
    if matches!(head.get(&CONTENT_TYPE), None | Some(b"text/plain;charset=UTF-8")) {
        return Ok(());
    }
    let media_type = head.text(&CONTENT_TYPE).unwrap_or_default();
    let media_type = media_type.split(';').next().unwrap_or_default();
    let media_type = media_type.trim();
    // curl -d says this of whatever it sends; the first bytes tell all the same.
    let accepted = MEDIA_TYPES.iter().chain(["application/x-www-form-urlencoded"].iter());
    if accepted.into_iter().any(|known| media_type.eq_ignore_ascii_case(known)) {
        return Ok(());
    }
    let detail = format!("`Content-Type` is {media_type:?}; allowed: {}", MEDIA_TYPES.join(", "));
    Err(Problem::new(Code::UnsupportedMediaType, detail))
}

fn encoding(head: &Head<'_>) -> Result<Encoding, Problem> {
    if head.get(&CONTENT_ENCODING).is_none() {
        return Ok(Encoding::Identity);
    }
    let name = head.text(&CONTENT_ENCODING).unwrap_or_default().trim();
    Encoding::by_name(name).ok_or_else(|| {
        let detail = format!(
            "`Content-Encoding` is {name:?}; allowed: gzip, br, deflate, zstd, identity, one of them"
        );
        Problem::new(Code::UnsupportedEncoding, detail)
    })
}

/// Refuses a body that says itself that it is too large, before a byte of it is read.
fn check_announced_length(head: &Head<'_>, limits: &LimitsConfig) -> Result<(), Problem> {
    let announced = head.text(&CONTENT_LENGTH).and_then(|value| value.parse::<u64>().ok());
    match announced {
        Some(length) if length > limits.body_bytes_max as u64 => {
            Err(too_large(&format!("announced as {length} bytes"), limits.body_bytes_max))
        }
        _ => Ok(()),
    }
}

fn too_large(seen: &str, max: usize) -> Problem {
    Problem::new(Code::BodyTooLarge, format!("the body is {seen}; at most {max} bytes"))
}

async fn collect(
    mut payload: Payload,
    max: usize,
    share: &mut Share<'_>,
) -> Result<Bytes, Problem> {
    let Some(first) = next(&mut payload, share).await? else { return Ok(Bytes::new()) };
    let Some(second) = next(&mut payload, share).await? else {
        // Most beacons arrive in one piece and are not copied.
        return if first.len() > max { Err(at_least(first.len(), max)) } else { Ok(first) };
    };
    let mut body = BytesMut::from(first);
    let mut chunk = Some(second);
    while let Some(bytes) = chunk {
        if body.len() + bytes.len() > max {
            return Err(at_least(body.len() + bytes.len(), max));
        }
        body.extend_from_slice(&bytes);
        chunk = next(&mut payload, share).await?;
    }
    Ok(body.freeze())
}

fn at_least(seen: usize, max: usize) -> Problem {
    too_large(&format!("at least {seen} bytes"), max)
}

async fn next(payload: &mut Payload, share: &mut Share<'_>) -> Result<Option<Bytes>, Problem> {
    let chunk = std::future::poll_fn(|context| Pin::new(&mut *payload).poll_next(context)).await;
    match chunk {
        None => Ok(None),
        Some(Ok(bytes)) if share.take(bytes.len()) => Ok(Some(bytes)),
        Some(Ok(_)) => Err(full()),
        Some(Err(PayloadError::Overflow)) => Err(Problem::plain(Code::BodyTooLarge)),
        Some(Err(_)) => Err(Problem::plain(Code::BodyIncomplete)),
    }
}
