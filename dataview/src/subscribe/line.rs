//! A line: one event as a subscriber gets it.

use super::mask::Mask;
use crate::facts::Clock;
use crate::store::FedFrame;
use dna_protocol::entry::Receipt;
use dna_protocol::model::{Event, Header};
use serde::Serialize;
use serde_json::{Map, Value};
use utoipa::ToSchema;

/// The fields of a line that are none of its event's.
pub(super) const OWN_FIELDS: [&str; 15] = [
    "service.name",
    "service.version",
    "deployment.environment.name",
    "session.id",
    "view.id",
    "url.full",
    "user.hash",
    "user.tier",
    "visitor.id",
    "client.region",
    "client.operator",
    "browser.name",
    "os.name",
    "device.model.identifier",
    "miniprogram.platform",
];

/// One event.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct Line {
    /// The same when the line comes again: session, frame, and the event's place in it.
    pub id: String,
    /// When it happened, in ms since the Unix epoch, corrected for the client's clock.
    pub time_ms: u64,
    /// What: one of the kinds of docs/protocol.md.
    pub kind: &'static str,
    /// Whose it is and what it says, by the names of docs/fields.md.
    #[serde(flatten)]
    #[schema(value_type = Object)]
    pub fields: Map<String, Value>,
}

/// The frame of a line, read once for all of its events.
pub(super) struct Of<'a> {
    pub(super) frame: &'a FedFrame,
    pub(super) receipt: &'a Receipt,
    pub(super) header: &'a Header,
    pub(super) clock: Clock,
}

impl Of<'_> {
    /// The line of `event`, the one at `place` in its frame.
    pub(super) fn line(&self, place: usize, event: &Event, mask: &Mask) -> Line {
        let mut fields = self.own(event);
        if let Value::Object(mut event) = dna_protocol::json::event_value(event)
            && let Some(Value::Object(body)) = event.remove("body")
        {
            fields.extend(body);
        }
        mask.apply(&mut fields);
        Line {
            id: format!("{}-{}-{place}", self.frame.session, self.frame.sequence),
            time_ms: self.clock.at(event),
            kind: event.body.name(),
            fields,
        }
    }

    fn own(&self, event: &Event) -> Map<String, Value> {
        let Self { frame, receipt, header, .. } = self;
        let values: [Option<String>; OWN_FIELDS.len()] = [
            Some(frame.app.clone()),
            header.release.as_deref().map(str::to_owned),
            receipt.environment.as_deref().map(str::to_owned),
            Some(frame.session.to_string()),
            header.view_id_of(event).map(|id| id.to_hex()),
            header.url_of(event).map(str::to_owned),
            frame.user.clone(),
            frame.tier.clone(),
            header.visitor_id.map(|id| id.to_hex()),
            frame.region.clone(),
            frame.operator.clone(),
            receipt.browser_name.as_deref().map(str::to_owned),
            receipt.os_name.as_deref().map(str::to_owned),
            receipt.device_model.as_deref().map(str::to_owned),
            header.platform.as_deref().map(str::to_owned),
        ];
        let pairs = OWN_FIELDS.into_iter().zip(values);
        pairs.filter_map(|(name, value)| Some((name.to_owned(), value?.into()))).collect()
    }
}
