//! One event as an aligned line.

use super::describe::{label, words};
use super::escape::Escaped;
use anstyle::Style;
use dna_protocol::Event;
use dna_protocol::entry::Entry;
use jiff::Timestamp;
use jiff::tz::TimeZone;
use std::io::{self, Write};

/// Digits of the session that are shown: enough to tell apart those that are on the screen.
const SESSION_DIGITS: usize = 8;

/// Writes `event` of `entry`: local time, application, session, kind, and what matters.
pub(super) fn write(
    out: &mut impl Write,
    entry: &Entry,
    event: &Event,
    zone: &TimeZone,
) -> io::Result<()> {
    let header = &entry.frame.header;
    let app = Escaped(entry.receipt.app.as_deref().unwrap_or("-")).to_string();
    let session = header.session_id.map_or_else(|| "-".to_owned(), |id| id.to_hex());
    let session = &session[..session.len().min(SESSION_DIGITS)];
    let (kind, style) = label(&event.body);
    let words = words(header, event);
    let (time, dim) = (local_time(entry, event, zone), Style::new().dimmed());
    writeln!(
        out,
        "{dim}{time}{dim:#}  {app:<12}  {dim}{session:<8}{dim:#}  {style}{kind:<9}{style:#}  {words}"
    )
}

/// When it happened by the server's clock, in the zone of whoever reads.
fn local_time(entry: &Entry, event: &Event, zone: &TimeZone) -> String {
    let base = entry.frame.header.time_base.unwrap_or(0) as f64;
    let skew = entry.receipt.clock_skew.unwrap_or(0) as f64;
    // A cast brings what is out of range to the nearest bound.
    let millis = (base + event.time + skew).round() as i64;
    match Timestamp::from_millisecond(millis) {
        Ok(time) => time.to_zoned_datetime(zone.clone()).strftime("%m-%d %H:%M:%S%.3f").to_string(),
        Err(_) => "at no known time  ".to_owned(),
    }
}
