//! Posts what the kinds of channels have made, and reads what is answered.

use super::super::limits::{ANSWER_BYTES_MAX, ANSWER_TIMEOUT, RETRY_AFTER_MAX_MS};
use super::Refused;
use reqwest::header::RETRY_AFTER;
use reqwest::{Client, Url};
use serde_json::Value;

/// What is posted.
#[derive(Debug)]
pub(super) struct Request {
    pub(super) url: Url,
    pub(super) headers: Vec<(&'static str, String)>,
    pub(super) body: String,
}

/// What was answered.
#[derive(Debug)]
pub(super) struct Answer {
    pub(super) status: u16,
    pub(super) wait_ms: Option<u64>,
    pub(super) body: String,
}

impl Request {
    /// A body of JSON.
    pub(super) fn json(url: &Url, body: &Value) -> Self {
        Self { url: url.clone(), headers: Vec::new(), body: body.to_string() }
    }
}

impl Answer {
    /// The whole number called `name` in the answer's JSON.
    pub(super) fn code(&self, name: &str) -> Option<i64> {
        serde_json::from_str::<Value>(&self.body).ok()?.get(name)?.as_i64()
    }
}

/// Posts a request.
pub(super) async fn post(client: &Client, request: Request) -> Result<Answer, Refused> {
    let Request { url, headers, body } = request;
    let mut post = client.post(url).header("content-type", "application/json");
    for (name, value) in headers {
        post = post.header(name, value);
    }
    let mut answer = post.body(body).send().await.map_err(|error| why(&error.without_url()))?;
    let header = answer.headers().get(RETRY_AFTER).and_then(|value| value.to_str().ok());
    let seconds = header.and_then(|value| value.parse::<u64>().ok());
    let wait_ms = seconds.map(|seconds| seconds.saturating_mul(1_000).min(RETRY_AFTER_MAX_MS));
    let status = answer.status().as_u16();
    let mut bytes = Vec::new();
    while let Some(chunk) = answer.chunk().await.map_err(|error| why(&error.without_url()))? {
        bytes.extend_from_slice(&chunk);
        if bytes.len() > ANSWER_BYTES_MAX {
            return Err(Refused::new(format!("it answered more than {ANSWER_BYTES_MAX} bytes")));
        }
    }
    Ok(Answer { status, wait_ms, body: String::from_utf8_lossy(&bytes).into_owned() })
}

/// What a status says, where nothing else does.
pub(super) fn judge_status(answer: &Answer) -> Result<(), Refused> {
    let what = format!("it answered {}", answer.status);
    match answer.status {
        200..300 => Ok(()),
        400 | 413 | 422 => Err(Refused::about_this(what)),
        _ => Err(Refused { wait_ms: answer.wait_ms, ..Refused::new(what) }),
    }
}

/// Why it was not answered; addresses may hold tokens and are not told.
fn why(error: &reqwest::Error) -> Refused {
    if error.is_timeout() {
        return Refused::new(format!("it did not answer within {} s", ANSWER_TIMEOUT.as_secs()));
    }
    let source = std::error::Error::source(error).map(|source| format!(": {source}"));
    Refused::new(format!("it cannot be reached: {error}{}", source.unwrap_or_default()))
}
