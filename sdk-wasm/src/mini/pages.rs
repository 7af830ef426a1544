//! The application as its user sees it: which page is shown, and whether the application is.

use super::core::{Core, MiniHost};
use super::groups;
use super::record::Record;
use dna_protocol::model::{PageView, Visibility};
use dna_protocol::{Draft, Kind};

/// A page is shown. The first is the page view; each further one is a route, and a view of its own.
pub(super) fn route<H: MiniHost>(core: &mut Core<H>, now: u64, mut record: Record<'_>) -> bool {
    let (path, how) = (record.text(), record.text());
    if core.client.is_denied() {
        // Remembered for a later consent, which [`seen_again`] tells it by.
        core.shown = true;
        core.client.host().go(path);
        return true;
    }
    let first = !std::mem::replace(&mut core.shown, true);
    if !first && !core.client.allows_route(now) {
        return true;
    }
    // What is known of the page before belongs to its view.
    groups::tell(core, now, true);
    core.client.host().go(path);
    if first {
        tell_view(core, now, record.time);
    } else {
        let since = core.client.since(record.time);
        core.client.new_route(now, since, how);
        core.client.routed(now, None);
    }
    let view = core.client.current_view().clone();
    core.loads.begin(path, view, now);
    true
}

fn tell_view<H: MiniHost>(core: &mut Core<H>, now: u64, time: f64) {
    let mut draft = Draft::new(Kind::PageView);
    draft.fields.text(PageView::navigation_type, "navigate");
    core.client.relocate();
    core.record(now, time, draft);
}

/// The user has agreed after a refusal, of which nothing is known: the page that is shown begins anew.
pub(super) fn seen_again<H: MiniHost>(core: &mut Core<H>, now: u64) {
    if core.shown {
        tell_view(core, now, now as f64);
    }
}

/// The application is covered, or seen again.
pub(super) fn lifecycle<H: MiniHost>(core: &mut Core<H>, now: u64, mut record: Record<'_>) -> bool {
    let shown = record.text() == "show";
    if shown {
        core.client.show(now, now);
    }
    let mut draft = Draft::new(Kind::Visibility);
    draft.fields.text(Visibility::state, if shown { "visible" } else { "hidden" });
    core.record(now, record.time, draft);
    if !shown {
        core.settle(now);
        core.client.hide(now);
    }
    true
}
