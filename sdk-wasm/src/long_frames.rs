//! Long animation frames of a page, and long tasks where a browser knows no frames: the longest
//! ones of each view are told.

use crate::limits::LONG_FRAMES_MAX;
use dna_protocol::Draft;

/// The long frames of one view that wait to be told.
#[derive(Debug, Default)]
pub struct LongFrames {
    kept: Vec<Frame>,
    /// How many of this view were told before.
    told: usize,
    dropped: u64,
}

#[derive(Debug)]
struct Frame {
    start: f64,
    duration: f64,
    draft: Draft,
}

impl LongFrames {
    /// Adds a frame of that duration, which is read only when it is among the longest.
    pub fn add(&mut self, start: f64, duration: f64, read: impl FnOnce() -> Draft) {
        let is_full = self.kept.len() + self.told >= LONG_FRAMES_MAX;
        self.dropped += u64::from(is_full);
        let mut place = None;
        if is_full {
            let mut shortest = duration;
            for frame in &mut self.kept {
                if frame.duration < shortest {
                    shortest = frame.duration;
                    place = Some(frame);
                }
            }
            if place.is_none() {
                return;
            }
        }
        let frame = Frame { start, duration, draft: read() };
        match place {
            Some(shortest) => *shortest = frame,
            None => self.kept.push(frame),
        }
    }

    /// Tells the frames, each with the time when it began. `anew`: another view, or what comes
    /// after the load, has room for as many again.
    pub fn take(&mut self, anew: bool, told: &mut Vec<(f64, Draft)>) {
        self.told = if anew { 0 } else { self.told + self.kept.len() };
        for frame in std::mem::take(&mut self.kept) {
            told.push((frame.start, frame.draft));
        }
    }

    /// How many found no room since this was asked last.
    pub fn dropped(&mut self) -> u64 {
        std::mem::take(&mut self.dropped)
    }
}
