//! Frames in the order in which they were stored.

use super::{entry, session_id, some};
use crate::store::clickhouse::http::Http;
use crate::store::{FedFrame, Feed, FeedCursor, StoreError};
use serde::Deserialize;

/// All of ClickHouse is one part.
const PART: &str = "clickhouse";

#[derive(Deserialize)]
struct Place {
    place: u64,
}

/// The number of the last frame; 0 when there is none.
pub(in crate::store::clickhouse) async fn last_place(http: &Http) -> Result<u64, StoreError> {
    let rows: Vec<Place> = http.ask("SELECT max(place) AS place FROM frames", &[]).await?;
    Ok(rows.first().map_or(0, |row| row.place))
}

/// Behind all frames.
pub(in crate::store::clickhouse) async fn feed_end(http: &Http) -> Result<FeedCursor, StoreError> {
    let read = [(PART.to_owned(), last_place(http).await?)].into();
    Ok(FeedCursor { from_ms: 0, read })
}

/// Frames behind `after`, at most `limit`.
pub(in crate::store::clickhouse) async fn feed(
    http: &Http,
    after: FeedCursor,
    limit: usize,
) -> Result<Feed, StoreError> {
    #[derive(Deserialize)]
    struct Row {
        app: String,
        session: String,
        sequence: u64,
        place: u64,
        received_at: u64,
        entry: String,
        user: String,
        tier: String,
        region: String,
        operator: String,
    }
    let read = after.read.get(PART).copied().unwrap_or_default();
    let params = [
        ("read", read.to_string()),
        ("from", after.from_ms.to_string()),
        ("limit", limit.to_string()),
    ];
    let behind = "FROM frames AS f FINAL WHERE f.place > {read:UInt64} AND \
                  f.received_at >= {from:UInt64}";
    let sql = format!(
        "SELECT f.app AS app, f.session AS session, f.sequence AS sequence, f.place AS place, \
         f.received_at AS received_at, f.entry AS entry, f.user AS user, f.tier AS tier, \
         f.region AS region, f.operator AS operator {behind} ORDER BY place LIMIT {{limit:UInt64}}"
    );
    let rows: Vec<Row> = http.ask(&sql, &params).await?;
    let count: Vec<Place> = http.ask(&format!("SELECT count() AS place {behind}"), &params).await?;
    let all = count.first().map_or(0, |row| row.place);
    let mut feed = Feed { frames: Vec::new(), next: after, behind: 0 };
    for row in rows {
        feed.frames.push(FedFrame {
            part: PART.to_owned(),
            place: row.place,
            app: row.app,
            session: session_id(&row.session)?,
            sequence: row.sequence,
            received_at_ms: row.received_at,
            user: some(row.user),
            tier: some(row.tier),
            region: some(row.region),
            operator: some(row.operator),
            entry: entry(&row.entry)?,
        });
    }
    if let Some(last) = feed.frames.last() {
        feed.next.pass(last);
    }
    feed.behind = all.saturating_sub(feed.frames.len() as u64);
    Ok(feed)
}
