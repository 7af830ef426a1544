//! Who is part of whom.

use super::node::Node;
use super::row::RowKind;
use super::why::{Note, NoteCode, Values};
use crate::model::SpanId;
use std::collections::HashMap;

/// What was found on the way.
#[derive(Debug, Default)]
pub(super) struct Found {
    /// Nodes whose parent is not there.
    pub(super) orphans: Vec<usize>,
    /// Nodes whose parents lead back to them.
    pub(super) loops: Vec<usize>,
}

/// Gives each node its parent.
pub(super) fn join(nodes: &mut [Node]) -> Found {
    let mut found = Found::default();
    let mut owners = HashMap::new();
    for (at, node) in nodes.iter().enumerate() {
        if let Some(own) = node.own {
            owners.entry(own).or_insert(at);
        }
    }
    let hops = join_hops(nodes, &owners);
    for at in 0..nodes.len() {
        let node = &nodes[at];
        if matches!(node.row.kind, RowKind::Hop | RowKind::Action | RowKind::Call) {
            continue;
        }
        let Some(caller) = node.caller else { continue };
        let through = hops.get(&caller).filter(|_| node.is_entry);
        let start_us = node.start_us;
        // Of a call that was sent again, the one that was nearest.
        let nearest = through.and_then(|hops| {
            hops.iter().min_by_key(|hop| (nodes[**hop].start_us - start_us).abs())
        });
        match nearest.or_else(|| owners.get(&caller)) {
            Some(parent) if *parent == at => {
                found.loops.push(at);
                nodes[at].row.notes.push(Note::new(NoteCode::OwnParent, Values::new()));
            }
            Some(parent) => nodes[at].parent = Some(*parent),
            None => found.orphans.push(at),
        }
    }
    break_loops(nodes, &mut found);
    found
}

/// Joins hops to their callers, and proxies that pass a request on to each other. Gives back the
/// innermost ones of each caller.
fn join_hops(nodes: &mut [Node], owners: &HashMap<SpanId, usize>) -> HashMap<SpanId, Vec<usize>> {
    let mut by_caller: HashMap<SpanId, Vec<usize>> = HashMap::new();
    for (at, node) in nodes.iter().enumerate() {
        if let (RowKind::Hop, Some(caller)) = (node.row.kind, node.caller) {
            by_caller.entry(caller).or_default().push(at);
        }
    }
    for (caller, hops) in &mut by_caller {
        // Proxies leave traceparent as it is: one that passes a request on takes longer. A CDN,
        // which tells less than its whole time, stands before all of the bank's own.
        let inner = |at: usize| (!nodes[at].is_edge, std::cmp::Reverse(nodes[at].row.duration_us));
        hops.sort_by_key(|at| (inner(*at), *at));
        let mut outer: Vec<usize> = Vec::new();
        for at in hops.iter().copied() {
            let is_around = |other: &&usize| {
                let (other, inner) = (&nodes[**other], &nodes[at]);
                other.row.service != inner.row.service && other.asks.is_some()
            };
            // Each passes on to one; a second one of the same proxy was sent again.
            let taken = |other: &&usize| {
                outer.iter().any(|it| {
                    nodes[*it].parent == Some(**other)
                        && nodes[*it].row.service != nodes[at].row.service
                })
            };
            let around = outer.iter().rev().find(|it| is_around(it) && !taken(it)).copied();
            nodes[at].parent = around.or_else(|| owners.get(caller).copied());
            outer.push(at);
        }
        let has_inner = |at: usize| hops.iter().any(|other| nodes[*other].parent == Some(at));
        let inner: Vec<usize> = hops.iter().copied().filter(|at| !has_inner(*at)).collect();
        *hops = inner;
    }
    by_caller
}

/// Takes one parent out of each loop: that of its earliest node, which then begins a chain.
fn break_loops(nodes: &mut [Node], found: &mut Found) {
    const UNSEEN: usize = usize::MAX;
    let mut seen_by = vec![UNSEEN; nodes.len()];
    for first in 0..nodes.len() {
        let (mut at, mut path) = (first, Vec::new());
        while seen_by[at] == UNSEEN {
            seen_by[at] = first;
            path.push(at);
            match nodes[at].parent {
                Some(parent) => at = parent,
                None => break,
            }
        }
        let is_loop = seen_by[at] == first && nodes[at].parent.is_some();
        let Some(begin) = path.iter().position(|it| *it == at).filter(|_| is_loop) else {
            continue;
        };
        let earliest = path[begin..].iter().copied().min_by_key(|it| (nodes[*it].start_us, *it));
        if let Some(earliest) = earliest {
            nodes[earliest].parent = None;
            nodes[earliest].row.notes.push(Note::new(NoteCode::ParentsLoop, Values::new()));
            found.loops.push(earliest);
        }
    }
}
