//! `/api/*`: what a bank's own services would answer, good days and bad.

mod accounts;
mod bank;
mod files;
mod sign_in;
mod sms_code;
mod statement;
mod transfer;

use std::time::Duration;

use actix_web::error::JsonPayloadError;
use actix_web::http::header::CACHE_CONTROL;
use actix_web::{HttpRequest, HttpResponse, web};
use serde_json::json;

/// No request of the bank's pages comes near it.
const BODY_BYTES_MAX: usize = 4 * 1024;

pub(crate) fn routes(config: &mut web::ServiceConfig) {
    let json = web::JsonConfig::default().limit(BODY_BYTES_MAX).error_handler(unreadable);
    config.service(
        web::scope("/api")
            .app_data(json)
            .service(web::resource("/sign-in").post(sign_in::sign_in))
            .service(web::resource("/sign-out").post(sign_in::sign_out))
            .service(web::resource("/accounts").get(accounts::accounts))
            .service(web::resource("/transfer").post(transfer::transfer))
            .service(web::resource("/statement").get(statement::statement))
            .service(web::resource("/statement-file").get(files::statement_file))
            .service(
                web::resource("/papers")
                    .app_data(web::PayloadConfig::new(files::PAPERS_BYTES_MAX))
                    .post(files::papers),
            )
            .service(web::resource("/sms-code").get(sms_code::sms_code))
            .service(web::resource("/fails").get(fails))
            .service(web::resource("/slow-picture").get(slow_picture))
            .service(web::resource("/trace").post(trace))
            .default_service(web::to(unknown)),
    );
}

/// The service that is down today.
async fn fails() -> HttpResponse {
    HttpResponse::InternalServerError().json(json!({ "code": "unavailable" }))
}

/// A picture that takes longer than customers wait, and says where its time went.
async fn slow_picture() -> HttpResponse {
    const WAIT_MS: u64 = 1_200;
    actix_web::rt::time::sleep(Duration::from_millis(WAIT_MS)).await;
    HttpResponse::Ok()
        .insert_header(("server-timing", "render;dur=1200;desc=\"drawn, each time\""))
        .insert_header((CACHE_CONTROL, "no-store"))
        .content_type("image/svg+xml")
        .body(include_str!("../../web/assets/logo.svg"))
}

/// Says which trace it was called in, as a service would write it into its own.
async fn trace(request: HttpRequest) -> HttpResponse {
    let traceparent = request.headers().get("traceparent").and_then(|it| it.to_str().ok());
    HttpResponse::Ok()
        .insert_header(("server-timing", "limits;dur=3.5"))
        .json(json!({ "traceparent": traceparent }))
}

async fn unknown() -> HttpResponse {
    HttpResponse::NotFound().json(json!({ "code": "not-found" }))
}

fn unreadable(error: JsonPayloadError, _request: &HttpRequest) -> actix_web::Error {
    let message = error.to_string();
    let answer = match error {
        JsonPayloadError::Overflow { .. } | JsonPayloadError::OverflowKnownLength { .. } => {
            HttpResponse::PayloadTooLarge()
        }
        JsonPayloadError::ContentType => HttpResponse::UnsupportedMediaType(),
        _ => HttpResponse::BadRequest(),
    }
    .json(json!({ "code": "unreadable", "message": message }));
    actix_web::error::InternalError::from_response(error, answer).into()
}
