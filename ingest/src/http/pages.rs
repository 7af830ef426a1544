//! What is served for people and scrapers.

use super::codes::Code;
use super::{BEACON_PATH, Door, Problem};
use actix_web::{HttpRequest, HttpResponse, Resource, web};

/// The media type of what `/metrics` says.
const OPEN_METRICS: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";

/// `GET /metrics`.
pub(super) fn metrics() -> Resource {
    web::resource("/metrics").get(async |door: web::Data<Door>| match door.metrics.render() {
        Ok(text) => HttpResponse::Ok().content_type(OPEN_METRICS).body(text),
        Err(_) => Problem::plain(Code::Internal).response(""),
    })
}

/// `GET /problems/{code}`: where the `type` of a problem leads.
pub(super) fn problems() -> Resource {
    web::resource("/problems/{code}").get(async |code: web::Path<String>| {
        let Some(code) = Code::by_name(&code) else {
            let known: Vec<_> = Code::ALL.iter().map(|code| code.name()).collect();
            let detail = format!("there is no such problem; known: {}", known.join(", "));
            return Problem::new(Code::NotFound, detail).response("");
        };
        HttpResponse::Ok().content_type("text/plain; charset=utf-8").body(format!(
            "{} (status {})\n\n{}\n",
            code.title(),
            code.status(),
            code.explanation()
        ))
    })
}

/// Everything else. Counted: a client with a wrong address loses its frames here.
pub(super) async fn not_found(request: HttpRequest, door: web::Data<Door>) -> HttpResponse {
    door.metrics.refused(Code::NotFound);
    let detail = format!("nothing at {:?}; frames are sent to {BEACON_PATH}", request.path());
    Problem::new(Code::NotFound, detail).response("")
}
