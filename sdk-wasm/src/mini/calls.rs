//! What the application says: `setUser`, `clearUser`, `event`, `route`, `mark`, `error`, `consent`,
//! and transactions, which have a file of their own.

use super::core::{Core, MiniHost};
use super::record::{Record, Value};
use super::{errors, identifiers, pages, transactions};
use crate::Consent;
use dna_protocol::draft::AttributeDraft;
use dna_protocol::model::{Custom, Identity, Mark, RouteChange};
use dna_protocol::privacy::{clean_text, mask_of_number};
use dna_protocol::{Draft, Kind};

/// Takes a call: its name, what it is about, then names and values of attributes. Ids and names
/// that are numbers come as texts.
pub(super) fn said<H: MiniHost>(core: &mut Core<H>, now: u64, mut record: Record<'_>) -> bool {
    let time = record.time;
    let called = record.text();
    if called == "error" {
        let draft = errors::reported(&mut record);
        core.record(now, time, draft);
        return true;
    }
    let subject = record.text();
    let name = clean_text(subject);
    let mut draft = Draft::new(Kind::Identity);
    match called {
        "clearUser" => {}
        "consent" => {
            consent(core, now, subject);
            return true;
        }
        // Not cut: the pseudonym of a part would be another user's too.
        "setUser" if subject.len() > usize::from(Identity::id.max) => {
            core.client
                .host()
                .warn("dna: setUser: the id is too long; allowed: 1 to 256 bytes. Nobody is told.");
            return true;
        }
        "setUser" if !subject.is_empty() => {
            let (attributes, tier) = attributes(&[record.rest()], "tier");
            draft.fields.text(Identity::id, &identifiers::told(subject));
            draft.fields.text(Identity::tier, &clean_text(&tier));
            draft.fields.attributes(Identity::attributes, &attributes);
            core.record(now, time, draft);
            core.client.tier(now, &tier);
            return true;
        }
        "event" if !name.is_empty() => {
            draft.kind = Kind::Custom;
            draft.fields.text(Custom::name, &name);
            let (attributes, _) = attributes(&[record.rest()], "");
            draft.fields.attributes(Custom::attributes, &attributes);
        }
        "route" if !name.is_empty() => {
            draft.kind = Kind::RouteChange;
            draft.fields.text(RouteChange::name, &name);
        }
        "mark" if !name.is_empty() => {
            draft.kind = Kind::Mark;
            draft.fields.text(Mark::name, &name);
        }
        "transaction" | "end" | "fail" if !name.is_empty() => {
            let outcome = match called {
                "end" => "ok",
                "fail" => "error",
                _ => "",
            };
            transactions::said(core, now, name, record, outcome);
            return true;
        }
        _ => {
            core.client.host().warn(
                "dna: unknown call; allowed: setUser, clearUser, event, route, transaction, end, \
                 fail, mark, error, consent; with a text or number as id or name",
            );
            return true;
        }
    }
    core.record(now, time, draft);
    if called == "clearUser" {
        core.client.tier(now, "");
    }
    true
}

/// The user has decided, or decides anew.
fn consent<H: MiniHost>(core: &mut Core<H>, now: u64, state: &str) {
    let consent = Consent::read(state).unwrap_or_else(|| {
        core.client
            .host()
            .warn("dna: consent: allowed: granted, pending, denied. It is taken as pending.");
        Consent::Pending
    });
    let again = core.client.is_denied() && consent != Consent::Denied;
    if consent == Consent::Denied {
        core.forget();
    }
    core.client.consent(now, consent);
    if again {
        pages::seen_again(core, now);
    }
}

/// The attributes of these lists of names and values, and the text of the one called `apart`,
/// which is not among them. Of those with one name the first holds.
pub(super) fn attributes(lists: &[&[u8]], apart: &str) -> (AttributeDraft, String) {
    let (mut attributes, mut text_apart) = (AttributeDraft::default(), String::new());
    let mut names: Vec<String> = Vec::new();
    for list in lists {
        let mut values = Record::of(list);
        while let (Some(Value::Text(name)), Some(value)) = (values.next(), values.next()) {
            if name == apart {
                text_apart = match value {
                    Value::Text(text) => text.to_owned(),
                    _ => String::new(),
                };
                continue;
            }
            let name = clean_text(name);
            if names.contains(&name) {
                continue;
            }
            match value {
                Value::Text(text) => attributes.text(&name, &clean_text(text)),
                Value::Number(number) => match mask_of_number(number) {
                    Some(mask) => attributes.text(&name, mask),
                    None => attributes.number(&name, number),
                },
                Value::Bool(value) => attributes.bool(&name, value),
                Value::Nothing => continue,
            }
            names.push(name);
        }
    }
    (attributes, text_apart)
}
