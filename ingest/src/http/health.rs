//! `/health/live` and `/health/ready`, for load balancers and operators.

use super::codes::Code;
use super::pages::{READ, wrong_method};
use super::{ConfigStatus, Door, Problem};
use crate::buffer::Status;
use actix_web::{HttpResponse, Resource, web};
use serde::Serialize;

/// What `/health/ready` says.
#[derive(Serialize)]
struct Readiness {
    #[serde(flatten)]
    buffer: Status,
    config: ConfigStatus,
}

/// Whether the process answers at all. Says nothing of the buffer: a restart would not help it.
pub(super) fn live() -> Resource {
    web::resource("/health/live")
        .get(async || HttpResponse::Ok().json(serde_json::json!({"live": true})))
        .default_service(wrong_method(READ))
}

/// Whether frames can be kept: 200, or 503 with the reason.
pub(super) fn ready() -> Resource {
    let ready = async |door: web::Data<Door>| {
        let mut status = Readiness { buffer: door.keeper.status(), config: door.config_status() };
        if door.is_draining() {
            status.buffer.ready = false;
            status.buffer.reason = Some("stopping".to_owned());
        }
        if status.buffer.ready {
            return HttpResponse::Ok().json(status);
        }
        // The same members as when it is ready, beside those of a problem.
        let mut problem = Problem::plain(Code::NotReady);
        if let Ok(serde_json::Value::Object(members)) = serde_json::to_value(status) {
            for (name, value) in members {
                problem = problem.with(&name, value);
            }
        }
        door.refuse(problem, READ)
    };
    web::resource("/health/ready").get(ready).default_service(wrong_method(READ))
}
