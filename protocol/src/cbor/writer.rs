//! Writes CBOR items in their shortest form.

/// An output buffer with one method an item.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Writer {
    out: Vec<u8>,
}

impl Writer {
    /// An empty writer.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// An empty writer with room for `bytes`.
    #[must_use]
    pub fn with_capacity(bytes: usize) -> Self {
        Self { out: Vec::with_capacity(bytes) }
    }

    /// What was written so far.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        &self.out
    }

    /// What was written.
    #[must_use]
    pub fn into_bytes(self) -> Vec<u8> {
        self.out
    }

    /// An unsigned integer.
    pub fn uint(&mut self, value: u64) {
        self.head(0, value);
    }

    /// A signed integer.
    pub fn int(&mut self, value: i64) {
        match u64::try_from(value) {
            Ok(value) => self.head(0, value),
            Err(_) => self.head(1, !(value.cast_unsigned())),
        }
    }

    /// A byte string.
    pub fn bytes(&mut self, value: &[u8]) {
        self.head(2, value.len() as u64);
        self.out.extend_from_slice(value);
    }

    /// A text string.
    pub fn text(&mut self, value: &str) {
        self.head(3, value.len() as u64);
        self.out.extend_from_slice(value.as_bytes());
    }

    /// The head of an array of `len` items, which the caller writes next.
    pub fn array(&mut self, len: usize) {
        self.head(4, len as u64);
    }

    /// The head of a map of `len` pairs, which the caller writes next.
    pub fn map(&mut self, len: usize) {
        self.head(5, len as u64);
    }

    /// A tag; the tagged item comes next.
    pub fn tag(&mut self, tag: u64) {
        self.head(6, tag);
    }

    /// A boolean.
    pub fn bool(&mut self, value: bool) {
        self.out.push(if value { 0xf5 } else { 0xf4 });
    }

    /// A number: an integer where it is one, else the shortest float that holds it exactly.
    pub fn number(&mut self, value: f64) {
        // Below 2^53 every whole f64 is exact, and -0.0 must stay a float.
        let whole = value.abs() < 9_007_199_254_740_992.0 && value as i64 as f64 == value;
        if whole && !(value == 0.0 && value.is_sign_negative()) {
            self.int(value as i64);
            return;
        }
        let single = value as f32;
        if f64::from(single) != value {
            self.out.push(0xfb);
            self.out.extend_from_slice(&value.to_be_bytes());
        } else if let Some(half) = half_bits(single) {
            self.out.push(0xf9);
            self.out.extend_from_slice(&half.to_be_bytes());
        } else {
            self.out.push(0xfa);
            self.out.extend_from_slice(&single.to_be_bytes());
        }
    }

    /// Items that are encoded already.
    pub fn raw(&mut self, items: &[u8]) {
        self.out.extend_from_slice(items);
    }

    fn head(&mut self, major: u8, value: u64) {
        let major = major << 5;
        let be = value.to_be_bytes();
        let (info, tail) = match value {
            0..24 => (value as u8, 8),
            24..=0xff => (24, 7),
            0x100..=0xffff => (25, 6),
            0x1_0000..=0xffff_ffff => (26, 4),
            _ => (27, 0),
        };
        self.out.push(major | info);
        self.out.extend_from_slice(&be[tail..]);
    }
}

/// The binary16 bits of `value` if it is a normal number that binary16 holds exactly.
fn half_bits(value: f32) -> Option<u16> {
    let bits = value.to_bits();
    let exponent = ((bits >> 23) & 0xff) as i32 - 127;
    let exact = bits.trailing_zeros() >= 13;
    if !exact || !(-14..=15).contains(&exponent) {
        return None;
    }
    let sign = (bits >> 16) & 0x8000;
    let rest = (((exponent + 15) as u32) << 10) | ((bits >> 13) & 0x3ff);
    Some((sign | rest) as u16)
}
