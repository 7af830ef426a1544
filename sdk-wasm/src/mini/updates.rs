//! Updates of data (setData): what they cost, by page and component, and which paths were set.

use super::core::{Core, MiniHost};
use super::groups;
use super::record::{Record, Value};
use crate::limits::MINI_COMPONENTS_MAX;
use dna_protocol::model::DataUpdate;
use dna_protocol::privacy::clean_text;
use dna_protocol::{Draft, Kind};

/// What was updated since it was told last, by page or component.
#[derive(Debug, Default)]
pub(super) struct Updates(Vec<Group>);

#[derive(Debug, Default)]
struct Group {
    component: String,
    count: u64,
    merged: u64,
    longest: f64,
    sum: f64,
    wait: f64,
    paths: String,
    last: f64,
}

/// An update: the page's or component's path, how long it took, how much of that it waited, whether it was
/// done with another, and the paths of the data, separated by spaces.
pub(super) fn updated<H: MiniHost>(core: &mut Core<H>, now: u64, mut record: Record<'_>) -> bool {
    let (component, duration, wait) = (record.text(), record.number(), record.number());
    let merged = record.next() == Some(Value::Bool(true));
    if duration.is_nan() || duration < 0.0 {
        return true;
    }
    let group = core.groups.updates.group(component);
    group.count += 1;
    group.merged += u64::from(merged);
    group.sum += duration;
    group.last = record.time + duration;
    if duration >= group.longest {
        (group.longest, group.wait) = (duration, wait);
        group.paths = paths(record.text());
    }
    groups::added(core, now);
    true
}

/// Tells what was updated.
pub(super) fn tell<H: MiniHost>(core: &mut Core<H>, now: u64) {
    for group in std::mem::take(&mut core.groups.updates.0) {
        let mut draft = Draft::new(Kind::DataUpdate);
        let fields = &mut draft.fields;
        fields.text(DataUpdate::component, &clean_text(&group.component));
        fields.uint(DataUpdate::count, group.count);
        fields.millis(DataUpdate::duration, group.longest);
        fields.millis(DataUpdate::duration_sum, group.sum);
        if group.wait > 0.0 {
            fields.millis(DataUpdate::wait, group.wait);
        }
        fields.text(DataUpdate::paths, &group.paths);
        if group.merged > 0 {
            fields.uint(DataUpdate::merged, group.merged);
        }
        core.record(now, group.last, draft);
    }
}

impl Updates {
    fn group(&mut self, component: &str) -> &mut Group {
        let groups = &mut self.0;
        let at =
            groups.iter().position(|group| group.component == component).unwrap_or_else(|| {
                // The last one takes the rest.
                if groups.len() <= MINI_COMPONENTS_MAX {
                    let named = groups.len() < MINI_COMPONENTS_MAX;
                    let component = if named { component } else { "other" }.to_owned();
                    groups.push(Group { component, ..Group::default() });
                }
                groups.len() - 1
            });
        &mut groups[at]
    }
}

/// Longest name of data: what is longer and has figures in it is an identifier.
const NAME_MAX: usize = 20;

/// Figures from which on a name is one of an identifier, as `c0042`; `line12` is a programmer's.
const FIGURES_MIN: usize = 4;

/// The paths as a programmer writes them, each once: without indices, numbers and identifiers, which
/// may be a customer's.
fn paths(paths: &str) -> String {
    let mut told = String::new();
    for path in paths.split_ascii_whitespace() {
        let mut plain = String::new();
        for (at, part) in path.split(['.', '[']).enumerate() {
            let index = part.strip_suffix(']');
            if index.is_some_and(|index| index.bytes().all(|byte| byte.is_ascii_digit())) {
                plain.push_str("[]");
                continue;
            }
            if at > 0 {
                plain.push('.');
            }
            if is_identifier(index.unwrap_or(part)) {
                plain.push_str("{id}");
            } else {
                plain.push_str(index.unwrap_or(part));
            }
        }
        if told.split(' ').all(|known| known != plain) {
            if !told.is_empty() {
                told.push(' ');
            }
            told.push_str(&plain);
        }
    }
    clean_text(&told)
}

/// Whether a step of a path is a customer's, by its figures or because programmers name in ASCII.
fn is_identifier(name: &str) -> bool {
    let figures = name.bytes().filter(u8::is_ascii_digit).count();
    figures >= FIGURES_MIN
        || figures > 0 && (name.len() >= NAME_MAX || figures == name.len())
        || !name.is_ascii()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_name_data_and_never_hold_any() {
        for (given, expected) in [
            ("accounts[0].name accounts[12].name total", "accounts[].name total"),
            ("balances.6222020202020208", "balances.{id}"),
            ("users.o6_bmjrPTlm6_2sgVt7hMZOPfL2M.name", "users.{id}.name"),
            ("a[o6_bmjrPTlm6_2sgVt7hMZOPfL2M]", "a.{id}"),
            ("call.13800138000 call13800138000", "call.{id} {id}"),
            ("users.c0042.name byName[张三].sum k4v3", "users.{id}.name byName.{id}.sum k4v3"),
            ("张三", "{id}"),
            ("u１２３.x items[7] a.7", "{id}.x items[] a.{id}"),
            ("aVeryLongNameThatAProgrammerGave", "aVeryLongNameThatAProgrammerGave"),
            ("[3] x[1][2].y2", "[] x[][].y2"),
            ("", ""),
        ] {
            assert_eq!(paths(given), expected, "{given}");
        }
    }

    #[test]
    fn components_are_told_apart_up_to_a_bound() {
        let mut updates = Updates::default();
        for at in 0..2 * MINI_COMPONENTS_MAX {
            updates.group(&format!("c{at}")).count += 1;
        }
        let [.., last] = &updates.0[..] else { panic!("none") };
        assert_eq!((updates.0.len(), last.component.as_str()), (MINI_COMPONENTS_MAX + 1, "other"));
        assert_eq!(last.count as usize, MINI_COMPONENTS_MAX);
    }
}
