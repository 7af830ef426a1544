//! An event that is written field by field, without a typed record in between.
//!
//! A client only writes, and typed records would be most of its code. The [`Slot`] of each field
//! comes from the record's own declaration (`PageView::response_start`), so number and bound
//! are said once; that what is drafted reads as the record is tested.

use crate::cbor::Writer;
use crate::field::Millis;
use crate::limits::{ATTRIBUTE_NAME_MAX, ATTRIBUTE_TEXT_MAX, ATTRIBUTES_MAX, INTEGER_MAX};
use crate::model::{Body, Kind};

/// Where a field goes: its key, and the longest text in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Slot {
    /// Number of the field in the CBOR form.
    pub key: u8,
    /// Bytes of a text; 0 where that says nothing.
    pub max: u16,
}

/// A map being written.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Fields {
    pairs: usize,
    out: Writer,
}

impl Fields {
    /// Adds a text, cut at the last character that fits; an empty one is absent.
    pub fn text(&mut self, slot: Slot, value: &str) {
        if !value.is_empty() {
            let value = &value[..value.floor_char_boundary(usize::from(slot.max))];
            self.key(slot).text(value);
        }
    }

    /// Adds bytes.
    pub fn bytes(&mut self, slot: Slot, value: &[u8]) {
        self.key(slot).bytes(value);
    }

    /// Adds an integer.
    pub fn uint(&mut self, slot: Slot, value: u64) {
        self.key(slot).uint(value);
    }

    /// Adds a count as JavaScript has it; zero and what is no count is absent.
    pub fn count(&mut self, slot: Slot, value: f64) {
        if value >= 1.0 && value <= INTEGER_MAX as f64 {
            self.uint(slot, value as u64);
        }
    }

    /// Adds a duration or offset at the wire's resolution.
    pub fn millis(&mut self, slot: Slot, value: f64) {
        self.key(slot).number(Millis::rounded(value).get());
    }

    /// Adds a number; what is not finite is absent.
    pub fn number(&mut self, slot: Slot, value: f64) {
        if value.is_finite() {
            self.key(slot).number(value);
        }
    }

    /// Adds attributes; none are absent.
    pub fn attributes(&mut self, slot: Slot, attributes: &AttributeDraft) {
        if attributes.pairs > 0 {
            let out = self.key(slot);
            out.map(attributes.pairs);
            out.raw(attributes.out.as_bytes());
        }
    }

    /// Adds a list of records, each written by `write`.
    pub fn list<T>(&mut self, slot: Slot, items: &[T], write: impl Fn(&T, &mut Self)) {
        self.key(slot).array(items.len());
        for item in items {
            let mut fields = Self::default();
            write(item, &mut fields);
            self.out.map(fields.pairs);
            self.out.raw(fields.out.as_bytes());
        }
    }

    /// How many fields there are.
    #[must_use]
    pub fn pairs(&self) -> usize {
        self.pairs
    }

    /// Keys and values, without the head of the map.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        self.out.as_bytes()
    }

    fn key(&mut self, slot: Slot) -> &mut Writer {
        self.pairs += 1;
        self.out.uint(u64::from(slot.key));
        &mut self.out
    }
}

/// The body of an event, and its kind.
#[derive(Debug, Clone, PartialEq)]
pub struct Draft {
    /// What happened.
    pub kind: Kind,
    /// What is known of it.
    pub fields: Fields,
}

impl Draft {
    /// Nothing is known yet.
    #[must_use]
    pub fn new(kind: Kind) -> Self {
        Self { kind, fields: Fields::default() }
    }

    /// The event, as [`cbor::encode_event`](crate::cbor::encode_event) writes one.
    #[must_use]
    pub fn event(&self, time: f64) -> Vec<u8> {
        let mut out = Writer::new();
        out.map(3);
        out.uint(0);
        out.uint(self.kind as u64);
        out.uint(1);
        out.number(time);
        out.uint(2);
        out.map(self.fields.pairs);
        out.raw(self.fields.as_bytes());
        out.into_bytes()
    }
}

impl From<Body> for Draft {
    fn from(body: Body) -> Self {
        let mut fields = Fields { pairs: body.present(), out: Writer::new() };
        body.write_fields(&mut fields.out);
        Self { kind: body.kind(), fields }
    }
}

/// Free attributes being written: at most [`ATTRIBUTES_MAX`], further ones are left out. The
/// caller sees to it that no name comes twice.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct AttributeDraft {
    pairs: usize,
    out: Writer,
}

impl AttributeDraft {
    /// Adds a text, cut at the last character that fits.
    pub fn text(&mut self, name: &str, value: &str) {
        if let Some(out) = self.name(name) {
            out.text(&value[..value.floor_char_boundary(ATTRIBUTE_TEXT_MAX)]);
        }
    }

    /// Adds a number; what is not finite is absent.
    pub fn number(&mut self, name: &str, value: f64) {
        if value.is_finite()
            && let Some(out) = self.name(name)
        {
            out.number(value);
        }
    }

    /// Adds a boolean.
    pub fn bool(&mut self, name: &str, value: bool) {
        if let Some(out) = self.name(name) {
            out.bool(value);
        }
    }

    /// A name that is too long is left out, not cut: two may begin alike.
    fn name(&mut self, name: &str) -> Option<&mut Writer> {
        if self.pairs == ATTRIBUTES_MAX || name.len() > ATTRIBUTE_NAME_MAX {
            return None;
        }
        self.pairs += 1;
        self.out.text(name);
        Some(&mut self.out)
    }
}
