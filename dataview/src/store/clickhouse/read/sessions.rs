//! Sessions: what all their frames say together.

use super::figures::column;
use super::{damaged, entry, session_id, some};
use crate::model::{Dimension, Metric, SessionFacts, SessionId, UserChange};
use crate::store::clickhouse::http::Http;
use crate::store::{AppKey, Filter, Listed, SessionRow, SessionsAsk, StoreError, StoredFrame};
use serde::Deserialize;
use std::collections::HashMap;

/// What frames say together: of two that say something the later one is right, and of the first
/// page the earlier one.
const COLUMNS: &str = "session, min(f.first_at) AS first_at, max(f.last_at) AS last_at, \
    argMaxIf(f.user, f.last_at, f.user != '') AS user, \
    argMaxIf(f.tier, f.last_at, f.user != '') AS tier, \
    argMinIf(f.first_page, f.first_at, f.first_page != '') AS first_page, \
    argMaxIf(f.region, f.last_at, f.region != '') AS region, \
    argMaxIf(f.operator, f.last_at, f.operator != '') AS operator, \
    argMaxIf(f.device, f.last_at, f.device != '') AS device, \
    argMaxIf(f.os, f.last_at, f.os != '') AS os, \
    argMaxIf(f.browser, f.last_at, f.browser != '') AS browser, \
    argMaxIf(f.release, f.last_at, f.release != '') AS release, \
    argMaxIf(f.environment, f.last_at, f.environment != '') AS environment, \
    sum(f.events) AS events, sum(f.errors) AS errors, \
    sum(f.calls) AS calls, sum(f.calls_failed) AS calls_failed";

#[derive(Deserialize)]
struct Row {
    session: String,
    first_at: u64,
    last_at: u64,
    user: String,
    tier: String,
    first_page: String,
    region: String,
    operator: String,
    device: String,
    os: String,
    browser: String,
    release: String,
    environment: String,
    events: u64,
    errors: u64,
    calls: u64,
    calls_failed: u64,
}

fn told(app: &str, row: Row) -> Result<SessionRow, StoreError> {
    let count = |count: u64| u32::try_from(count).unwrap_or(u32::MAX);
    let tier = some(row.tier);
    Ok(SessionRow {
        app: app.to_owned(),
        id: session_id(&row.session)?,
        facts: SessionFacts {
            first_at_ms: row.first_at,
            last_at_ms: row.last_at,
            user: match some(row.user) {
                None => UserChange::Unsaid,
                Some(hash) => UserChange::Known { hash, tier },
            },
            first_page: some(row.first_page),
            region: some(row.region),
            operator: some(row.operator),
            device: some(row.device),
            os: some(row.os),
            browser: some(row.browser),
            release: some(row.release),
            environment: some(row.environment),
            events: count(row.events),
            // Counted from measures.
            views: 0,
            errors: count(row.errors),
            calls: count(row.calls),
            calls_failed: count(row.calls_failed),
        },
    })
}

/// Answers [`SessionsAsk`].
pub(in crate::store::clickhouse) async fn sessions(
    http: &Http,
    asked: SessionsAsk,
) -> Result<Listed<SessionRow>, StoreError> {
    let mut params = vec![
        ("app", asked.app.clone()),
        ("from", asked.range.from_ms.to_string()),
        ("to", asked.range.to_ms.to_string()),
        ("limit", asked.limit.to_string()),
    ];
    let mut conditions = vec!["first_at < {to:UInt64} AND last_at >= {from:UInt64}".to_owned()];
    let mut of_frames = String::new();
    if let Some(user) = &asked.user {
        params.push(("user", user.clone()));
        conditions.push("user = {user:String}".to_owned());
        of_frames.push_str(" AND user = {user:String}");
    }
    if asked.troubled {
        conditions.push("(errors > 0 OR calls_failed > 0)".to_owned());
    }
    let names: Vec<String> = (0..asked.filters.len()).map(|at| format!("filter{at}")).collect();
    for (name, filter) in names.iter().zip(&asked.filters) {
        params.push((name, filter.value.clone()));
        conditions.extend(condition(name, filter));
    }
    if let Some(cursor) = &asked.cursor {
        let (last_at, id) = read_cursor(cursor)?;
        params.extend([("last_at", last_at.to_string()), ("id", id.to_string())]);
        conditions.push("(last_at, session) < ({last_at:UInt64}, {id:String})".to_owned());
    }
    let having = conditions.join(" AND ");
    let sql = format!(
        "SELECT {COLUMNS} FROM frames AS f FINAL WHERE f.app = {{app:String}} AND f.session IN \
         (SELECT session FROM frames WHERE app = {{app:String}} AND first_at < {{to:UInt64}} AND \
         last_at >= {{from:UInt64}}{of_frames}) GROUP BY session HAVING {having} \
         ORDER BY last_at DESC, session DESC LIMIT {{limit:UInt64}}"
    );
    let rows: Vec<Row> = http.ask(&sql, &params).await?;
    let mut items: Vec<SessionRow> =
        rows.into_iter().map(|row| told(&asked.app, row)).collect::<Result<_, _>>()?;
    count_views(http, &asked.app, &mut items).await?;
    let last = items.last().filter(|_| items.len() == asked.limit);
    let next = last.map(|last| format!("{}-{}", last.facts.last_at_ms, last.id));
    Ok(Listed { items, next })
}

/// Counts the views of sessions: frames tell of some of them again, measures count each once.
async fn count_views(
    http: &Http,
    app: &str,
    sessions: &mut [SessionRow],
) -> Result<(), StoreError> {
    #[derive(Deserialize)]
    struct Row {
        session: String,
        views: u64,
    }
    if sessions.is_empty() {
        return Ok(());
    }
    // Identifiers are our own hexadecimal digits.
    let ids: Vec<String> = sessions.iter().map(|one| format!("'{}'", one.id)).collect();
    let sql = format!(
        "SELECT session, sum(m.count) AS views FROM measures AS m FINAL WHERE m.app = \
         {{app:String}} AND m.metric = {} AND m.session IN ({}) GROUP BY session",
        Metric::PageViews as u8,
        ids.join(",")
    );
    let rows: Vec<Row> = http.ask(&sql, &[("app", app.to_owned())]).await?;
    let views: HashMap<String, u64> =
        rows.into_iter().map(|row| (row.session, row.views)).collect();
    for session in sessions {
        let views = views.get(&session.id.to_string()).copied().unwrap_or_default();
        session.facts.views = u32::try_from(views).unwrap_or(u32::MAX);
    }
    Ok(())
}

/// A condition on the parameter `name`.
fn condition(name: &str, filter: &Filter) -> Option<String> {
    let column = column(filter.dimension);
    match filter.dimension {
        Dimension::All => None,
        Dimension::Region | Dimension::Operator | Dimension::Device | Dimension::Release => {
            Some(format!("{column} = {{{name}:String}}"))
        }
        // A session has them with their versions.
        Dimension::Os | Dimension::Browser => Some(format!(
            "({column} = {{{name}:String}} OR startsWith({column}, concat({{{name}:String}}, ' ')))"
        )),
        Dimension::Page | Dimension::Api | Dimension::Transaction => Some(format!(
            "session IN (SELECT session FROM measures WHERE app = {{app:String}} AND {column} = \
             {{{name}:String}})"
        )),
    }
}

fn read_cursor(cursor: &str) -> Result<(u64, SessionId), StoreError> {
    let place = cursor
        .split_once('-')
        .and_then(|(last_at, id)| Some((last_at.parse().ok()?, SessionId::from_hex(id)?)));
    place.ok_or_else(|| StoreError::Wrong(format!("{cursor:?} is not a cursor of this list")))
}

/// One session and its frames, in their order, at most `frames_max` of them: the first.
pub(in crate::store::clickhouse) async fn session(
    http: &Http,
    app: AppKey,
    id: SessionId,
    frames_max: usize,
) -> Result<Option<(SessionRow, Vec<StoredFrame>)>, StoreError> {
    #[derive(Deserialize)]
    struct FrameRow {
        sequence: u64,
        received_at: u64,
        entry: String,
    }
    let params =
        [("app", app.clone()), ("session", id.to_string()), ("limit", frames_max.to_string())];
    let of_session = "FROM frames AS f FINAL WHERE f.app = {app:String} AND \
                      f.session = {session:String}";
    let sql = format!("SELECT {COLUMNS} {of_session} GROUP BY session");
    let mut rows: Vec<Row> = http.ask(&sql, &params).await?;
    let Some(row) = rows.pop() else { return Ok(None) };
    let sql = format!(
        "SELECT f.sequence AS sequence, f.received_at AS received_at, f.entry AS entry \
         {of_session} ORDER BY f.sequence LIMIT {{limit:UInt64}}"
    );
    let frames: Vec<FrameRow> = http.ask(&sql, &params).await?;
    let read = |row: FrameRow| {
        let entry = entry(&row.entry)?;
        Ok(StoredFrame { sequence: row.sequence, received_at_ms: row.received_at, entry })
    };
    let frames: Result<_, StoreError> = frames.into_iter().map(read).collect();
    if !rows.is_empty() {
        return Err(damaged("two of one session"));
    }
    let mut session = told(&app, row)?;
    count_views(http, &app, std::slice::from_mut(&mut session)).await?;
    Ok(Some((session, frames?)))
}
