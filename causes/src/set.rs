//! A set of dimension values: `region=guangdong & operator=china_unicom`.

use crate::limits::SET_MAX;

/// Bits of a value's number; `VALUES_MAX` and the "other" of a dimension fit.
const VALUE_BITS: u32 = 12;
const DIMENSION_BITS: u32 = 5;
const PART_BITS: u32 = VALUE_BITS + DIMENSION_BITS;

/// Up to [`SET_MAX`] values, each of another dimension, in the order of their dimensions. Packed, since
/// a search counts by millions of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default)]
pub(crate) struct Set(u64);

impl Set {
    pub(crate) fn of(parts: &[(usize, u16)]) -> Self {
        debug_assert!(parts.len() <= SET_MAX);
        let mut packed = 0;
        for (dimension, value) in parts {
            // The dimension is counted from one: a part is never zero, so the length is known.
            let part = ((*dimension as u64 + 1) << VALUE_BITS) | u64::from(*value);
            packed = (packed << PART_BITS) | part;
        }
        Self(packed)
    }

    /// Its values in the order of their dimensions.
    pub(crate) fn parts(self) -> impl DoubleEndedIterator<Item = (usize, u16)> {
        let mask = (1_u64 << PART_BITS) - 1;
        (0..SET_MAX as u32).rev().filter_map(move |index| {
            let part = (self.0 >> (index * PART_BITS)) & mask;
            let value = (part & ((1 << VALUE_BITS) - 1)) as u16;
            (part != 0).then(|| ((part >> VALUE_BITS) as usize - 1, value))
        })
    }

    pub(crate) fn len(self) -> usize {
        self.parts().count()
    }

    /// The set without one of its dimensions.
    pub(crate) fn without(self, dimension: usize) -> Self {
        let mut parts = [(0, 0); SET_MAX];
        let mut length = 0;
        for part in self.parts().filter(|(own, _)| *own != dimension) {
            parts[length] = part;
            length += 1;
        }
        Self::of(&parts[..length])
    }

    /// Whether a row of these values, one a dimension, belongs to the set.
    pub(crate) fn holds(self, row: &[u16]) -> bool {
        self.parts().all(|(dimension, value)| row[dimension] == value)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_set_gives_back_its_parts() {
        let parts = [(0, 4_095), (3, 0), (15, 7)];
        let set = Set::of(&parts);
        assert_eq!(set.parts().collect::<Vec<_>>(), parts);
        assert_eq!(set.len(), 3);
        assert_eq!(set.without(3), Set::of(&[(0, 4_095), (15, 7)]));
    }
}
