//! What could not be joined, and why.

use super::join::Found;
use super::limits::SERVICES_MAX;
use super::node::Node;
use super::row::RowKind;
use super::why::{Between, Gap, GapCode, Values};
use std::collections::BTreeMap;

/// What is known beside the trace, to tell why something of it is missing.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Circumstances {
    /// Whether any proxy has told anything since the start.
    pub proxies_tell: bool,
    /// Whether any service has told anything since the start.
    pub services_tell: bool,
    /// What DataView has dropped since the start, by reason, as its health says.
    pub dropped: Vec<(String, u64)>,
}

impl Circumstances {
    /// What of `part` was dropped, by reason.
    fn dropped(&self, part: &str) -> BTreeMap<String, u64> {
        let of_it =
            self.dropped.iter().filter(|(name, count)| name.starts_with(part) && *count > 0);
        // Attributes that are left out leave no gap.
        let lost =
            of_it.filter(|(name, _)| !name.ends_with("_attribute") && !name.ends_with("_limit"));
        lost.cloned().collect()
    }

    fn no_hop(&self, between: Between) -> Gap {
        let code = if self.proxies_tell { GapCode::NoHop } else { GapCode::NoProxyConnected };
        Gap::new(between, code, Values::new(), self.dropped("network_"))
    }

    /// `who` was asked; `None`: nobody knows whom.
    fn no_span(&self, between: Between, who: Option<&String>) -> Gap {
        let code = if self.services_tell { GapCode::NoSpan } else { GapCode::NoServiceConnected };
        Gap::new(between, code, of(who), self.dropped("otlp_"))
    }
}

/// The gaps of joined nodes.
pub(super) fn gaps(nodes: &[Node], found: &Found, circumstances: &Circumstances) -> Vec<Gap> {
    let mut parts: Vec<Vec<usize>> = vec![Vec::new(); nodes.len()];
    for (at, node) in nodes.iter().enumerate() {
        if let Some(parent) = node.parent {
            parts[parent].push(at);
        }
    }
    let mut gaps = Vec::new();
    if !nodes.iter().any(|node| node.row.kind == RowKind::Call) {
        gaps.push(plain(Between::Call, GapCode::NoCall, None));
    }
    for (at, node) in nodes.iter().enumerate() {
        let has = |kind| parts[at].iter().any(|part| nodes[*part].row.kind == kind);
        match node.row.kind {
            RowKind::Call => {
                if let Some((code, values)) = &node.alone {
                    let (between, dropped) = (Between::ActionAndCall, BTreeMap::new());
                    gaps.push(Gap::new(between, *code, values.clone(), dropped));
                }
                if !has(RowKind::Hop) {
                    gaps.push(circumstances.no_hop(Between::CallAndHop));
                    if !has(RowKind::Span) {
                        gaps.push(circumstances.no_span(Between::CallAndSpan, None));
                    }
                }
            }
            RowKind::Hop if parts[at].is_empty() && node.is_edge && node.asks.is_some() => {
                gaps.push(circumstances.no_hop(Between::HopAndHop));
                gaps.push(circumstances.no_span(Between::HopAndSpan, None));
            }
            RowKind::Hop if parts[at].is_empty() => gaps.push(behind_hop(node, circumstances)),
            RowKind::Span if parts[at].is_empty() => {
                let asked = node.asks.iter();
                gaps.extend(
                    asked.map(|who| circumstances.no_span(Between::SpanAndSpan, Some(who))),
                );
            }
            _ => {}
        }
    }
    for at in &found.loops {
        let who = &nodes[*at].row.service;
        gaps.push(plain(Between::SpanAndSpan, GapCode::ParentsLoop, Some(who)));
    }
    if !found.orphans.is_empty() {
        gaps.push(orphans(nodes, found, circumstances));
    }
    gaps
}

/// What has nothing to do with what was dropped.
fn plain(between: Between, code: GapCode, who: Option<&String>) -> Gap {
    Gap::new(between, code, of(who), BTreeMap::new())
}

fn of(who: Option<&String>) -> Values {
    who.map(|who| ("who", who.clone())).into_iter().collect()
}

fn behind_hop(node: &Node, circumstances: &Circumstances) -> Gap {
    let between = Between::HopAndSpan;
    match &node.asks {
        None => plain(between, GapCode::AnsweredItself, Some(&node.row.service)),
        Some(_) if !node.sampled => plain(between, GapCode::NotSampled, None),
        Some(upstream) => circumstances.no_span(between, Some(upstream)),
    }
}

fn orphans(nodes: &[Node], found: &Found, circumstances: &Circumstances) -> Gap {
    let mut services: BTreeMap<&str, usize> = BTreeMap::new();
    for at in &found.orphans {
        *services.entry(&nodes[*at].row.service).or_default() += 1;
    }
    let listed: Vec<_> = services
        .iter()
        .take(SERVICES_MAX)
        .map(|(service, count)| format!("{service} ({count})"))
        .collect();
    let values = [("count", found.orphans.len().to_string()), ("services", listed.join(", "))];
    let dropped = circumstances.dropped("otlp_");
    Gap::new(Between::SpanAndSpan, GapCode::ParentsMissing, values.into(), dropped)
}
