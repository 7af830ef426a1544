//! Launches: the mini program was started, or came back from the background.

use super::core::{Core, MiniHost};
use super::record::Record;
use super::words::{self, NETWORKS};
use crate::limits::MINI_ENTRIES_WAIT;
use dna_protocol::model::AppLaunch;
use dna_protocol::privacy::{clean_text, clean_url};
use dna_protocol::{Draft, Kind};

/// The cold launch until it is told.
#[derive(Debug, Default)]
pub(super) struct Launch {
    /// What is known of it, when it began, and since when it waits for the platform's measurement.
    cold: Option<(Draft, f64, u64)>,
    /// What the platform measured: when it began, and how long it took.
    measured: Option<(f64, f64)>,
}

/// A launch: cold or warm, path, scene; of a cold one what the platform says of the device.
pub(super) fn launched<H: MiniHost>(core: &mut Core<H>, now: u64, mut record: Record<'_>) -> bool {
    let mut draft = Draft::new(Kind::AppLaunch);
    let fields = &mut draft.fields;
    let kind = record.text();
    fields.text(AppLaunch::r#type, kind);
    fields.text(AppLaunch::path, &clean_url(record.text(), ""));
    fields.text(AppLaunch::scene, &clean_text(record.text()));
    for slot in [AppLaunch::base_library, AppLaunch::host_version, AppLaunch::device_model] {
        fields.text(slot, &clean_text(record.text()));
    }
    // `Android 15`, or `iOS 18.1`; Alipay and Douyin tell the version by itself.
    let (system, platform) = (record.text(), record.text());
    let (name, version) = system.rsplit_once(' ').unwrap_or((platform, system));
    fields.text(AppLaunch::os_name, &clean_text(name));
    fields.text(AppLaunch::os_version, &clean_text(version));
    fields.number(AppLaunch::benchmark_level, record.number());
    fields.text(AppLaunch::connection, words::known(record.text(), NETWORKS));
    fields.text(AppLaunch::language, &clean_text(record.text()));
    fields.count(AppLaunch::viewport_width, record.number());
    fields.count(AppLaunch::viewport_height, record.number());
    if kind == "warm" {
        core.record(now, record.time, draft);
    } else {
        core.launch.cold = Some((draft, record.time, now));
        settle(core, now, !core.loads.measured);
    }
    true
}

/// The platform has measured the launch.
pub(super) fn measured<H: MiniHost>(core: &mut Core<H>, now: u64, start: f64, duration: f64) {
    core.launch.measured = Some((start, duration));
    settle(core, now, false);
}

/// Tells the cold launch when it is measured, or when nobody waits for that: `all`, or after a while.
pub(super) fn settle<H: MiniHost>(core: &mut Core<H>, now: u64, all: bool) {
    let Launch { cold: Some((_, _, since)), measured } = &core.launch else { return };
    // Douyin tells its beginning before its end.
    let known = measured.is_some_and(|(_, duration)| duration > 0.0);
    if !known && !all && now < since + MINI_ENTRIES_WAIT {
        return;
    }
    let measured = *measured;
    let Some((mut draft, mut time, _)) = core.launch.cold.take() else { return };
    if let Some((start, duration)) = measured {
        if start > 0.0 {
            time = start;
        }
        if duration > 0.0 {
            draft.fields.millis(AppLaunch::duration, duration);
        }
    }
    core.record(now, time, draft);
}

impl Launch {
    /// When it has to be told.
    pub(super) fn due(&self) -> Option<u64> {
        self.cold.as_ref().map(|(_, _, since)| since + MINI_ENTRIES_WAIT)
    }

    /// The first page is there: the end of a launch of which the platform tells the beginning.
    pub(super) fn arrived(&mut self, at: f64) {
        if let Some((start, duration)) = &mut self.measured
            && duration.is_nan()
        {
            *duration = at - *start;
        }
    }
}
