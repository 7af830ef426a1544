//! Baselines: what was expected of a measure beside what it was.

use super::Alerts;
use crate::http::params::{DIMENSIONS, Params, invalid};
use crate::http::who::Who;
use crate::http::{App, Asked, Code, Problem};
use crate::model::Dimension;
use crate::query::figures::Tally;
use crate::query::steps::{aligned, default_step};
use crate::store::{Filter, Range, SeriesAsk};
use crate::watch::baseline::Learnt;
use crate::watch::judge::Expected;
use crate::watch::keep::SeriesKey;
use crate::watch::measure::Measure;
use actix_web::{HttpRequest, web};
use serde::Serialize;
use std::collections::BTreeMap;
use utoipa::ToSchema;

/// Points at most: what a chart can show.
const POINTS_MAX: u64 = 300;

/// Series of a list: each is read, 12 KB.
const SERIES_MAX: usize = 200;

/// A measure and what was expected of it.
#[derive(Debug, Serialize, ToSchema)]
pub(in crate::http) struct Baseline {
    /// The measure.
    measure: String,
    /// The length of a step, in ms.
    step_ms: u64,
    /// What the baseline has learnt; null: no rule of this kind watches this, so nothing is known.
    learnt: Option<Learnt>,
    /// Each step.
    points: Vec<BaselinePoint>,
}

/// One step.
#[derive(Debug, Serialize, ToSchema)]
pub(in crate::http) struct BaselinePoint {
    /// When it begins, in ms since the Unix epoch.
    at: u64,
    /// What it was; null where there was nothing. What is counted is told by the minute.
    value: Option<f64>,
    /// What is expected at this time, by what is known now; null before enough was seen.
    expected: Option<Expected>,
}

/// The series of an application of which something is learnt.
#[derive(Debug, Serialize, ToSchema)]
pub(in crate::http) struct KnownSeries {
    /// By measure, dimension and value, at most 200.
    series: Vec<SeriesTold>,
    /// How many more there are.
    left_out: u64,
}

/// A series of which something is learnt.
#[derive(Debug, Serialize, ToSchema)]
pub(in crate::http) struct SeriesTold {
    /// The measure.
    measure: String,
    /// The dimension; `all`: the whole application.
    dimension: String,
    /// Its value.
    value: String,
    /// What is learnt.
    learnt: Learnt,
}

/// Of what is learnt what is normal: what rules of the type `baseline` watch.
#[utoipa::path(
    get, path = "/api/v1/baselines/series", tag = "alerts",
    params(("app" = String, Query, description = "The application.")),
    responses((status = 200, body = KnownSeries)),
)]
pub(in crate::http) async fn list(
    alerts: web::Data<Alerts>,
    who: Who,
    request: HttpRequest,
) -> Asked<KnownSeries> {
    let params = Params::read(request.query_string(), &["app"])?;
    let (known, left_out) = alerts.normal.known(who.app(&params)?, SERIES_MAX)?;
    let told = |(SeriesKey { measure, dimension, value, .. }, learnt)| SeriesTold {
        measure,
        dimension,
        value,
        learnt,
    };
    Ok(web::Json(KnownSeries { series: known.into_iter().map(told).collect(), left_out }))
}

/// A measure and what was expected of it, for charts.
#[utoipa::path(
    get, path = "/api/v1/baselines", tag = "alerts",
    params(
        ("app" = String, Query, description = "The application."),
        ("measure" = String, Query, description = "The measure, e.g. `availability.calls` or `lcp_ms.p75`."),
        ("from" = Option<u64>, Query, description = "From when, in ms since the Unix epoch. Default: an hour before `to`."),
        ("to" = Option<u64>, Query, description = "Until when. Default: now."),
        ("page" = Option<String>, Query, description = "Only of this page; at most one of these filters."),
        ("api" = Option<String>, Query, description = "Only of this API."),
        ("region" = Option<String>, Query, description = "Only of this region."),
        ("operator" = Option<String>, Query, description = "Only of this operator."),
        ("device" = Option<String>, Query, description = "Only of this device."),
        ("os" = Option<String>, Query, description = "Only of this operating system."),
        ("browser" = Option<String>, Query, description = "Only of this browser."),
        ("release" = Option<String>, Query, description = "Only of this release."),
        ("transaction" = Option<String>, Query, description = "Only of this transaction."),
    ),
    responses((status = 200, body = Baseline)),
)]
pub(in crate::http) async fn band(
    app: web::Data<App>,
    alerts: web::Data<Alerts>,
    who: Who,
    request: HttpRequest,
) -> Asked<Baseline> {
    let known: Vec<&str> = ["app", "measure", "from", "to"]
        .into_iter()
        .chain(DIMENSIONS.map(Dimension::name))
        .collect();
    let params = Params::read(request.query_string(), &known)?;
    let name = who.app(&params)?;
    let text = params.required("measure")?;
    let measure =
        Measure::named(text).ok_or_else(|| invalid("measure", text, &Measure::names()))?;
    let mut filters = params.filters().into_iter();
    let filter =
        filters.next().unwrap_or(Filter { dimension: Dimension::All, value: String::new() });
    if let Some(second) = filters.next() {
        let detail = "figures are kept by one dimension at a time; allowed: one filter";
        let name = second.dimension.name();
        return Err(Problem::parameter(Code::InvalidParameter, name, detail));
    }
    let range = params.range((app.now)())?;
    let step_ms = default_step(range, POINTS_MAX);
    let range = aligned(range, step_ms);
    let steps = steps(&app, name, measure, &filter, range, step_ms).await?;
    let moments = || (range.from_ms..range.to_ms).step_by(usize::try_from(step_ms).unwrap_or(1));
    let key = SeriesKey {
        app: name.to_owned(),
        measure: text.to_owned(),
        dimension: filter.dimension.name().to_owned(),
        value: filter.value,
    };
    let (learnt, expected) = match alerts.normal.expected(&key, moments())? {
        Some(band) => (Some(band.learnt), band.expected),
        None => (None, Vec::new()),
    };
    let expected = expected.into_iter().chain(std::iter::repeat(None));
    let points = moments().zip(expected).map(|(at, expected)| {
        let value = steps.get(&at).and_then(|tally| measure.value(tally));
        BaselinePoint { at, value: value.map(|value| a_minute(measure, value, step_ms)), expected }
    });
    let points = points.collect();
    Ok(web::Json(Baseline { measure: text.to_owned(), step_ms, learnt, points }))
}

async fn steps(
    app: &App,
    name: &str,
    measure: Measure,
    filter: &Filter,
    range: Range,
    step_ms: u64,
) -> Result<BTreeMap<u64, Tally>, Problem> {
    let ask = SeriesAsk {
        app: name.to_owned(),
        metrics: measure.metrics(filter.dimension),
        filter: filter.clone(),
        range,
        step_ms,
    };
    let mut steps: BTreeMap<u64, Tally> = BTreeMap::new();
    for bucket in app.store.series(ask).await? {
        steps.entry(bucket.at_ms - bucket.at_ms % step_ms).or_default().add(&bucket);
    }
    Ok(steps)
}

/// Baselines are of minutes, so what is counted in a longer step is told by the minute, too.
#[expect(clippy::cast_precision_loss, reason = "a step is days at most")]
fn a_minute(measure: Measure, value: f64, step_ms: u64) -> f64 {
    if measure.is_count() { value * 60_000.0 / step_ms as f64 } else { value }
}
