//! A stack with the places that its developers know.

use super::Maps;
use super::parse::Original;
use dna_protocol::entry::Entry;
use dna_protocol::field::{AttributeValue, Attributes};
use dna_protocol::model::{Body, Event};
use dna_protocol::stack::{Frame, frame};
use serde_json::{Value, json};

/// Lines of a stack that are looked at; engines write ten frames, causes a few times that.
const LINES_MAX: usize = 100;

/// The lines of a stack, where some could be resolved.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stack(pub Vec<Line>);

/// A line of a stack.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Line {
    /// As the engine wrote it: a message, or a frame without a map.
    Raw(String),
    /// A frame in the source.
    Resolved {
        /// The function's name in the source, where it is known, or the engine's.
        function: String,
        /// The source as the map names it.
        source: String,
        /// Line, from 1.
        line: u32,
        /// Column, from 1.
        column: u32,
        /// The line and those around it with their numbers; empty without the source.
        context: Vec<(u32, String)>,
    },
}

/// The stack of an event of `entry`, if it has one, of which a frame has a map.
#[must_use]
pub fn resolve(maps: &Maps, entry: &Entry, event: &Event) -> Option<Stack> {
    let (text, ids) = match &event.body {
        Body::Exception(exception) | Body::UnhandledRejection(exception) => {
            (exception.stacktrace.as_deref()?, exception.debug_ids.as_ref())
        }
        Body::Console(console) => (console.stacktrace.as_deref()?, None),
        _ => return None,
    };
    let build = Build {
        maps,
        app: entry.receipt.app.as_deref()?,
        release: entry.frame.header.release.as_deref().unwrap_or_default(),
        ids,
    };
    build.resolve(text)
}

/// What was built, and where its maps are.
struct Build<'a> {
    maps: &'a Maps,
    app: &'a str,
    release: &'a str,
    /// Debug ids by the addresses of scripts, or by their ends.
    ids: Option<&'a Attributes>,
}

impl Build<'_> {
    fn resolve(&self, text: &str) -> Option<Stack> {
        let frames = text.lines().take(LINES_MAX).map(|line| (line, frame(line)));
        let found: Vec<_> = frames
            .map(|(line, frame)| {
                let original = frame.and_then(|frame| self.original(&frame));
                (line, frame, original)
            })
            .collect();
        if found.iter().all(|(_, _, original)| original.is_none()) {
            return None;
        }
        // What a function is called stands where it is called: in the next frame.
        let callers = found.iter().skip(1).map(|(_, _, original)| original.as_ref());
        let names = callers.map(|caller| caller.and_then(|caller| caller.name.clone()));
        let names: Vec<_> = names.chain([None]).collect();
        let lines = found.into_iter().zip(names).map(|((line, frame, original), name)| {
            let Some(original) = original else { return Line::Raw(line.to_owned()) };
            let function = name.unwrap_or_else(|| frame.map_or("", |it| it.function).to_owned());
            let Original { source, line, column, context, .. } = original;
            Line::Resolved { function, source, line, column, context }
        });
        Some(Stack(lines.collect()))
    }

    fn original(&self, frame: &Frame<'_>) -> Option<Original> {
        let ids = self.ids.into_iter().flat_map(Attributes::iter);
        let id =
            ids.filter(|(name, _)| frame.file.ends_with(&**name)).find_map(|(_, id)| match id {
                AttributeValue::Text(id) => self.maps.of_id(self.app, id),
                _ => None,
            });
        let map = id.or_else(|| self.maps.of_release(self.app, self.release, frame.file))?;
        map.original(frame.line, frame.column)
    }
}

impl Stack {
    /// A text for a frame without a map, an object for one with.
    #[must_use]
    pub fn to_json(&self) -> Value {
        self.0.iter().map(Line::to_json).collect()
    }
}

impl Line {
    fn to_json(&self) -> Value {
        match self {
            Self::Raw(text) => json!(text),
            Self::Resolved { function, source, line, column, context } => json!({
                "function": function,
                "source": source,
                "line": line,
                "column": column,
                "context": context,
            }),
        }
    }
}
