//! The SMS code that arrives late: the step of a sign-in that no service of the bank sees.

use std::time::Duration;

use actix_web::{HttpRequest, HttpResponse, web};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::site::Site;

/// Long enough for the customer to wonder, as long as nobody asks for another time.
const WAIT_MS: u64 = 4_000;

/// Beyond this a browser's own limits would be tested instead of ours.
const WAIT_MS_MAX: u64 = 10_000;

#[derive(Debug, Deserialize)]
struct Query {
    ms: Option<u64>,
}

pub(super) async fn sms_code(site: web::Data<Site>, request: HttpRequest) -> HttpResponse {
    let query = web::Query::<Query>::from_query(request.query_string());
    let wait_ms = query.map_or(WAIT_MS, |query| query.ms.unwrap_or(WAIT_MS));
    if wait_ms > WAIT_MS_MAX {
        return HttpResponse::BadRequest().json(json!({
            "code": "query",
            "message": format!("allowed: ms from 0 to {WAIT_MS_MAX}"),
        }));
    }
    if let Some(core) = &site.settings.core {
        let content = json!({ "waitMs": wait_ms });
        return match core.call::<Value>(&request, "/codes", Some(&content)).await {
            Ok(code) => HttpResponse::Ok().json(code),
            Err(error) => error.answer(),
        };
    }
    actix_web::rt::time::sleep(Duration::from_millis(wait_ms)).await;
    // Nobody is signed in by it, so it may stand here.
    HttpResponse::Ok().json(json!({ "code": "271828" }))
}
