//! Takes out of a frame what must not be kept: queries and fragments of addresses, raw user IDs,
//! the application's key.

use super::apps::App;
use super::pseudonym::Pseudonyms;
use dna_protocol::field::{Attributes, Text};
use dna_protocol::model::{Exception, Identity};
use dna_protocol::privacy::{without_queries, without_query};
use dna_protocol::{Body, Event, Header};

/// Cleans a header.
pub fn clean_header(header: &mut Header) {
    header.app_key = None;
    clean_address(&mut header.url);
}

/// Cleans an event.
pub fn clean_event(event: &mut Event, app: &App, pseudonyms: &Pseudonyms) {
    match &mut event.body {
        Body::PageView(page) => clean_address(&mut page.referrer),
        Body::Exception(exception) | Body::UnhandledRejection(exception) => {
            clean_exception(exception);
        }
        Body::ResourceFailure(failure) => clean_address(&mut failure.url),
        Body::ApiCall(call) => clean_address(&mut call.url),
        Body::Custom(custom) => {
            clean_prose(&mut custom.name);
            clean_attributes(&mut custom.attributes);
        }
        Body::Identity(identity) => clean_identity(identity, app, pseudonyms),
        // A number and a name of a fixed list.
        Body::WebVital(_) => {}
    }
}

fn clean_exception(exception: &mut Exception) {
    clean_address(&mut exception.file);
    clean_prose(&mut exception.message);
    clean_prose(&mut exception.stacktrace);
}

fn clean_identity(identity: &mut Identity, app: &App, pseudonyms: &Pseudonyms) {
    clean_attributes(&mut identity.attributes);
    // A pseudonym that the client claims could be another user's.
    identity.hash = None;
    // An empty ID is what applications pass when nobody is signed in.
    let id = identity.id.take().filter(|id| !id.is_empty());
    identity.hash = id.map(|id| pseudonyms.of(&app.name, &id));
}

fn clean_address<const MAX: usize>(address: &mut Option<Text<MAX>>) {
    if let Some(text) = address {
        let kept = without_query(text);
        if kept.len() < text.len() {
            *text = Text::cut(kept);
        }
    }
}

fn clean_prose<const MAX: usize>(prose: &mut Option<Text<MAX>>) {
    if let Some(text) = prose
        // What has none of these has no address.
        && text.contains(['/', ':'])
    {
        *text = Text::cut(without_queries(text));
    }
}

fn clean_attributes(attributes: &mut Option<Attributes>) {
    *attributes = attributes.take().map(|attributes| attributes.map_texts(without_queries));
}
