//! `/api/v1/accounts`: what administrators do with accounts.

use super::who::Who;
use super::{App, Asked, Code, Problem, body, pages};
use crate::access::{Account, Action, Deed, NewAccount, Right, Role, Scope};
use actix_web::{HttpRequest, HttpResponse, Resource, web};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// All accounts.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Accounts {
    /// By name.
    accounts: Vec<AccountAnswer>,
}

/// An account.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct AccountAnswer {
    /// Its name.
    name: String,
    /// What it may do.
    role: Role,
    /// The applications that it may ask about; null: all.
    apps: Option<Vec<String>>,
    /// Whether it must choose another password first.
    must_change_password: bool,
    /// When it was made, in ms since the Unix epoch.
    created_at: u64,
    /// When somebody logged in with it last; null: never.
    logged_in_at: Option<u64>,
}

/// An account to be made.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct AccountSent {
    /// Its name.
    name: String,
    /// What it may do.
    role: Role,
    /// The applications that it may ask about; absent: all.
    apps: Option<Vec<String>>,
    /// Its first password, which must be changed at the first login.
    password: String,
}

/// What is to be changed of an account; what is absent stays.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct AccountChange {
    /// What it may do.
    role: Role,
    /// The applications that it may ask about; absent: all.
    apps: Option<Vec<String>>,
    /// Another password, which must be changed at the next login; absent: it stays.
    password: Option<String>,
}

impl From<Account> for AccountAnswer {
    fn from(account: Account) -> Self {
        Self {
            apps: account.scope.apps().map(<[String]>::to_vec),
            name: account.name,
            role: account.role,
            must_change_password: account.must_change,
            created_at: account.created_at_ms,
            logged_in_at: account.logged_in_at_ms,
        }
    }
}

pub(super) fn all() -> Resource {
    let wrong = pages::wrong_method("GET, POST");
    web::resource("/api/v1/accounts").get(list).post(add).default_service(wrong)
}

pub(super) fn one() -> Resource {
    let wrong = pages::wrong_method("PUT, DELETE");
    web::resource("/api/v1/accounts/{name}").put(change).delete(remove).default_service(wrong)
}

/// All accounts. For administrators.
#[utoipa::path(
    get, path = "/api/v1/accounts", tag = "access",
    responses((status = 200, body = Accounts)),
)]
pub(super) async fn list(app: web::Data<App>, who: Who) -> Asked<Accounts> {
    who.check(Right::Administer)?;
    let accounts = app.access.accounts()?.into_iter().map(AccountAnswer::from).collect();
    Ok(web::Json(Accounts { accounts }))
}

/// Makes an account. For administrators.
#[utoipa::path(
    post, path = "/api/v1/accounts", tag = "access",
    request_body = AccountSent,
    responses((status = 201)),
)]
pub(super) async fn add(
    app: web::Data<App>,
    who: Who,
    request: HttpRequest,
    payload: web::Payload,
) -> Result<HttpResponse, Problem> {
    who.check(Right::Administer)?;
    let sent: AccountSent = body::read(&request, payload).await?;
    let new = NewAccount {
        name: sent.name,
        role: sent.role,
        scope: Scope::of(sent.apps),
        password: sent.password,
        must_change: true,
    };
    let (access, now_ms) = (app.access.clone(), (app.now)());
    let name = new.name.clone();
    slowly(move || access.add_account(&new, now_ms)).await?;
    record(&app, &who, Action::AccountAdded, &name)?;
    Ok(HttpResponse::Created().finish())
}

/// Changes role and applications of an account, and its password where one is given. For
/// administrators.
#[utoipa::path(
    put, path = "/api/v1/accounts/{name}", tag = "access",
    params(("name" = String, Path, description = "The account.")),
    request_body = AccountChange,
    responses((status = 204)),
)]
pub(super) async fn change(
    app: web::Data<App>,
    who: Who,
    name: web::Path<String>,
    request: HttpRequest,
    payload: web::Payload,
) -> Result<HttpResponse, Problem> {
    who.check(Right::Administer)?;
    let AccountChange { role, apps, password } = body::read(&request, payload).await?;
    app.access.change_account(&name, role, &Scope::of(apps))?;
    if let Some(password) = password {
        let (access, name) = (app.access.clone(), name.clone());
        slowly(move || access.set_password(&name, &password, true)).await?;
    }
    record(&app, &who, Action::AccountChanged, &name)?;
    Ok(HttpResponse::NoContent().finish())
}

/// Removes an account and ends its sessions. For administrators.
#[utoipa::path(
    delete, path = "/api/v1/accounts/{name}", tag = "access",
    params(("name" = String, Path, description = "The account.")),
    responses((status = 204)),
)]
pub(super) async fn remove(
    app: web::Data<App>,
    who: Who,
    name: web::Path<String>,
) -> Result<HttpResponse, Problem> {
    who.check(Right::Administer)?;
    app.access.remove_account(&name)?;
    record(&app, &who, Action::AccountRemoved, &name)?;
    Ok(HttpResponse::NoContent().finish())
}

/// Writes to the audit log what an administrator has done.
pub(super) fn record(app: &App, who: &Who, action: Action, subject: &str) -> Result<(), Problem> {
    let deed = Deed { who: &who.identity.name, action, subject, app: None, reason: None };
    app.access.record(&deed, (app.now)())?;
    Ok(())
}

/// Runs what hashes a password where it holds nobody up.
async fn slowly(
    work: impl FnOnce() -> Result<(), crate::access::AccessError> + Send + 'static,
) -> Result<(), Problem> {
    web::block(work).await.map_err(|_| Problem::plain(Code::Internal))??;
    Ok(())
}
