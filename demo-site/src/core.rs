//! The bank's core service, where there is one: asked over HTTP, in the caller's trace.
//!
//! A client of a few lines: HTTP/1.0 over one connection a call, to a service on this machine.

use std::io;
use std::time::Duration;

use actix_web::{HttpRequest, HttpResponse};
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use thiserror::Error;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::timeout;

/// Longer than the slowest of its answers that a page can ask for.
const TIME_MAX: Duration = Duration::from_secs(20);

/// Many times the largest of its answers.
const ANSWER_BYTES_MAX: u64 = 256 * 1024;

/// Headers of a request that its calls take over: the trace that it belongs to (W3C).
const TRACE_HEADERS: [&str; 2] = ["traceparent", "tracestate"];

/// Where the core is: `host:port`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Core(String);

/// Why the core did not do what it was asked.
#[derive(Debug, Error)]
pub(crate) enum CoreError {
    /// It is away, or broke off.
    #[error("the core is not to be reached: {0}")]
    Io(#[from] io::Error),
    /// It takes too long.
    #[error("the core did not answer in time")]
    Late(#[from] tokio::time::error::Elapsed),
    /// It answered something else.
    #[error("the core answered {0}")]
    Status(u16),
    /// It answered what is none.
    #[error("the core's answer cannot be read")]
    Unreadable,
}

impl Core {
    /// The core at `url`, of the form `http://host:port`; `None` when it is of another.
    #[must_use]
    pub fn at(url: &str) -> Option<Self> {
        let address = url.strip_prefix("http://")?.trim_end_matches('/');
        let (host, port) = address.rsplit_once(':')?;
        let plain = !host.is_empty() && !address.contains(['/', '@', '?', '#', ' ']);
        (plain && port.parse::<u16>().is_ok()).then(|| Self(address.to_owned()))
    }

    /// Sends `content` to `path` (nothing: asks for it) for `request`, and reads the answer.
    pub(crate) async fn call<T: DeserializeOwned>(
        &self,
        request: &HttpRequest,
        path: &str,
        content: Option<&Value>,
    ) -> Result<T, CoreError> {
        let answer = timeout(TIME_MAX, self.exchange(&self.head(request, path, content))).await??;
        let text = String::from_utf8(answer).map_err(|_| CoreError::Unreadable)?;
        let (head, body) = text.split_once("\r\n\r\n").ok_or(CoreError::Unreadable)?;
        let status = head.split(' ').nth(1).and_then(|status| status.parse().ok());
        match status.ok_or(CoreError::Unreadable)? {
            200 => serde_json::from_str(body).map_err(|_| CoreError::Unreadable),
            status => Err(CoreError::Status(status)),
        }
    }

    /// The request as it is sent.
    fn head(&self, request: &HttpRequest, path: &str, content: Option<&Value>) -> String {
        let method = if content.is_some() { "POST" } else { "GET" };
        let mut head = format!("{method} {path} HTTP/1.0\r\nhost: {}\r\n", self.0);
        for name in TRACE_HEADERS {
            if let Some(value) = request.headers().get(name).and_then(|it| it.to_str().ok()) {
                head.push_str(&format!("{name}: {value}\r\n"));
            }
        }
        let body = content.map(Value::to_string).unwrap_or_default();
        if content.is_some() {
            let length = body.len();
            head.push_str(&format!(
                "content-type: application/json\r\ncontent-length: {length}\r\n"
            ));
        }
        head + "\r\n" + &body
    }

    async fn exchange(&self, request: &str) -> io::Result<Vec<u8>> {
        let mut stream = TcpStream::connect(&self.0).await?;
        stream.write_all(request.as_bytes()).await?;
        let mut answer = Vec::new();
        stream.take(ANSWER_BYTES_MAX).read_to_end(&mut answer).await?;
        Ok(answer)
    }
}

impl CoreError {
    /// What the page is told: which step is down, not why.
    pub(crate) fn answer(&self) -> HttpResponse {
        let mut answer = match self {
            Self::Late(_) => HttpResponse::GatewayTimeout(),
            _ => HttpResponse::BadGateway(),
        };
        answer.json(json!({ "code": "unavailable" }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_an_address_is_taken() {
        for url in ["http://127.0.0.1:80", "http://localhost:8603/"] {
            assert!(Core::at(url).is_some(), "{url}");
        }
        for url in ["https://a:1", "http://a", "http://a:1/b", "http://u@a:1", "http://:1", "a:1"] {
            assert!(Core::at(url).is_none(), "{url}");
        }
    }
}
