//! `/api/v1/tokens`: what administrators do with tokens.

use super::accounts::record;
use super::who::Who;
use super::{App, Asked, Problem, body, pages};
use crate::access::{Action, NewToken, Right, Role, Scope, Token};
use actix_web::{HttpRequest, HttpResponse, Resource, web};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// All tokens.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Tokens {
    /// By name.
    tokens: Vec<TokenAnswer>,
}

/// A token.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct TokenAnswer {
    /// Its name.
    name: String,
    /// What it may do.
    role: Role,
    /// The applications that it may ask about; null: all.
    apps: Option<Vec<String>>,
    /// When it was made, in ms since the Unix epoch.
    created_at: u64,
    /// Who made it.
    created_by: String,
    /// When it ends; null: never.
    expires_at: Option<u64>,
}

/// A token to be made.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct TokenSent {
    /// Its name.
    name: String,
    /// What it may do.
    role: Role,
    /// The applications that it may ask about; absent: all.
    apps: Option<Vec<String>>,
    /// When it ends, in ms since the Unix epoch; absent: never.
    expires_at: Option<u64>,
}

/// A token that was made.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct TokenMade {
    /// Its name.
    name: String,
    /// The token, for `Authorization: Bearer`. It is told here and never again.
    token: String,
}

impl From<Token> for TokenAnswer {
    fn from(token: Token) -> Self {
        Self {
            apps: token.scope.apps().map(<[String]>::to_vec),
            name: token.name,
            role: token.role,
            created_at: token.created_at_ms,
            created_by: token.created_by,
            expires_at: token.expires_at_ms,
        }
    }
}

pub(super) fn all() -> Resource {
    let wrong = pages::wrong_method("GET, POST");
    web::resource("/api/v1/tokens").get(list).post(add).default_service(wrong)
}

pub(super) fn one() -> Resource {
    web::resource("/api/v1/tokens/{name}")
        .delete(remove)
        .default_service(pages::wrong_method("DELETE"))
}

/// All tokens. For administrators.
#[utoipa::path(
    get, path = "/api/v1/tokens", tag = "access",
    responses((status = 200, body = Tokens)),
)]
pub(super) async fn list(app: web::Data<App>, who: Who) -> Asked<Tokens> {
    who.check(Right::Administer)?;
    let tokens = app.access.tokens()?.into_iter().map(TokenAnswer::from).collect();
    Ok(web::Json(Tokens { tokens }))
}

/// Makes a token. For administrators.
#[utoipa::path(
    post, path = "/api/v1/tokens", tag = "access",
    request_body = TokenSent,
    responses((status = 201, body = TokenMade)),
)]
pub(super) async fn add(
    app: web::Data<App>,
    who: Who,
    request: HttpRequest,
    payload: web::Payload,
) -> Result<HttpResponse, Problem> {
    who.check(Right::Administer)?;
    let sent: TokenSent = body::read(&request, payload).await?;
    let new = NewToken {
        name: sent.name,
        role: sent.role,
        scope: Scope::of(sent.apps),
        created_by: who.identity.name.clone(),
        expires_at_ms: sent.expires_at,
    };
    let token = app.access.add_token(&new, (app.now)())?;
    record(&app, &who, Action::TokenAdded, &new.name)?;
    Ok(HttpResponse::Created().json(TokenMade { name: new.name, token }))
}

/// Removes a token. For administrators.
#[utoipa::path(
    delete, path = "/api/v1/tokens/{name}", tag = "access",
    params(("name" = String, Path, description = "The token.")),
    responses((status = 204)),
)]
pub(super) async fn remove(
    app: web::Data<App>,
    who: Who,
    name: web::Path<String>,
) -> Result<HttpResponse, Problem> {
    who.check(Right::Administer)?;
    app.access.remove_token(&name)?;
    record(&app, &who, Action::TokenRemoved, &name)?;
    Ok(HttpResponse::NoContent().finish())
}
