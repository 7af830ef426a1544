//! Objectives: how much of each error budget is left, and how fast it burns.

use super::Alerts;
use crate::http::params::Params;
use crate::http::who::Who;
use crate::http::{App, Asked};
use crate::watch::objective::{ObjectiveState, objective};
use crate::watch::rule::When;
use actix_web::{HttpRequest, web};
use serde::Serialize;
use utoipa::ToSchema;

/// Objectives that are told at once: each costs seven reads of the store.
const OBJECTIVES_MAX: usize = 50;

/// Objectives.
#[derive(Debug, Serialize, ToSchema)]
pub(in crate::http) struct Objectives {
    /// By the name of their rule.
    objectives: Vec<ObjectiveState>,
    /// Further ones, which are told when an application is named.
    left_out: usize,
}

/// Objectives of the applications that the asker may ask about, of all of an application together.
#[utoipa::path(
    get, path = "/api/v1/alerts/objectives", tag = "alerts",
    params(("app" = Option<String>, Query, description = "Only of this application.")),
    responses((status = 200, body = Objectives)),
)]
pub(in crate::http) async fn list(
    app: web::Data<App>,
    alerts: web::Data<Alerts>,
    who: Who,
    request: HttpRequest,
) -> Asked<Objectives> {
    let params = Params::read(request.query_string(), &["app"])?;
    let wanted = params.text("app");
    if let Some(name) = wanted {
        who.check_app(name)?;
    }
    let set = alerts.rulebook.now();
    let rules = set.rules.values().filter(|rule| {
        matches!(rule.when, When::Objective { .. })
            && who.may_ask(&rule.app)
            && wanted.is_none_or(|name| name == rule.app)
    });
    let rules: Vec<_> = rules.collect();
    let mut objectives = Vec::new();
    for rule in rules.iter().take(OBJECTIVES_MAX) {
        objectives.extend(objective(&*app.store, rule, (app.now)()).await?);
    }
    Ok(web::Json(Objectives { objectives, left_out: rules.len().saturating_sub(OBJECTIVES_MAX) }))
}
