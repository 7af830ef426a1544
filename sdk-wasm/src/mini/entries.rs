//! The platforms' performance entries: WeChat's and Douyin's names for them, and which signal each is.

use super::core::{Core, MiniHost};
use super::record::Record;
use super::words::{self, INITIATORS};
use super::{code, groups, launch, page_loads};
use crate::resources::Loaded;
use dna_protocol::model::Resource;
use dna_protocol::privacy::clean_url;
use dna_protocol::{Draft, Kind};

/// The first of all entries, which says that there are any.
pub(super) const SUPPORTED: &str = "supported";

/// An entry: its name, path, startTime and duration, then what only those of its name have.
pub(super) fn entry<H: MiniHost>(core: &mut Core<H>, now: u64, mut record: Record<'_>) -> bool {
    let (name, path) = (record.text(), record.text());
    let (start, duration) = (record.number(), record.number());
    match name {
        SUPPORTED => core.loads.measured = true,
        "appLaunch" => {
            page_loads::route(core, now, path, [start, f64::NAN], name);
            launch::measured(core, now, start, duration);
            // Of its page it measures no route apart.
            page_loads::route(core, now, path, [start, duration], name);
        }
        "app-click" => launch::measured(core, now, start, f64::NAN),
        "route" => page_loads::route(core, now, path, [start, duration], record.text()),
        "firstRender" => page_loads::rendered(core, now, path, duration, &mut record),
        "firstPaint" | "first-paint" => page_loads::painted(core, now, path, "FP", start),
        "firstContentfulPaint" | "first-contentful-paint" => {
            page_loads::painted(core, now, path, "FCP", start);
        }
        "largestContentfulPaint" | "largest-contentful-paint" => {
            page_loads::painted(core, now, path, "LCP", start);
        }
        "evaluateScript" | "app-service" => {
            code::ran(core, now, [start, duration], &mut record);
        }
        "downloadPackage" | "miniprogram-package" => {
            code::downloaded(core, now, [start, duration], &mut record);
        }
        "resourceTiming" | "resource-timing" => {
            resource(core, now, [start, duration], &mut record);
        }
        _ => {}
    }
    true
}

/// A resource of the view layer: its kind, address, bytes, and the time of its name look-up.
fn resource<H: MiniHost>(
    core: &mut Core<H>,
    now: u64,
    [start, duration]: [f64; 2],
    record: &mut Record<'_>,
) {
    let initiator = words::known(record.text(), INITIATORS);
    let (url, transfer) = (record.text(), record.number());
    let dns = -record.number() + record.number();
    let loaded = Loaded {
        initiator,
        url,
        start: core.client.since(start),
        duration,
        status: 0.0,
        open: transfer > 0.0,
        sizes: [transfer, f64::NAN, f64::NAN],
    };
    if !core.groups.resources.add(&loaded) {
        groups::added(core, now);
        return;
    }
    let mut draft = Draft::new(Kind::Resource);
    let fields = &mut draft.fields;
    fields.text(Resource::initiator, initiator);
    fields.text(Resource::url, &clean_url(url, core.client.url_params()));
    fields.millis(Resource::duration, duration);
    fields.millis(Resource::start, loaded.start);
    if dns > 0.0 {
        fields.millis(Resource::dns, dns);
    }
    fields.count(Resource::transfer_size, transfer);
    core.record(now, start + duration, draft);
}
