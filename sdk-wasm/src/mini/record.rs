//! What the hooks hand over: a kind, a time and values, one after the other.
//!
//! `js-wrapper/mini/src/record.ts` writes it. All numbers are little-endian.
//!
//! ```text
//! record = kind (1 byte), time in ms since the Unix epoch (f64), value*
//! value  = 0 (nothing) | 1 (false) | 2 (true) | 3 f64 | 4 length (u32) UTF-8
//! ```

use dna_protocol::privacy::mask_of_number;

/// The kinds of records. A test compares them with `kind.ts`. Below 32 are those of the core;
/// signals have theirs from 32 on.
pub mod kind {
    /// Name, message and stack of what was thrown; as far as the platform tells them apart.
    pub const ERROR: u8 = 0;
    /// The same of a rejection.
    pub const REJECTION: u8 = 1;
    /// A request has ended: duration, which API, method, address, status, why it failed,
    /// traceparent, and the platform's measurements.
    pub const REQUEST: u8 = 2;
    /// show or hide.
    pub const LIFECYCLE: u8 = 5;
    /// A call of the application's: its name, what it is about, then names and values.
    pub const CALL: u8 = 6;
    /// How many records found the queue full.
    pub const LOST: u8 = 7;
    /// The application wants no more of it.
    pub const STOP: u8 = 8;
    /// A page is shown: its path, and how it came to that.
    pub const ROUTE: u8 = 10;
    /// A launch.
    pub const LAUNCH: u8 = 32;
    /// A performance entry.
    pub const ENTRY: u8 = 33;
    /// A page is ready.
    pub const PAGE_LOAD: u8 = 34;
    /// Data was updated.
    pub const UPDATE: u8 = 35;
    /// The network has changed.
    pub const NETWORK: u8 = 36;
    /// Memory runs short.
    pub const MEMORY: u8 = 37;
    /// A page or sub-package is not there.
    pub const MISSING: u8 = 38;
}

/// A value of a record.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Value<'a> {
    /// Absent.
    Nothing,
    /// A boolean.
    Bool(bool),
    /// A number.
    Number(f64),
    /// A text.
    Text(&'a str),
}

/// A record being read.
#[derive(Debug, Clone, Copy)]
pub struct Record<'a> {
    /// Which.
    pub kind: u8,
    /// When, in ms since the Unix epoch; 0 for now.
    pub time: f64,
    rest: &'a [u8],
}

impl<'a> Record<'a> {
    /// Opens a record; `None` when it is too short for one.
    #[must_use]
    pub fn open(bytes: &'a [u8]) -> Option<Self> {
        let (kind, rest) = bytes.split_first()?;
        let (time, rest) = rest.split_first_chunk()?;
        let time = f64::from_le_bytes(*time);
        // Some times are the platform's word.
        let time = if is_personal(time) { 0.0 } else { time };
        Some(Self { kind: *kind, time, rest })
    }

    /// The values that are left, to be read again.
    #[must_use]
    pub fn rest(&self) -> &'a [u8] {
        self.rest
    }

    /// A record of these values alone.
    #[must_use]
    pub fn of(values: &'a [u8]) -> Self {
        Self { kind: 0, time: 0.0, rest: values }
    }

    /// The text behind `name`, of a record of names and values; empty when there is none.
    #[must_use]
    pub fn named(self, name: &str) -> &'a str {
        let mut rest = self;
        while let (Some(found), Some(value)) = (rest.next(), rest.next()) {
            if let (Value::Text(found), Value::Text(value)) = (found, value)
                && found == name
            {
                return value;
            }
        }
        ""
    }

    /// The next text; empty when it is none.
    pub fn text(&mut self) -> &'a str {
        match self.next() {
            Some(Value::Text(text)) => text,
            _ => "",
        }
    }

    /// The next number; NaN when it is none, and for one that looks like a card, an identity or a
    /// phone: nothing that is counted or measured does, whatever a platform says.
    pub fn number(&mut self) -> f64 {
        match self.next() {
            Some(Value::Number(number)) if !is_personal(number) => number,
            _ => f64::NAN,
        }
    }

    fn value(&mut self) -> Option<Value<'a>> {
        let (tag, rest) = self.rest.split_first()?;
        let (value, rest) = match tag {
            1 | 2 => (Value::Bool(*tag == 2), rest),
            3 => {
                let (number, rest) = rest.split_first_chunk()?;
                (Value::Number(f64::from_le_bytes(*number)), rest)
            }
            4 => {
                let (length, rest) = rest.split_first_chunk()?;
                let (text, rest) = rest.split_at_checked(u32::from_le_bytes(*length) as usize)?;
                (Value::Text(str::from_utf8(text).unwrap_or_default()), rest)
            }
            _ => (Value::Nothing, rest),
        };
        self.rest = rest;
        Some(value)
    }
}

/// Times in ms since the Unix epoch, from 2001 to 2096: by their digits one in ten would be a card.
const TIMES: std::ops::Range<f64> = 1e12..4e12;

fn is_personal(number: f64) -> bool {
    !TIMES.contains(&number) && mask_of_number(number).is_some()
}

impl<'a> Iterator for Record<'a> {
    type Item = Value<'a>;

    /// The next value; `None` behind the last, or where the bytes are damaged.
    fn next(&mut self) -> Option<Value<'a>> {
        let value = self.value();
        if value.is_none() {
            self.rest = &[];
        }
        value
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn damaged_records_end_and_never_panic() {
        let whole =
            [6, 0, 0, 0, 0, 0, 0, 0xf0, 0x3f, 4, 1, 0, 0, 0, b'a', 3, 0, 0, 0, 0, 0, 0, 0, 0];
        let mut record = Record::open(&whole).unwrap();
        assert_eq!((record.kind, record.time), (6, 1.0));
        assert_eq!(record.next(), Some(Value::Text("a")));
        assert_eq!((record.next(), record.next()), (Some(Value::Number(0.0)), None));
        for end in 0..whole.len() {
            if let Some(record) = Record::open(&whole[..end]) {
                assert!(record.count() < 2);
            }
        }
        let long = [0, 0, 0, 0, 0, 0, 0, 0, 0, 4, 0xff, 0xff, 0xff, 0xff];
        assert_eq!(Record::open(&long).unwrap().text(), "");
        let no_text = [0, 0, 0, 0, 0, 0, 0, 0, 0, 4, 1, 0, 0, 0, 0xff];
        assert_eq!(Record::open(&no_text).unwrap().text(), "");
    }

    /// Both of JavaScript's halves write the numbers of one file.
    #[test]
    fn javascript_has_the_same_kinds() {
        let script = include_str!("../../../js-wrapper/src/kind.ts");
        for source in [include_str!("record.rs"), include_str!("../browser/record.rs")] {
            let kinds: Vec<_> = source.lines().filter_map(declared).collect();
            assert!(kinds.len() > 10);
            for (name, number) in kinds {
                let line = format!("  {name} = {number},");
                assert!(script.lines().any(|found| found == line), "kind.ts has no `{line}`");
            }
        }
    }

    /// Name and number of a kind, as TypeScript writes it, from the line of Rust that declares it.
    fn declared(line: &str) -> Option<(String, &str)> {
        let (_, constant) = line.trim().split_once("const ")?;
        let (name, typed) = constant.split_once(": u")?;
        let number = typed.split_once(" = ")?.1.strip_suffix(';')?;
        number.parse::<u8>().ok()?;
        let words = name.split('_').map(|word| word[..1].to_owned() + &word[1..].to_lowercase());
        Some((words.collect(), number))
    }
}
