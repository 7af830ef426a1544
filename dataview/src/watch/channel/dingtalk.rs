//! A robot of a DingTalk group: a text, signed in the address.
//!
//! <https://open.dingtalk.com/document/robots/custom-robot-access>

use super::Refused;
use super::http::{Answer, Request, judge_status};
use super::text::{Told, cut};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit, Mac};
use reqwest::Url;
use serde_json::json;
use sha2::Sha256;

/// 20 messages a minute; beyond, nothing is taken for ten minutes.
pub(super) const PACE_MS: u64 = 3_100;

/// How long that is.
const PENALTY_MS: u64 = 10 * 60_000;

/// Bytes of a body: 20,000; the rest of it is small.
const TEXT_BYTES_MAX: usize = 16_000;

/// Too fast.
const TOO_FAST: i64 = 130_101;

/// `timestamp` in ms and `sign` = Base64(HMAC-SHA-256(secret, timestamp ⏎ secret)) go into the query.
pub(super) fn request(url: &Url, secret: Option<&str>, told: &Told, now_ms: u64) -> Request {
    let text = cut(&told.text, TEXT_BYTES_MAX);
    let body = json!({"msgtype": "text", "text": {"content": text}});
    let mut request = Request::json(url, &body);
    if let Some(secret) = secret {
        let signature = sign(secret.as_bytes(), format!("{now_ms}\n{secret}").as_bytes());
        let mut query = request.url.query_pairs_mut();
        query.append_pair("timestamp", &now_ms.to_string()).append_pair("sign", &signature);
    }
    request
}

/// It answers 200 whatever it thinks of it.
pub(super) fn judge(answer: &Answer) -> Result<(), Refused> {
    judge_status(answer)?;
    match answer.code("errcode") {
        Some(0) => Ok(()),
        Some(code @ TOO_FAST) => Err(Refused::wait(format!("errcode {code}"), PENALTY_MS)),
        Some(code @ 400_000..500_000) => Err(Refused::about_this(format!("errcode {code}"))),
        Some(code) => Err(Refused::new(format!("errcode {code}"))),
        None => Err(Refused::new("its answer has no errcode")),
    }
}

/// Base64(HMAC-SHA-256(key, text)).
pub(super) fn sign(key: &[u8], text: &[u8]) -> String {
    let mut mac = Hmac::<Sha256>::new_from_slice(key).expect("HMAC takes keys of any length");
    mac.update(text);
    STANDARD.encode(mac.finalize().into_bytes())
}
