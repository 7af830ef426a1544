//! Whom an incident hit: how many customers, and which of those that matter most.

use super::incident::{Incident, Part};
use super::limits::{
    CUSTOMERS_MS_MAX, CUSTOMERS_PLACES_MAX, CUSTOMERS_SESSIONS_MAX, CUSTOMERS_SESSIONS_READ,
    VIPS_MAX,
};
use super::measure::{Share, share_named};
use crate::model::{Dimension, Metric, SessionId, UserChange};
use crate::query::figures::Tally;
use crate::store::{Filter, Range, SeriesAsk, SessionRow, SessionsAsk, Store, StoreError};
use serde::Serialize;
use std::collections::{HashMap, HashSet};
use utoipa::ToSchema;

/// Whom an incident hit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Customers {
    /// From when on was looked, in ms since the Unix epoch.
    pub from: u64,
    /// Until when: its end or now, at most a day later.
    pub to: u64,
    /// Where: the values that fired; empty: the whole application.
    pub places: Vec<Place>,
    /// Places that were not looked at.
    pub places_left_out: u64,
    /// Whether only sessions with errors or failed calls count. Where something is slow or missing a
    /// session does not say whether it was hit, so all that were there count.
    pub only_troubled: bool,
    /// Different customers that were there, by pseudonym, within 2 %; null: not known by this place, as
    /// pages and APIs.
    pub present: Option<u64>,
    /// Sessions that were hit.
    pub sessions: u64,
    /// Different customers that were hit, as far as somebody had signed in.
    pub hit: u64,
    /// Whether that is all of them; else only of the newest sessions.
    pub is_complete: bool,
    /// Those of the tiers that matter, the last one hit first.
    pub vips: Vec<Vip>,
    /// Further ones.
    pub vips_left_out: u64,
}

/// A value that fired.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, ToSchema)]
pub struct Place {
    /// The dimension.
    pub dimension: String,
    /// The value.
    pub value: String,
}

/// A customer that matters.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Vip {
    /// The pseudonym.
    pub user: String,
    /// The tier.
    pub tier: String,
    /// The newest session.
    pub session: String,
    /// The time of its last event, in ms since the Unix epoch.
    pub last_at: u64,
    /// Errors in it.
    pub errors: u32,
    /// Its calls that failed.
    pub calls_failed: u32,
}

/// Whom `incident` hit until `now_ms`; `tiers` are those that matter.
///
/// # Errors
/// When the store does not answer.
pub async fn customers(
    store: &dyn Store,
    incident: &Incident,
    tiers: &[String],
    now_ms: u64,
) -> Result<Customers, StoreError> {
    let first = incident.parts.iter().map(|part| part.since).min().unwrap_or(incident.opened_at);
    let last = incident.resolved_at.unwrap_or(now_ms).min(first + CUSTOMERS_MS_MAX);
    let range = Range { from_ms: first, to_ms: last.max(first + 1) };
    let (filters, places_left_out) = places(&incident.parts);
    let only_troubled = incident.parts.iter().all(is_of_failures);
    let mut present = Tally::default();
    let mut seen = Seen::default();
    // All places together cost what one does.
    let sessions_max = CUSTOMERS_SESSIONS_MAX / filters.len().max(1);
    for filter in &filters {
        for bucket in store.series(users(&incident.app, filter, range)).await? {
            present.add(&bucket);
        }
        seen.look(store, ask(&incident.app, filter, range, only_troubled), sessions_max).await?;
    }
    let present = Some(present.different(Metric::Users)).filter(|count| *count > 0);
    let mut vips: Vec<Vip> =
        seen.users.into_values().filter(|one| tiers.contains(&one.tier)).collect();
    let hit = seen.hit.len() as u64;
    vips.sort_by(|a, b| b.last_at.cmp(&a.last_at).then_with(|| a.user.cmp(&b.user)));
    let vips_left_out = vips.len().saturating_sub(VIPS_MAX) as u64;
    vips.truncate(VIPS_MAX);
    let place = |filter: Filter| Place {
        dimension: filter.dimension.name().to_owned(),
        value: filter.value,
    };
    let is_place = |filter: &Filter| filter.dimension != Dimension::All;
    Ok(Customers {
        from: range.from_ms,
        to: range.to_ms,
        places: filters.into_iter().filter(is_place).map(place).collect(),
        places_left_out,
        only_troubled,
        present,
        sessions: seen.sessions.len() as u64,
        hit,
        is_complete: seen.is_complete && places_left_out == 0,
        vips,
        vips_left_out,
    })
}

/// Where to look, and how many places are left out: the whole application where a rule of all of it
/// fired.
fn places(parts: &[Part]) -> (Vec<Filter>, u64) {
    let mut filters: Vec<Filter> = Vec::new();
    for part in parts {
        let dimension = Dimension::named(&part.dimension).unwrap_or(Dimension::All);
        if dimension == Dimension::All {
            return (vec![Filter { dimension, value: String::new() }], 0);
        }
        let filter = Filter { dimension, value: part.value.clone() };
        if !filters.contains(&filter) {
            filters.push(filter);
        }
    }
    let left_out = filters.len().saturating_sub(CUSTOMERS_PLACES_MAX) as u64;
    filters.truncate(CUSTOMERS_PLACES_MAX);
    (filters, left_out)
}

/// Whether a session says by its errors and failed calls that this has hit it. Of transactions it does
/// not, and objectives of times have the name of what is timed.
fn is_of_failures(part: &Part) -> bool {
    let measure = &part.found.measure;
    match share_named(measure) {
        Some(share) => share != Share::Transactions,
        None => Metric::named(measure) == Some(Metric::Errors),
    }
}

fn users(app: &str, filter: &Filter, range: Range) -> SeriesAsk {
    SeriesAsk {
        app: app.to_owned(),
        metrics: vec![Metric::Users],
        filter: filter.clone(),
        range,
        step_ms: 60_000,
    }
}

fn ask(app: &str, filter: &Filter, range: Range, troubled: bool) -> SessionsAsk {
    let is_all = filter.dimension == Dimension::All;
    SessionsAsk {
        app: app.to_owned(),
        range,
        user: None,
        filters: if is_all { Vec::new() } else { vec![filter.clone()] },
        troubled,
        limit: CUSTOMERS_SESSIONS_READ,
        cursor: None,
    }
}

/// What was found in sessions.
struct Seen {
    sessions: HashSet<SessionId>,
    hit: HashSet<String>,
    /// Of each customer with a tier the newest session.
    users: HashMap<String, Vip>,
    is_complete: bool,
}

impl Default for Seen {
    fn default() -> Self {
        let (sessions, hit, users) = (HashSet::new(), HashSet::new(), HashMap::new());
        Self { sessions, hit, users, is_complete: true }
    }
}

impl Seen {
    /// Looks through the newest `left` sessions.
    async fn look(
        &mut self,
        store: &dyn Store,
        mut ask: SessionsAsk,
        mut left: usize,
    ) -> Result<(), StoreError> {
        while left > 0 {
            ask.limit = left.min(CUSTOMERS_SESSIONS_READ);
            let part = store.sessions(ask.clone()).await?;
            part.items.into_iter().for_each(|row| self.take(row));
            let Some(next) = part.next else { return Ok(()) };
            ask.cursor = Some(next);
            left -= ask.limit;
        }
        self.is_complete = false;
        Ok(())
    }

    fn take(&mut self, row: SessionRow) {
        let SessionRow { id, facts, .. } = row;
        if !self.sessions.insert(id) {
            return;
        }
        let UserChange::Known { hash, tier } = facts.user else { return };
        self.hit.insert(hash.clone());
        let Some(tier) = tier else { return };
        let found = Vip {
            user: hash.clone(),
            tier,
            session: id.to_string(),
            last_at: facts.last_at_ms,
            errors: facts.errors,
            calls_failed: facts.calls_failed,
        };
        match self.users.get_mut(&hash) {
            Some(newer) if newer.last_at >= found.last_at => {}
            Some(older) => *older = found,
            None => drop(self.users.insert(hash, found)),
        }
    }
}
