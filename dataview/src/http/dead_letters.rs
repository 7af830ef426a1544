//! `/api/v1/dead-letters`: what could never be stored, and why. For administrators of all applications:
//! whose an entry is that cannot be read nobody knows.

use super::accounts::record;
use super::limits::{
    LETTERS_READ, LETTERS_REPLAYED_MAX, LETTERS_SCANNED_MAX, LIST_DEFAULT, LIST_MAX,
};
use super::params::Params;
use super::who::Who;
use super::{App, Asked, Code, Problem, body, pages};
use crate::access::{Action, Right};
use crate::consume::{DeadLetter, DeadLetters, EntryView, view};
use actix_web::{HttpRequest, web};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::collections::BTreeMap;
use utoipa::ToSchema;

/// A part of the dead letters.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = DeadLetters)]
pub(super) struct Letters {
    /// This part, by shard, the oldest first.
    letters: Vec<Letter>,
    /// The `cursor` of the next part; null at the end. A part may be empty and not the last.
    next: Option<String>,
    /// How many there are, by reason; in the first part only.
    reasons: Option<BTreeMap<String, u64>>,
    /// Whether `reasons` has counted all of them, and not the first 2000 only.
    counted_all: bool,
}

/// A dead letter.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = DeadLetter)]
pub(super) struct Letter {
    /// What it is called.
    id: String,
    /// When it was put aside, in ms since the Unix epoch; 0: not known.
    at: u64,
    /// A stable name of the reason.
    reason: String,
    /// The reason in words. They say nothing of what the entry holds.
    detail: String,
    /// Where it was in the buffer: shard and message, or a place in the journal.
    origin: String,
    /// Bytes of the entry.
    bytes: u64,
}

/// A dead letter, and what may be seen of its entry.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = DeadLetterSeen)]
pub(super) struct Seen {
    /// The letter.
    letter: Letter,
    /// The entry, where it can be read, by the names of docs/protocol.md: personal things are masked,
    /// and what is long is cut.
    entry: Option<Value>,
    /// Where it cannot: its first characters, each letter an `x`, each figure a `0`, the unprintable
    /// a `·`.
    shape: Option<String>,
}

/// What is to be replayed: `ids` or `reason`.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = DeadLettersReplaySent)]
pub(super) struct ReplaySent {
    /// These, at most 500.
    ids: Option<Vec<String>>,
    /// All of this reason.
    reason: Option<String>,
}

/// What was replayed.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = DeadLettersReplayed)]
pub(super) struct Replayed {
    /// How many were given to the consumers. What fails again is a dead letter again.
    replayed: u64,
    /// Whether there may be more of the reason: ask again.
    left: bool,
}

impl From<&DeadLetter> for Letter {
    fn from(letter: &DeadLetter) -> Self {
        Self {
            id: letter.id.clone(),
            at: letter.at_ms,
            reason: letter.reason.clone(),
            detail: letter.detail.clone(),
            origin: letter.origin.clone(),
            bytes: letter.entry.len() as u64,
        }
    }
}

/// Mounts them.
pub fn routes(service: &mut web::ServiceConfig, letters: web::Data<DeadLetters>) {
    let asked = |path: &str| web::resource(path.to_owned());
    service
        .app_data(letters)
        .service(
            asked("/api/v1/dead-letters").get(list).default_service(pages::wrong_method("GET")),
        )
        .service(
            asked("/api/v1/dead-letters/replay")
                .post(replay)
                .default_service(pages::wrong_method("POST")),
        )
        .service(
            asked("/api/v1/dead-letters/{id}").get(see).default_service(pages::wrong_method("GET")),
        );
}

/// # Errors
/// When `who` may not see what is nobody's.
fn check(who: &Who) -> Result<(), Problem> {
    who.check(Right::Administer)?;
    match who.may_ask_all() {
        true => Ok(()),
        false => Err(Problem::plain(Code::ForbiddenApp)),
    }
}

/// Goes through the letters behind `after` until `take` has enough or so many were looked through;
/// gives back the name of the last one, where there may be more.
async fn scan(
    dead: &DeadLetters,
    after: Option<String>,
    mut take: impl FnMut(&DeadLetter) -> bool,
) -> Result<Option<String>, Problem> {
    let (mut last, mut scanned) = (after, 0);
    while scanned < LETTERS_SCANNED_MAX {
        let page = dead.page(last.as_deref(), LETTERS_READ).await?;
        for letter in &page {
            last = Some(letter.id.clone());
            if !take(letter) {
                return Ok(last);
            }
        }
        if page.len() < LETTERS_READ {
            return Ok(None);
        }
        scanned += page.len();
    }
    Ok(last)
}

/// The dead letters: what could never be stored, when, why, and where it was. For administrators.
#[utoipa::path(
    get, path = "/api/v1/dead-letters", tag = "health",
    params(
        ("reason" = Option<String>, Query, description = "Only those of this reason."),
        ("limit" = Option<u64>, Query, minimum = 1, maximum = 500, description = "How many in this part; default: 50."),
        ("cursor" = Option<String>, Query, description = "What `next` of the part before said."),
    ),
    responses((status = 200, body = Letters)),
)]
pub(super) async fn list(
    app: web::Data<App>,
    dead: web::Data<DeadLetters>,
    who: Who,
    request: HttpRequest,
) -> Asked<Letters> {
    check(&who)?;
    let params = Params::read(request.query_string(), &["reason", "limit", "cursor"])?;
    let limit = params.number("limit", 1..=LIST_MAX as u64)?;
    let limit = limit.map_or(LIST_DEFAULT, |limit| limit as usize);
    let reason = params.text("reason");
    let question = format!("dead letters {}", reason.unwrap_or_default());
    let after = params.text("cursor").map(|word| app.cursors.unwrap(&question, word));
    let after = after.transpose()?;
    let (mut reasons, mut counted_all) = (None, true);
    if after.is_none() {
        let mut counts = BTreeMap::<String, u64>::new();
        let count = |letter: &DeadLetter| {
            *counts.entry(letter.reason.clone()).or_default() += 1;
            true
        };
        counted_all = scan(&dead, None, count).await?.is_none();
        reasons = Some(counts);
    }
    let mut letters = Vec::new();
    let take = |letter: &DeadLetter| {
        if reason.is_none_or(|reason| reason == letter.reason) {
            letters.push(Letter::from(letter));
        }
        letters.len() < limit
    };
    let last = scan(&dead, after, take).await?;
    let next = last.map(|last| app.cursors.wrap(&question, &last));
    Ok(web::Json(Letters { letters, next, reasons, counted_all }))
}

/// A dead letter, with what may be seen of its entry. That it was seen is in the audit log. For
/// administrators.
#[utoipa::path(
    get, path = "/api/v1/dead-letters/{id}", tag = "health",
    params(("id" = String, Path, description = "The dead letter; a `/` in it as `%2F`.")),
    responses((status = 200, body = Seen)),
)]
pub(super) async fn see(
    app: web::Data<App>,
    dead: web::Data<DeadLetters>,
    who: Who,
    id: web::Path<String>,
    request: HttpRequest,
) -> Asked<Seen> {
    check(&who)?;
    Params::read(request.query_string(), &[])?;
    let found = dead.get(&id).await?;
    let letter = found.ok_or_else(|| Problem::plain(Code::UnknownDeadLetter))?;
    record(&app, &who, Action::DeadLetterSeen, &letter.id)?;
    let (entry, shape) = match view(&letter.entry) {
        EntryView::Read(entry) => (Some(entry), None),
        EntryView::Shape(shape) => (None, Some(shape)),
    };
    Ok(web::Json(Seen { letter: Letter::from(&letter), entry, shape }))
}

/// Gives dead letters to the consumers once more: some, or all of a reason. For administrators.
#[utoipa::path(
    post, path = "/api/v1/dead-letters/replay", tag = "health",
    request_body = ReplaySent,
    responses((status = 200, body = Replayed)),
)]
pub(super) async fn replay(
    app: web::Data<App>,
    dead: web::Data<DeadLetters>,
    who: Who,
    request: HttpRequest,
    payload: web::Payload,
) -> Asked<Replayed> {
    check(&who)?;
    let (subject, ids, left) = match body::read(&request, payload).await? {
        ReplaySent { ids: Some(ids), reason: None } if ids.len() <= LETTERS_REPLAYED_MAX => {
            known(&dead, &ids).await?;
            (subject(&ids), ids, false)
        }
        ReplaySent { ids: None, reason: Some(reason) } => {
            // Named before any is given back: what fails again comes behind, and is not meant.
            let mut ids = Vec::new();
            let take = |letter: &DeadLetter| {
                if letter.reason == reason {
                    ids.push(letter.id.clone());
                }
                ids.len() < LETTERS_REPLAYED_MAX
            };
            let left = scan(&dead, None, take).await?.is_some();
            (reason, ids, left)
        }
        _ => {
            let detail =
                format!("either `ids`, at most {LETTERS_REPLAYED_MAX} of them, or `reason`");
            return Err(Problem::new(Code::InvalidValue, detail));
        }
    };
    if !ids.is_empty() {
        record(&app, &who, Action::DeadLettersReplayed, &subject)?;
    }
    let mut replayed = 0;
    for id in &ids {
        // One that somebody else has replayed or removed meanwhile is done with.
        if let Some(letter) = dead.get(id).await? {
            dead.replay(&letter).await?;
            replayed += 1;
        }
    }
    Ok(web::Json(Replayed { replayed, left }))
}

/// # Errors
/// When one of `ids` is none.
async fn known(dead: &DeadLetters, ids: &[String]) -> Result<(), Problem> {
    for id in ids {
        if dead.get(id).await?.is_none() {
            return Err(Problem::plain(Code::UnknownDeadLetter));
        }
    }
    Ok(())
}

/// What the audit log says was replayed.
fn subject(ids: &[String]) -> String {
    const NAMED_MAX: usize = 10;
    let named = ids.iter().take(NAMED_MAX).map(String::as_str).collect::<Vec<_>>().join(", ");
    match ids.len().saturating_sub(NAMED_MAX) {
        0 => named,
        more => format!("{named} and {more} more"),
    }
}
