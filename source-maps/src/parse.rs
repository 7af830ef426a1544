//! Reading a source map that may be anything.

use serde::Deserialize;
use sourcemap::DecodedMap;
use std::borrow::Cow;
use std::panic::{AssertUnwindSafe, catch_unwind};

/// Mappings of one map: some 250 MB in memory, and several times those of the largest
/// applications. Written, one is two bytes.
const MAPPINGS_MAX: usize = 8_000_000;

/// Bytes that a mapping takes in memory.
const MAPPING_BYTES: usize = 32;

/// Lines and characters of the source that are shown of a place.
const CONTEXT_LINES: u32 = 1;
const CONTEXT_CHARS_MAX: usize = 160;

/// Why something is no source map that can be used.
#[derive(Debug, thiserror::Error)]
pub enum ParseError {
    /// The library's words.
    #[error("no source map: {0}")]
    Invalid(#[from] sourcemap::Error),
    /// Reading it came to no end.
    #[error("no source map: it contradicts itself")]
    Broken,
    /// It would take too much memory.
    #[error("too many mappings; at most {MAPPINGS_MAX}")]
    TooManyMappings,
    /// It has sections that are somewhere else.
    #[error("its sections are in other files; bundlers can write one file instead")]
    Elsewhere,
    /// Nothing can be found with it.
    #[error("it has no mappings")]
    Empty,
}

/// A source map that was read.
#[derive(Debug)]
pub struct ParsedMap {
    map: DecodedMap,
    bytes: usize,
}

/// Where a place of a built script comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Original {
    /// The source's address as the map has it.
    pub source: String,
    /// Line, from 1.
    pub line: u32,
    /// Column, from 1.
    pub column: u32,
    /// The name that stands there, where the bundler has changed it.
    pub name: Option<String>,
    /// The line with those around it, each with its number; empty without the source.
    pub context: Vec<(u32, String)>,
}

impl ParsedMap {
    /// Reads a map.
    ///
    /// # Errors
    /// Why it cannot be used.
    pub fn read(bytes: &[u8]) -> Result<Self, ParseError> {
        // A source has commas too, so the mappings are looked at only if there are so many.
        if separators(bytes) > MAPPINGS_MAX {
            let outline = serde_json::from_slice::<Outline<'_>>(bytes);
            if outline.map_or(usize::MAX, |outline| outline.mappings_max()) > MAPPINGS_MAX {
                return Err(ParseError::TooManyMappings);
            }
        }
        let decoded = catch_unwind(|| sourcemap::decode_slice(bytes));
        let map = decoded.map_err(|_| ParseError::Broken)??;
        let mappings = count(&map)?;
        if mappings == 0 {
            return Err(ParseError::Empty);
        }
        Ok(Self { map, bytes: bytes.len() + mappings * MAPPING_BYTES })
    }

    /// Bytes that it takes in memory, about.
    #[must_use]
    pub fn bytes(&self) -> usize {
        self.bytes
    }

    /// The debug id that the map says, as 32 hex digits.
    #[must_use]
    pub fn debug_id(&self) -> Option<String> {
        self.map.debug_id().map(|id| id.uuid().simple().to_string())
    }

    /// Where line and column of the built script, both from 1, come from.
    #[must_use]
    pub fn original(&self, line: u32, column: u32) -> Option<Original> {
        let (line, column) = (line.checked_sub(1)?, column.saturating_sub(1));
        // What was read without an error may still contradict itself.
        catch_unwind(AssertUnwindSafe(|| self.look_up(line, column))).ok().flatten()
    }

    fn look_up(&self, line: u32, column: u32) -> Option<Original> {
        let token = self.map.lookup_token(line, column)?;
        // The nearest mapping before may be one of another line, of which nothing follows.
        if !matches!(self.map, DecodedMap::Index(_)) && token.get_dst_line() != line {
            return None;
        }
        let at = token.get_src_line();
        let view = token.get_source_view();
        let around = at.saturating_sub(CONTEXT_LINES)..=at.saturating_add(CONTEXT_LINES);
        let context = around.filter_map(|number| {
            let text: String = view?.get_line(number)?.chars().take(CONTEXT_CHARS_MAX).collect();
            Some((number.checked_add(1)?, text))
        });
        Some(Original {
            source: token.get_source()?.to_owned(),
            line: at.checked_add(1)?,
            column: token.get_src_col().checked_add(1)?,
            name: token.get_name().map(ToOwned::to_owned),
            context: context.collect(),
        })
    }
}

/// Mappings of a map and its sections. Nesting is bounded by the JSON's.
fn count(map: &DecodedMap) -> Result<usize, ParseError> {
    match map {
        DecodedMap::Regular(map) => Ok(map.get_token_count() as usize),
        DecodedMap::Hermes(map) => Ok(map.get_token_count() as usize),
        DecodedMap::Index(index) => index.sections().try_fold(0, |sum, section| {
            Ok(sum + count(section.get_sourcemap().ok_or(ParseError::Elsewhere)?)?)
        }),
    }
}

/// Each mapping ends at one of these, or is the last of its section.
fn separators(bytes: &[u8]) -> usize {
    bytes.iter().filter(|byte| matches!(byte, b',' | b';')).count()
}

/// What of a map takes more memory than it takes bytes.
#[derive(Deserialize)]
struct Outline<'a> {
    #[serde(borrow, default)]
    mappings: Cow<'a, str>,
    #[serde(borrow, default)]
    sections: Vec<Section<'a>>,
}

#[derive(Deserialize)]
struct Section<'a> {
    #[serde(borrow)]
    map: Option<Box<Outline<'a>>>,
}

impl Outline<'_> {
    fn mappings_max(&self) -> usize {
        let inner = self.sections.iter().filter_map(|section| section.map.as_ref());
        let inner: usize = inner.map(|map| map.mappings_max()).sum();
        separators(self.mappings.as_bytes()) + 1 + inner
    }
}
