//! `/health/live` and `/health/ready`, for load balancers and operators.

use super::Door;
use actix_web::{HttpResponse, Resource, web};

/// Whether the process answers at all. Says nothing of the buffer: a restart would not help it.
pub(super) fn live() -> Resource {
    web::resource("/health/live")
        .get(async || HttpResponse::Ok().json(serde_json::json!({"live": true})))
}

/// Whether frames can be kept: 200, or 503 with the reason.
pub(super) fn ready() -> Resource {
    web::resource("/health/ready").get(async |door: web::Data<Door>| {
        let status = door.keeper.status();
        let mut response =
            if status.ready { HttpResponse::Ok() } else { HttpResponse::ServiceUnavailable() };
        response.json(status)
    })
}
