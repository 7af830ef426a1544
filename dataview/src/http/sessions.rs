//! `GET /api/v1/sessions` and one of them.

use super::limits::{LIST_DEFAULT, LIST_MAX, TIMELINE_EVENTS_MAX, TIMELINE_FRAMES_MAX};
use super::params::{DIMENSIONS, Params, invalid};
use super::who::Who;
use super::{App, Asked, Code, Problem};
use crate::model::{Dimension, SessionId};
use crate::query::sessions::{SessionAnswer, Sessions};
use crate::query::timeline::timeline;
use crate::store::SessionsAsk;
use actix_web::{HttpRequest, web};

/// Sessions that were active between `from` and `to`, the newest first.
#[utoipa::path(
    get, path = "/api/v1/sessions", tag = "sessions",
    params(
        ("app" = String, Query, description = "The application."),
        ("from" = Option<u64>, Query, description = "From when, in ms since the Unix epoch; default: an hour before `to`."),
        ("to" = Option<u64>, Query, description = "Until when, in ms since the Unix epoch; default: now."),
        ("user" = Option<String>, Query, description = "Only of this user, by pseudonym (`user.hash`)."),
        ("page" = Option<String>, Query, description = "Only those that saw this page. Of page to transaction several can be given; all must hold."),
        ("api" = Option<String>, Query, description = "Only those that called this API."),
        ("region" = Option<String>, Query, description = "Only from this region."),
        ("operator" = Option<String>, Query, description = "Only of this operator."),
        ("device" = Option<String>, Query, description = "Only on this device."),
        ("os" = Option<String>, Query, description = "Only with this operating system."),
        ("browser" = Option<String>, Query, description = "Only with this browser."),
        ("release" = Option<String>, Query, description = "Only with this release."),
        ("transaction" = Option<String>, Query, description = "Only those that ended this transaction."),
        ("troubled" = Option<bool>, Query, description = "true: only with errors or failed calls."),
        ("limit" = Option<u64>, Query, minimum = 1, maximum = 500, description = "How many in this part; default: 50."),
        ("cursor" = Option<String>, Query, description = "What `next` of the part before said."),
    ),
    responses((status = 200, body = Sessions))
)]
pub(super) async fn sessions(
    app: web::Data<App>,
    who: Who,
    request: HttpRequest,
) -> Asked<Sessions> {
    let mut known = vec!["app", "from", "to", "user", "troubled", "limit", "cursor"];
    known.extend(DIMENSIONS.map(Dimension::name));
    let params = Params::read(request.query_string(), &known)?;
    let limit = params.number("limit", 1..=LIST_MAX as u64)?;
    let mut ask = SessionsAsk {
        app: who.app(&params)?.to_owned(),
        range: params.range((app.now)())?,
        user: params.text("user").map(str::to_owned),
        filters: params.filters(),
        troubled: params.flag("troubled")?,
        limit: limit.map_or(LIST_DEFAULT, |limit| limit as usize),
        cursor: None,
    };
    let (question, range) = (question(&ask), ask.range);
    if let Some(cursor) = params.text("cursor") {
        ask.cursor = Some(app.cursors.unwrap(&question, cursor)?);
    }
    let listed = app.store.sessions(ask).await?;
    let damaged_days = app.store.damaged_days(range);
    let wrap = |inner: &str| app.cursors.wrap(&question, inner);
    Ok(web::Json(Sessions::of(listed, damaged_days, wrap)))
}

/// What makes a list of sessions the same one. Not the range: without `to` it ends now, and the
/// store's cursor says where to go on.
pub(super) fn question(ask: &SessionsAsk) -> String {
    format!("sessions {:?} {:?} {:?} {}", ask.app, ask.user, ask.filters, ask.troubled)
}

/// One session with its timeline.
#[utoipa::path(
    get, path = "/api/v1/sessions/{id}", tag = "sessions",
    params(
        ("id" = String, Path, description = "The session: 32 hexadecimal digits."),
        ("app" = String, Query, description = "The application."),
    ),
    responses((status = 200, body = SessionAnswer))
)]
pub(super) async fn session(
    app: web::Data<App>,
    who: Who,
    id: web::Path<String>,
    request: HttpRequest,
) -> Asked<SessionAnswer> {
    let params = Params::read(request.query_string(), &["app"])?;
    let name = who.app(&params)?.to_owned();
    let id = SessionId::from_hex(&id).ok_or_else(|| invalid("id", &id, "32 hexadecimal digits"))?;
    let found = app.store.session(name, id, TIMELINE_FRAMES_MAX).await?;
    let (row, frames) = found.ok_or_else(|| Problem::plain(Code::UnknownSession))?;
    // Thousands of frames take their time: not on the thread that answers others.
    let told = web::block(move || timeline(&frames, TIMELINE_EVENTS_MAX)).await;
    let told = told.map_err(|_| Problem::plain(Code::Internal))?;
    Ok(web::Json(SessionAnswer {
        session: row.into(),
        timeline: told.items,
        views: told.views,
        events_left_out: told.left_out,
        frames_unreadable: told.unreadable,
    }))
}
