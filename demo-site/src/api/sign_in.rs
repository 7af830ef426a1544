//! Signing in and out, without keeping anything: see the crate's note on security.

use actix_web::{HttpRequest, HttpResponse, web};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::site::Site;

/// The one password that is refused, so that a failed sign-in can be shown.
const REFUSED: &str = "wrong";

const USER_ID_CHARS_MAX: usize = 64;

/// Made-up names, English and Chinese; a user ID always gets the same one.
const NAMES: [(&str, &str); 6] = [
    ("Lin Zhiyuan", "林致远"),
    ("Chen Yulan", "陈玉兰"),
    ("Zhou Mingze", "周明泽"),
    ("Shen Anran", "沈安然"),
    ("Xu Ruoxi", "许若溪"),
    ("Gao Haiyang", "高海洋"),
];

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Credentials {
    user_id: String,
    password: String,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Customer {
    display_name: &'static str,
    display_name_zh: &'static str,
    tier: &'static str,
}

pub(super) async fn sign_in(
    site: web::Data<Site>,
    request: HttpRequest,
    given: web::Json<Credentials>,
) -> HttpResponse {
    let user_id = given.user_id.trim();
    if user_id.is_empty() || user_id.chars().count() > USER_ID_CHARS_MAX {
        return HttpResponse::BadRequest().json(json!({
            "code": "user-id",
            "message": format!("userId: allowed: 1 to {USER_ID_CHARS_MAX} characters"),
        }));
    }
    if given.password.is_empty() || given.password == REFUSED {
        return HttpResponse::Unauthorized().json(json!({ "code": "credentials" }));
    }
    if let Some(core) = &site.settings.core {
        let content = json!({ "customer": user_id });
        if let Err(error) = core.call::<Value>(&request, "/sign-ins", Some(&content)).await {
            return error.answer();
        }
    }
    let (display_name, display_name_zh) = name_of(user_id);
    let tier = tier_of(user_id);
    HttpResponse::Ok().json(Customer { display_name, display_name_zh, tier })
}

pub(super) async fn sign_out() -> HttpResponse {
    HttpResponse::NoContent().finish()
}

fn name_of(user_id: &str) -> (&'static str, &'static str) {
    let sum = user_id.bytes().fold(0_usize, |sum, byte| sum.wrapping_mul(31) + usize::from(byte));
    NAMES[sum % NAMES.len()]
}

/// `vip…` is a VIP customer, so that a demonstration can choose whom a fault hits.
fn tier_of(user_id: &str) -> &'static str {
    if user_id.to_ascii_lowercase().starts_with("vip") { "vip" } else { "standard" }
}
