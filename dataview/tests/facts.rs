//! What is read from entries.

#[path = "facts/hostile.rs"]
mod hostile;
#[path = "facts/kinds.rs"]
mod kinds;
#[path = "../../protocol/tests/support/mod.rs"]
mod support;

use bytes::Bytes;
use dataview::facts::{self, FactsError};
use dataview::geo::Place;
use dataview::model::FrameFacts;
use dna_protocol::entry::{Entry, Receipt};
use dna_protocol::field::Text;

/// When the entries of these tests were received.
const RECEIVED_AT_MS: u64 = 1_790_000_009_500;

/// The facts of the frame that this JSON is, as ingest would have kept it.
fn facts_of(frame: &serde_json::Value) -> FrameFacts {
    let frame = dna_protocol::json::decode_frame(frame.to_string().as_bytes());
    let decoded = frame.expect("a good frame");
    assert_eq!(decoded.rejected, [], "good events");
    let receipt = receipt();
    read(&Entry { receipt, frame: decoded.frame }.encode()).expect("facts")
}

fn receipt() -> Receipt {
    Receipt {
        received_at: Some(RECEIVED_AT_MS),
        app: Some(Text::cut("demo-bank")),
        clock_skew: Some(500),
        client_address: Some(Text::cut("203.0.113.0")),
        browser_name: Some(Text::cut("Chrome")),
        browser_version: Some(Text::cut("142.0")),
        os_name: Some(Text::cut("Android")),
        os_version: Some(Text::cut("15")),
        ..Receipt::default()
    }
}

fn read(entry: &[u8]) -> Result<FrameFacts, FactsError> {
    let place = |address: &str| {
        assert_eq!(address, "203.0.113.0");
        Place { region: Some("China / Shanghai".to_owned()), operator: Some("Telecom".to_owned()) }
    };
    facts::read(Bytes::copy_from_slice(entry), place).map(|read| read.facts)
}
