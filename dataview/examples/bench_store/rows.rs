//! The same events as rows, for stores of others: what tests/bench/dataview/peers.py reads.

use crate::load::place;
use dna_protocol::entry::Entry;
use dna_protocol::field::Id;
use dna_protocol::{Body, Event};
use std::collections::HashMap;
use std::error::Error;
use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::Path;

/// A file of rows. Each names its session's user, as soon as that is known.
pub(crate) struct Rows {
    file: BufWriter<File>,
    users: HashMap<Id<16>, String>,
}

impl Rows {
    pub(crate) fn create(path: &Path) -> Result<Self, Box<dyn Error>> {
        Ok(Self { file: BufWriter::new(File::create(path)?), users: HashMap::new() })
    }

    /// Writes the events of an entry. No value that is generated needs quoting.
    pub(crate) fn write(&mut self, entry: &[u8]) -> Result<(), Box<dyn Error>> {
        let (receipt, decoded) = Entry::decode(entry)?;
        let frame = decoded.frame;
        let session = frame.header.session_id.ok_or("an entry without a session")?;
        let text = |value: Option<&str>| value.unwrap_or_default().to_owned();
        let place = place(receipt.client_address.as_deref().unwrap_or_default());
        let of_frame = [
            text(place.region.as_deref()),
            text(place.operator.as_deref()),
            text(receipt.device_model.as_deref()),
            text(receipt.os_name.as_deref()),
            text(receipt.browser_name.as_deref()),
            text(frame.header.release.as_deref()),
        ]
        .join(",");
        let base = frame.header.time_base.unwrap_or_default();
        // Whoever looks at events as rows fills this in beforehand: generous to the peers.
        let known = frame.events.iter().find_map(|event| match &event.body {
            Body::Identity(identity) => identity.hash.as_deref(),
            _ => None,
        });
        if let Some(user) = known {
            self.users.insert(session, user.to_owned());
        }
        let user = self.users.get(&session).map_or("", String::as_str);
        let session: String = session.0.iter().map(|byte| format!("{byte:02x}")).collect();
        for event in &frame.events {
            let at = base + event.time as u64;
            let page = frame.header.url_of(event).unwrap_or_default();
            let (name, value, failed) = said(event);
            let kind = event.body.name();
            writeln!(
                self.file,
                "{session},{user},{at},{kind},{name},{page},{of_frame},{value},{failed}"
            )?;
        }
        Ok(())
    }

    pub(crate) fn finish(mut self) -> Result<(), Box<dyn Error>> {
        Ok(self.file.flush()?)
    }
}

/// An event's name, its value, and whether it is a call that failed.
fn said(event: &Event) -> (String, String, u8) {
    match &event.body {
        Body::WebVital(vital) => {
            let value = vital.value.map_or(String::new(), |value| value.get().to_string());
            (vital.name.as_deref().unwrap_or_default().to_owned(), value, 0)
        }
        Body::ApiCall(call) => {
            let failed = call.status.is_none_or(|status| status >= 400);
            let duration = call.duration.map_or(String::new(), |ms| ms.get().to_string());
            (call.url.as_deref().unwrap_or_default().to_owned(), duration, failed.into())
        }
        Body::Exception(exception) => {
            (exception.message.as_deref().unwrap_or_default().to_owned(), String::new(), 0)
        }
        _ => (String::new(), String::new(), 0),
    }
}
