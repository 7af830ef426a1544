//! Errors by fingerprint, and their occurrences.

use super::{session_id, some};
use crate::store::clickhouse::http::{Http, Param};
use crate::store::clickhouse::limits::ERROR_GROUPS_MAX;
use crate::store::{AppKey, ErrorGroup, ErrorOccurrence, Range, StoreError};
use serde::Deserialize;

/// Errors with what their sessions say of user and release.
const JOINED: &str = "FROM errors AS e FINAL LEFT JOIN (SELECT session, \
    argMaxIf(user, last_at, user != '') AS user, \
    argMaxIf(release, last_at, release != '') AS release \
    FROM frames FINAL WHERE app = {app:String} GROUP BY session) AS s ON e.session = s.session \
    WHERE e.app = {app:String} AND e.at >= {from:UInt64} AND e.at < {to:UInt64}";

fn params(app: AppKey, range: Range) -> Vec<Param<'static>> {
    vec![("app", app), ("from", range.from_ms.to_string()), ("to", range.to_ms.to_string())]
}

/// Errors by fingerprint, the most frequent first.
pub(in crate::store::clickhouse) async fn errors(
    http: &Http,
    app: AppKey,
    range: Range,
) -> Result<Vec<ErrorGroup>, StoreError> {
    #[derive(Deserialize)]
    struct Row {
        fingerprint: u64,
        kind: String,
        r#type: String,
        message: String,
        count: u64,
        sessions: u64,
        users: u64,
        first_at: u64,
        last_at: u64,
        first_release: String,
        last_release: String,
    }
    let sql = format!(
        "SELECT e.fingerprint AS fingerprint, argMax(e.kind, e.at) AS kind, \
         argMax(e.type, e.at) AS type, argMax(e.message, e.at) AS message, count() AS count, \
         uniq(e.session) AS sessions, uniqIf(s.user, s.user != '') AS users, \
         min(e.at) AS first_at, max(e.at) AS last_at, argMin(s.release, e.at) AS first_release, \
         argMax(s.release, e.at) AS last_release {JOINED} GROUP BY fingerprint \
         ORDER BY count DESC, fingerprint LIMIT {ERROR_GROUPS_MAX}"
    );
    let rows: Vec<Row> = http.ask(&sql, &params(app, range)).await?;
    let told = |row: Row| ErrorGroup {
        fingerprint: row.fingerprint,
        kind: row.kind,
        r#type: row.r#type,
        message: row.message,
        count: row.count,
        sessions: row.sessions,
        users: row.users,
        first_at_ms: row.first_at,
        last_at_ms: row.last_at,
        releases: (some(row.first_release), some(row.last_release)),
    };
    Ok(rows.into_iter().map(told).collect())
}

/// The occurrences of a fingerprint, the newest first.
pub(in crate::store::clickhouse) async fn occurrences(
    http: &Http,
    app: AppKey,
    fingerprint: u64,
    range: Range,
    limit: usize,
) -> Result<Vec<ErrorOccurrence>, StoreError> {
    #[derive(Deserialize)]
    struct Row {
        session: String,
        sequence: u64,
        at: u64,
        page: String,
        user: String,
        release: String,
    }
    let sql = format!(
        "SELECT e.session AS session, e.sequence AS sequence, e.at AS at, e.page AS page, \
         s.user AS user, s.release AS release {JOINED} AND e.fingerprint = {{print:UInt64}} \
         ORDER BY at DESC LIMIT {{limit:UInt64}}"
    );
    let mut params = params(app, range);
    params.extend([("print", fingerprint.to_string()), ("limit", limit.to_string())]);
    let rows: Vec<Row> = http.ask(&sql, &params).await?;
    let told = |row: Row| {
        Ok(ErrorOccurrence {
            session: session_id(&row.session)?,
            sequence: row.sequence,
            at_ms: row.at,
            page: row.page,
            user: some(row.user),
            release: some(row.release),
        })
    };
    rows.into_iter().map(told).collect()
}
