//! `GET /api/v1/traces/{trace_id}`: one call from the click to the SQL.

use super::limits::TIMELINE_FRAMES_MAX;
use super::params::{Params, invalid};
use super::who::Who;
use super::{App, Asked, Code, Problem};
use crate::chain::{Chain, Circumstances, Visit, chain};
use crate::model::TraceId;
use crate::store::TraceParts;
use crate::{network, otlp};
use actix_web::{HttpRequest, web};
use std::sync::Arc;

/// Who tells DataView of traces beside clients, and how much: a gap is told otherwise where nobody
/// ever told anything.
#[derive(Debug, Clone, Default)]
pub struct Told {
    /// Services.
    pub services: Option<Arc<otlp::Counters>>,
    /// Proxies.
    pub proxies: Option<Arc<network::Counters>>,
}

/// One call from the click to the SQL: what the page, the network and the services saw, joined, and
/// why something is not. Without a call of a client, only who may ask about every application is
/// told, because services belong to none.
#[utoipa::path(
    get, path = "/api/v1/traces/{trace_id}", tag = "traces",
    params(
        ("trace_id" = String, Path, description = "The trace: 32 hexadecimal digits."),
        ("near" = Option<u64>, Query, description = "When about it was made, in ms since the Unix epoch; default: now."),
    ),
    responses((status = 200, body = Chain))
)]
pub(super) async fn trace(
    app: web::Data<App>,
    who: Who,
    id: web::Path<String>,
    request: HttpRequest,
) -> Asked<Chain> {
    let params = Params::read(request.query_string(), &["near"])?;
    let trace =
        TraceId::from_hex(&id).ok_or_else(|| invalid("trace_id", &id, "32 hexadecimal digits"))?;
    let near = params.number("near", 0..=super::limits::TIME_MAX_MS)?;
    let mut parts = app.store.trace(trace, near.unwrap_or_else(|| (app.now)())).await?;
    if !may_see(&who, &mut parts) {
        return Err(Problem::plain(Code::UnknownTrace));
    }
    let frames = match parts.calls.first() {
        Some((name, session, _)) => {
            app.store.session(name.clone(), *session, TIMELINE_FRAMES_MAX).await?
        }
        None => None,
    };
    let circumstances = circumstances(&app);
    // A long session and a large trace take their time: not on the thread that answers others.
    let joined = web::block(move || {
        let visit = frames.map(|(_, frames)| Visit::read(&frames)).unwrap_or_default();
        chain(trace, parts, &visit, &circumstances)
    });
    Ok(web::Json(joined.await.map_err(|_| Problem::plain(Code::Internal))?))
}

/// Leaves of the calls those of applications that may be asked about; whether anything is left
/// that may be told.
fn may_see(who: &Who, parts: &mut TraceParts) -> bool {
    let others = parts.hops.len() + parts.spans.len() + parts.logs.len();
    if parts.calls.is_empty() {
        return others > 0 && who.may_ask_all();
    }
    parts.calls.retain(|(app, ..)| who.may_ask(app));
    !parts.calls.is_empty()
}

fn circumstances(app: &App) -> Circumstances {
    let Told { services, proxies } = &app.told;
    Circumstances {
        proxies_tell: proxies.as_ref().is_some_and(|counters| counters.requests() > 0),
        services_tell: services.as_ref().is_some_and(|counters| counters.items() > 0),
        dropped: app.drops.iter().flat_map(|drops| drops()).collect(),
    }
}
