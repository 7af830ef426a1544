//! Long animation frames (W3C Long Animation Frames), kept until it is known whether the
//! reported interaction was in them.

use super::page::at_least;

/// The scripts of a long animation frame. They are read only when the frame turns out to matter.
pub trait Scripts {
    /// `startTime` and `duration` of the script at `index`; `None` after the last one.
    fn span(&self, index: usize) -> Option<(f64, f64)>;

    /// Where the script at `index` comes from.
    fn source(&self, index: usize) -> Source;
}

/// Where a script comes from.
#[derive(Debug, Default)]
pub struct Source {
    /// `sourceURL`.
    pub url: String,
    /// `invoker`.
    pub invoker: String,
}

/// Frames that are kept: a few for each of the frames of events, since an input may wait for
/// several of them.
const LONG_FRAMES_MAX: usize = 30;

#[derive(Debug)]
pub(super) struct LongFrames<S>(Vec<LongFrame<S>>);

#[derive(Debug)]
struct LongFrame<S> {
    start: f64,
    end: f64,
    scripts: S,
}

/// A script that ran within an interaction.
pub(super) struct Script<'a, S> {
    frame: &'a LongFrame<S>,
    index: usize,
    /// How long it ran after the interaction had begun.
    pub(super) duration: f64,
}

impl<S: Scripts> LongFrames<S> {
    pub(super) fn new() -> Self {
        Self(Vec::new())
    }

    /// Keeps a frame; frames come in order. When there is no room, the oldest goes that is not
    /// `needed`, or the oldest.
    pub(super) fn push(
        &mut self,
        start: f64,
        end: f64,
        scripts: S,
        needed: impl Fn(f64, f64) -> bool,
    ) {
        if self.0.len() >= LONG_FRAMES_MAX {
            let unneeded = self.0.iter().position(|frame| !needed(frame.start, frame.end));
            let gone = unneeded.unwrap_or(0);
            let mut index = 0;
            self.0.retain(|_| {
                index += 1;
                index != gone + 1
            });
        }
        self.0.push(LongFrame { start, end, scripts });
    }

    /// The script that ran longest after `start`, in the frames from `start` to `end`.
    pub(super) fn longest_script(&self, start: f64, end: f64) -> Option<Script<'_, S>> {
        let mut longest: Option<Script<'_, S>> = None;
        for frame in &self.0 {
            if frame.end < start || frame.start > end {
                continue;
            }
            let mut index = 0;
            while let Some((begun, lasted)) = frame.scripts.span(index) {
                let duration = begun + lasted - at_least(start, begun);
                if duration > longest.as_ref().map_or(0.0, |script| script.duration) {
                    longest = Some(Script { frame, index, duration });
                }
                index += 1;
            }
        }
        longest
    }
}

impl<S: Scripts> Script<'_, S> {
    pub(super) fn source(&self) -> Source {
        self.frame.scripts.source(self.index)
    }
}
