//! Bodies of requests: JSON within bounds.

use super::limits::{BODY_BYTES_MAX, BODY_TIMEOUT};
use super::{Code, Problem};
use actix_web::http::header::CONTENT_TYPE;
use actix_web::{HttpRequest, web};
use serde::de::DeserializeOwned;
use tokio::time::timeout;

/// Bytes of a wrong word that is told back: longer than any of ours.
const WORD_BYTES_MAX: usize = 32;

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
        .map_err(|error| Problem::new(Code::InvalidBody, without_values(&error.to_string())))
}

/// What serde says is wrong, without what was sent: that may be a user's ID, and answers are logged
/// by some on their way. Names of members and variants stay where they are plain words.
fn without_values(message: &str) -> String {
    // Everything behind the last of these is our own: what is allowed, line and column.
    let Some((found, expected)) = message.rsplit_once(", expected ") else {
        return message.to_owned();
    };
    let end = found.find(['`', '"']).unwrap_or(found.len());
    let (kind, value) = (found[..end].trim_end(), found[end..].trim_matches('`'));
    let is_word = |word: &str| {
        let plain = |byte: u8| byte.is_ascii_alphabetic() || byte == b'_';
        (1..=WORD_BYTES_MAX).contains(&word.len()) && word.bytes().all(plain)
    };
    match kind.starts_with("unknown ") && is_word(value) {
        true => format!("{kind} `{value}`, expected {expected}"),
        false => format!("{kind}, expected {expected}"),
    }
}

#[cfg(test)]
mod tests {
    use super::without_values;

    #[test]
    fn what_was_sent_is_not_told_back() {
        for (told, expected) in [
            (
                "invalid type: integer `4711`, expected a string at line 1 column 9",
                "invalid type: integer, expected a string at line 1 column 9",
            ),
            (
                r#"invalid type: string "a`, expected \"4711\"", expected u64 at line 1 column 2"#,
                "invalid type: string, expected u64 at line 1 column 2",
            ),
            (
                "unknown field `4711`, expected `app` or `id` at line 1 column 7",
                "unknown field, expected `app` or `id` at line 1 column 7",
            ),
            (
                "unknown variant `king`, expected `viewer` or `support` at line 1 column 7",
                "unknown variant `king`, expected `viewer` or `support` at line 1 column 7",
            ),
            (
                "invalid value: floating point `4711.0`, expected u64",
                "invalid value: floating point, expected u64",
            ),
            ("missing field `id` at line 1 column 2", "missing field `id` at line 1 column 2"),
            ("expected value at line 1 column 1", "expected value at line 1 column 1"),
        ] {
            assert_eq!(without_values(told), expected);
        }
    }
}
