//! Asks what people ask.

use crate::population::{Population, VIPS};
use dataview::model::Dimension;
use dataview::query::overview;
use dataview::store::sqlite::SqliteStore;
use dataview::store::{Filter, Range, SessionsAsk, Store};
use serde_json::{Value, json};
use std::error::Error;
use std::time::Instant;

pub(crate) const APP: &str = "demo-bank";
const DAY_MS: u64 = 24 * 60 * 60 * 1_000;

/// The value of a quantile.
pub(crate) fn quantile(values: &mut [f64], q: f64) -> f64 {
    values.sort_by(f64::total_cmp);
    values.get((q * (values.len() as f64 - 1.0)) as usize).copied().unwrap_or_default()
}

fn told(mut ms: Vec<f64>, of_each: u64) -> Value {
    json!({
        "questions": ms.len(),
        "p50_ms": quantile(&mut ms, 0.5),
        "p95_ms": quantile(&mut ms, 0.95),
        "max_ms": quantile(&mut ms, 1.0),
        "found": of_each,
    })
}

/// Milliseconds of each kind of question.
pub(crate) async fn measure(
    store: &SqliteStore,
    population: &Population,
    range: Range,
    questions: u32,
) -> Result<Value, Box<dyn Error>> {
    let (mut history, mut found) = (Vec::new(), 0);
    let (mut session, mut whole, mut breakdown) = (Vec::new(), Vec::new(), Vec::new());
    let (mut errors, mut groups) = (Vec::new(), 0);
    let mut last_hour = Vec::new();
    let mut rows = 0;
    for number in 0..questions {
        let user = Population::user(u64::from(number) % VIPS);
        let began = Instant::now();
        let (sessions, first) = whole_history(store, &user, range).await?;
        history.push(ms(began));
        found = sessions;

        let began = Instant::now();
        store.session(APP.to_owned(), first, 1_000).await?.ok_or("the session is gone")?;
        session.push(ms(began));

        let all = Filter { dimension: Dimension::All, value: String::new() };
        let began = Instant::now();
        overview::overview(store, APP, all.clone(), range, DAY_MS).await?;
        whole.push(ms(began));

        let hour = Range { from_ms: range.to_ms - 3_600_000, to_ms: range.to_ms };
        let began = Instant::now();
        overview::overview(store, APP, all, hour, 60_000).await?;
        last_hour.push(ms(began));

        let began = Instant::now();
        rows = overview::breakdown(store, APP, Dimension::Page, range, 50).await?.rows.len();
        breakdown.push(ms(began));

        let began = Instant::now();
        groups = store.errors(APP.to_owned(), range).await?.len();
        errors.push(ms(began));
    }
    assert!(population.told.users.iter().filter(|came| **came).count() > 0);
    Ok(json!({
        "user_history": told(history, found),
        "session": told(session, 1),
        "overview_30_days": told(whole, 30),
        "overview_last_hour": told(last_hour, 60),
        "breakdown_30_days": told(breakdown, rows as u64),
        "errors_30_days": told(errors, groups as u64),
    }))
}

/// All sessions of a user, page by page as the user interface asks; how many, and one of them.
async fn whole_history(
    store: &SqliteStore,
    user: &str,
    range: Range,
) -> Result<(u64, dataview::model::SessionId), Box<dyn Error>> {
    let (mut found, mut first, mut cursor) = (0, None, None);
    loop {
        let ask = SessionsAsk {
            app: APP.to_owned(),
            range,
            user: Some(user.to_owned()),
            filters: Vec::new(),
            troubled: false,
            limit: 100,
            cursor,
        };
        let part = store.sessions(ask).await?;
        found += part.items.len() as u64;
        first = first.or(part.items.first().map(|row| row.id));
        cursor = part.next;
        if cursor.is_none() {
            return Ok((found, first.ok_or("the user has no sessions")?));
        }
    }
}

fn ms(began: Instant) -> f64 {
    began.elapsed().as_secs_f64() * 1e3
}
