//! Takes out of a frame what must not be kept: the content of addresses, personal numbers, raw
//! user IDs, the application's key.
//!
//! Every text of every record is cleaned, also those that only a script of ours writes: who sends
//! a frame need not be one.

use super::apps::App;
use super::pseudonym::Pseudonyms;
use dna_protocol::field::{AttributeValue, Attributes, Text};
use dna_protocol::limits::ATTRIBUTES_MAX;
use dna_protocol::model::{
    ApiCall, Exception, Identity, PageView, ResourceFailure, RouteChange, WebVital,
};
use dna_protocol::privacy::{clean_address, clean_text, mask_of_number};
use dna_protocol::{Body, Event, Header};

/// Cleans a header.
pub fn clean_header(header: &mut Header) {
    header.app_key = None;
    address(&mut header.url);
    text(&mut header.sdk_name);
    text(&mut header.sdk_version);
    // `release` stays: it comes from who built the page, not from who uses it, and is often a
    // long number that source maps are found by.
}

/// Cleans an event.
pub fn clean_event(event: &mut Event, app: &App, pseudonyms: &Pseudonyms) {
    match &mut event.body {
        Body::PageView(page) => clean_page_view(page),
        Body::Exception(exception) | Body::UnhandledRejection(exception) => {
            clean_exception(exception);
        }
        Body::ResourceFailure(failure) => clean_failure(failure),
        Body::ApiCall(call) => clean_call(call),
        Body::Custom(custom) => {
            text(&mut custom.name);
            attributes(&mut custom.attributes);
        }
        Body::RouteChange(route) => clean_route(route),
        Body::Identity(identity) => clean_identity(identity, app, pseudonyms),
        Body::WebVital(vital) => clean_web_vital(vital),
    }
}

fn clean_page_view(page: &mut PageView) {
    address(&mut page.referrer);
    text(&mut page.navigation_type);
    text(&mut page.network_protocol);
    text(&mut page.language);
    text(&mut page.visibility_state);
    address(&mut page.fragment);
}

/// The name is, as `values` has judged, one of a fixed list.
fn clean_web_vital(vital: &mut WebVital) {
    text(&mut vital.element);
    address(&mut vital.url);
    text(&mut vital.load_state);
    text(&mut vital.interaction_type);
    address(&mut vital.script_url);
    // Of a script that was just loaded the invoker is its address.
    text(&mut vital.script_invoker);
}

fn clean_exception(exception: &mut Exception) {
    text(&mut exception.r#type);
    text(&mut exception.message);
    text(&mut exception.stacktrace);
    address(&mut exception.file);
}

fn clean_failure(failure: &mut ResourceFailure) {
    address(&mut failure.url);
    text(&mut failure.element);
}

fn clean_call(call: &mut ApiCall) {
    address(&mut call.url);
    text(&mut call.method);
    text(&mut call.error);
    text(&mut call.initiator);
}

fn clean_route(route: &mut RouteChange) {
    text(&mut route.navigation_type);
    address(&mut route.referrer);
    address(&mut route.fragment);
    text(&mut route.name);
}

fn clean_identity(identity: &mut Identity, app: &App, pseudonyms: &Pseudonyms) {
    text(&mut identity.tier);
    attributes(&mut identity.attributes);
    // A pseudonym that the client claims could be another user's.
    identity.hash = None;
    // An empty ID is what applications pass when nobody is signed in.
    let id = identity.id.take().filter(|id| !id.is_empty());
    identity.hash = id.map(|id| pseudonyms.of(&app.name, &id));
}

fn address<const MAX: usize>(address: &mut Option<Text<MAX>>) {
    if let Some(text) = address {
        *text = Text::cut(clean_address(text));
    }
}

fn text<const MAX: usize>(text: &mut Option<Text<MAX>>) {
    if let Some(text) = text {
        *text = Text::cut(clean_text(text));
    }
}

fn attributes(attributes: &mut Option<Attributes>) {
    let Some(found) = attributes.take() else { return };
    let mut clean = Attributes::default();
    for (name, value) in found.iter() {
        let value = match value {
            AttributeValue::Text(text) => AttributeValue::Text(Text::cut(clean_text(text))),
            AttributeValue::Number(number) => match mask_of_number(number.get()) {
                Some(mask) => AttributeValue::Text(Text::cut(mask)),
                None => value.clone(),
            },
            AttributeValue::Bool(_) => value.clone(),
        };
        push(&mut clean, &clean_text(name), &value);
    }
    *attributes = Some(clean);
}

/// Adds an attribute. Two names that were told apart only by what is masked now are told apart
/// by a number: `{card}`, `{card}~2`.
fn push(attributes: &mut Attributes, name: &str, value: &AttributeValue) {
    if attributes.push(Text::cut(name), value.clone()).is_ok() {
        return;
    }
    for number in 2..=ATTRIBUTES_MAX {
        // So short that the number is not cut off.
        let short = Text::<60>::cut(name);
        let name = Text::cut(format!("{}~{number}", &*short));
        if attributes.push(name, value.clone()).is_ok() {
            return;
        }
    }
}
