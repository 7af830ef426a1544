//! Whom an incident hit.

use super::Alerts;
use super::incidents::find;
use crate::http::params::Params;
use crate::http::who::Who;
use crate::http::{App, Asked};
use crate::watch::customers::{Customers, customers};
use actix_web::{HttpRequest, web};

/// How many customers an incident hit, and which of the tiers that matter, by pseudonym.
#[utoipa::path(
    get, path = "/api/v1/incidents/{id}/customers", tag = "incidents",
    params(("id" = String, Path, description = "The incident.")),
    responses((status = 200, body = Customers)),
)]
pub(in crate::http) async fn hit(
    app: web::Data<App>,
    alerts: web::Data<Alerts>,
    who: Who,
    id: web::Path<String>,
    request: HttpRequest,
) -> Asked<Customers> {
    Params::read(request.query_string(), &[])?;
    let incident = find(&alerts, &who, &id)?.incident;
    let found = customers(&*app.store, &incident, &alerts.vip_tiers, (app.now)()).await?;
    Ok(web::Json(found))
}
