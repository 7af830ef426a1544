//! Fills the store as fast as it takes it, and keeps up with a steady load.

use crate::population::Population;
use crate::rows::Rows;
use crate::usage;
use bytes::Bytes;
use dataview::facts;
use dataview::geo::Place;
use dataview::model::FrameFacts;
use dataview::store::sqlite::SqliteStore;
use dataview::store::{Batch, Store};
use serde_json::{Value, json};
use std::error::Error;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

/// Frames that are appended at once, as a consumer that is behind reads them.
const BATCH_FRAMES: usize = 2_000;

/// Where a client is, as a file of places would say.
pub(crate) fn place(address: &str) -> Place {
    let mut parts = address.split('.').skip(1);
    Place {
        region: parts.next().map(|region| format!("China / Province {region}")),
        operator: parts.next().map(|operator| format!("Operator {operator}")),
    }
}

/// Reads the facts, as a consumer does.
fn facts_of(entries: Vec<Vec<u8>>) -> Result<Vec<FrameFacts>, facts::FactsError> {
    entries
        .into_iter()
        .map(|entry| facts::read(Bytes::from(entry), place).map(|read| read.facts))
        .collect()
}

/// Stores the whole population, and writes its rows where somebody wants them. The figures include
/// making it: a third or so of the time.
pub(crate) async fn fill(
    store: &SqliteStore,
    population: &mut Population,
    planned: u64,
    rows: &mut Option<Rows>,
) -> Result<Value, Box<dyn Error>> {
    let (began, cpu) = (Instant::now(), usage::cpu());
    let mut stored = 0;
    let mut next = Vec::new();
    let mut said = Instant::now();
    loop {
        // One batch is written while the next is made.
        let append = store.append(Batch { frames: std::mem::take(&mut next), ..Batch::default() });
        let make = async {
            let mut entries = Vec::new();
            while entries.len() < BATCH_FRAMES {
                let Some(session) = population.next_session() else { break };
                entries.extend(session);
            }
            tokio::task::block_in_place(|| {
                if let Some(rows) = rows {
                    entries.iter().try_for_each(|entry| rows.write(entry))?;
                }
                Ok::<_, Box<dyn Error>>(facts_of(entries)?)
            })
        };
        let (appended, made) = futures_util::join!(append, make);
        stored += appended?.events;
        next = made?;
        if next.is_empty() {
            break;
        }
        if said.elapsed() > Duration::from_secs(10) {
            let rate = stored as f64 / began.elapsed().as_secs_f64();
            let left = planned.saturating_sub(stored) as f64 / rate;
            eprintln!("{stored} of {planned} events stored, {rate:.0} a second, {left:.0} s to go");
            said = Instant::now();
        }
    }
    let seconds = began.elapsed().as_secs_f64();
    assert_eq!(stored, population.told.events, "every event is stored once");
    Ok(json!({
        "events": stored,
        "seconds": seconds,
        "events_per_second": stored as f64 / seconds,
        "cpu_us_an_event": (usage::cpu() - cpu).as_secs_f64() * 1e6 / stored as f64,
        "peak_bytes": usage::peak_bytes()?,
    }))
}

/// Stores `rate` events a second of now, in a batch a fifth of a second as a consumer reads them;
/// how far behind it is at the end, and what it takes.
pub(crate) async fn steady(
    store: &SqliteStore,
    population: &mut Population,
    rate: u64,
    long: Duration,
) -> Result<Value, Box<dyn Error>> {
    let (began, cpu) = (Instant::now(), usage::cpu());
    let tick = Duration::from_millis(200);
    let (mut told, mut ticks) = (0, 0);
    let mut waits = Vec::new();
    let mut most_bytes = 0;
    while began.elapsed() < long {
        ticks += 1;
        let due = u64::from(ticks) * rate / 5;
        let mut entries = Vec::new();
        let now = SystemTime::now().duration_since(UNIX_EPOCH)?.as_millis() as u64;
        while told < due {
            let (session, events) = population.session(now - 60_000);
            entries.extend(session);
            told += events;
        }
        let frames = facts_of(entries)?;
        let asked = Instant::now();
        store.append(Batch { frames, ..Batch::default() }).await?;
        waits.push(asked.elapsed().as_secs_f64() * 1e3);
        most_bytes = most_bytes.max(usage::bytes()?);
        tokio::time::sleep((tick * ticks).saturating_sub(began.elapsed())).await;
    }
    let seconds = began.elapsed().as_secs_f64();
    Ok(json!({
        "asked_per_second": rate,
        "events_per_second": told as f64 / seconds,
        "cores": (usage::cpu() - cpu).as_secs_f64() / seconds,
        "append_p50_ms": crate::ask::quantile(&mut waits, 0.5),
        "append_p95_ms": crate::ask::quantile(&mut waits, 0.95),
        "most_bytes": most_bytes,
    }))
}
