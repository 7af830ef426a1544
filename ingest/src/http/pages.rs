//! What is served for people and scrapers, and what is said where nothing is.
//!
//! Whatever is refused here is counted, too: a client with a wrong address or method loses its
//! frames so.

use super::codes::Code;
use super::connection::Turn;
use super::{BEACON_PATH, Door, Problem};
use actix_web::{HttpRequest, HttpResponse, Resource, Route, web};

/// The media type of what `/metrics` says.
const OPEN_METRICS: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";

/// The methods of what is only read, for `Allow`.
pub(super) const READ: &str = "GET";

/// `GET /metrics`.
pub(super) fn metrics() -> Resource {
    let metrics = async |request: HttpRequest, door: web::Data<Door>| {
        let is_ahead = request.conn_data::<Turn>().is_some_and(Turn::is_ahead);
        match door.metrics.render(is_ahead).await {
            Ok(text) => HttpResponse::Ok().content_type(OPEN_METRICS).body(text),
            Err(_) => door.refuse(Problem::plain(Code::Internal), READ),
        }
    };
    web::resource("/metrics").get(metrics).default_service(wrong_method(READ))
}

/// `GET /problems/{code}`: where the `type` of a problem leads.
pub(super) fn problems() -> Resource {
    web::resource("/problems/{code}").get(problem).default_service(wrong_method(READ))
}

async fn problem(request: HttpRequest, door: web::Data<Door>) -> HttpResponse {
    let name = request.match_info().get("code").unwrap_or_default();
    let Some(code) = Code::by_name(name) else {
        let known: Vec<_> = Code::ALL.iter().map(|code| code.name()).collect();
        let detail = format!("there is no such problem; known: {}", known.join(", "));
        return door.refuse(Problem::new(Code::NotFound, detail), READ);
    };
    HttpResponse::Ok().content_type("text/plain; charset=utf-8").body(format!(
        "{} (status {})\n\n{}\n",
        code.title(),
        code.status(),
        code.explanation()
    ))
}

/// What a resource answers to other methods than `allowed`.
pub(super) fn wrong_method(allowed: &'static str) -> Route {
    web::to(move |request: HttpRequest, door: web::Data<Door>| async move {
        let detail = format!("{} is not allowed here; allowed: {allowed}", request.method());
        door.refuse(Problem::new(Code::MethodNotAllowed, detail), allowed)
    })
}

/// Everything else.
pub(super) async fn not_found(request: HttpRequest, door: web::Data<Door>) -> HttpResponse {
    let detail = format!("nothing at {:?}; frames are sent to {BEACON_PATH}", request.path());
    door.refuse(Problem::new(Code::NotFound, detail), READ)
}
