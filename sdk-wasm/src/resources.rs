//! Resources of a page (W3C Resource Timing): which are told whole, and the groups of the others.

use crate::limits::{RESOURCE_GROUPS_MAX, RESOURCE_SLOW, RESOURCES_WHOLE_MAX};
use dna_protocol::draft::Slot;
use dna_protocol::model::Resource;
use dna_protocol::privacy::clean_address;
use dna_protocol::{Draft, Kind};

/// What groups and judges a resource. Numbers are as JavaScript has them, NaN where the browser
/// does not know the property.
#[derive(Debug, Default, Clone, Copy)]
pub struct Loaded<'a> {
    /// W3C `initiatorType`.
    pub initiator: &'a str,
    /// Its address, or the beginning of it.
    pub url: &'a str,
    /// When it was wanted.
    pub start: f64,
    /// From there to its last byte.
    pub duration: f64,
    /// The HTTP status; 0 where it is hidden.
    pub status: f64,
    /// Whether the browser shows sizes: another origin may hide them.
    pub open: bool,
    /// `transferSize`, `encodedBodySize` and `decodedBodySize`.
    pub sizes: [f64; 3],
}

/// The resources of one view.
#[derive(Debug, Default)]
pub struct Resources {
    groups: Vec<Group>,
    /// How many slow and failed ones were told whole.
    whole: [u32; 2],
}

#[derive(Debug, Default)]
struct Group {
    initiator: String,
    origin: String,
    first: f64,
    last: f64,
    longest: f64,
    sums: [f64; 6],
}

/// The fields of a group's sums.
const SUMS: [Slot; 6] = [
    Resource::count,
    Resource::cached,
    Resource::transfer_size,
    Resource::encoded_body_size,
    Resource::decoded_body_size,
    Resource::duration_sum,
];

impl Resources {
    /// Adds a resource; `true` when the caller is to tell it whole.
    pub fn add(&mut self, loaded: &Loaded<'_>) -> bool {
        let failed = loaded.status >= 400.0;
        if failed || loaded.duration >= RESOURCE_SLOW {
            let told = &mut self.whole[usize::from(failed)];
            if *told < RESOURCES_WHOLE_MAX {
                *told += 1;
                return true;
            }
        }
        self.group(loaded).add(loaded);
        false
    }

    fn group(&mut self, loaded: &Loaded<'_>) -> &mut Group {
        let origin = origin(loaded.url);
        let groups = &mut self.groups;
        let known = |group: &Group| group.initiator == loaded.initiator && group.origin == origin;
        let at = groups.iter().position(known).unwrap_or_else(|| {
            // The last one takes the rest.
            if groups.len() <= RESOURCE_GROUPS_MAX {
                let mut group = Group { first: f64::INFINITY, ..Group::default() };
                if groups.len() < RESOURCE_GROUPS_MAX {
                    group.initiator += loaded.initiator;
                    group.origin += origin;
                } else {
                    group.initiator += "other";
                }
                groups.push(group);
            }
            groups.len() - 1
        });
        &mut groups[at]
    }

    /// Tells the groups so far, each with the time when the last of it had come. `anew`: another
    /// view, or what comes after the load, is judged afresh.
    pub fn take(&mut self, anew: bool, told: &mut Vec<(f64, Draft)>) {
        if anew {
            self.whole = [0; 2];
        }
        for group in std::mem::take(&mut self.groups) {
            told.push((group.last, group.draft()));
        }
    }
}

impl Group {
    fn add(&mut self, loaded: &Loaded<'_>) {
        let end = loaded.start + loaded.duration;
        if loaded.start < self.first {
            self.first = loaded.start;
        }
        if end > self.last {
            self.last = end;
        }
        if loaded.duration > self.longest {
            self.longest = loaded.duration;
        }
        let [transfer, encoded, decoded] = loaded.sizes;
        let from_cache = loaded.open && transfer == 0.0 && decoded > 0.0;
        let cached = f64::from(u8::from(from_cache));
        let parts = [1.0, cached, transfer, encoded, decoded, loaded.duration];
        for (sum, part) in self.sums.iter_mut().zip(parts) {
            // Not what a browser does not know.
            if part > 0.0 {
                *sum += part;
            }
        }
    }

    fn draft(&self) -> Draft {
        let mut draft = Draft::new(Kind::Resource);
        let fields = &mut draft.fields;
        fields.text(Resource::initiator, &self.initiator);
        fields.text(Resource::url, &clean_address(&self.origin));
        fields.millis(Resource::duration, self.longest);
        fields.millis(Resource::start, self.first);
        for (slot, sum) in SUMS.into_iter().zip(self.sums) {
            if sum > 0.0 {
                // Whole numbers stay what they are.
                fields.millis(slot, sum);
            }
        }
        draft
    }
}

/// What stands before the path of an address.
fn origin(url: &str) -> &str {
    let third = url.bytes().enumerate().filter(|(_, byte)| *byte == b'/').nth(2);
    third.map_or(url, |(at, _)| &url[..at])
}
