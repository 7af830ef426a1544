//! Earlier incidents that are like one: of the same rule, or with the same first cause.

use super::incident::{Incident, State};
use super::keep::{IncidentsAsk, Keep, KeepError};
use super::limits::{SIMILAR_LOOK_MAX, SIMILAR_MAX};
use serde::Serialize;
use std::collections::BTreeSet;
use utoipa::ToSchema;

/// An earlier incident that is like one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Similar {
    /// Its number.
    pub id: u64,
    /// In one line.
    pub title: String,
    /// Where it stands.
    pub state: State,
    /// When it was opened, in ms since the Unix epoch.
    pub opened_at: u64,
    /// When it was over.
    pub resolved_at: Option<u64>,
    /// Who looked after it.
    pub acknowledged_by: Option<String>,
    /// Whether the same rule fired, for whichever value.
    pub same_rule: bool,
    /// The first cause, where it is the same: `operator = China Unicom`.
    pub same_cause: Option<String>,
}

/// Those like `incident`, of its application: with the same cause first, then the newest.
///
/// # Errors
/// When what is kept cannot be read.
pub fn similar(keep: &Keep, incident: &Incident) -> Result<Vec<Similar>, KeepError> {
    let ask = IncidentsAsk {
        apps: Some(vec![incident.app.clone()]),
        state: None,
        to_ms: None,
        from_ms: None,
        before: Some(incident.id),
        limit: SIMILAR_LOOK_MAX,
    };
    let mut found: Vec<Similar> =
        keep.incidents(&ask)?.iter().filter_map(|earlier| compare(incident, earlier)).collect();
    let likeness = |one: &Similar| (one.same_cause.is_some(), one.same_rule, one.id);
    found.sort_by_key(|one| std::cmp::Reverse(likeness(one)));
    found.truncate(SIMILAR_MAX);
    Ok(found)
}

/// How `earlier` is like `incident`; `None`: it is not.
fn compare(incident: &Incident, earlier: &Incident) -> Option<Similar> {
    let rules: BTreeSet<&String> = incident.parts.iter().map(|part| &part.rule).collect();
    let same_rule = earlier.parts.iter().any(|part| rules.contains(&part.rule));
    let same_cause = same_cause(incident, earlier);
    if !same_rule && same_cause.is_none() {
        return None;
    }
    Some(Similar {
        id: earlier.id,
        title: earlier.title(),
        state: earlier.state,
        opened_at: earlier.opened_at,
        resolved_at: earlier.resolved_at,
        acknowledged_by: earlier.acknowledged_by.clone(),
        same_rule,
        same_cause,
    })
}

/// What the first causes of both have in common.
fn same_cause(one: &Incident, other: &Incident) -> Option<String> {
    let first = |incident: &Incident| incident.causes.as_ref()?.causes.first().cloned();
    let (own, other) = (first(one)?, first(other)?);
    let values: Vec<String> =
        own.values.into_iter().filter(|value| other.values.contains(value)).collect();
    let is_same = own.dimension == other.dimension && !values.is_empty();
    is_same.then(|| format!("{} = {}", own.dimension, values.join(", ")))
}
