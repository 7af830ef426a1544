//! A notice in words.

use super::Language;
use crate::watch::incident::{Incident, Kind, Notice};
use jiff::Timestamp;

/// Parts of an incident that are told; all are on its page.
const PARTS_TOLD_MAX: usize = 5;

/// A notice in words.
#[derive(Debug)]
pub(super) struct Told {
    /// One line.
    pub(super) title: String,
    /// All of it, in lines, the title among them.
    pub(super) text: String,
    /// The incident's page.
    pub(super) link: Option<String>,
}

/// `notice` in words of `language`; `pages` is where DataView's pages are.
pub(super) fn told(notice: &Notice, language: Language, pages: Option<&str>) -> Told {
    let incident = &notice.incident;
    let words = words(language, notice.kind);
    let title = format!("[{}] {}: {}", incident.severity.name(), words.kind, incident.title());
    let link = pages.map(|pages| format!("{pages}/incidents/{}", incident.id));
    let mut lines = vec![title.clone()];
    lines.push(format!("{} {}", words.since, time(since(incident))));
    if let Some(resolved_at) = incident.resolved_at {
        lines.push(format!("{} {}", words.until, time(resolved_at)));
    }
    if !incident.owner.is_empty() {
        lines.push(format!("{} {}", words.owner, incident.owner));
    }
    let parts: Vec<_> = incident.firing().skip(1).collect();
    lines.extend(parts.iter().take(PARTS_TOLD_MAX).map(|part| format!("- {}", part.title())));
    if parts.len() > PARTS_TOLD_MAX {
        lines.push(format!("- {} {}", words.more, parts.len() - PARTS_TOLD_MAX));
    }
    if !incident.description.is_empty() {
        lines.push(incident.description.clone());
    }
    match &link {
        Some(link) => lines.push(link.clone()),
        None => lines.push(format!("{} {}", words.incident, incident.id)),
    }
    Told { title, text: lines.join("\n"), link }
}

fn since(incident: &Incident) -> u64 {
    incident.parts.iter().map(|part| part.since).min().unwrap_or(incident.opened_at)
}

/// A moment for people everywhere.
fn time(at_ms: u64) -> String {
    let at = i64::try_from(at_ms).ok().and_then(|at| Timestamp::from_millisecond(at).ok());
    at.map(|at| at.strftime("%Y-%m-%d %H:%M UTC").to_string()).unwrap_or_default()
}

struct Words {
    kind: &'static str,
    since: &'static str,
    until: &'static str,
    owner: &'static str,
    more: &'static str,
    incident: &'static str,
}

fn words(language: Language, kind: Kind) -> Words {
    match language {
        Language::En => Words {
            kind: match kind {
                Kind::Opened | Kind::Refreshed => "open",
                Kind::Reopened => "open again",
                Kind::Worsened => "worse",
                Kind::Escalated => "not acknowledged",
                Kind::Resolved => "over",
            },
            since: "since",
            until: "until",
            owner: "owner",
            more: "and more:",
            incident: "incident",
        },
        Language::ZhCn => Words {
            kind: match kind {
                Kind::Opened | Kind::Refreshed => "告警",
                Kind::Reopened => "再次告警",
                Kind::Worsened => "恶化",
                Kind::Escalated => "无人确认，已升级",
                Kind::Resolved => "已恢复",
            },
            since: "开始时间",
            until: "恢复时间",
            owner: "负责部门",
            more: "另有",
            incident: "事件编号",
        },
    }
}

/// The first `max` bytes of `text`, cut between characters.
pub(super) fn cut(text: &str, max: usize) -> String {
    if text.len() <= max {
        return text.to_owned();
    }
    let end = text.floor_char_boundary(max.saturating_sub('…'.len_utf8()));
    format!("{}…", &text[..end])
}
