//! The links of a chain, before they are joined.

use super::cdn::Cdn;
use super::limits::NAME_BYTES_MAX;
use super::row::{Row, RowKind};
use super::visit::{Action, CallTold};
use super::why::{GapCode, Note, NoteCode, Values};
use crate::model::{CallFact, Hop, Span, SpanId, SpanKind, SpanStatus};
use serde_json::{Map, Value, json};

/// A link.
#[derive(Debug, Clone)]
pub(super) struct Node {
    pub(super) row: Row,
    /// Its start by its own clock, in µs.
    pub(super) start_us: i64,
    /// Its span, which its parts name as their parent.
    pub(super) own: Option<SpanId>,
    /// The span that it names as its parent.
    pub(super) caller: Option<SpanId>,
    /// The clock by which it was measured.
    pub(super) clock: String,
    /// A part of it may outlast it: it put something into a queue, or took it out.
    pub(super) is_queue: bool,
    /// It was asked by another process.
    pub(super) is_entry: bool,
    /// It asked another process; whom, where that is known.
    pub(super) asks: Option<String>,
    /// It is nearer to the client than any other hop.
    pub(super) is_edge: bool,
    /// Why a call has no action.
    pub(super) alone: Option<(GapCode, Values)>,
    /// It asked services to record the trace.
    pub(super) sampled: bool,
    /// The one that it is part of.
    pub(super) parent: Option<usize>,
}

impl Node {
    fn new(kind: RowKind, name: String, service: &str, clock: String) -> Self {
        let row = Row {
            depth: 0,
            kind,
            name,
            service: service.to_owned(),
            start_us: 0,
            duration_us: 0,
            ok: true,
            attributes: Map::new(),
            parent: None,
            notes: Vec::new(),
        };
        Self {
            row,
            start_us: 0,
            own: None,
            caller: None,
            clock,
            is_queue: false,
            is_entry: false,
            asks: None,
            is_edge: false,
            alone: None,
            sampled: true,
            parent: None,
        }
    }

    pub(super) fn duration(&self) -> i64 {
        i64::try_from(self.row.duration_us).unwrap_or(i64::MAX / 4)
    }

    pub(super) fn action(action: &Action, app: &str) -> Self {
        let mut node =
            Self::new(RowKind::Action, action.name.clone(), app, "the client's".to_owned());
        node.start_us = micros(action.at_ms as f64);
        node.row.duration_us = micros(action.duration_ms).unsigned_abs();
        node.row.ok = action.frustration.is_none();
        let told = [("element", &action.element), ("frustration", &action.frustration)];
        for (name, value) in told {
            if let Some(value) = value {
                node.row.attributes.insert(name.to_owned(), value.as_str().into());
            }
        }
        // A click takes until the next paint; what it led to goes on.
        node.is_queue = true;
        node
    }

    pub(super) fn call(call: &CallFact, app: &str) -> Self {
        let mut node = Self::new(RowKind::Call, call.api.clone(), app, "the client's".to_owned());
        node.start_us = micros(call.at_ms as f64);
        node.row.duration_us = micros(call.duration_ms).unsigned_abs();
        node.row.ok = call.ok;
        node.own = call.trace.map(|(_, span)| span);
        if call.status > 0 {
            let status = u64::from(call.status);
            node.row.attributes.insert("http.response.status_code".to_owned(), status.into());
        }
        node
    }

    /// Adds what the answer of a call says.
    pub(super) fn tell(&mut self, told: &CallTold) {
        if let Some(list) = &told.server_timing {
            self.row.attributes.insert("server_timing".to_owned(), list.as_str().into());
        }
    }

    /// What a CDN told of `call` by its answer. When exactly it was at work is not said: it is told
    /// from when the request was sent, and without a duration of its own as long as the call.
    pub(super) fn cdn(cdn: &Cdn, told: &CallTold, call: &Self) -> Self {
        let name = cdn.cache.as_deref().map(|cache| format!("CDN: {cache}"));
        let name = name.unwrap_or_else(|| "CDN".to_owned());
        let mut node = Self::new(RowKind::Hop, name, "cdn", call.clock.clone());
        let before = micros(told.sent_after_ms).min(call.duration());
        let room = call.duration() - before;
        let duration = cdn.duration_ms().map_or(room, |ms| micros(ms).min(room));
        node.start_us = call.start_us + before;
        node.row.duration_us = duration.unsigned_abs();
        node.caller = call.own;
        (node.is_entry, node.is_edge) = (true, true);
        // Its place is a guess: hops behind it, which have clocks, are not moved for it.
        node.is_queue = true;
        node.asks = cdn.asked().then(|| "the origin".to_owned());
        if cdn.duration_ms().is_none() {
            node.row.notes.push(Note::new(NoteCode::DurationNotSaid, Values::new()));
        }
        let known = json!({
            "cdn.cache": cdn.cache,
            "cdn.place": cdn.place,
            "cdn.edge_us": cdn.edge_ms.map(micros),
            "cdn.origin_us": cdn.origin_ms.map(micros),
            "cdn.total_us": cdn.total_ms.map(micros),
        });
        node.add(known);
        node
    }

    /// Adds those attributes that are known.
    fn add(&mut self, known: Value) {
        if let Value::Object(known) = known {
            let known = known.into_iter().filter(|(_, value)| !value.is_null());
            self.row.attributes.extend(known);
        }
    }

    pub(super) fn hop(hop: &Hop) -> Self {
        let name = format!("{} {}", hop.method, hop.path);
        let mut node = Self::new(RowKind::Hop, name, &hop.proxy, hop.proxy.clone());
        node.start_us = i64::try_from(hop.start_us).unwrap_or_default();
        node.row.duration_us = hop.duration_us;
        node.row.ok = hop.status < 400;
        node.caller = hop.trace.map(|(_, span)| span);
        node.sampled = hop.sampled;
        node.is_entry = true;
        node.asks.clone_from(&hop.upstream);
        let known = json!({
            "server.address": hop.host,
            "http.response.status_code": hop.status,
            "http.response.size": hop.response_bytes,
            "http.request.size": hop.request_bytes,
            "network.protocol": hop.protocol,
            "tls.protocol": hop.tls,
            "upstream": hop.upstream,
            "upstream.connect_us": hop.upstream_connect_us,
            "upstream.header_us": hop.upstream_header_us,
            "upstream.response_us": hop.upstream_response_us,
            "connection_us": hop.connection_us,
        });
        node.add(known);
        node
    }

    pub(super) fn span(span: Span) -> Self {
        let text = |name: &str| span.attributes.get(name).and_then(Value::as_str);
        let query = text("db.query.text").or_else(|| text("db.statement"));
        let is_database = query.is_some()
            || span.attributes.contains_key("db.system")
            || span.attributes.contains_key("db.system.name");
        let kind = if is_database { RowKind::Sql } else { RowKind::Span };
        let mut name = query.unwrap_or(&span.name).to_owned();
        name.truncate(name.floor_char_boundary(NAME_BYTES_MAX));
        let host = text("host.name").or_else(|| text("k8s.pod.name")).unwrap_or(&span.service);
        let asks = ["server.address", "net.peer.name", "peer.service", "url.full", "http.url"];
        let asks = asks.into_iter().find_map(text).map(str::to_owned);
        let mut node = Self::new(kind, name, &span.service, host.to_owned());
        node.start_us = i64::try_from(span.start_us).unwrap_or_default();
        node.row.duration_us = span.duration_us;
        node.row.ok = span.status != SpanStatus::Error;
        (node.own, node.caller) = (Some(span.id), span.parent);
        node.is_queue = matches!(span.kind, SpanKind::Producer | SpanKind::Consumer);
        node.is_entry = matches!(span.kind, SpanKind::Server | SpanKind::Consumer);
        if span.kind == SpanKind::Client && !is_database {
            node.asks = Some(asks.unwrap_or_else(|| "the other side".to_owned()));
        }
        node.row.attributes = span.attributes;
        node.row.attributes.insert("span.id".to_owned(), span.id.to_string().into());
        if !span.events.is_empty() {
            node.row.attributes.insert("events".to_owned(), span.events.into());
        }
        node
    }
}

fn micros(ms: f64) -> i64 {
    // A cast of a float saturates.
    (ms * 1000.0).round() as i64
}
