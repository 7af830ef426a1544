//! A robot of a Feishu group: a text, signed in the body.
//!
//! <https://open.feishu.cn/document/client-docs/bot-v3/add-custom-bot>

use super::Refused;
use super::dingtalk::sign;
use super::http::{Answer, Request, judge_status};
use super::text::{Told, cut};
use reqwest::Url;
use serde_json::json;

/// 100 messages a minute and 5 a second.
pub(super) const PACE_MS: u64 = 700;

/// How long it is left alone when it says that it was too fast.
const PENALTY_MS: u64 = 60_000;

/// Bytes of a body: 20 KB; the rest of it is small.
const TEXT_BYTES_MAX: usize = 16_000;

/// Too fast.
const TOO_FAST: i64 = 11_232;

/// The body has another form than it wants.
const BAD_REQUEST: i64 = 9_499;

/// `timestamp` is in s, `sign` = Base64(HMAC-SHA-256(timestamp ⏎ secret, nothing)).
pub(super) fn request(url: &Url, secret: Option<&str>, told: &Told, now_ms: u64) -> Request {
    let text = cut(&told.text, TEXT_BYTES_MAX);
    let mut body = json!({"msg_type": "text", "content": {"text": text}});
    if let Some(secret) = secret {
        let timestamp = now_ms / 1_000;
        body["timestamp"] = json!(timestamp.to_string());
        body["sign"] = json!(sign(format!("{timestamp}\n{secret}").as_bytes(), b""));
    }
    Request::json(url, &body)
}

/// Its `code` says more than its status.
pub(super) fn judge(answer: &Answer) -> Result<(), Refused> {
    match answer.code("code") {
        Some(0) => Ok(()),
        Some(code @ TOO_FAST) => Err(Refused::wait(format!("code {code}"), PENALTY_MS)),
        Some(code @ BAD_REQUEST) => Err(Refused::about_this(format!("code {code}"))),
        Some(code) => Err(Refused::new(format!("code {code}"))),
        None => {
            judge_status(answer)?;
            Err(Refused::new("its answer has no code"))
        }
    }
}
