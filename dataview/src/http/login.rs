//! `POST /api/v1/login`, `/logout`, `/password` and `GET /api/v1/me`.

use super::who::{COOKIE, LoggedInWho, Who};
use super::{App, Asked, Problem, body, peer};
use crate::access::{Identity, LoggedIn, Role};
use actix_web::http::header::SET_COOKIE;
use actix_web::{HttpRequest, HttpResponse, web};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Who somebody says to be.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Login {
    /// The account's name.
    name: String,
    /// Its password.
    password: String,
}

/// Another password.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct PasswordChange {
    /// The one that holds.
    old: String,
    /// The one that is to hold: at least 12 characters.
    new: String,
}

/// Who asks.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Me {
    /// The name of the account or token.
    name: String,
    /// What it may do.
    role: Role,
    /// The applications that it may ask about; null: all.
    apps: Option<Vec<String>>,
    /// Whether another password must be chosen before anything else is answered.
    must_change_password: bool,
    /// What is to be sent in `X-CSRF-Token` with what changes something; null for tokens.
    csrf: Option<String>,
}

impl Me {
    fn new(identity: Identity, csrf: Option<String>) -> Self {
        Self {
            apps: identity.scope.apps().map(<[String]>::to_vec),
            name: identity.name,
            role: identity.role,
            must_change_password: identity.must_change,
            csrf,
        }
    }
}

/// Logs in. The answer sets the cookie of the session.
#[utoipa::path(
    post, path = "/api/v1/login", tag = "access",
    request_body = Login,
    responses((status = 200, body = Me)),
    security(()),
)]
pub(super) async fn log_in(
    app: web::Data<App>,
    request: HttpRequest,
    payload: web::Payload,
) -> Result<HttpResponse, Problem> {
    let Login { name, password } = body::read(&request, payload).await?;
    let address = peer::address(&app, &request);
    let logged_in = app.access.log_in(&name, &password, address, (app.now)()).await?;
    Ok(answer(&app, &request, logged_in))
}

/// Chooses another password. Every session of the account ends; the answer sets the cookie of a new
/// one.
#[utoipa::path(
    post, path = "/api/v1/password", tag = "access",
    request_body = PasswordChange,
    responses((status = 200, body = Me)),
)]
pub(super) async fn change_password(
    app: web::Data<App>,
    who: LoggedInWho,
    request: HttpRequest,
    payload: web::Payload,
) -> Result<HttpResponse, Problem> {
    let PasswordChange { old, new } = body::read(&request, payload).await?;
    let name = who.0.identity.name;
    let address = peer::address(&app, &request);
    app.access.verify(&name, &old, address, (app.now)()).await?;
    if old == new {
        let detail = "`new` is the old password; allowed: another one";
        return Err(Problem::new(super::Code::InvalidValue, detail));
    }
    let (access, account, password) = (app.access.clone(), name.clone(), new.clone());
    let set = web::block(move || access.set_password(&account, &password, false)).await;
    set.map_err(|_| Problem::plain(super::Code::Internal))??;
    let logged_in = app.access.log_in(&name, &new, address, (app.now)()).await?;
    Ok(answer(&app, &request, logged_in))
}

/// Ends the session.
#[utoipa::path(
    post, path = "/api/v1/logout", tag = "access",
    responses((status = 204)),
)]
pub(super) async fn log_out(
    app: web::Data<App>,
    who: LoggedInWho,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    if let Some((secret, _)) = who.0.session {
        app.access.log_out(&secret)?;
    }
    let ended = cookie(&app, &request, "", "; Max-Age=0");
    Ok(HttpResponse::NoContent().insert_header((SET_COOKIE, ended)).finish())
}

/// Who asks.
#[utoipa::path(
    get, path = "/api/v1/me", tag = "access",
    responses((status = 200, body = Me)),
)]
pub(super) async fn me(who: LoggedInWho) -> Asked<Me> {
    let Who { identity, session } = who.0;
    Ok(web::Json(Me::new(identity, session.map(|(_, csrf)| csrf))))
}

fn answer(app: &App, request: &HttpRequest, logged_in: LoggedIn) -> HttpResponse {
    let LoggedIn { identity, secret, csrf } = logged_in;
    HttpResponse::Ok()
        .insert_header((SET_COOKIE, cookie(app, request, &secret, "")))
        .json(Me::new(identity, Some(csrf)))
}

/// Scripts cannot read it, and other sites cannot have it sent. It ends with the browser; the
/// server ends the session earlier.
fn cookie(app: &App, request: &HttpRequest, value: &str, more: &str) -> String {
    let secure = if peer::is_secure(app, request) { "; Secure" } else { "" };
    format!("{COOKIE}={value}; Path=/; HttpOnly; SameSite=Strict{secure}{more}")
}
