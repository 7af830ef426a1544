//! The OpenAPI document of the query API, made from the handlers and the shapes that they answer.

use super::{errors, overview, sessions};
use actix_web::HttpResponse;
use utoipa::OpenApi;

/// The document: `docs/openapi.json`, and `GET /api/v1/openapi.json`.
#[derive(OpenApi)]
#[openapi(
    info(
        title = "DataView query API",
        description = "What customers experienced, what the network saw and what the services did. \
            Times are ms since the Unix epoch, identifiers lower-case hexadecimal digits. \
            Parameters that are not listed are refused. Errors are problem details (RFC 9457).",
        license(name = "Apache-2.0", identifier = "Apache-2.0"),
    ),
    paths(
        overview::apps,
        overview::overview,
        overview::breakdown,
        overview::availability,
        errors::errors,
        errors::error,
        sessions::sessions,
        sessions::session,
    )
)]
struct Document;

/// The document as JSON, with a newline at its end.
#[must_use]
pub fn document() -> String {
    let mut text = Document::openapi().to_pretty_json().unwrap_or_default();
    text.push('\n');
    text
}

/// `GET /api/v1/openapi.json`.
pub(super) async fn openapi() -> HttpResponse {
    HttpResponse::Ok().content_type("application/json").body(document())
}
