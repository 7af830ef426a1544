//! `GET /api/v1/health` for people, `/health/live`, `/health/ready` and `/metrics` for machines.
//! The latter need nobody to log in: they tell of the chain, never of a customer.

use super::metrics;
use super::subscriptions::Subscriptions;
use super::who::Who;
use super::{App, Asked, Code, Problem};
use crate::query::health::{Health, health};
use actix_web::{HttpResponse, web};
use serde_json::json;
use std::collections::BTreeSet;

/// The media type of what `/metrics` says.
const OPEN_METRICS: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";

/// Damaged days that `/health/ready` names, the newest first; `/api/v1/health` has all.
const DAYS_TOLD_MAX: usize = 100;

/// How the chain itself fares: lag, drops by reason, what is stored.
#[utoipa::path(
    get, path = "/api/v1/health", tag = "health",
    responses((status = 200, body = Health)),
)]
pub(super) async fn chain(
    app: web::Data<App>,
    mine: web::Data<Subscriptions>,
    _who: Who,
) -> Asked<Health> {
    Ok(web::Json(look(&app, &mine).await?))
}

/// The process answers.
pub(super) async fn live() -> HttpResponse {
    HttpResponse::Ok().json(json!({"status": "live"}))
}

/// Questions are answered and nobody waits. Who waits goes on by itself, so this is no reason to
/// start the process anew.
pub(super) async fn ready(
    app: web::Data<App>,
    mine: web::Data<Subscriptions>,
) -> Result<HttpResponse, Problem> {
    let health = look(&app, &mine).await?;
    if health.waiting.is_empty() {
        let damaged = health.store.days.iter().filter(|day| day.damage.is_some());
        let damaged: BTreeSet<&str> = damaged.map(|day| day.day.as_str()).collect();
        // The other days are answered, and another process would not read them better.
        let mut told = json!({"status": "ready"});
        if !damaged.is_empty() {
            told["damaged_days"] =
                json!(damaged.iter().rev().take(DAYS_TOLD_MAX).collect::<Vec<_>>());
        }
        return Ok(HttpResponse::Ok().json(told));
    }
    let waiting: Vec<_> = health.waiting.keys().cloned().collect();
    let detail = format!("waiting: {}; /api/v1/health says why", waiting.join(", "));
    Err(Problem::new(Code::NotReady, detail))
}

/// The same figures as OpenMetrics.
pub(super) async fn metrics(
    app: web::Data<App>,
    mine: web::Data<Subscriptions>,
) -> Result<HttpResponse, Problem> {
    let text = metrics::text(&look(&app, &mine).await?);
    Ok(HttpResponse::Ok().content_type(OPEN_METRICS).body(text))
}

async fn look(app: &App, mine: &Subscriptions) -> Result<Health, Problem> {
    let days = app.store.days().await?;
    let others = app.drops.iter().flat_map(|drops| drops());
    Ok(health(app.consumed.health(), others, mine.waiting(), days, app.store.untidy()))
}
