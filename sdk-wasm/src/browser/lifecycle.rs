//! The page is shown, covered, left, or comes back from the back/forward cache.

use super::core::{Core, Record};
use super::{js, transactions};

/// Handles `visibilitychange`, `pagehide` and `pageshow`. What came before the core is told as it
/// was then.
pub(super) fn changed(core: &mut Core, record: &Record) {
    let [event, state, ..] = &record.values;
    let time = record.time;
    match js::which(event, "type", "visibilitychange pagehide pageshow") {
        0 => {
            let state = js::printed(state, 16);
            let is_hidden = state == "hidden";
            if !is_hidden {
                core.show();
            }
            core.visibility(time, &state);
            if is_hidden {
                core.hide(js::num(event, "timeStamp"));
            }
        }
        1 => {
            // A page that is covered is not left: the customer may read an SMS meanwhile.
            transactions::left(core, time);
            core.leave(js::num(event, "timeStamp"));
        }
        // The first pageshow of a load is no news.
        2 if js::get(event, "persisted").is_truthy() => {
            core.restore(time, js::num(event, "timeStamp"));
        }
        _ => {}
    }
}
