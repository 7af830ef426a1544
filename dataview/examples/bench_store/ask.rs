//! Asks what people ask.

use crate::population::{MACHINE, Population, VIPS};
use crate::usage;
use dataview::model::{Dimension, SessionId};
use dataview::query::overview;
use dataview::store::sqlite::SqliteStore;
use dataview::store::{Filter, Listed, Range, SessionRow, SessionsAsk, Store, StoreError};
use serde_json::{Value, json};
use std::error::Error;
use std::time::{Duration, Instant};

pub(crate) const APP: &str = "demo-bank";
const DAY_MS: u64 = 24 * 60 * 60 * 1_000;
/// Sessions that one part of a list has.
const PART: usize = 100;

/// The value of a quantile.
pub(crate) fn quantile(values: &mut [f64], q: f64) -> f64 {
    values.sort_by(f64::total_cmp);
    values.get((q * (values.len() as f64 - 1.0)) as usize).copied().unwrap_or_default()
}

/// What one kind of question took.
#[derive(Default)]
struct Took {
    ms: Vec<f64>,
    cpu: Duration,
    bytes_read: u64,
    /// How much was found, the last time.
    found: usize,
}

impl Took {
    /// Asks, and notes what it took and how much was found.
    async fn asking<T>(
        &mut self,
        ask: impl Future<Output = Result<T, StoreError>>,
        found: impl Fn(&T) -> usize,
    ) -> Result<T, Box<dyn Error>> {
        let (began, cpu, read) = (Instant::now(), usage::cpu(), usage::bytes_read()?);
        let answer = ask.await?;
        self.ms.push(began.elapsed().as_secs_f64() * 1e3);
        self.cpu += usage::cpu() - cpu;
        self.bytes_read += usage::bytes_read()? - read;
        self.found = found(&answer);
        Ok(answer)
    }

    fn told(mut self) -> Value {
        let many = self.ms.len() as f64;
        json!({
            "questions": self.ms.len(),
            "p50_ms": quantile(&mut self.ms, 0.5),
            "p95_ms": quantile(&mut self.ms, 0.95),
            "max_ms": quantile(&mut self.ms, 1.0),
            "cpu_ms": self.cpu.as_secs_f64() * 1e3 / many,
            "read_kib": self.bytes_read as f64 / 1024.0 / many,
            "found": self.found,
        })
    }
}

/// What each kind of question takes.
pub(crate) async fn measure(
    store: &SqliteStore,
    range: Range,
    questions: u32,
) -> Result<Value, Box<dyn Error>> {
    let mut history = Took::default();
    let (mut session, mut machine) = (Took::default(), Took::default());
    let (mut whole, mut last_hour) = (Took::default(), Took::default());
    let (mut breakdown, mut errors) = (Took::default(), Took::default());
    let (busy, mut place) = (Population::user(MACHINE), None);
    for number in 0..questions {
        let user = Population::user(u64::from(number) % VIPS);
        let newest = history.asking(whole_history(store, &user, range), |(found, _)| *found);
        let first = newest.await?.1.ok_or("the user has no sessions")?;

        let one = store.session(APP.to_owned(), first, 1_000);
        session.asking(one, |found| usize::from(found.is_some())).await?;

        // One part after the other, and from the beginning again.
        let part = part(store, &busy, range, place);
        place = machine.asking(part, |part| part.items.len()).await?.next;

        let all = Filter { dimension: Dimension::All, value: String::new() };
        let figures = overview::overview(store, APP, all.clone(), range, DAY_MS);
        whole.asking(figures, |figures| figures.series.len()).await?;

        let hour = Range { from_ms: range.to_ms - 3_600_000, to_ms: range.to_ms };
        let figures = overview::overview(store, APP, all, hour, 60_000);
        last_hour.asking(figures, |figures| figures.series.len()).await?;

        let pages = overview::breakdown(store, APP, Dimension::Page, range, 50);
        breakdown.asking(pages, |pages| pages.rows.len()).await?;

        let groups = store.errors(APP.to_owned(), range);
        errors.asking(groups, Vec::len).await?;
    }
    Ok(json!({
        "user_history": history.told(),
        "session": session.told(),
        "part_of_a_machines_history": machine.told(),
        "overview_30_days": whole.told(),
        "overview_last_hour": last_hour.told(),
        "breakdown_30_days": breakdown.told(),
        "errors_30_days": errors.told(),
    }))
}

/// All sessions of a user, part by part as the user interface asks; how many, and the newest.
async fn whole_history(
    store: &SqliteStore,
    user: &str,
    range: Range,
) -> Result<(usize, Option<SessionId>), StoreError> {
    let (mut found, mut newest, mut place) = (0, None, None);
    loop {
        let part = part(store, user, range, place).await?;
        found += part.items.len();
        newest = newest.or(part.items.first().map(|row| row.id));
        place = part.next;
        if place.is_none() {
            return Ok((found, newest));
        }
    }
}

async fn part(
    store: &SqliteStore,
    user: &str,
    range: Range,
    cursor: Option<String>,
) -> Result<Listed<SessionRow>, StoreError> {
    let ask = SessionsAsk {
        app: APP.to_owned(),
        range,
        user: Some(user.to_owned()),
        filters: Vec::new(),
        troubled: false,
        limit: PART,
        cursor,
    };
    store.sessions(ask).await
}
