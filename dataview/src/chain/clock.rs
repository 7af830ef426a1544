//! Clocks of several hosts made one: a part cannot begin before the whole.
//!
//! Each host's clock is compared with the one of whom it worked for. Where it contradicts it, it
//! is shifted so that the part lies in the middle of the whole: the network took as long there as
//! back (NTP supposes the same). Parts on the same host are shifted alike.

use super::limits::SLACK_US;
use super::node::Node;
use super::why::{Note, NoteCode};

/// Sets the start of each node's row. `order`: parents before their parts.
pub(super) fn correct(nodes: &mut [Node], order: &[usize]) {
    let mut shifts = vec![0_i64; nodes.len()];
    for at in order.iter().copied() {
        let shift = match nodes[at].parent {
            None => 0,
            Some(parent) if nodes[parent].clock == nodes[at].clock => shifts[parent],
            Some(parent) => {
                let (whole, part) = (&nodes[parent], &nodes[at]);
                let shift = shift(whole, shifts[parent], part);
                let by = shift - shifts[parent];
                if by != 0 && shift != 0 {
                    let ms = by as f64 / 1000.0;
                    let values = [("ms", format!("{ms:+.1}")), ("clock", part.clock.clone())];
                    let note = Note::new(NoteCode::ClockCorrected, values.into());
                    nodes[at].row.notes.push(note);
                }
                shift
            }
        };
        shifts[at] = shift;
        nodes[at].row.start_us = (nodes[at].start_us + shift).max(0).unsigned_abs();
    }
}

/// What is added to the times of `part`, where `shifted` is added to those of `whole`.
fn shift(whole: &Node, shifted: i64, part: &Node) -> i64 {
    // As the whole is, or not at all, where that fits: most clocks are right.
    for shift in [shifted, 0] {
        if fits(whole.start_us + shifted, whole, part.start_us + shift, part) {
            return shift;
        }
    }
    let room = (whole.duration() - part.duration()).max(0);
    whole.start_us + shifted + room / 2 - part.start_us
}

fn fits(whole_start: i64, whole: &Node, part_start: i64, part: &Node) -> bool {
    if part_start < whole_start {
        return false;
    }
    if whole.is_queue || part.is_queue {
        return true;
    }
    let (whole_end, part_end) = (whole_start + whole.duration(), part_start + part.duration());
    // One that takes longer than the whole was given up by it: its end says nothing of clocks.
    let given_up = part.duration() > whole.duration() && part_start <= whole_end;
    part_end <= whole_end + SLACK_US || given_up
}
