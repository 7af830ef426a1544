//! Code: packages that were downloaded, and scripts that were run.

use super::core::{Core, MiniHost};
use super::record::Record;
use dna_protocol::model::CodeLoad;
use dna_protocol::privacy::clean_text;
use dna_protocol::{Draft, Kind};

/// The scripts of a package were run: its name, and how many they were.
pub(super) fn ran<H: MiniHost>(
    core: &mut Core<H>,
    now: u64,
    times: [f64; 2],
    record: &mut Record<'_>,
) {
    tell(core, now, times, "evaluateScript", record);
}

/// A package was downloaded: its name, and its bytes.
pub(super) fn downloaded<H: MiniHost>(
    core: &mut Core<H>,
    now: u64,
    times: [f64; 2],
    record: &mut Record<'_>,
) {
    tell(core, now, times, "downloadPackage", record);
}

fn tell<H: MiniHost>(
    core: &mut Core<H>,
    now: u64,
    [start, duration]: [f64; 2],
    what: &str,
    record: &mut Record<'_>,
) {
    let mut draft = Draft::new(Kind::CodeLoad);
    let fields = &mut draft.fields;
    fields.text(CodeLoad::r#type, what);
    fields.text(CodeLoad::package, &clean_text(record.text()));
    if duration >= 0.0 {
        fields.millis(CodeLoad::duration, duration);
    }
    let count = if what == "evaluateScript" { CodeLoad::scripts } else { CodeLoad::package_size };
    fields.count(count, record.number());
    core.record(now, start, draft);
}
