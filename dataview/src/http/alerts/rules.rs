//! Rules: what is watched. Those of the file are told and tried; only those that were made here are
//! changed here.

use super::{Alerts, visible};
use crate::access::{Action, Right};
use crate::http::accounts::record;
use crate::http::params::Params;
use crate::http::who::Who;
use crate::http::{App, Asked, Code, Problem, body};
use crate::watch::RuleSet;
use crate::watch::dry::{DryRun, dry_run};
use crate::watch::limits::DRY_DAYS_MAX;
use crate::watch::rule::Rule;
use actix_web::{HttpRequest, HttpResponse, web};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// All rules.
#[derive(Debug, Serialize, ToSchema)]
pub(in crate::http) struct Rules {
    /// By name.
    rules: Vec<RuleTold>,
    /// Why the file of rules was refused when it was read last; null: it was not.
    file_refused: Option<String>,
    /// Times that a rule could not be judged and was tried again.
    evaluations_failed: u64,
}

/// A rule, and where it comes from.
#[derive(Debug, Serialize, ToSchema)]
pub(in crate::http) struct RuleTold {
    /// The rule.
    rule: Rule,
    /// Where it is: in the `file`, or made by the `api`.
    source: Source,
    /// When it was made or changed, in ms since the Unix epoch; null of those in the file.
    changed_at: Option<u64>,
    /// By whom.
    changed_by: Option<String>,
}

/// Where a rule is.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(in crate::http) enum Source {
    /// In the file of rules.
    File,
    /// In DataView, made by the API.
    Api,
}

impl RuleTold {
    fn of(set: &RuleSet, rule: &Rule) -> Self {
        let kept = set.kept.get(&rule.name);
        Self {
            rule: rule.clone(),
            source: if kept.is_some() { Source::Api } else { Source::File },
            changed_at: kept.map(|(at, _)| *at),
            changed_by: kept.map(|(_, by)| by.clone()),
        }
    }
}

/// The channels that rules may name.
#[derive(Debug, Serialize, ToSchema)]
pub(in crate::http) struct Channels {
    /// By name.
    channels: Vec<ChannelTold>,
}

/// A channel. Its address is told to nobody.
#[derive(Debug, Serialize, ToSchema)]
pub(in crate::http) struct ChannelTold {
    /// Its name.
    name: String,
    /// What it is: `webhook`, `email`, `alertmanager`, `dingtalk`, `wecom` or `feishu`.
    kind: &'static str,
}

/// What is to be tried.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::http) struct DryRunSent {
    /// The rule, which need not be there.
    rule: Rule,
    /// Over how many days; absent: seven.
    days: Option<u64>,
}

/// The rules of the applications that the asker may ask about.
#[utoipa::path(
    get, path = "/api/v1/alerts/rules", tag = "alerts",
    responses((status = 200, body = Rules)),
)]
pub(in crate::http) async fn list(
    alerts: web::Data<Alerts>,
    who: Who,
    request: HttpRequest,
) -> Asked<Rules> {
    Params::read(request.query_string(), &[])?;
    let set = alerts.rulebook.now();
    let rules = set.rules.values().filter(|rule| who.may_ask(&rule.app));
    let rules = rules.map(|rule| RuleTold::of(&set, rule)).collect();
    let evaluations_failed = alerts.keep.numbers()?.remove("evaluations_failed").unwrap_or(0);
    Ok(web::Json(Rules { rules, file_refused: alerts.rulebook.refused(), evaluations_failed }))
}

/// A rule.
#[utoipa::path(
    get, path = "/api/v1/alerts/rules/{name}", tag = "alerts",
    params(("name" = String, Path, description = "The rule.")),
    responses((status = 200, body = RuleTold)),
)]
pub(in crate::http) async fn get(
    alerts: web::Data<Alerts>,
    who: Who,
    name: web::Path<String>,
    request: HttpRequest,
) -> Asked<RuleTold> {
    Params::read(request.query_string(), &[])?;
    let set = alerts.rulebook.now();
    let rule = visible(set.rules.get(&*name), &who)?;
    Ok(web::Json(RuleTold::of(&set, rule)))
}

/// Makes a rule. For administrators.
#[utoipa::path(
    post, path = "/api/v1/alerts/rules", tag = "alerts",
    request_body = Rule,
    responses((status = 201, body = Rule)),
)]
pub(in crate::http) async fn add(
    app: web::Data<App>,
    alerts: web::Data<Alerts>,
    who: Who,
    request: HttpRequest,
    payload: web::Payload,
) -> Result<HttpResponse, Problem> {
    who.check(Right::Administer)?;
    let rule: Rule = body::read(&request, payload).await?;
    let set = alerts.rulebook.now();
    set.check(&rule)?;
    who.check_app(&rule.app)?;
    if set.rules.contains_key(&rule.name) {
        let detail = format!("there is a rule {} already", rule.name);
        return Err(Problem::new(Code::AlreadyThere, detail));
    }
    alerts.keep.add_rule(&rule, &who.identity.name, (app.now)())?;
    take_over(&alerts)?;
    record(&app, &who, Action::AlertRuleAdded, &rule.name)?;
    Ok(HttpResponse::Created().json(rule))
}

/// Changes a rule that was made here. For administrators.
#[utoipa::path(
    put, path = "/api/v1/alerts/rules/{name}", tag = "alerts",
    params(("name" = String, Path, description = "The rule.")),
    request_body = Rule,
    responses((status = 200, body = Rule)),
)]
pub(in crate::http) async fn change(
    app: web::Data<App>,
    alerts: web::Data<Alerts>,
    who: Who,
    name: web::Path<String>,
    request: HttpRequest,
    payload: web::Payload,
) -> Asked<Rule> {
    who.check(Right::Administer)?;
    let rule: Rule = body::read(&request, payload).await?;
    let set = alerts.rulebook.now();
    visible(made_here(&set, &name)?, &who)?;
    set.check(&rule)?;
    who.check_app(&rule.app)?;
    if rule.name != *name {
        let detail = format!("`name` = {:?} is not allowed; expected the path's", rule.name);
        return Err(Problem::new(Code::InvalidValue, detail).with("field", "name"));
    }
    alerts.keep.change_rule(&rule, &who.identity.name, (app.now)())?;
    take_over(&alerts)?;
    record(&app, &who, Action::AlertRuleChanged, &rule.name)?;
    Ok(web::Json(rule))
}

/// Removes a rule that was made here; what fires because of it ends. For administrators.
#[utoipa::path(
    delete, path = "/api/v1/alerts/rules/{name}", tag = "alerts",
    params(("name" = String, Path, description = "The rule.")),
    responses((status = 204)),
)]
pub(in crate::http) async fn remove(
    app: web::Data<App>,
    alerts: web::Data<Alerts>,
    who: Who,
    name: web::Path<String>,
) -> Result<HttpResponse, Problem> {
    who.check(Right::Administer)?;
    let set = alerts.rulebook.now();
    visible(made_here(&set, &name)?, &who)?;
    alerts.keep.remove_rule(&name)?;
    take_over(&alerts)?;
    record(&app, &who, Action::AlertRuleRemoved, &name)?;
    Ok(HttpResponse::NoContent().finish())
}

/// What a rule would have done in the last days. Nobody is told.
#[utoipa::path(
    post, path = "/api/v1/alerts/dry-run", tag = "alerts",
    request_body = DryRunSent,
    responses((status = 200, body = DryRun)),
)]
pub(in crate::http) async fn try_out(
    app: web::Data<App>,
    alerts: web::Data<Alerts>,
    who: Who,
    request: HttpRequest,
    payload: web::Payload,
) -> Asked<DryRun> {
    let DryRunSent { rule, days } = body::read(&request, payload).await?;
    alerts.rulebook.now().check(&rule)?;
    who.check_app(&rule.app)?;
    let days = days.unwrap_or(DRY_DAYS_MAX);
    if !(1..=DRY_DAYS_MAX).contains(&days) {
        let detail = format!("`days` = {days} is not allowed; expected 1 to {DRY_DAYS_MAX}");
        return Err(Problem::new(Code::InvalidValue, detail).with("field", "days"));
    }
    Ok(web::Json(dry_run(&*app.store, alerts.normal.calendar(), &rule, days, (app.now)()).await?))
}

/// The channels that rules may name. They are in the file of rules alone.
#[utoipa::path(
    get, path = "/api/v1/alerts/channels", tag = "alerts",
    responses((status = 200, body = Channels)),
)]
pub(in crate::http) async fn channels(
    alerts: web::Data<Alerts>,
    _who: Who,
    request: HttpRequest,
) -> Asked<Channels> {
    Params::read(request.query_string(), &[])?;
    let set = alerts.rulebook.now();
    let channels = set.channels().values();
    let told =
        channels.map(|channel| ChannelTold { name: channel.name.clone(), kind: channel.kind() });
    Ok(web::Json(Channels { channels: told.collect() }))
}

/// The rule called `name`, unless it is in the file.
fn made_here<'a>(set: &'a RuleSet, name: &str) -> Result<Option<&'a Rule>, Problem> {
    match set.rules.get(name) {
        Some(_) if !set.kept.contains_key(name) => {
            let detail = format!("the rule {name} is in the file of rules; change it there");
            Err(Problem::new(Code::InFile, detail))
        }
        found => Ok(found),
    }
}

/// Takes rules over that were changed, so that the next question knows them.
fn take_over(alerts: &Alerts) -> Result<(), Problem> {
    alerts.rulebook.read_kept().map_err(|error| {
        tracing::error!(%error, "rules are not taken over");
        Problem::plain(Code::IncidentsUnavailable)
    })
}
