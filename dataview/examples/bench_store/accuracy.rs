//! How wrong the sketches are, beside what was told exactly.

use crate::ask::APP;
use crate::population::Population;
use dataview::model::{Dimension, Metric};
use dataview::sketch::{Percentiles, Uniques};
use dataview::store::sqlite::SqliteStore;
use dataview::store::{Filter, Range, SeriesAsk, Store};
use serde_json::{Value, json};
use std::error::Error;

/// The largest errors, in percent.
pub(crate) async fn measure(
    store: &SqliteStore,
    population: &Population,
    range: Range,
) -> Result<Value, Box<dyn Error>> {
    let ask = SeriesAsk {
        app: APP.to_owned(),
        metrics: vec![Metric::Lcp, Metric::Sessions, Metric::Users, Metric::Events],
        filter: Filter { dimension: Dimension::All, value: String::new() },
        range,
        step_ms: 24 * 60 * 60 * 1_000,
    };
    let (mut lcp, mut sessions, mut users) =
        (Percentiles::default(), Uniques::default(), Uniques::default());
    let mut events = 0;
    for bucket in store.series(ask).await? {
        match (bucket.metric, bucket.sketch, bucket.uniques) {
            (Metric::Lcp, Some(sketch), _) => lcp.merge(&sketch),
            (Metric::Sessions, _, Some(uniques)) => sessions.merge(&uniques),
            (Metric::Users, _, Some(uniques)) => users.merge(&uniques),
            (Metric::Events, ..) => events += bucket.count,
            _ => {}
        }
    }
    let told = &population.told;
    assert_eq!(events, told.events, "every event is counted once");
    let mut exact = told.lcp.clone();
    exact.sort_by(f32::total_cmp);
    let of = |q: f64| -> Result<f64, Box<dyn Error>> {
        let exact = f64::from(exact[(q * (exact.len() as f64 - 1.0)) as usize]);
        Ok((lcp.quantile(q).ok_or("no LCP")? / exact - 1.0).abs() * 100.0)
    };
    let percentiles = [of(0.5)?, of(0.75)?, of(0.95)?, of(0.99)?];
    let error = |sketch: &Uniques, exact: u64| {
        (sketch.estimate() as f64 / exact as f64 - 1.0).abs() * 100.0
    };
    let came = told.users.iter().filter(|came| **came).count() as u64;
    Ok(json!({
        "percentile_error_percent": percentiles.into_iter().fold(0.0, f64::max),
        "sessions_error_percent": error(&sessions, told.sessions),
        "users_error_percent": error(&users, came),
    }))
}
