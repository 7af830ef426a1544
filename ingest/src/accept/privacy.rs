//! Takes out of a frame what must not be kept: the content of addresses, personal numbers, raw
//! user IDs, the application's key.
//!
//! Every text of every record is cleaned as its type says (`dna_protocol::field::Text`), also those
//! that only a script of ours writes: who sends a frame need not be one.

use super::apps::App;
use dna_protocol::field::Text;
use dna_protocol::model::Identity;
use dna_protocol::privacy::mask_in_release;
use dna_protocol::{Body, Event, Header, Record};

/// Cleans a header.
pub fn clean_header(header: &mut Header, app: &App) {
    header.app_key = None;
    app.handling.edit_header(header);
    // What tells a frame from others and events their time is needed, whatever its digits are.
    let (sent_at, time_base) = (header.sent_at.take(), header.time_base.take());
    let sequence = header.sequence.take();
    header.clean(&app.url_params);
    (header.sent_at, header.time_base, header.sequence) = (sent_at, time_base, sequence);
    if let Some(release) = &mut header.release
        && let Some(masked) = mask_in_release(release)
    {
        *release = Text::cut(masked);
    }
}

/// Cleans an event.
///
/// What the operator wants done comes first, so that nothing it puts into a text escapes our masks.
pub fn clean_event(event: &mut Event, app: &App) {
    app.handling.edit_event(event);
    event.body.clean(&app.url_params);
    if let Body::Identity(identity) = &mut event.body {
        replace_id(identity, app);
    }
}

fn replace_id(identity: &mut Identity, app: &App) {
    // A pseudonym that the client claims could be another user's.
    identity.hash = None;
    // An empty ID is what applications pass when nobody is signed in.
    let id = identity.id.take().filter(|id| !id.is_empty());
    identity.hash = id.map(|id| app.pseudonyms.of(&app.name, &id));
}
