//! `GET /api/v1/apps`, `/overview`, `/breakdown`, `/availability`: figures.

use super::limits::{BREAKDOWN_DEFAULT, BREAKDOWN_MAX, STEPS_DEFAULT, STEPS_MAX};
use super::params::{DIMENSIONS, Params, invalid};
use super::who::Who;
use super::{App, Asked, Code, Problem};
use crate::model::Dimension;
use crate::query::availability::{self, AvailabilityAnswer};
use crate::query::overview::{self, BreakdownAnswer, Overview};
use crate::query::steps::{aligned, default_step, is_step};
use crate::store::{Filter, Range};
use actix_web::{HttpRequest, web};
use serde::Serialize;
use utoipa::ToSchema;

/// The applications that have sent something.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Apps {
    /// Their names, in alphabetical order.
    pub apps: Vec<String>,
}

/// The applications that have sent something between `from` and `to`.
#[utoipa::path(
    get, path = "/api/v1/apps", tag = "figures",
    params(
        ("from" = Option<u64>, Query, description = "From when, in ms since the Unix epoch; default: an hour before `to`."),
        ("to" = Option<u64>, Query, description = "Until when, in ms since the Unix epoch; default: now."),
    ),
    responses((status = 200, body = Apps))
)]
pub(super) async fn apps(app: web::Data<App>, who: Who, request: HttpRequest) -> Asked<Apps> {
    let params = Params::read(request.query_string(), &["from", "to"])?;
    let range = params.range((app.now)())?;
    let mut apps = app.store.apps(range).await?;
    apps.retain(|name| who.may_ask(name));
    apps.sort_unstable();
    Ok(web::Json(Apps { apps }))
}

/// Totals of an application and their course, of all of it or of one value of one dimension.
#[utoipa::path(
    get, path = "/api/v1/overview", tag = "figures",
    params(
        ("app" = String, Query, description = "The application."),
        ("from" = Option<u64>, Query, description = "From when, in ms since the Unix epoch; default: an hour before `to`."),
        ("to" = Option<u64>, Query, description = "Until when, in ms since the Unix epoch; default: now."),
        ("step" = Option<u64>, Query, description = "The length of a step in ms: minutes that divide an hour, hours that divide a day, or days. Default: the shortest with at most 120 steps."),
        ("page" = Option<String>, Query, description = "Only this page. Of page to transaction only one can be given: roll-ups keep one dimension at a time."),
        ("api" = Option<String>, Query, description = "Only this API."),
        ("region" = Option<String>, Query, description = "Only this region."),
        ("operator" = Option<String>, Query, description = "Only this operator."),
        ("device" = Option<String>, Query, description = "Only this device."),
        ("os" = Option<String>, Query, description = "Only this operating system."),
        ("browser" = Option<String>, Query, description = "Only this browser."),
        ("release" = Option<String>, Query, description = "Only this release."),
        ("transaction" = Option<String>, Query, description = "Only this transaction."),
    ),
    responses((status = 200, body = Overview))
)]
pub(super) async fn overview(
    app: web::Data<App>,
    who: Who,
    request: HttpRequest,
) -> Asked<Overview> {
    let mut known = vec!["app", "from", "to", "step"];
    known.extend(DIMENSIONS.map(Dimension::name));
    let params = Params::read(request.query_string(), &known)?;
    let name = who.app(&params)?;
    let range = params.range((app.now)())?;
    let step_ms = step(&params, range)?;
    let filter = filter(&params)?;
    let answer = overview::overview(app.store.as_ref(), name, filter, range, step_ms).await?;
    Ok(web::Json(answer))
}

/// The figures of an application by the values of a dimension, the most frequent first.
#[utoipa::path(
    get, path = "/api/v1/breakdown", tag = "figures",
    params(
        ("app" = String, Query, description = "The application."),
        ("from" = Option<u64>, Query, description = "From when, in ms since the Unix epoch; default: an hour before `to`."),
        ("to" = Option<u64>, Query, description = "Until when, in ms since the Unix epoch; default: now."),
        ("by" = String, Query, description = "page, api, region, operator, device, os, browser, release or transaction."),
        ("limit" = Option<u64>, Query, minimum = 1, maximum = 500, description = "How many values; default: 20."),
    ),
    responses((status = 200, body = BreakdownAnswer))
)]
pub(super) async fn breakdown(
    app: web::Data<App>,
    who: Who,
    request: HttpRequest,
) -> Asked<BreakdownAnswer> {
    let known = ["app", "from", "to", "by", "limit"];
    let params = Params::read(request.query_string(), &known)?;
    let name = who.app(&params)?;
    let range = params.range((app.now)())?;
    let by = dimension(params.required("by")?)?;
    let limit = params.number("limit", 1..=BREAKDOWN_MAX as u64)?;
    let limit = limit.map_or(BREAKDOWN_DEFAULT, |limit| limit as usize);
    let answer = overview::breakdown(app.store.as_ref(), name, by, range, limit).await?;
    Ok(web::Json(answer))
}

/// Which share of page views and API calls worked, and its course.
#[utoipa::path(
    get, path = "/api/v1/availability", tag = "figures",
    params(
        ("app" = String, Query, description = "The application."),
        ("from" = Option<u64>, Query, description = "From when, in ms since the Unix epoch; default: an hour before `to`."),
        ("to" = Option<u64>, Query, description = "Until when, in ms since the Unix epoch; default: now."),
        ("step" = Option<u64>, Query, description = "The length of a step in ms, as for the overview."),
        ("by" = Option<String>, Query, description = "Broken down by page, api, region, operator, device, os, browser, release or transaction."),
        ("limit" = Option<u64>, Query, minimum = 1, maximum = 500, description = "How many values; default: 20."),
    ),
    responses((status = 200, body = AvailabilityAnswer))
)]
pub(super) async fn availability(
    app: web::Data<App>,
    who: Who,
    request: HttpRequest,
) -> Asked<AvailabilityAnswer> {
    let known = ["app", "from", "to", "step", "by", "limit"];
    let params = Params::read(request.query_string(), &known)?;
    let range = params.range((app.now)())?;
    let limit = params.number("limit", 1..=BREAKDOWN_MAX as u64)?;
    let ask = availability::Ask {
        app: who.app(&params)?,
        range,
        step_ms: step(&params, range)?,
        by: params.text("by").map(dimension).transpose()?,
        limit: limit.map_or(BREAKDOWN_DEFAULT, |limit| limit as usize),
    };
    Ok(web::Json(availability::availability(app.store.as_ref(), ask).await?))
}

fn dimension(found: &str) -> Result<Dimension, Problem> {
    DIMENSIONS
        .into_iter()
        .find(|dimension| dimension.name() == found)
        .ok_or_else(|| invalid("by", found, &DIMENSIONS.map(Dimension::name).join(", ")))
}

/// `step`, or the default for `range`; few enough of them.
fn step(params: &Params, range: Range) -> Result<u64, Problem> {
    let Some(step_ms) = params.number("step", 60_000..=86_400_000 * 30)? else {
        return Ok(default_step(range, STEPS_DEFAULT));
    };
    if !is_step(step_ms) {
        let allowed = "minutes that divide an hour, hours that divide a day, or days, in ms";
        return Err(invalid("step", &step_ms.to_string(), allowed));
    }
    let Range { from_ms, to_ms } = aligned(range, step_ms);
    let steps = (to_ms - from_ms) / step_ms;
    if steps > STEPS_MAX {
        let detail = format!("the range has {steps} steps of {step_ms} ms; allowed: {STEPS_MAX}");
        return Err(Problem::parameter(Code::TooManySteps, "step", detail));
    }
    Ok(step_ms)
}

/// The one filter that there may be.
fn filter(params: &Params) -> Result<Filter, Problem> {
    let filters = params.filters();
    match <[Filter; 1]>::try_from(filters) {
        Ok([filter]) => Ok(filter),
        Err(none) if none.is_empty() => {
            Ok(Filter { dimension: Dimension::All, value: String::new() })
        }
        Err(several) => {
            let names: Vec<_> = several.iter().map(|filter| filter.dimension.name()).collect();
            let detail = format!(
                "found {}; allowed: one of them, because figures are kept by one dimension at a time",
                names.join(" and ")
            );
            Err(Problem::parameter(Code::InvalidParameter, names[1], detail))
        }
    }
}
