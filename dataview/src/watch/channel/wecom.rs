//! A robot of a WeCom group: a text. Its address is its secret.
//!
//! <https://developer.work.weixin.qq.com/document/path/91770>

use super::Refused;
use super::http::{Answer, Request, judge_status};
use super::text::{Told, cut};
use reqwest::Url;
use serde_json::json;

/// 20 messages a minute.
pub(super) const PACE_MS: u64 = 3_100;

/// How long it is left alone when it says that it was too fast.
const PENALTY_MS: u64 = 60_000;

/// Bytes of a text: what its documentation allows.
const TEXT_BYTES_MAX: usize = 2_048;

/// Too fast.
const TOO_FAST: i64 = 45_009;

/// The text is too long, or none.
const WRONG_TEXT: [i64; 3] = [40_058, 44_004, 45_002];

pub(super) fn request(url: &Url, told: &Told) -> Request {
    let text = cut(&told.text, TEXT_BYTES_MAX);
    Request::json(url, &json!({"msgtype": "text", "text": {"content": text}}))
}

/// It answers 200 whatever it thinks of it.
pub(super) fn judge(answer: &Answer) -> Result<(), Refused> {
    judge_status(answer)?;
    match answer.code("errcode") {
        Some(0) => Ok(()),
        Some(code @ TOO_FAST) => Err(Refused::wait(format!("errcode {code}"), PENALTY_MS)),
        Some(code) if WRONG_TEXT.contains(&code) => {
            Err(Refused::about_this(format!("errcode {code}")))
        }
        Some(code) => Err(Refused::new(format!("errcode {code}"))),
        None => Err(Refused::new("its answer has no errcode")),
    }
}
