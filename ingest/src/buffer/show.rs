//! A kept entry as JSON, for people and tests: what `ingest tail --json` prints and the live page
//! receives.

use dna_buffer::read::Kept;
use dna_protocol::FrameProblem;
use dna_protocol::entry::Entry;
use dna_source_maps::{Maps, resolve};
use serde_json::{Value, json};

/// The entry in `kept`.
///
/// # Errors
/// When the bytes are no entry.
pub fn entry(kept: &Kept) -> Result<Entry, FrameProblem> {
    let (receipt, decoded) = Entry::decode(&kept.bytes)?;
    Ok(Entry { receipt, frame: decoded.frame })
}

/// The same as [`json`], each event that has a stack with `resolved_stack`, if `maps` has any of
/// its source maps.
#[must_use]
pub fn resolved_json(kept: &Kept, maps: Option<&Maps>) -> Value {
    let mut value = json(kept);
    if let Some(maps) = maps
        && let Ok(entry) = entry(kept)
    {
        for (at, event) in entry.frame.events.iter().enumerate() {
            if let Some(stack) = resolve(maps, &entry, event) {
                value["frame"]["events"][at]["resolved_stack"] = stack.to_json();
            }
        }
    }
    value
}

/// `id`, `shard`, `kept_at_ms`, then the entry's own names; `error` in their place when the bytes
/// are no entry.
#[must_use]
pub fn json(kept: &Kept) -> Value {
    let mut value = match entry(kept) {
        Ok(entry) => entry.to_json(),
        Err(problem) => json!({ "error": problem.to_string() }),
    };
    value["id"] = kept.id.clone().into();
    value["shard"] = kept.shard.into();
    value["kept_at_ms"] = kept.kept_at_ms.into();
    value
}
