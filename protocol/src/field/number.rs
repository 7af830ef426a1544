//! Durations, numbers and integers.

use super::Field;
use crate::cbor::{Reader, Writer};
use crate::limits::{INTEGER_MAX, MILLIS_MAX};
#[cfg(not(target_arch = "wasm32"))]
use crate::privacy::mask_of_number;
use crate::problem::FieldProblem;

/// A duration, or an offset from a time base, in milliseconds: finite, 0 to
/// [`MILLIS_MAX`] for durations; event times may be absolute and go to 2^53 - 1.
#[derive(Debug, Clone, Copy, Default, PartialEq, PartialOrd)]
pub struct Millis(f64);

impl Millis {
    /// Takes a duration as it is.
    ///
    /// # Errors
    /// When it is not finite or out of range.
    pub fn new(value: f64) -> Result<Self, FieldProblem> {
        in_range(value, 0.0, MILLIS_MAX).map(Self)
    }

    /// A duration at the wire's resolution, out-of-range values brought to the nearest bound
    /// (NaN to 0): eighths below 128 ms, whole milliseconds above. That keeps the error below
    /// half a percent and most values within 3 bytes.
    #[must_use]
    pub fn rounded(value: f64) -> Self {
        let value = value.clamp(0.0, MILLIS_MAX);
        // Casting is floor for what is not negative, and makes NaN 0.
        Self(if value < 128.0 {
            (value * 8.0 + 0.5) as u32 as f64 / 8.0
        } else {
            (value + 0.5) as u64 as f64
        })
    }

    /// The value in milliseconds.
    #[must_use]
    pub fn get(self) -> f64 {
        self.0
    }
}

impl Field for Millis {
    const KIND: &'static str = "milliseconds";

    fn write(&self, writer: &mut Writer) {
        writer.number(self.0);
    }

    fn read(reader: &mut Reader<'_>) -> Result<Self, FieldProblem> {
        reader.number().and_then(Self::new)
    }

    #[cfg(feature = "json")]
    fn to_json(&self) -> serde_json::Value {
        crate::json::number_value(self.0)
    }

    #[cfg(feature = "json")]
    fn from_json(raw: &str) -> Result<Self, FieldProblem> {
        crate::json::number(raw).and_then(Self::new)
    }
}

/// Any finite number.
#[derive(Debug, Clone, Copy, Default, PartialEq, PartialOrd)]
pub struct Number(f64);

impl Number {
    /// Takes a finite number.
    ///
    /// # Errors
    /// [`FieldProblem::NotFinite`].
    pub fn new(value: f64) -> Result<Self, FieldProblem> {
        in_range(value, f64::MIN, f64::MAX).map(Self)
    }

    /// The number.
    #[must_use]
    pub fn get(self) -> f64 {
        self.0
    }
}

impl Field for Number {
    const KIND: &'static str = "number";

    #[cfg(not(target_arch = "wasm32"))]
    fn may_stay(&self) -> bool {
        mask_of_number(self.0).is_none()
    }

    fn write(&self, writer: &mut Writer) {
        writer.number(self.0);
    }

    fn read(reader: &mut Reader<'_>) -> Result<Self, FieldProblem> {
        reader.number().and_then(Self::new)
    }

    #[cfg(feature = "json")]
    fn to_json(&self) -> serde_json::Value {
        crate::json::number_value(self.0)
    }

    #[cfg(feature = "json")]
    fn from_json(raw: &str) -> Result<Self, FieldProblem> {
        crate::json::number(raw).and_then(Self::new)
    }
}

/// Checks that `value` is finite and within `min..=max`.
pub(crate) fn in_range(value: f64, min: f64, max: f64) -> Result<f64, FieldProblem> {
    if !value.is_finite() {
        Err(FieldProblem::NotFinite)
    } else if value < min || value > max {
        Err(FieldProblem::OutOfRange { min, max })
    } else {
        Ok(value)
    }
}

/// An unsigned integer up to [`INTEGER_MAX`].
impl Field for u64 {
    const KIND: &'static str = "integer";

    #[cfg(not(target_arch = "wasm32"))]
    fn may_stay(&self) -> bool {
        mask_of_number(*self as f64).is_none()
    }

    fn write(&self, writer: &mut Writer) {
        writer.uint(*self);
    }

    fn read(reader: &mut Reader<'_>) -> Result<Self, FieldProblem> {
        match reader.uint()? {
            value if value <= INTEGER_MAX => Ok(value),
            _ => Err(FieldProblem::OutOfRange { min: 0.0, max: INTEGER_MAX as f64 }),
        }
    }

    #[cfg(feature = "json")]
    fn to_json(&self) -> serde_json::Value {
        (*self).into()
    }

    #[cfg(feature = "json")]
    fn from_json(raw: &str) -> Result<Self, FieldProblem> {
        let value = in_range(crate::json::number(raw)?, 0.0, INTEGER_MAX as f64)?;
        // Whole ones up to 2^53 stay what they are.
        if value as u64 as f64 == value {
            Ok(value as u64)
        } else {
            Err(FieldProblem::WrongType("an unsigned integer"))
        }
    }
}

/// A signed integer, for differences.
impl Field for i64 {
    const KIND: &'static str = "signed integer";

    fn write(&self, writer: &mut Writer) {
        writer.int(*self);
    }

    fn read(reader: &mut Reader<'_>) -> Result<Self, FieldProblem> {
        reader.int()
    }

    #[cfg(feature = "json")]
    fn to_json(&self) -> serde_json::Value {
        (*self).into()
    }

    #[cfg(feature = "json")]
    fn from_json(raw: &str) -> Result<Self, FieldProblem> {
        raw.parse().map_err(|_| FieldProblem::WrongType("an integer"))
    }
}
