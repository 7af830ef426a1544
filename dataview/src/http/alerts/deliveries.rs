//! Deliveries: what became of each notice.

use super::Alerts;
use crate::http::limits::{LIST_DEFAULT, LIST_MAX, TIME_MAX_MS};
use crate::http::params::{Params, invalid};
use crate::http::who::Who;
use crate::http::{App, Asked, Code, Problem};
use crate::watch::keep::{DeliveryState, NoticeDelivery};
use actix_web::{HttpRequest, web};
use serde::Serialize;
use utoipa::ToSchema;

/// A part of the deliveries.
#[derive(Debug, Serialize, ToSchema)]
pub(in crate::http) struct Deliveries {
    /// The newest first.
    deliveries: Vec<NoticeDelivery>,
    /// What to ask with for the next part; null at the end.
    next: Option<String>,
}

/// Deliveries, the newest first. For who may ask about all applications.
#[utoipa::path(
    get, path = "/api/v1/alerts/deliveries", tag = "alerts",
    params(
        ("incident" = Option<u64>, Query, description = "Only of this incident."),
        ("channel" = Option<String>, Query, description = "Only of this channel."),
        ("state" = Option<String>, Query, description = "Only in this state: waiting, delivered or given_up."),
        ("limit" = Option<u64>, Query, description = "At most so many, 1 to 500. Default: 50."),
        ("cursor" = Option<String>, Query, description = "`next` of the part before."),
    ),
    responses((status = 200, body = Deliveries)),
)]
pub(in crate::http) async fn list(
    app: web::Data<App>,
    alerts: web::Data<Alerts>,
    who: Who,
    request: HttpRequest,
) -> Asked<Deliveries> {
    const KNOWN: [&str; 5] = ["incident", "channel", "state", "limit", "cursor"];
    let params = Params::read(request.query_string(), &KNOWN)?;
    if !who.may_ask_all() {
        return Err(Problem::plain(Code::ForbiddenApp));
    }
    let incident = params.number("incident", 0..=TIME_MAX_MS)?;
    let channel = params.text("channel");
    let state = match params.text("state") {
        None => None,
        Some(text) => {
            let allowed = DeliveryState::ALL.map(DeliveryState::name).join(", ");
            let state = DeliveryState::named(text);
            Some(state.ok_or_else(|| invalid("state", text, &allowed))?)
        }
    };
    let limit = params.number("limit", 1..=LIST_MAX as u64)?;
    let limit = limit.map_or(LIST_DEFAULT, |limit| limit as usize);
    let question = format!("deliveries {incident:?} {channel:?} {state:?}");
    let before = match params.text("cursor") {
        None => None,
        Some(cursor) => {
            let inner = app.cursors.unwrap(&question, cursor)?;
            Some(inner.parse().map_err(|_| Problem::plain(Code::InvalidCursor))?)
        }
    };
    let found = alerts.keep.deliveries(incident, channel, state, before, limit)?;
    let last = found.last().filter(|(number, _)| found.len() == limit && *number > 1);
    let next = last.map(|(number, _)| app.cursors.wrap(&question, &number.to_string()));
    let deliveries = found.into_iter().map(|(_, delivery)| delivery).collect();
    Ok(web::Json(Deliveries { deliveries, next }))
}
