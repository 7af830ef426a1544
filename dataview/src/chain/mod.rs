//! The chain: from what the visitor did to the call, the network's hops, the services' spans and
//! their SQL, joined when somebody asks. Pure.
//!
//! A call, a hop and the service's first span are joined by the call's own span, which the client
//! made and `traceparent` carries; spans by the parents that they name; the action before the call
//! by the number that the client gave both, or else by time and view. What cannot be joined is a [`Gap`] with the reason.

mod action;
mod cdn;
mod clock;
mod gaps;
mod join;
pub mod limits;
mod node;
mod row;
#[cfg(test)]
mod tests;
mod visit;
mod why;

pub use cdn::Cdn;
pub use gaps::Circumstances;
pub use row::{Chain, Log, Row, RowKind};
pub use visit::{Action, CallTold, Visit};
pub use why::{Between, Gap, GapCode, Note, NoteCode};

use crate::model::{CallFact, TraceId};
use crate::store::TraceParts;
use action::Cause;
use limits::ROWS_MAX;
use node::Node;
use std::collections::{BTreeMap, VecDeque};

/// Joins the parts of a trace. `visit` is the session that made the first call
/// ([`TraceParts::calls`]).
#[must_use]
pub fn chain(
    trace: TraceId,
    parts: TraceParts,
    visit: &Visit,
    circumstances: &Circumstances,
) -> Chain {
    let caller = parts.calls.first().map(|(app, session, _)| (app.clone(), *session));
    let mut nodes = Vec::new();
    for (app, _, call) in &parts.calls {
        add_call(&mut nodes, visit, call, app);
    }
    nodes.extend(parts.hops.iter().map(Node::hop));
    nodes.extend(parts.spans.into_iter().map(Node::span));
    let found = join::join(&mut nodes);
    let mut gaps = gaps::gaps(&nodes, &found, circumstances);
    let (order, left_out) = order(&nodes);
    clock::correct(&mut nodes, &order);
    let left_out = left_out as u64 + parts.spans_left_out;
    if left_out > 0 {
        let values = [("count", left_out.to_string()), ("max", ROWS_MAX.to_string())].into();
        let (between, code) = (Between::SpanAndSpan, GapCode::TooManyRows);
        gaps.push(Gap::new(between, code, values, BTreeMap::new()));
    }
    Chain {
        trace,
        app: caller.as_ref().map(|(app, _)| app.clone()),
        session: caller.map(|(_, session)| session),
        rows: rows(nodes, &order),
        logs: parts.logs.into_iter().map(Log::from).collect(),
        gaps,
    }
}

/// Adds a call, what led to it, and what its answer says of the way.
fn add_call(nodes: &mut Vec<Node>, visit: &Visit, call: &CallFact, app: &str) {
    let cause = action::cause(visit, call);
    let mut node = Node::call(call, app);
    if let Cause::Told(action) | Cause::Near(action) = cause {
        nodes.push(Node::action(action, app));
        node.parent = Some(nodes.len() - 1);
    }
    node.row.notes.extend(cause.note());
    node.alone = cause.why_alone();
    if let Some(told) = call.trace.and_then(|(_, span)| visit.calls.get(&span)) {
        node.tell(told);
        nodes.extend(told.cdn.as_ref().map(|cdn| Node::cdn(cdn, told, &node)));
    }
    nodes.push(node);
}

/// The nodes that are told, parents before their parts, the outermost first, and how many are not.
fn order(nodes: &[Node]) -> (Vec<usize>, usize) {
    let parts = parts(nodes, 0..nodes.len());
    let mut order = Vec::new();
    let roots = (0..nodes.len()).filter(|at| nodes[*at].parent.is_none());
    let mut waiting: VecDeque<usize> = roots.collect();
    while let Some(at) = waiting.pop_front() {
        if order.len() == ROWS_MAX {
            break;
        }
        order.push(at);
        waiting.extend(&parts[at]);
    }
    let left_out = nodes.len() - order.len();
    (order, left_out)
}

/// The parts of each of `nodes`, of which only those `told` count.
fn parts(nodes: &[Node], told: impl IntoIterator<Item = usize>) -> Vec<Vec<usize>> {
    let mut parts = vec![Vec::new(); nodes.len()];
    for at in told {
        if let Some(parent) = nodes[at].parent {
            parts[parent].push(at);
        }
    }
    parts
}

/// The rows, each behind the one that it is part of, those of one by their beginnings.
fn rows(mut nodes: Vec<Node>, order: &[usize]) -> Vec<Row> {
    let mut parts = parts(&nodes, order.iter().copied());
    let by_start = |nodes: &[Node], list: &mut Vec<usize>| {
        // The last one first: they are taken from the end.
        list.sort_by_key(|at| std::cmp::Reverse((nodes[*at].row.start_us, *at)));
    };
    for list in &mut parts {
        by_start(&nodes, list);
    }
    let mut waiting: Vec<usize> =
        order.iter().copied().filter(|at| nodes[*at].parent.is_none()).collect();
    by_start(&nodes, &mut waiting);
    let mut waiting: Vec<(usize, usize, Option<usize>)> =
        waiting.into_iter().map(|at| (at, 0, None)).collect();
    let mut rows: Vec<Row> = Vec::with_capacity(order.len());
    while let Some((at, depth, parent)) = waiting.pop() {
        (nodes[at].row.depth, nodes[at].row.parent) = (depth, parent);
        let place = rows.len();
        waiting.extend(parts[at].iter().map(|part| (*part, depth + 1, Some(place))));
        rows.push(nodes[at].row.clone());
    }
    rows
}
