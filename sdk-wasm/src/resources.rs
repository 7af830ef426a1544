//! Resources of a page (W3C Resource Timing): which are told whole, and the groups of the others.

use crate::limits::{RESOURCE_GROUPS_MAX, RESOURCE_SLOW, RESOURCES_WHOLE_MAX};
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
    count: f64,
    first: f64,
    last: f64,
    longest: f64,
    sum: f64,
    cached: f64,
    sizes: [f64; 3],
}

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

    /// The groups so far, and when the last of each had come. `anew`: another view, or what comes
    /// after the load, is judged afresh.
    pub fn take(&mut self, anew: bool) -> impl Iterator<Item = (f64, Draft)> + use<> {
        if anew {
            self.whole = [0; 2];
        }
        std::mem::take(&mut self.groups).into_iter().map(|group| (group.last, group.draft()))
    }
}

impl Group {
    fn add(&mut self, loaded: &Loaded<'_>) {
        let end = loaded.start + loaded.duration;
        self.count += 1.0;
        self.sum += loaded.duration;
        if loaded.start < self.first {
            self.first = loaded.start;
        }
        if end > self.last {
            self.last = end;
        }
        if loaded.duration > self.longest {
            self.longest = loaded.duration;
        }
        let [transfer, _, decoded] = loaded.sizes;
        if loaded.open && transfer == 0.0 && decoded > 0.0 {
            self.cached += 1.0;
        }
        for (sum, size) in self.sizes.iter_mut().zip(loaded.sizes) {
            if size > 0.0 {
                *sum += size;
            }
        }
    }

    fn draft(&self) -> Draft {
        let mut draft = Draft::new(Kind::Resource);
        let fields = &mut draft.fields;
        fields.text(Resource::initiator, &self.initiator);
        fields.text(Resource::url, &clean_address(&self.origin));
        fields.millis(Resource::duration, self.longest);
        fields.millis(Resource::duration_sum, self.sum);
        fields.millis(Resource::start, self.first);
        let [transfer, encoded, decoded] = self.sizes;
        for (slot, count) in [
            (Resource::count, self.count),
            (Resource::cached, self.cached),
            (Resource::transfer_size, transfer),
            (Resource::encoded_body_size, encoded),
            (Resource::decoded_body_size, decoded),
        ] {
            fields.count(slot, count);
        }
        draft
    }
}

/// What stands before the path of an address.
fn origin(url: &str) -> &str {
    let third = url.bytes().enumerate().filter(|(_, byte)| *byte == b'/').nth(2);
    third.map_or(url, |(at, _)| &url[..at])
}
