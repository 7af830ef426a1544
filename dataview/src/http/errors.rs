//! `GET /api/v1/errors` and one of them.

use super::limits::{LIST_DEFAULT, LIST_MAX, OCCURRENCES_MAX, STACK_FRAMES_MAX};
use super::params::{Params, invalid};
use super::who::Who;
use super::{App, Asked, Code, Problem};
use crate::query::errors::{self, ErrorAnswer, Errors, Occurrence, StackLine};
use crate::store::ErrorOccurrence;
use actix_web::{HttpRequest, web};

/// Errors between `from` and `to` by fingerprint, the most frequent first.
#[utoipa::path(
    get, path = "/api/v1/errors", tag = "errors",
    params(
        ("app" = String, Query, description = "The application."),
        ("from" = Option<u64>, Query, description = "From when, in ms since the Unix epoch; default: an hour before `to`."),
        ("to" = Option<u64>, Query, description = "Until when, in ms since the Unix epoch; default: now."),
        ("limit" = Option<u64>, Query, minimum = 1, maximum = 500, description = "How many in this part; default: 50."),
        ("cursor" = Option<String>, Query, description = "What `next` of the part before said."),
    ),
    responses((status = 200, body = Errors))
)]
pub(super) async fn errors(app: web::Data<App>, who: Who, request: HttpRequest) -> Asked<Errors> {
    let known = ["app", "from", "to", "limit", "cursor"];
    let params = Params::read(request.query_string(), &known)?;
    let name = who.app(&params)?;
    let limit = params.number("limit", 1..=LIST_MAX as u64)?;
    let limit = limit.map_or(LIST_DEFAULT, |limit| limit as usize);
    let range = params.range((app.now)())?;
    let question = format!("errors {name:?}");
    let after = match params.text("cursor") {
        Some(cursor) => Some(place(&app.cursors.unwrap(&question, cursor)?)?),
        None => None,
    };
    let groups = app.store.errors(name.to_owned(), range).await?;
    let (errors, next) = errors::part(groups, after, limit);
    let wrap =
        |(count, fingerprint)| app.cursors.wrap(&question, &format!("{count},{fingerprint:016x}"));
    let damaged_days = app.store.damaged_days(range);
    Ok(web::Json(Errors { errors, next: next.map(wrap), damaged_days }))
}

/// Count and fingerprint of the last group that was told.
fn place(inner: &str) -> Result<(u64, u64), Problem> {
    let place = || {
        let (count, fingerprint) = inner.split_once(',')?;
        Some((count.parse().ok()?, u64::from_str_radix(fingerprint, 16).ok()?))
    };
    place().ok_or_else(|| Problem::plain(Code::InvalidCursor))
}

/// One error: its group, its newest occurrences and the stack of the newest.
#[utoipa::path(
    get, path = "/api/v1/errors/{fingerprint}", tag = "errors",
    params(
        ("fingerprint" = String, Path, description = "The error: 16 hexadecimal digits."),
        ("app" = String, Query, description = "The application."),
        ("from" = Option<u64>, Query, description = "From when, in ms since the Unix epoch; default: an hour before `to`."),
        ("to" = Option<u64>, Query, description = "Until when, in ms since the Unix epoch; default: now."),
    ),
    responses((status = 200, body = ErrorAnswer))
)]
pub(super) async fn error(
    app: web::Data<App>,
    who: Who,
    fingerprint: web::Path<String>,
    request: HttpRequest,
) -> Asked<ErrorAnswer> {
    let params = Params::read(request.query_string(), &["app", "from", "to"])?;
    let name = who.app(&params)?.to_owned();
    let range = params.range((app.now)())?;
    let number = match fingerprint.len() {
        16 => u64::from_str_radix(&fingerprint, 16).ok(),
        _ => None,
    };
    let number =
        number.ok_or_else(|| invalid("fingerprint", &fingerprint, "16 hexadecimal digits"))?;
    let groups = app.store.errors(name.clone(), range).await?;
    let group = groups.into_iter().find(|group| group.fingerprint == number);
    let group = group.ok_or_else(|| Problem::plain(Code::UnknownError))?.into();
    let found = app.store.occurrences(name.clone(), number, range, OCCURRENCES_MAX).await?;
    let stack = match found.first() {
        Some(newest) => stack(&app, name, number, newest).await?,
        None => Vec::new(),
    };
    let occurrences = found.into_iter().map(Occurrence::from).collect();
    Ok(web::Json(ErrorAnswer { group, occurrences, stack }))
}

/// The stack of `error`, read from its frame.
async fn stack(
    app: &App,
    name: String,
    fingerprint: u64,
    error: &ErrorOccurrence,
) -> Result<Vec<StackLine>, Problem> {
    let session = app.store.session(name, error.session, STACK_FRAMES_MAX).await?;
    let frames = session.map(|(_, frames)| frames).unwrap_or_default();
    let frame = frames.into_iter().find(|frame| frame.sequence == error.sequence);
    let Some(frame) = frame else { return Ok(Vec::new()) };
    let maps = app.maps.clone();
    // A map is read from the disk and may be large.
    let told = web::block(move || errors::stack(&frame, fingerprint, maps.as_deref())).await;
    told.map_err(|_| Problem::plain(Code::Internal))
}
