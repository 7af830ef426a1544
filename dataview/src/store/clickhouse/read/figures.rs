//! Figures over time, and by the values of a dimension, added up from single measures.

use super::minutes;
use crate::model::{Dimension, Metric};
use crate::sketch::{Percentiles, Uniques};
use crate::store::clickhouse::http::{Http, Param};
use crate::store::clickhouse::limits::{SERIES_STEPS_MAX, VIEW_MINUTES_MAX};
use crate::store::clickhouse::rows::value_of;
use crate::store::{Breakdown, Bucket, SeriesAsk, StoreError};
use serde::Deserialize;
use std::collections::BTreeMap;

const MINUTE_MS: u64 = 60_000;

/// Some of a group: a count, a bin of samples, or a thing that is the first of its register.
#[derive(Deserialize)]
struct Row {
    place: String,
    metric: u8,
    kind: u8,
    count: u64,
    bin: i32,
    hash: u64,
}

/// What a group is told by, as SQL that gives a text.
struct Asked<'a> {
    place: String,
    condition: String,
    metrics: &'a [Metric],
    params: Vec<Param<'a>>,
}

/// How a metric's measures are added up.
#[derive(Clone, Copy, PartialEq)]
enum Kind {
    Counts = 0,
    Samples = 1,
    Uniques = 2,
}

fn kind(metric: Metric) -> Kind {
    match metric {
        Metric::Sessions | Metric::Users => Kind::Uniques,
        Metric::ApiDuration
        | Metric::TransactionDuration
        | Metric::Lcp
        | Metric::Inp
        | Metric::Cls
        | Metric::Fcp
        | Metric::Ttfb
        | Metric::PageLoad => Kind::Samples,
        Metric::PageViews
        | Metric::PageViewsOk
        | Metric::PageViewsBroken
        | Metric::ApiCalls
        | Metric::ApiCallsOk
        | Metric::Errors
        | Metric::Transactions
        | Metric::TransactionsFailed
        | Metric::Events => Kind::Counts,
    }
}

/// The column of a dimension.
pub(super) fn column(dimension: Dimension) -> &'static str {
    match dimension {
        Dimension::All => "''",
        Dimension::Page => "page",
        Dimension::Api => "api",
        Dimension::Region => "region",
        Dimension::Operator => "operator",
        Dimension::Device => "device",
        Dimension::Os => "os",
        Dimension::Browser => "browser",
        Dimension::Release => "release",
        Dimension::Transaction => "transaction",
    }
}

/// Answers [`SeriesAsk`].
pub(in crate::store::clickhouse) async fn series(
    http: &Http,
    ask: SeriesAsk,
) -> Result<Vec<Bucket>, StoreError> {
    let (from, to) = minutes(ask.range);
    let step = ask.step_ms / MINUTE_MS;
    if step == 0 || !ask.step_ms.is_multiple_of(MINUTE_MS) {
        let what = format!("a step of {} ms is not a number of minutes", ask.step_ms);
        return Err(StoreError::Wrong(what));
    }
    let steps = (to - from) / step;
    if steps > SERIES_STEPS_MAX {
        let what =
            format!("{steps} steps; at most {SERIES_STEPS_MAX} are told, so ask for longer ones");
        return Err(StoreError::TooMuch(what));
    }
    let asked = Asked {
        place: format!("toString(intDiv(minute, {step}) * {step})"),
        condition: format!("{} = {{value:String}}", column(ask.filter.dimension)),
        metrics: &ask.metrics,
        params: vec![
            ("app", ask.app.clone()),
            ("value", ask.filter.value.clone()),
            ("from", from.to_string()),
            ("to", to.to_string()),
        ],
    };
    let mut buckets = gather(http, &asked).await?;
    buckets.sort_by_key(|(place, bucket)| (minute(place), bucket.metric));
    let at =
        |(place, bucket): (String, Bucket)| Bucket { at_ms: minute(&place) * MINUTE_MS, ..bucket };
    Ok(buckets.into_iter().map(at).collect())
}

fn minute(place: &str) -> u64 {
    place.parse().unwrap_or_default()
}

/// Answers [`Breakdown`].
pub(in crate::store::clickhouse) async fn breakdown(
    http: &Http,
    ask: Breakdown,
) -> Result<Vec<(String, Bucket)>, StoreError> {
    let (from, to) = minutes(ask.range);
    let by = column(ask.by);
    let asked = Asked {
        place: format!("toString({by})"),
        condition: if ask.by == Dimension::All { "1".to_owned() } else { format!("{by} != ''") },
        metrics: &ask.metrics,
        params: vec![("app", ask.app.clone()), ("from", from.to_string()), ("to", to.to_string())],
    };
    let mut of_value: BTreeMap<String, Vec<Bucket>> = BTreeMap::new();
    for (value, bucket) in gather(http, &asked).await? {
        let bucket = Bucket { at_ms: ask.range.from_ms, ..bucket };
        of_value.entry(value).or_default().push(bucket);
    }
    let first = ask.metrics.first().copied();
    let size = |buckets: &[Bucket]| {
        buckets.iter().find(|one| Some(one.metric) == first).map_or(0, |one| one.count)
    };
    let mut values: Vec<_> = of_value.into_iter().collect();
    // Stable: those of one size stay in the order of their names.
    values.sort_by_key(|(_, buckets)| std::cmp::Reverse(size(buckets)));
    values.truncate(ask.limit);
    let named = |(value, buckets): (String, Vec<Bucket>)| {
        buckets.into_iter().map(move |bucket| (value.clone(), bucket))
    };
    Ok(values.into_iter().flat_map(named).collect())
}

/// Asks for the groups, and makes a bucket of each.
async fn gather(http: &Http, asked: &Asked<'_>) -> Result<Vec<(String, Bucket)>, StoreError> {
    let mut buckets: BTreeMap<(String, u8), Bucket> = BTreeMap::new();
    for wanted in [Kind::Counts, Kind::Samples, Kind::Uniques] {
        let metrics: Vec<_> =
            asked.metrics.iter().filter(|metric| kind(**metric) == wanted).collect();
        if metrics.is_empty() {
            continue;
        }
        let numbers: Vec<_> = metrics.iter().map(|metric| (**metric as u8).to_string()).collect();
        let sql = sql(asked, wanted, &numbers.join(","));
        for row in http.ask::<Row>(&sql, &asked.params).await? {
            let Some(metric) = Metric::ALL.into_iter().find(|one| *one as u8 == row.metric) else {
                continue;
            };
            let key = (row.place.clone(), row.metric);
            add(buckets.entry(key).or_insert_with(|| empty(metric)), &row);
        }
    }
    let told = |((place, _), mut bucket): ((String, u8), Bucket)| {
        if let Some(uniques) = &bucket.uniques {
            bucket.count = uniques.estimate();
        }
        (place, bucket)
    };
    Ok(buckets.into_iter().map(told).collect())
}

fn sql(asked: &Asked<'_>, wanted: Kind, metrics: &str) -> String {
    let Asked { place, condition, .. } = asked;
    let (columns, group) = match wanted {
        Kind::Counts => ("sum(m.count) AS count, toInt32(0) AS bin, toUInt64(0) AS hash", ""),
        Kind::Samples => {
            ("sum(m.count) AS count, any(m.bin) AS bin, toUInt64(0) AS hash", ", m.bin")
        }
        Kind::Uniques => (
            "toUInt64(1) AS count, toInt32(0) AS bin, argMax(m.hash, m.rank) AS hash",
            ", m.register",
        ),
    };
    format!(
        "SELECT {place} AS place, m.metric AS metric, toUInt8({}) AS kind, {columns} \
         FROM measures AS m FINAL \
         WHERE m.app = {{app:String}} AND m.metric IN ({metrics}) AND m.minute >= {{from:UInt64}} \
         AND m.minute < {{to:UInt64}} AND {condition} AND {} GROUP BY place, metric{group}",
        wanted as u8,
        if wanted == Kind::Counts { still_counts() } else { "1".to_owned() },
    )
}

/// What leaves out the views that worked until something was thrown in them.
fn still_counts() -> String {
    format!(
        "(m.metric != {ok} OR (m.session, m.key) NOT IN (SELECT session, key FROM measures \
         WHERE app = {{app:String}} AND metric = {broken} \
         AND minute + {VIEW_MINUTES_MAX} >= {{from:UInt64}} \
         AND minute < {{to:UInt64}} + {VIEW_MINUTES_MAX}))",
        ok = Metric::PageViewsOk as u8,
        broken = Metric::PageViewsBroken as u8,
    )
}

fn empty(metric: Metric) -> Bucket {
    let kind = kind(metric);
    Bucket {
        at_ms: 0,
        metric,
        count: 0,
        sketch: (kind == Kind::Samples).then(Percentiles::default),
        uniques: (kind == Kind::Uniques).then(Uniques::default),
    }
}

fn add(bucket: &mut Bucket, row: &Row) {
    bucket.count += row.count;
    if row.kind == Kind::Samples as u8
        && let Some(sketch) = &mut bucket.sketch
    {
        sketch.add_many(value_of(row.bin), row.count);
    }
    if row.kind == Kind::Uniques as u8
        && let Some(uniques) = &mut bucket.uniques
    {
        uniques.add(row.hash);
    }
}
