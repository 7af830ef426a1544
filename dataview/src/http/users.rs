//! `POST /api/v1/users/lookup`: a user's history by the real ID. By POST, because addresses are
//! logged on their way, and bodies are not.

use super::limits::{LIST_DEFAULT, RANGE_MAX_MS, USER_ID_BYTES_MAX};
use super::who::Who;
use super::{App, Asked, Code, Problem, body, sessions};
use crate::access::{Action, Deed, Right};
use crate::query::sessions::Sessions;
use crate::query::users::UserAnswer;
use crate::store::{Range, SessionsAsk};
use actix_web::{HttpRequest, web};
use serde::Deserialize;
use utoipa::ToSchema;

/// How far the times of what was stored may be ahead of the clock here, in ms.
const AHEAD_MS: u64 = 3_600_000;

/// Whom somebody looks for, and why.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct LookUp {
    /// The application.
    app: String,
    /// The real ID, as the application tells it in `setUser`. It is kept nowhere.
    id: String,
    /// Why; written to the audit log, without numbers that look personal.
    reason: String,
    /// From when, in ms since the Unix epoch; default: as long ago as can be asked.
    from: Option<u64>,
    /// Until when; default: now.
    to: Option<u64>,
}

/// A user's sessions by the real ID. Written to the audit log before it is answered.
#[utoipa::path(
    post, path = "/api/v1/users/lookup", tag = "sessions",
    request_body = LookUp,
    responses((status = 200, body = UserAnswer)),
)]
pub(super) async fn look_up(
    app: web::Data<App>,
    who: Who,
    request: HttpRequest,
    payload: web::Payload,
) -> Asked<UserAnswer> {
    who.check(Right::LookUp)?;
    let LookUp { app: name, id, reason, from, to } = body::read(&request, payload).await?;
    let now_ms = (app.now)();
    who.check_app(&name)?;
    check(&id, &reason)?;
    check_app(&app, &who, &name, now_ms).await?;
    let range = range(from, to, now_ms)?;
    let user = app.pseudonyms.of(&name, &id);
    let user = user.ok_or_else(|| Problem::plain(Code::NoPseudonymKey))?;
    // A reason may name the one whom it is about.
    let reason = reason.replace(&id, "{user}");
    record(&app, who.identity.name, &user, &name, reason).await?;
    let ask = SessionsAsk {
        app: name,
        range,
        user: Some(user.clone()),
        filters: Vec::new(),
        troubled: false,
        limit: LIST_DEFAULT,
        cursor: None,
    };
    let question = sessions::question(&ask);
    let listed = app.store.sessions(ask).await?;
    let wrap = |inner: &str| app.cursors.wrap(&question, inner);
    let listed = Sessions::of(listed, app.store.damaged_days(range), wrap);
    let Sessions { sessions, next, damaged_days } = listed;
    let Range { from_ms: from, to_ms: to } = range;
    Ok(web::Json(UserAnswer { user, from, to, sessions, next, damaged_days }))
}

/// Writes the look-up to the audit log. Waits for the disk, so not on the thread that answers
/// others.
async fn record(
    app: &App,
    who: String,
    subject: &str,
    name: &str,
    reason: String,
) -> Result<(), Problem> {
    let (access, now_ms) = (app.access.clone(), (app.now)());
    let (subject, name) = (subject.to_owned(), name.to_owned());
    let written = web::block(move || {
        let deed = Deed {
            who: &who,
            action: Action::UserLookedUp,
            subject: &subject,
            app: Some(&name),
            reason: Some(&reason),
        };
        access.record(&deed, now_ms)
    });
    written.await.map_err(|_| Problem::plain(Code::Internal))??;
    Ok(())
}

/// Whether `name` is an application's: the audit log is no place for what somebody has typed into
/// the wrong field. One that the asker is bound to, that has a key of its own or that has told
/// something. It is not told back.
async fn check_app(app: &App, who: &Who, name: &str, now_ms: u64) -> Result<(), Problem> {
    if !who.may_ask_all() || app.pseudonyms.apps.contains_key(name) {
        return Ok(());
    }
    let to_ms = now_ms.saturating_add(AHEAD_MS);
    let range = Range { from_ms: to_ms.saturating_sub(RANGE_MAX_MS), to_ms };
    if app.store.apps(range).await?.iter().any(|known| known == name) {
        return Ok(());
    }
    let detail = "`app` is none that has told anything; allowed: those of /api/v1/apps";
    Err(Problem::new(Code::InvalidValue, detail))
}

/// What was typed is not told back: answers are logged by some on their way.
fn check(id: &str, reason: &str) -> Result<(), Problem> {
    if id.is_empty() || id.len() > USER_ID_BYTES_MAX {
        let found = id.len();
        let detail = format!("`id` has {found} bytes; allowed: 1 to {USER_ID_BYTES_MAX}");
        return Err(Problem::new(Code::InvalidValue, detail));
    }
    if reason.trim().is_empty() {
        let detail = "`reason` is empty; allowed: a few words that tell why, such as a ticket";
        return Err(Problem::new(Code::InvalidValue, detail));
    }
    Ok(())
}

fn range(from: Option<u64>, to: Option<u64>, now_ms: u64) -> Result<Range, Problem> {
    let to_ms = to.unwrap_or(now_ms);
    let from_ms = from.unwrap_or(to_ms.saturating_sub(RANGE_MAX_MS));
    if from_ms >= to_ms || to_ms - from_ms > RANGE_MAX_MS || to_ms > super::limits::TIME_MAX_MS {
        let days = RANGE_MAX_MS / 86_400_000;
        let detail =
            format!("`from` ({from_ms}) must be before `to` ({to_ms}), by at most {days} days");
        return Err(Problem::new(Code::InvalidRange, detail));
    }
    Ok(Range { from_ms, to_ms })
}
