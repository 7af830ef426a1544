//! Silences: for a while nobody is told of what matches.

use super::{Alerts, number};
use crate::access::{Action, Right};
use crate::http::accounts::record;
use crate::http::params::Params;
use crate::http::who::Who;
use crate::http::{App, Asked, Code, Problem, body};
use crate::watch::incident::{Matcher, Silence};
use crate::watch::rule::text;
use actix_web::{HttpRequest, HttpResponse, web};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Silences that have not ended.
#[derive(Debug, Serialize, ToSchema)]
pub(in crate::http) struct Silences {
    /// The oldest first.
    silences: Vec<Silence>,
}

/// A silence to be made.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::http) struct SilenceSent {
    /// What it silences: what has all of these.
    matcher: Matcher,
    /// From when on, in ms since the Unix epoch; absent: from now on.
    from: Option<u64>,
    /// Until when, at most 90 days later.
    to: u64,
    /// Why.
    comment: String,
}

/// Silences that have not ended, of the applications that the asker may ask about.
#[utoipa::path(
    get, path = "/api/v1/alerts/silences", tag = "alerts",
    responses((status = 200, body = Silences)),
)]
pub(in crate::http) async fn list(
    app: web::Data<App>,
    alerts: web::Data<Alerts>,
    who: Who,
    request: HttpRequest,
) -> Asked<Silences> {
    Params::read(request.query_string(), &[])?;
    let mut silences = alerts.keep.silences((app.now)())?;
    silences.retain(|silence| may_see(&silence.matcher, &who));
    Ok(web::Json(Silences { silences }))
}

/// Makes a silence. For support and administrators.
#[utoipa::path(
    post, path = "/api/v1/alerts/silences", tag = "alerts",
    request_body = SilenceSent,
    responses((status = 201, body = Silence)),
)]
pub(in crate::http) async fn add(
    app: web::Data<App>,
    alerts: web::Data<Alerts>,
    who: Who,
    request: HttpRequest,
    payload: web::Payload,
) -> Result<HttpResponse, Problem> {
    who.check(Right::Respond)?;
    let SilenceSent { matcher, from, to, comment } = body::read(&request, payload).await?;
    matcher.check()?;
    text("comment", &comment, 1)?;
    let now_ms = (app.now)();
    let from = from.unwrap_or(now_ms);
    Silence::check_time(from, to)?;
    check_sight(&matcher, &who)?;
    let by = who.identity.name.clone();
    let silence = Silence { id: 0, matcher, from, to, by, comment };
    let silence = alerts.keep.add_silence(silence, now_ms)?;
    record(&app, &who, Action::SilenceAdded, &silence.id.to_string())?;
    Ok(HttpResponse::Created().json(silence))
}

/// Ends a silence. For support and administrators.
#[utoipa::path(
    delete, path = "/api/v1/alerts/silences/{id}", tag = "alerts",
    params(("id" = String, Path, description = "The silence.")),
    responses((status = 204)),
)]
pub(in crate::http) async fn remove(
    app: web::Data<App>,
    alerts: web::Data<Alerts>,
    who: Who,
    id: web::Path<String>,
) -> Result<HttpResponse, Problem> {
    who.check(Right::Respond)?;
    let id = number(&id, "silence")?;
    let silences = alerts.keep.silences((app.now)())?;
    let silence = silences.into_iter().find(|silence| silence.id == id);
    let unknown = || Problem::new(Code::UnknownName, "there is no such silence");
    check_sight(&silence.ok_or_else(unknown)?.matcher, &who)?;
    alerts.keep.remove_silence(id)?;
    record(&app, &who, Action::SilenceRemoved, &id.to_string())?;
    Ok(HttpResponse::NoContent().finish())
}

/// Who may not ask about all applications silences and sees those that name one of theirs.
fn may_see(matcher: &Matcher, who: &Who) -> bool {
    match &matcher.app {
        Some(app) => who.may_ask(app),
        None => who.may_ask_all(),
    }
}

fn check_sight(matcher: &Matcher, who: &Who) -> Result<(), Problem> {
    match may_see(matcher, who) {
        true => Ok(()),
        false => Err(Problem::plain(Code::ForbiddenApp)),
    }
}
