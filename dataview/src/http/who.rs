//! Who asks. A handler that takes a [`Who`] is answered only for somebody who may.

use super::params::Params;
use super::{App, Code, Problem};
use crate::access::{Identity, Right, Role, Scope};
use actix_web::dev::Payload;
use actix_web::http::header::{AUTHORIZATION, COOKIE as COOKIES, HeaderValue};
use actix_web::{FromRequest, HttpRequest, web};
use std::future::{Ready, ready};
use subtle::ConstantTimeEq;

/// The cookie of a session.
pub(super) const COOKIE: &str = "dna_session";

/// The header of the word against forged requests.
const CSRF: &str = "X-CSRF-Token";

/// Somebody who may ask.
#[derive(Debug)]
pub(super) struct Who {
    /// Who it is.
    pub(super) identity: Identity,
    /// Of a session of a browser: its secret and its word against forged requests.
    pub(super) session: Option<(String, String)>,
}

/// Somebody who has logged in, but may have to choose another password before anything else.
#[derive(Debug)]
pub(super) struct LoggedInWho(pub(super) Who);

impl Who {
    /// The application that is asked about.
    ///
    /// # Errors
    /// When none is, or this one may not be asked about.
    pub(super) fn app<'a>(&self, params: &'a Params) -> Result<&'a str, Problem> {
        let app = params.required("app")?;
        self.check_app(app)?;
        Ok(app)
    }

    /// Whether `app` may be asked about.
    pub(super) fn may_ask(&self, app: &str) -> bool {
        self.identity.scope.has(app)
    }

    /// Whether every application may be asked about.
    pub(super) fn may_ask_all(&self) -> bool {
        matches!(self.identity.scope, Scope::All)
    }

    /// # Errors
    /// When `app` may not be asked about.
    pub(super) fn check_app(&self, app: &str) -> Result<(), Problem> {
        match self.may_ask(app) {
            true => Ok(()),
            false => Err(Problem::plain(Code::ForbiddenApp)),
        }
    }

    /// # Errors
    /// When the role has not this right.
    pub(super) fn check(&self, right: Right) -> Result<(), Problem> {
        let role = self.identity.role;
        if role.has(right) {
            return Ok(());
        }
        let least = Role::ALL.into_iter().find(|role| role.has(right)).unwrap_or(role);
        let detail = format!("the role is {role}; allowed: {least}");
        Err(Problem::new(Code::ForbiddenRole, detail))
    }
}

impl FromRequest for Who {
    type Error = Problem;
    type Future = Ready<Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(find(request).and_then(|who| match who.identity.must_change {
            true => Err(Problem::plain(Code::PasswordChangeRequired)),
            false => Ok(who),
        }))
    }
}

impl FromRequest for LoggedInWho {
    type Error = Problem;
    type Future = Ready<Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(find(request).map(Self))
    }
}

fn find(request: &HttpRequest) -> Result<Who, Problem> {
    let app = request.app_data::<web::Data<App>>().ok_or_else(|| Problem::plain(Code::Internal))?;
    let credentials = Credentials::of(request)?;
    let who = credentials.who(app)?;
    // A cookie comes along whoever made the browser send the request; a header does not.
    if let Some((_, csrf)) = &who.session
        && !request.method().is_safe()
    {
        let sent = request.headers().get(CSRF).map(HeaderValue::as_bytes).unwrap_or_default();
        if !bool::from(sent.ct_eq(csrf.as_bytes())) {
            return Err(Problem::plain(Code::CsrfToken));
        }
    }
    Ok(who)
}

/// What somebody shows to be known by.
pub(super) enum Credentials {
    /// A token.
    Token(String),
    /// The secret of a browser's session.
    Session(String),
}

impl Credentials {
    /// Those of a request.
    ///
    /// # Errors
    /// When it has none.
    pub(super) fn of(request: &HttpRequest) -> Result<Self, Problem> {
        let found = match request.headers().get(AUTHORIZATION) {
            Some(value) => value.to_str().ok().and_then(bearer).map(str::to_owned).map(Self::Token),
            None => cookie(request).map(Self::Session),
        };
        found.ok_or_else(|| Problem::plain(Code::NotSignedIn))
    }

    /// Who shows them, now; a session is seen by it.
    fn who(&self, app: &App) -> Result<Who, Problem> {
        let who = self.still(app)?;
        if let Self::Session(secret) = self {
            app.access.see_session(secret, (app.now)());
        }
        Ok(who)
    }

    /// Who shows them, now. A session does not last longer by it.
    ///
    /// # Errors
    /// When nobody does any more.
    pub(super) fn still(&self, app: &App) -> Result<Who, Problem> {
        let now_ms = (app.now)();
        let nobody = || Problem::plain(Code::NotSignedIn);
        match self {
            Self::Token(token) => {
                let identity = app.access.token(token, now_ms)?.ok_or_else(nobody)?;
                Ok(Who { identity, session: None })
            }
            Self::Session(secret) => {
                let (identity, csrf) = app.access.session(secret, now_ms)?.ok_or_else(nobody)?;
                Ok(Who { identity, session: Some((secret.clone(), csrf)) })
            }
        }
    }
}

/// The token of `Bearer TOKEN`.
fn bearer(authorization: &str) -> Option<&str> {
    let (scheme, token) = authorization.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
}

/// The value of the session's cookie.
fn cookie(request: &HttpRequest) -> Option<String> {
    let headers = request.headers().get_all(COOKIES).filter_map(|value| value.to_str().ok());
    let mut pairs =
        headers.flat_map(|value| value.split(';')).filter_map(|pair| pair.split_once('='));
    pairs.find(|(name, _)| name.trim() == COOKIE).map(|(_, value)| value.trim().to_owned())
}
