//! A webhook of one's own, signed as Standard Webhooks 1.0 has it. The notice's name is
//! `webhook-id`, the same however often it is posted: who keeps it counts nothing twice.

use super::http::Request;
use super::text::Told;
use crate::subscribe::{Secret, sign};
use crate::watch::incident::Notice;
use reqwest::Url;
use serde_json::json;

pub(super) fn request(
    url: &Url,
    secret: Option<&Secret>,
    notice: &Notice,
    told: &Told,
    now_ms: u64,
) -> Request {
    let body = json!({
        "type": format!("incident.{}", notice.kind.name()),
        "at": notice.at,
        "title": told.title,
        "link": told.link,
        "incident": notice.incident,
    });
    let mut request = Request::json(url, &body);
    let timestamp = now_ms / 1_000;
    request.headers.push(("webhook-id", notice.id.clone()));
    request.headers.push(("webhook-timestamp", timestamp.to_string()));
    if let Some(secret) = secret {
        let signature = sign(secret, &notice.id, timestamp, request.body.as_bytes());
        request.headers.push(("webhook-signature", signature));
    }
    request
}
