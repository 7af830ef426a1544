//! Takes what rules do into incidents, and says who is to be told. Works on a copy of what is kept,
//! which is written back in one step with it: nothing is told that is not kept, and the other way
//! round.

use super::super::limits::{PARTS_MAX, REFRESH_MS, REOPEN_MS};
use super::super::rule::{Rule, Severity};
use super::super::track::Track;
use super::{Incident, IncidentLine, Kind, LineKind, Notice, Part, Silence, State};
use std::collections::{BTreeMap, BTreeSet};

/// The incidents that are open or were until lately, and what becomes of them.
#[derive(Debug, Default)]
pub struct Book {
    incidents: Vec<Incident>,
    /// The number of the next new one.
    next_id: u64,
    changed: BTreeSet<u64>,
    lines: Vec<(u64, IncidentLine)>,
    notices: Vec<Notice>,
}

/// What happened to be written.
#[derive(Debug, Default)]
pub struct Happening {
    /// Incidents that are new or another than before.
    pub incidents: Vec<Incident>,
    /// Lines of the time lines, with the incident's number.
    pub lines: Vec<(u64, IncidentLine)>,
    /// Whom to tell.
    pub notices: Vec<Notice>,
}

/// What tells incidents apart, of rules as they are now.
#[derive(Debug, Clone, Copy)]
pub struct Rules<'a> {
    /// By name.
    pub rules: &'a BTreeMap<String, Rule>,
    /// The channels that forget what they are not told again.
    pub forgetful: &'a BTreeSet<String>,
}

impl Book {
    /// A book of those that are open or were resolved lately.
    #[must_use]
    pub fn new(incidents: Vec<Incident>, next_id: u64) -> Self {
        Self { incidents, next_id, ..Self::default() }
    }

    /// `rule` fires for `value`.
    pub fn began(&mut self, rule: &Rule, value: &str, track: &Track, at_ms: u64) {
        let part = Part {
            rule: rule.name.clone(),
            dimension: rule.of.dimension.clone(),
            value: value.to_owned(),
            since: track.out_since_ms,
            until: None,
            severity: track.severity,
            found: track.found.clone(),
        };
        let text = part.title();
        let place = self.incidents.iter().position(|incident| takes(incident, rule, &part, at_ms));
        let Some(place) = place else { return self.open(rule, part, at_ms) };
        let incident = &mut self.incidents[place];
        let id = incident.id;
        incident.severity = incident.severity.max(part.severity);
        let kind = if incident.state == State::Resolved {
            incident.state = State::Open;
            incident.resolved_at = None;
            incident.acknowledged_at = None;
            incident.acknowledged_by = None;
            incident.escalated_at = None;
            incident.reopened += 1;
            // All are told again.
            incident.told.clear();
            incident.told_at = None;
            incident.told_severity = None;
            LineKind::Reopened
        } else {
            LineKind::Joined
        };
        let known = incident.parts.iter().position(|known| {
            known.rule == part.rule
                && known.dimension == part.dimension
                && known.value == part.value
        });
        match known {
            Some(at) => {
                let since = incident.parts[at].since.min(part.since);
                incident.parts[at] = Part { since, ..part };
            }
            None if incident.parts.len() < PARTS_MAX => incident.parts.push(part),
            None => incident.parts_left_out += 1,
        }
        self.note(id, at_ms, kind, text);
    }

    fn open(&mut self, rule: &Rule, part: Part, at_ms: u64) {
        let id = self.next_id;
        self.next_id += 1;
        let text = part.title();
        self.incidents.push(Incident {
            id,
            app: rule.app.clone(),
            owner: rule.owner.clone(),
            description: rule.description.clone(),
            state: State::Open,
            severity: part.severity,
            opened_at: at_ms,
            resolved_at: None,
            acknowledged_by: None,
            acknowledged_at: None,
            escalated_at: None,
            silenced: false,
            reopened: 0,
            parts: vec![part],
            parts_left_out: 0,
            told: Vec::new(),
            told_at: None,
            told_severity: None,
            refreshed_at: None,
            causes: None,
            notices: 0,
        });
        self.note(id, at_ms, LineKind::Opened, text);
    }

    /// `rule` still fires for `value`.
    pub fn goes_on(&mut self, rule: &str, value: &str, track: &Track) {
        if let Some((id, severity, part)) = self.firing(rule, value)
            && (part.found != track.found || part.severity != track.severity)
        {
            part.found = track.found.clone();
            part.severity = track.severity;
            *severity = (*severity).max(track.severity);
            self.changed.insert(id);
        }
    }

    /// `rule` is well again for `value`, or is no more.
    pub fn ended(&mut self, rule: &str, value: &str, at_ms: u64) {
        if let Some((id, _, part)) = self.firing(rule, value) {
            part.until = Some(at_ms);
            let text = part.title();
            self.note(id, at_ms, LineKind::Ended, text);
        }
    }

    fn firing(&mut self, rule: &str, value: &str) -> Option<(u64, &mut Severity, &mut Part)> {
        self.incidents.iter_mut().find_map(|incident| {
            let Incident { id, severity, parts, .. } = incident;
            let part = parts
                .iter_mut()
                .find(|part| part.until.is_none() && part.rule == rule && part.value == value)?;
            Some((*id, severity, part))
        })
    }

    /// Ends what is over, and says who is to be told.
    pub fn settle(&mut self, rules: Rules<'_>, silences: &[Silence], at_ms: u64) {
        for place in 0..self.incidents.len() {
            if self.incidents[place].state != State::Resolved {
                self.settle_one(place, rules, silences, at_ms);
            }
        }
    }

    fn settle_one(&mut self, place: usize, rules: Rules<'_>, silences: &[Silence], at_ms: u64) {
        let incident = &mut self.incidents[place];
        let id = incident.id;
        if incident.firing().next().is_none() {
            incident.state = State::Resolved;
            incident.resolved_at = Some(at_ms);
            let told = incident.told.clone();
            self.note(id, at_ms, LineKind::Resolved, String::new());
            return self.tell(place, Kind::Resolved, told, at_ms);
        }
        let is_silenced =
            |part: &Part| silences.iter().any(|it| it.silences(incident, part, at_ms));
        let silenced = incident.firing().all(is_silenced);
        if silenced != incident.silenced {
            incident.silenced = silenced;
            self.changed.insert(id);
            if silenced {
                self.note(id, at_ms, LineKind::Silenced, String::new());
            }
        }
        if silenced {
            return;
        }
        self.tell_open(place, rules, at_ms);
        self.escalate(place, rules, at_ms);
    }

    /// Tells those who were not told yet, all when it got worse, and those that forget.
    fn tell_open(&mut self, place: usize, rules: Rules<'_>, at_ms: u64) {
        let incident = &mut self.incidents[place];
        let wanted: BTreeSet<String> = incident
            .firing()
            .filter_map(|part| rules.rules.get(&part.rule))
            .flat_map(|rule| rule.channels.iter().cloned())
            .collect();
        let (known, new): (Vec<_>, Vec<_>) =
            wanted.into_iter().partition(|channel| incident.told.contains(channel));
        let is_worse = incident.told_severity.is_some_and(|told| told < incident.severity);
        let (severity, is_again) = (incident.severity, incident.reopened > 0);
        let forgetful = |told: &&String| rules.forgetful.contains(*told);
        let refreshed_at = incident.refreshed_at.or(incident.told_at).unwrap_or(at_ms);
        let refresh: Vec<String> = match at_ms.saturating_sub(refreshed_at) {
            ..REFRESH_MS => Vec::new(),
            _ => incident.told.iter().filter(forgetful).cloned().collect(),
        };
        if !new.is_empty() {
            incident.told.extend(new.iter().cloned());
            incident.told_at = incident.told_at.or(Some(at_ms));
            incident.told_severity = Some(severity);
            let is_first = incident.told.len() == new.len();
            let kind = if is_again && is_first { Kind::Reopened } else { Kind::Opened };
            self.tell(place, kind, new, at_ms);
        }
        if is_worse {
            self.incidents[place].told_severity = Some(severity);
            let id = self.incidents[place].id;
            self.note(id, at_ms, LineKind::Worsened, severity.name().to_owned());
            self.tell(place, Kind::Worsened, known, at_ms);
        } else if !refresh.is_empty() {
            self.incidents[place].refreshed_at = Some(at_ms);
            self.tell(place, Kind::Refreshed, refresh, at_ms);
        }
    }

    fn escalate(&mut self, place: usize, rules: Rules<'_>, at_ms: u64) {
        let incident = &mut self.incidents[place];
        let is_due = incident.state == State::Open && incident.escalated_at.is_none();
        if !is_due {
            return;
        }
        let told_at = incident.told_at.unwrap_or(incident.opened_at);
        let firing = incident.firing().filter_map(|part| rules.rules.get(&part.rule));
        let late = firing.filter(|rule| {
            at_ms.saturating_sub(told_at) >= u64::from(rule.escalate_after_minutes) * 60_000
        });
        let channels: BTreeSet<String> =
            late.flat_map(|rule| rule.escalate_to.iter().cloned()).collect();
        if channels.is_empty() {
            return;
        }
        incident.escalated_at = Some(at_ms);
        // They are told when it is over, too.
        let new = channels.iter().filter(|channel| !incident.told.contains(channel)).cloned();
        let new: Vec<String> = new.collect();
        incident.told.extend(new);
        let id = incident.id;
        let channels: Vec<String> = channels.into_iter().collect();
        self.note(id, at_ms, LineKind::Escalated, channels.join(", "));
        self.tell(place, Kind::Escalated, channels, at_ms);
    }

    fn tell(&mut self, place: usize, kind: Kind, channels: Vec<String>, at_ms: u64) {
        for channel in channels {
            let incident = &mut self.incidents[place];
            self.changed.insert(incident.id);
            incident.notices += 1;
            let id = format!("incident-{}-{}", incident.id, incident.notices);
            let incident = incident.clone();
            self.notices.push(Notice { id, channel, kind, at: at_ms, incident });
        }
    }

    fn note(&mut self, id: u64, at: u64, kind: LineKind, text: String) {
        self.changed.insert(id);
        self.lines.push((id, IncidentLine { at, who: None, kind, text }));
    }

    /// What is to be written.
    #[must_use]
    pub fn happened(self) -> Happening {
        let Self { incidents, changed, lines, notices, .. } = self;
        let is_changed = |incident: &Incident| changed.contains(&incident.id);
        let incidents = incidents.into_iter().filter(is_changed).collect();
        Happening { incidents, lines, notices }
    }
}

/// Whether what `part` tells belongs to `incident`: the same application and owner, the same time,
/// and dimensions that may be the same customers. Two values of one dimension are not, unless one
/// rule found both; a value of another dimension, or the whole application, may be.
fn takes(incident: &Incident, rule: &Rule, part: &Part, at_ms: u64) -> bool {
    if incident.app != rule.app || incident.owner != rule.owner {
        return false;
    }
    let same = |known: &Part| known.rule == part.rule && known.value == part.value;
    match incident.resolved_at {
        Some(resolved_at) => {
            let is_lately = at_ms.saturating_sub(resolved_at) <= REOPEN_MS;
            is_lately && incident.parts.iter().any(same)
        }
        None => incident.firing().any(|known| {
            known.rule == part.rule
                || known.dimension != part.dimension
                || known.value == part.value
        }),
    }
}
