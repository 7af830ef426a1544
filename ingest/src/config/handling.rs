//! What an application wants done to its events: `[[apps.sampling]]`, `[[apps.scrub]]` and
//! `apps.drop_fields`; the last two also in `[privacy]`, for all applications.

use super::{ConfigError, Section};
use dna_protocol::model::{Header, KINDS, KindInfo};
use dna_protocol::{FieldInfo, Record};
use regex::{Regex, RegexBuilder};

/// Rules of each sort: each scrubbing rule is tried on every text.
const RULES_MAX: usize = 64;

/// Bytes of a pattern, and of what it becomes when it is compiled: some thousand states.
const PATTERN_BYTES_MAX: usize = 512;
const COMPILED_BYTES_MAX: usize = 256 * 1024;

/// Fields of the header without which a frame is none, or its times mean nothing.
const STRUCTURE: [&str; 5] = ["sent_at_ms", "app_key", "session.id", "sequence", "time_base_ms"];

/// The place of a field that is the header's.
const HEADER: &str = "header";

/// The start of an attribute's name in a rule.
const ATTRIBUTE: &str = "attributes.";

/// How many of an application's sessions have events of some kinds kept.
#[derive(Debug, Clone, PartialEq)]
pub struct SamplingRule {
    /// The kinds' numbers; empty: all of them.
    pub kinds: Vec<u64>,
    /// The share of the sessions, 0 to 1.
    pub rate: f64,
}

/// What is replaced in texts.
#[derive(Debug, Clone)]
pub struct ScrubRule {
    /// Its name, for those who read the configuration.
    pub name: String,
    /// What is replaced.
    pub pattern: Regex,
    /// What is put there, as it is.
    pub replacement: String,
}

/// A field that is not kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DropRule {
    /// Of the header, by its key.
    Header(u64),
    /// Of the events of a kind, by the numbers of both.
    Event {
        /// Number of the kind.
        kind: u64,
        /// Key of the field.
        key: u64,
    },
    /// An attribute, of one kind's events or of all.
    Attribute {
        /// Number of the kind; absent: all.
        kind: Option<u64>,
        /// The attribute's name, as the client wrote it.
        name: String,
    },
}

impl SamplingRule {
    pub(super) fn read(app: &mut Section<'_>) -> Result<Vec<Self>, ConfigError> {
        each(app, "sampling", |section| {
            const RATE: &str = "a number from 0 to 1, the share of the sessions that are kept";
            let names: Vec<_> = KINDS.iter().map(|kind| kind.name).collect();
            let kind = |name: &str| KINDS.iter().find(|kind| kind.name == name);
            let kinds = section.list(
                "kinds",
                &format!("kinds of events: {}", names.join(", ")),
                |name| kind(name).map(|kind| kind.key),
            )?;
            let rate = section.decimal("rate", 0.0..=1.0)?;
            Ok(Self { kinds, rate: section.required("rate", rate, RATE)? })
        })
    }
}

impl ScrubRule {
    /// Reads `[[…scrub]]` of an application or of `[privacy]`.
    pub(super) fn read(section: &mut Section<'_>) -> Result<Vec<Self>, ConfigError> {
        each(section, "scrub", |section| {
            const NAME: &str = "a name of 1 to 64 letters, digits, `-`, `_` or `.`";
            const PATTERN: &str = "a regular expression of at most 512 bytes in the syntax of the \
                                   Rust crate regex, which does not match an empty text";
            const REPLACEMENT: &str = "a text of at most 64 bytes, e.g. \"{account}\"";
            let name = section.text("name", NAME)?;
            let name = section.required("name", name, NAME)?;
            if !super::apps::is_name(&name) {
                return Err(section.refuse("name", &name, NAME));
            }
            let text = section.text("pattern", PATTERN)?;
            let text = section.required("pattern", text, PATTERN)?;
            let pattern = RegexBuilder::new(&text).size_limit(COMPILED_BYTES_MAX).build();
            let usable = |pattern: &Regex| !pattern.is_match("") && text.len() <= PATTERN_BYTES_MAX;
            let Some(pattern) = pattern.ok().filter(usable) else {
                return Err(section.refuse("pattern", &text, PATTERN));
            };
            let replacement = section.text("replacement", REPLACEMENT)?;
            let replacement = replacement.unwrap_or_else(|| format!("{{{name}}}"));
            if replacement.len() > 64 {
                return Err(section.refuse("replacement", &replacement, REPLACEMENT));
            }
            Ok(Self { name, pattern, replacement })
        })
    }
}

impl DropRule {
    /// Reads `drop_fields` of an application or of `[privacy]`: `FIELD`, wherever it is,
    /// `KIND/FIELD` or `header/FIELD`; of attributes `attributes.NAME`.
    pub(super) fn read(section: &mut Section<'_>) -> Result<Vec<Self>, ConfigError> {
        const ALLOWED: &str = "FIELD, KIND/FIELD, header/FIELD or attributes.NAME, of \
                               docs/protocol.md; fields that must be there cannot be dropped, and \
                               one that only some kinds can do without needs its KIND";
        let rules = section.list("drop_fields", ALLOWED, Self::parse)?;
        if rules.len() > RULES_MAX {
            return Err(section.refuse("drop_fields", "a list", "at most 64 fields"));
        }
        Ok(rules.into_iter().flatten().collect())
    }

    fn parse(text: &str) -> Option<Vec<Self>> {
        let (place, field) = match text.split_once('/') {
            Some((place, field)) => (Some(place), field),
            None => (None, text),
        };
        let kinds: Vec<&KindInfo> = match place {
            Some(HEADER) => Vec::new(),
            Some(place) => vec![KINDS.iter().find(|kind| kind.name == place)?],
            None => KINDS.iter().collect(),
        };
        if let Some(name) = field.strip_prefix(ATTRIBUTE) {
            let kind = place.and(kinds.first()).map(|kind| kind.key);
            let is_known = place != Some(HEADER) && !name.is_empty();
            return is_known.then(|| vec![Self::Attribute { kind, name: name.to_owned() }]);
        }
        let key = |fields: &[FieldInfo]| Some(fields.iter().find(|info| info.name == field)?.key);
        let mut rules = Vec::new();
        if place.is_none_or(|place| place == HEADER)
            && let Some(key) = key(Header::FIELDS)
        {
            if STRUCTURE.contains(&field) {
                return None;
            }
            rules.push(Self::Header(key));
        }
        for kind in kinds {
            let Some(key) = key(kind.fields) else { continue };
            if kind.required.contains(&field) {
                return None;
            }
            rules.push(Self::Event { kind: kind.key, key });
        }
        (!rules.is_empty()).then_some(rules)
    }
}

/// Reads each table of the list `key`.
fn each<T>(
    section: &mut Section<'_>,
    key: &'static str,
    read: impl Fn(&mut Section<'_>) -> Result<T, ConfigError>,
) -> Result<Vec<T>, ConfigError> {
    let tables = section.tables(key)?;
    if tables.len() > RULES_MAX {
        return Err(section.refuse(key, "a list of tables", "at most 64 tables"));
    }
    let rules = tables.into_iter().enumerate().map(|(place, table)| {
        let mut entry = section.entry(key, place, table);
        let rule = read(&mut entry)?;
        entry.finish()?;
        Ok(rule)
    });
    rules.collect()
}
