//! What could not be joined, and why.

use super::join::Found;
use super::limits::SERVICES_MAX;
use super::node::Node;
use super::row::{Gap, RowKind};
use std::collections::BTreeMap;
use std::fmt::Write;

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
    /// What of `parts` was dropped, in words; empty when nothing was.
    fn dropped(&self, part: &str) -> String {
        let of_it =
            self.dropped.iter().filter(|(name, count)| name.starts_with(part) && *count > 0);
        // Attributes that are left out leave no gap.
        let lost =
            of_it.filter(|(name, _)| !name.ends_with("_attribute") && !name.ends_with("_limit"));
        let words: Vec<_> = lost.map(|(name, count)| format!("{name}: {count}")).collect();
        if words.is_empty() {
            String::new()
        } else {
            format!("; dropped since the start, perhaps this too: {}", words.join(", "))
        }
    }

    fn no_hop(&self) -> String {
        let why = if self.proxies_tell {
            "no proxy told of this call: it went by none that is connected, or the line is not here yet"
        } else {
            "no proxy is connected to DataView (docs/operations.md, Network)"
        };
        format!("{why}{}", self.dropped("network_"))
    }

    fn no_span(&self, who: &str) -> String {
        let why = if self.services_tell {
            format!(
                "{who} told no span of it: it has no agent, or its agent does not take over traceparent, or did not record it"
            )
        } else {
            format!("{who} told no span, and no service ever did: none is connected to DataView")
        };
        format!("{why}{}", self.dropped("otlp_"))
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
    let mut add = |between: &str, why: String| {
        gaps.push(Gap { between: between.to_owned(), why });
    };
    if !nodes.iter().any(|node| node.row.kind == RowKind::Call) {
        add("call", "no client told of this call: it is not one of a page's, its session is not collected (consent, sampling), or its beacon is not here yet".to_owned());
    }
    for (at, node) in nodes.iter().enumerate() {
        let kinds = |kind| parts[at].iter().any(|part| nodes[*part].row.kind == kind);
        match node.row.kind {
            RowKind::Call => {
                if let Some(why) = &node.alone {
                    add("action and call", why.clone());
                }
                if kinds(RowKind::Hop) {
                } else if kinds(RowKind::Span) {
                    add("call and hop", circumstances.no_hop());
                } else {
                    let why = "nothing behind the client told of this call. ".to_owned();
                    add("call and hop", why + &circumstances.no_hop());
                    add("call and span", circumstances.no_span("the service"));
                }
            }
            RowKind::Hop if parts[at].is_empty() && node.is_edge && node.asks.is_some() => {
                add("hop and hop", format!("behind the CDN {}", circumstances.no_hop()));
                add("hop and span", circumstances.no_span("the service behind the CDN"));
            }
            RowKind::Hop if parts[at].is_empty() => match &node.asks {
                None => add(
                    "hop and span",
                    format!("{} answered by itself, without a service", node.row.service),
                ),
                Some(_) if !node.sampled => add(
                    "hop and span",
                    "not sampled: the flags of its traceparent are 00, so services record nothing"
                        .to_owned(),
                ),
                Some(upstream) => add(
                    "hop and span",
                    circumstances.no_span(&format!("the service at {upstream}")),
                ),
            },
            RowKind::Span if parts[at].is_empty() => {
                if let Some(asked) = &node.asks {
                    add("span and span", circumstances.no_span(asked));
                }
            }
            _ => {}
        }
    }
    for at in &found.loops {
        add(
            "span and span",
            format!("{}: the parents that spans name form a loop", nodes[*at].row.service),
        );
    }
    if !found.orphans.is_empty() {
        add("span and span", orphans(nodes, found, circumstances));
    }
    gaps
}

fn orphans(nodes: &[Node], found: &Found, circumstances: &Circumstances) -> String {
    let mut services: BTreeMap<&str, usize> = BTreeMap::new();
    for at in &found.orphans {
        *services.entry(&nodes[*at].row.service).or_default() += 1;
    }
    let mut why = format!("{} spans name a parent that is not here: ", found.orphans.len());
    for (service, count) in services.iter().take(SERVICES_MAX) {
        // Writing to a text does not fail.
        let _ = write!(why, "{count} of {service}, ");
    }
    why + "who called them has no agent, did not record it, or is not here yet"
        + &circumstances.dropped("otlp_")
}
