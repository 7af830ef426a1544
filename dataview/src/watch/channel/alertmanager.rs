//! Alertmanager's API v2, `POST /api/v2/alerts`: an alert is the same while its labels are, so one
//! that comes twice is one.
//!
//! <https://github.com/prometheus/alertmanager/blob/main/api/v2/openapi.yaml>

use super::http::Request;
use super::text::Told;
use crate::watch::incident::Notice;
use crate::watch::limits::REFRESH_HOLDS_MS;
use jiff::Timestamp;
use reqwest::Url;
use serde_json::json;

pub(super) fn request(url: &Url, notice: &Notice, told: &Told, now_ms: u64) -> Request {
    let incident = &notice.incident;
    // Without an end it would be over after Alertmanager's `resolve_timeout`.
    let ends_at = incident.resolved_at.unwrap_or(now_ms.saturating_add(REFRESH_HOLDS_MS));
    let rule = incident.parts.first().map_or("", |part| &part.rule);
    let mut alert = json!({
        // Nothing that changes while it lasts.
        "labels": {
            "alertname": rule,
            "app": incident.app,
            "owner": incident.owner,
            "incident": incident.id.to_string(),
            "severity": incident.parts.first().map_or(incident.severity, |part| part.severity).name(),
        },
        "annotations": {"summary": told.title, "description": told.text},
        "startsAt": rfc3339(incident.opened_at),
        "endsAt": rfc3339(ends_at),
    });
    if let Some(link) = &told.link {
        alert["generatorURL"] = json!(link);
    }
    Request::json(url, &json!([alert]))
}

fn rfc3339(at_ms: u64) -> String {
    let at = i64::try_from(at_ms).ok().and_then(|at| Timestamp::from_millisecond(at).ok());
    at.unwrap_or_default().to_string()
}
