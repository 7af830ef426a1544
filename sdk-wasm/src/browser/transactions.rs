//! Transactions: `dna('transaction', …)`, `dna('end', …)`, `dna('fail', …)`.

use super::calls::{self, said};
use super::core::Core;
use super::js;
use crate::transactions::Ended;
use dna_protocol::privacy::clean_text;
use wasm_bindgen::prelude::JsValue;

/// The open transactions, each with the arguments of the call that began it.
pub(super) type Transactions = crate::transactions::Transactions<JsValue>;

/// Takes a call that is about a transaction; `false` when it is about something else.
pub(super) fn said(core: &mut Core, time: f64, called: i32, arguments: &JsValue) -> bool {
    let outcome = match called {
        said::TRANSACTION => "",
        said::END => "ok",
        said::FAIL => "error",
        _ => return false,
    };
    let name = clean_text(&calls::subject(arguments));
    if name.is_empty() {
        return false;
    }
    let now = core.wall(time);
    expire(core, now);
    if outcome.is_empty() {
        let before = core.transactions.begin(name, now, arguments.clone());
        tell(core, before, &JsValue::UNDEFINED);
    } else {
        let ended = core.transactions.end(&name, now, outcome);
        if ended.is_none() {
            js::warn("dna: no transaction of that name is open on this page");
        }
        tell(core, ended, arguments);
    }
    true
}

/// The page is left: whoever comes back begins anew.
pub(super) fn left(core: &mut Core, time: f64) {
    let now = core.wall(time);
    expire(core, now);
    while let Some(ended) = core.transactions.abandon(now) {
        tell(core, Some(ended), &JsValue::UNDEFINED);
    }
}

/// Tells those that nobody waits for any more.
pub(super) fn expire(core: &mut Core, now: f64) {
    while let Some(ended) = core.transactions.expire(now) {
        tell(core, Some(ended), &JsValue::UNDEFINED);
    }
}

/// Tells one that is over, with the attributes of both calls; what its end says holds.
fn tell(core: &mut Core, ended: Option<Ended<JsValue>>, end: &JsValue) {
    let Some(ended) = ended else { return };
    let (attributes, _) = calls::attributes(&[end, &ended.with], "");
    core.client.record_since(core.now(), ended.start, ended.draft(&attributes));
}
