//! Bodies of requests: JSON within bounds.

use super::limits::{BODY_BYTES_MAX, BODY_TIMEOUT};
use super::{Code, Problem};
use actix_web::http::header::CONTENT_TYPE;
use actix_web::{HttpRequest, web};
use serde::de::DeserializeOwned;
use tokio::time::timeout;

/// Reads a body.
///
/// # Errors
/// When it is too large, of another type, or not what was expected.
pub(super) async fn read<T: DeserializeOwned>(
    request: &HttpRequest,
    payload: web::Payload,
) -> Result<T, Problem> {
    let media = request.headers().get(CONTENT_TYPE).and_then(|value| value.to_str().ok());
    let essence = media.unwrap_or_default().split(';').next().unwrap_or_default().trim();
    if !essence.eq_ignore_ascii_case("application/json") {
        let detail = format!("`Content-Type` is {essence:?}; allowed: application/json");
        return Err(Problem::new(Code::UnsupportedMediaType, detail));
    }
    let body = timeout(BODY_TIMEOUT, payload.to_bytes_limited(BODY_BYTES_MAX)).await;
    let bytes = match body.map_err(|_| Problem::plain(Code::BodyTimeout))? {
        Ok(Ok(bytes)) => bytes,
        Ok(Err(_)) => return Err(Problem::new(Code::InvalidBody, "the body did not arrive whole")),
        Err(_) => {
            let detail = format!("the body has more than {BODY_BYTES_MAX} bytes");
            return Err(Problem::new(Code::BodyTooLarge, detail));
        }
    };
    serde_json::from_slice(&bytes)
        .map_err(|error| Problem::new(Code::InvalidBody, error.to_string()))
}
