//! The OpenAPI document of the query API, made from the handlers and the shapes that they answer.

use super::who::COOKIE;
use super::{
    accounts, alerts, audit, dead_letters, errors, health, login, overview, sessions,
    subscriptions, tokens, traces, users,
};
use crate::consume::{DeadReason, DropReason};
use actix_web::HttpResponse;
use utoipa::openapi::OpenApi;
use utoipa::openapi::security::{ApiKey, ApiKeyValue, HttpAuthScheme, HttpBuilder, SecurityScheme};
use utoipa::{Modify, OpenApi as _};

/// The document: `docs/openapi.json`, and `GET /api/v1/openapi.json`.
#[derive(utoipa::OpenApi)]
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
        traces::trace,
        users::look_up,
        login::log_in,
        login::log_out,
        login::me,
        login::change_password,
        accounts::list,
        accounts::add,
        accounts::change,
        accounts::remove,
        tokens::list,
        tokens::add,
        tokens::remove,
        audit::audit,
        health::chain,
        dead_letters::list,
        dead_letters::see,
        dead_letters::replay,
        subscriptions::list,
        subscriptions::add,
        subscriptions::get,
        subscriptions::edit::edit,
        subscriptions::remove,
        subscriptions::replay,
        subscriptions::events::events,
        subscriptions::events::acknowledge,
        subscriptions::stream::stream,
        alerts::rules::list,
        alerts::rules::add,
        alerts::rules::get,
        alerts::rules::change,
        alerts::rules::remove,
        alerts::rules::try_out,
        alerts::rules::channels,
        alerts::objectives::list,
        alerts::baselines::band,
        alerts::baselines::list,
        alerts::deliveries::list,
        alerts::silences::list,
        alerts::silences::add,
        alerts::silences::remove,
        alerts::incidents::list,
        alerts::incidents::get,
        alerts::customers::hit,
        alerts::incidents::acknowledge,
        alerts::incidents::comment,
    ),
    // Names that are told as texts: a reason by which drops are counted, and one of a dead letter.
    components(schemas(DropReason, DeadReason)),
    modifiers(&Credentials),
    security(("session" = []), ("token" = [])),
)]
struct Document;

/// How somebody says who asks.
struct Credentials;

impl Modify for Credentials {
    fn modify(&self, openapi: &mut OpenApi) {
        let components = openapi.components.get_or_insert_default();
        let description = "Of /api/v1/login. What changes something needs `X-CSRF-Token`, too.";
        let cookie = ApiKeyValue::with_description(COOKIE, description);
        components.add_security_scheme("session", SecurityScheme::ApiKey(ApiKey::Cookie(cookie)));
        let bearer = HttpBuilder::new().scheme(HttpAuthScheme::Bearer).build();
        components.add_security_scheme("token", SecurityScheme::Http(bearer));
    }
}

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
