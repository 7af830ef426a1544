//! `GET /api/v1/audit`: the audit log.

use super::limits::{LIST_DEFAULT, LIST_MAX};
use super::params::Params;
use super::who::Who;
use super::{App, Asked, Code, Problem};
use crate::access::{AuditRecord, BrokenWhy, Right, Verdict};
use actix_web::{HttpRequest, web};
use serde::Serialize;
use utoipa::ToSchema;

/// A part of the audit log, the newest first.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Audit {
    /// This part.
    records: Vec<AuditRecord>,
    /// The `cursor` of the next part; null at the end.
    next: Option<String>,
    /// Whether every record of the whole log follows from the one before.
    verified: bool,
    /// The number of the first one that does not.
    broken_at: Option<u64>,
    /// What is wrong with it.
    broken_why: Option<BrokenWhy>,
    /// The last record's hash, where all is well.
    head: Option<String>,
}

/// Who looked which user up, and what administrators did. For administrators.
#[utoipa::path(
    get, path = "/api/v1/audit", tag = "access",
    params(
        ("limit" = Option<u64>, Query, minimum = 1, maximum = 500, description = "How many in this part; default: 50."),
        ("cursor" = Option<String>, Query, description = "What `next` of the part before said."),
    ),
    responses((status = 200, body = Audit)),
)]
pub(super) async fn audit(app: web::Data<App>, who: Who, request: HttpRequest) -> Asked<Audit> {
    who.check(Right::Administer)?;
    let params = Params::read(request.query_string(), &["limit", "cursor"])?;
    let limit = params.number("limit", 1..=LIST_MAX as u64)?;
    let limit = limit.map_or(LIST_DEFAULT, |limit| limit as usize);
    let before = match params.text("cursor") {
        None => None,
        Some(cursor) => {
            let inner = app.cursors.unwrap("audit", cursor)?;
            Some(inner.parse().map_err(|_| Problem::plain(Code::InvalidCursor))?)
        }
    };
    let access = app.access.clone();
    // The whole log is looked at.
    let read = web::block(move || Ok((access.audit(before, limit)?, access.verify_audit()?))).await;
    let read: Result<_, crate::access::AccessError> =
        read.map_err(|_| Problem::plain(Code::Internal))?;
    let (records, verdict) = read?;
    let last = records.last().filter(|last| records.len() == limit && last.sequence > 1);
    let next = last.map(|last| app.cursors.wrap("audit", &last.sequence.to_string()));
    let (verified, broken_at, broken_why, head) = match verdict {
        Verdict::Whole { head, .. } => (true, None, None, Some(head)),
        Verdict::Broken { sequence, why } => (false, Some(sequence), Some(why), None),
    };
    Ok(web::Json(Audit { records, next, verified, broken_at, broken_why, head }))
}
