//! What a subscriber that asks gets: lines of JSON, and where it goes on.

use super::Subscriptions;
use crate::http::params::Params;
use crate::http::who::Who;
use crate::http::{App, Asked, Code, Cursors, Problem, body};
use crate::store::FeedCursor;
use crate::subscribe::limits::LINES_MAX;
use crate::subscribe::{Delivery, Lines, Subscription, lines};
use actix_web::{HttpRequest, HttpResponse, web};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Lines of one answer when nobody says how many.
const LINES_DEFAULT: u64 = 500;

/// Newline-delimited JSON.
const NDJSON: &str = "application/x-ndjson";

/// What a subscriber has.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::http) struct AckSent {
    /// What the last line said.
    cursor: String,
}

/// The last line of an answer.
#[derive(Debug, Serialize, ToSchema)]
pub(in crate::http) struct End {
    /// Where it goes on, and what acknowledges the lines before.
    pub(super) cursor: String,
    /// Frames that are stored behind that: 0 at the end.
    pub(super) behind: u64,
}

/// What a subscriber has after an acknowledgement.
#[derive(Debug, Serialize, ToSchema)]
pub(in crate::http) struct Acknowledged {
    /// Lines that it has acknowledged.
    lines: u64,
}

/// What a cursor of a subscription is wrapped for: one of an earlier reading, from before the
/// subscription was made anew or told to read on from another time, or the same, says nothing now.
fn purpose(subscription: &Subscription) -> String {
    format!("subscription {} {}", subscription.name, subscription.epoch)
}

/// A word for `cursor`, which is behind the subscription's line number `lines`.
pub(super) fn wrap(
    cursors: &Cursors,
    subscription: &Subscription,
    cursor: &FeedCursor,
    lines: u64,
) -> String {
    cursors.wrap(&purpose(subscription), &format!("{lines}/{cursor}"))
}

/// The cursor in `word`, and the number of the line that it is behind.
pub(super) fn unwrap(
    cursors: &Cursors,
    subscription: &Subscription,
    word: &str,
) -> Result<(FeedCursor, u64), Problem> {
    let inner = cursors.unwrap(&purpose(subscription), word)?;
    let read = |inner: &str| {
        let (lines, cursor) = inner.split_once('/')?;
        Some((cursor.parse().ok()?, lines.parse().ok()?))
    };
    read(&inner).ok_or_else(|| Problem::plain(Code::InvalidCursor))
}

/// The next lines of a subscription, each a JSON object, and at the end one with the cursor. They
/// are told again until the cursor is acknowledged.
#[utoipa::path(
    get, path = "/api/v1/subscriptions/{name}/events", tag = "subscriptions",
    params(
        ("name" = String, Path, description = "The subscription."),
        ("limit" = Option<u64>, Query, minimum = 1, maximum = 1000, description = "How many lines, though a frame's come together; default: 500."),
    ),
    responses((status = 200, content_type = "application/x-ndjson", body = End)),
)]
pub(in crate::http) async fn events(
    app: web::Data<App>,
    mine: web::Data<Subscriptions>,
    who: Who,
    name: web::Path<String>,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let params = Params::read(request.query_string(), &["limit"])?;
    let limit = params.number("limit", 1..=LINES_MAX as u64)?.unwrap_or(LINES_DEFAULT);
    let subscription = mine.running(&name, &who)?;
    let found = read(&mine, &subscription, subscription.cursor.clone(), limit as usize).await?;
    let lines = subscription.progress.lines.saturating_add(found.texts.len() as u64);
    let cursor = wrap(&app.cursors, &subscription, &found.next, lines);
    let mut body = found.texts.join("\n");
    if !body.is_empty() {
        body.push('\n');
    }
    let end = End { cursor, behind: found.behind };
    // Strings and numbers always have a JSON form.
    body.push_str(&serde_json::to_string(&end).unwrap_or_default());
    body.push('\n');
    Ok(HttpResponse::Ok().content_type(NDJSON).body(body))
}

pub(super) async fn read(
    mine: &Subscriptions,
    subscription: &Subscription,
    after: FeedCursor,
    max: usize,
) -> Result<Lines, Problem> {
    let definition = &subscription.definition;
    Ok(lines(&*mine.store, &definition.filter, &definition.fields, after, max).await?)
}

/// The subscriber has the lines before a cursor: it goes on behind them. Only for subscriptions that
/// are pulled.
#[utoipa::path(
    post, path = "/api/v1/subscriptions/{name}/ack", tag = "subscriptions",
    params(("name" = String, Path, description = "The subscription.")),
    request_body = AckSent,
    responses((status = 200, body = Acknowledged)),
)]
pub(in crate::http) async fn acknowledge(
    app: web::Data<App>,
    mine: web::Data<Subscriptions>,
    who: Who,
    name: web::Path<String>,
    request: HttpRequest,
    payload: web::Payload,
) -> Asked<Acknowledged> {
    let subscription = mine.readable(&name, &who)?;
    let sent: AckSent = body::read(&request, payload).await?;
    let (cursor, lines) = unwrap(&app.cursors, &subscription, &sent.cursor)?;
    if !is_pulled(&subscription) {
        let name = &subscription.name;
        let detail = format!("{name} is delivered to its webhook, which alone acknowledges");
        return Err(Problem::new(Code::InvalidValue, detail));
    }
    take(&app, &mine, &subscription, &cursor, lines)?;
    let found = mine.registry.get(&subscription.name)?;
    Ok(web::Json(Acknowledged { lines: found.progress.lines }))
}

/// Whether who reads a subscription is its subscriber, and not somebody who looks over a webhook's
/// shoulder.
pub(super) fn is_pulled(subscription: &Subscription) -> bool {
    matches!(subscription.definition.delivery, Delivery::Pull)
}

/// Notes that the subscriber has everything before `cursor`; said twice it counts once.
pub(super) fn take(
    app: &App,
    mine: &Subscriptions,
    subscription: &Subscription,
    cursor: &FeedCursor,
    lines: u64,
) -> Result<(), Problem> {
    Ok(mine.registry.acknowledged(subscription, cursor, lines, (app.now)())?)
}
