//! Incidents: the list, one, and what people do with it.

use super::{Alerts, number};
use crate::access::{Action, Right};
use crate::http::accounts::record;
use crate::http::limits::{LIST_DEFAULT, LIST_MAX, TIME_MAX_MS};
use crate::http::params::{Params, invalid};
use crate::http::who::Who;
use crate::http::{App, Asked, Code, Problem, body};
use crate::watch::incident::{Incident, IncidentLine, State};
use crate::watch::keep::{IncidentsAsk, NoticeDelivery, Shown};
use crate::watch::rule::text;
use crate::watch::similar::{Similar, similar};
use actix_web::{HttpRequest, web};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Deliveries of one incident that are told with it.
const DELIVERIES_MAX: usize = 100;

/// A part of the incidents.
#[derive(Debug, Serialize, ToSchema)]
pub(in crate::http) struct Incidents {
    /// The newest first.
    incidents: Vec<IncidentTold>,
    /// What to ask with for the next part; null at the end.
    next: Option<String>,
}

/// An incident in a list.
#[derive(Debug, Serialize, ToSchema)]
pub(in crate::http) struct IncidentTold {
    /// In one line.
    title: String,
    /// It.
    incident: Incident,
}

/// One incident.
#[derive(Debug, Serialize, ToSchema)]
pub(in crate::http) struct IncidentPage {
    /// In one line.
    title: String,
    /// It.
    incident: Incident,
    /// What happened to it, the oldest first.
    lines: Vec<IncidentLine>,
    /// Who was told, the newest first, at most 100.
    deliveries: Vec<NoticeDelivery>,
    /// Earlier ones of the same rule or with the same first cause, at most 5.
    similar: Vec<Similar>,
}

/// What somebody says about an incident.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::http) struct CommentSent {
    /// What.
    text: String,
}

/// Incidents, the newest first, of the applications that the asker may ask about.
#[utoipa::path(
    get, path = "/api/v1/incidents", tag = "incidents",
    params(
        ("app" = Option<String>, Query, description = "Only of this application."),
        ("state" = Option<String>, Query, description = "Only in this state: open, acknowledged or resolved."),
        ("from" = Option<u64>, Query, description = "Not those that were over before this, in ms since the Unix epoch."),
        ("to" = Option<u64>, Query, description = "Only those that were opened before this."),
        ("limit" = Option<u64>, Query, description = "At most so many, 1 to 500. Default: 50."),
        ("cursor" = Option<String>, Query, description = "`next` of the part before."),
    ),
    responses((status = 200, body = Incidents)),
)]
pub(in crate::http) async fn list(
    app: web::Data<App>,
    alerts: web::Data<Alerts>,
    who: Who,
    request: HttpRequest,
) -> Asked<Incidents> {
    const KNOWN: [&str; 6] = ["app", "state", "from", "to", "limit", "cursor"];
    let params = Params::read(request.query_string(), &KNOWN)?;
    let apps = match params.text("app") {
        Some(name) => {
            who.check_app(name)?;
            Some(vec![name.to_owned()])
        }
        None => who.identity.scope.apps().map(<[String]>::to_vec),
    };
    let state = match params.text("state") {
        None => None,
        Some(found) => {
            let allowed = State::ALL.map(State::name).join(", ");
            let state = State::ALL.into_iter().find(|state| state.name() == found);
            Some(state.ok_or_else(|| invalid("state", found, &allowed))?)
        }
    };
    let from_ms = params.number("from", 0..=TIME_MAX_MS)?;
    let to_ms = params.number("to", 0..=TIME_MAX_MS)?;
    let limit = params.number("limit", 1..=LIST_MAX as u64)?;
    let limit = limit.map_or(LIST_DEFAULT, |limit| limit as usize);
    let question = format!("incidents {apps:?} {state:?} {from_ms:?} {to_ms:?}");
    let before = match params.text("cursor") {
        None => None,
        Some(cursor) => {
            let inner = app.cursors.unwrap(&question, cursor)?;
            Some(inner.parse().map_err(|_| Problem::plain(Code::InvalidCursor))?)
        }
    };
    let ask = IncidentsAsk { apps, state, to_ms, from_ms, before, limit };
    let found = alerts.keep.incidents(&ask)?;
    let last = found.last().filter(|last| found.len() == limit && last.id > 1);
    let next = last.map(|last| app.cursors.wrap(&question, &last.id.to_string()));
    let told = |incident: Incident| IncidentTold { title: incident.title(), incident };
    Ok(web::Json(Incidents { incidents: found.into_iter().map(told).collect(), next }))
}

/// An incident with its time line and who was told.
#[utoipa::path(
    get, path = "/api/v1/incidents/{id}", tag = "incidents",
    params(("id" = String, Path, description = "The incident.")),
    responses((status = 200, body = IncidentPage)),
)]
pub(in crate::http) async fn get(
    alerts: web::Data<Alerts>,
    who: Who,
    id: web::Path<String>,
    request: HttpRequest,
) -> Asked<IncidentPage> {
    Params::read(request.query_string(), &[])?;
    page(&alerts, find(&alerts, &who, &id)?)
}

/// Says that one looks after it. For support and administrators.
#[utoipa::path(
    post, path = "/api/v1/incidents/{id}/acknowledge", tag = "incidents",
    params(("id" = String, Path, description = "The incident.")),
    responses((status = 200, body = IncidentPage)),
)]
pub(in crate::http) async fn acknowledge(
    app: web::Data<App>,
    alerts: web::Data<Alerts>,
    who: Who,
    id: web::Path<String>,
) -> Asked<IncidentPage> {
    who.check(Right::Respond)?;
    let number = find(&alerts, &who, &id)?.incident.id;
    alerts.keep.acknowledge(number, &who.identity.name, (app.now)())?;
    record(&app, &who, Action::IncidentAcknowledged, &number.to_string())?;
    page(&alerts, find(&alerts, &who, &id)?)
}

/// Says something about it. For support and administrators.
#[utoipa::path(
    post, path = "/api/v1/incidents/{id}/comments", tag = "incidents",
    params(("id" = String, Path, description = "The incident.")),
    request_body = CommentSent,
    responses((status = 200, body = IncidentPage)),
)]
pub(in crate::http) async fn comment(
    app: web::Data<App>,
    alerts: web::Data<Alerts>,
    who: Who,
    id: web::Path<String>,
    request: HttpRequest,
    payload: web::Payload,
) -> Asked<IncidentPage> {
    who.check(Right::Respond)?;
    let CommentSent { text: said } = body::read(&request, payload).await?;
    text("text", &said, 1)?;
    let number = find(&alerts, &who, &id)?.incident.id;
    // What people type may be about people: figures of cards and phones stay out.
    let said = dna_protocol::privacy::clean_text(&said);
    alerts.keep.comment(number, &who.identity.name, &said, (app.now)())?;
    page(&alerts, find(&alerts, &who, &id)?)
}

pub(super) fn find(alerts: &Alerts, who: &Who, id: &str) -> Result<Shown, Problem> {
    let shown = alerts.keep.incident(number(id, "incident")?)?;
    let unknown = || Problem::new(Code::UnknownName, "there is no such incident");
    let shown = shown.ok_or_else(unknown)?;
    who.check_app(&shown.incident.app)?;
    Ok(shown)
}

fn page(alerts: &Alerts, shown: Shown) -> Asked<IncidentPage> {
    let Shown { incident, lines } = shown;
    let found = alerts.keep.deliveries(Some(incident.id), None, None, None, DELIVERIES_MAX)?;
    let deliveries = found.into_iter().map(|(_, delivery)| delivery).collect();
    let similar = similar(&alerts.keep, &incident)?;
    Ok(web::Json(IncidentPage { title: incident.title(), incident, lines, deliveries, similar }))
}
