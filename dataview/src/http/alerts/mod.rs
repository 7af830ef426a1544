//! `/api/v1/alerts`: rules, channels, objectives, silences and deliveries.

pub(in crate::http) mod baselines;
pub(in crate::http) mod customers;
pub(in crate::http) mod deliveries;
pub(in crate::http) mod incidents;
pub(in crate::http) mod objectives;
pub(in crate::http) mod rules;
pub(in crate::http) mod silences;

use super::who::Who;
use super::{Code, Problem, pages};
use crate::watch::baseline::Normal;
use crate::watch::keep::{Keep, KeepError};
use crate::watch::rule::Rule;
use crate::watch::{Rulebook, WrongRule};
use actix_web::web;
use std::sync::Arc;

/// What requests about alerts need.
#[derive(Debug)]
pub struct Alerts {
    /// What is kept.
    pub keep: Keep,
    /// The rules.
    pub rulebook: Arc<Rulebook>,
    /// What is normal.
    pub normal: Arc<Normal>,
    /// The tiers whose customers incidents name.
    pub vip_tiers: Vec<String>,
}

/// Mounts them.
pub fn routes(service: &mut web::ServiceConfig, alerts: web::Data<Alerts>) {
    let at = |path: &str| web::resource(format!("/api/v1{path}"));
    let wrong = pages::wrong_method;
    service
        .app_data(alerts)
        .service(
            at("/alerts/rules")
                .get(rules::list)
                .post(rules::add)
                .default_service(wrong("GET, POST")),
        )
        .service(
            at("/alerts/rules/{name}")
                .get(rules::get)
                .put(rules::change)
                .delete(rules::remove)
                .default_service(wrong("GET, PUT, DELETE")),
        )
        .service(at("/alerts/dry-run").post(rules::try_out).default_service(wrong("POST")))
        .service(at("/alerts/channels").get(rules::channels).default_service(wrong("GET")))
        .service(at("/alerts/objectives").get(objectives::list).default_service(wrong("GET")))
        .service(at("/alerts/deliveries").get(deliveries::list).default_service(wrong("GET")))
        .service(
            at("/alerts/silences")
                .get(silences::list)
                .post(silences::add)
                .default_service(wrong("GET, POST")),
        )
        .service(
            at("/alerts/silences/{id}").delete(silences::remove).default_service(wrong("DELETE")),
        )
        .service(at("/baselines").get(baselines::band).default_service(wrong("GET")))
        .service(at("/baselines/series").get(baselines::list).default_service(wrong("GET")))
        .service(at("/incidents").get(incidents::list).default_service(wrong("GET")))
        .service(at("/incidents/{id}").get(incidents::get).default_service(wrong("GET")))
        .service(at("/incidents/{id}/customers").get(customers::hit).default_service(wrong("GET")))
        .service(
            at("/incidents/{id}/acknowledge")
                .post(incidents::acknowledge)
                .default_service(wrong("POST")),
        )
        .service(
            at("/incidents/{id}/comments").post(incidents::comment).default_service(wrong("POST")),
        );
}

/// The number in a path: one that is none is not there.
fn number(text: &str, what: &str) -> Result<u64, Problem> {
    text.parse().map_err(|_| Problem::new(Code::UnknownName, format!("there is no such {what}")))
}

/// A rule that may be seen by `who`.
fn visible<'a>(rule: Option<&'a Rule>, who: &Who) -> Result<&'a Rule, Problem> {
    let rule = rule.ok_or_else(|| Problem::new(Code::UnknownName, "there is no such rule"))?;
    who.check_app(&rule.app)?;
    Ok(rule)
}

impl From<KeepError> for Problem {
    fn from(error: KeepError) -> Self {
        let told = |code| Self::new(code, error.to_string());
        match &error {
            KeepError::Exists(_) => told(Code::AlreadyThere),
            KeepError::Unknown(_) => told(Code::UnknownName),
            KeepError::TooMany(_) => told(Code::InvalidValue),
            KeepError::File(_) | KeepError::Newer { .. } => {
                tracing::error!(%error, "incidents cannot be used");
                Self::plain(Code::IncidentsUnavailable)
            }
        }
    }
}

impl From<WrongRule> for Problem {
    fn from(wrong: WrongRule) -> Self {
        Self::new(Code::InvalidValue, wrong.to_string()).with("field", wrong.field)
    }
}
