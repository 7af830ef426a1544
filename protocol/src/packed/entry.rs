//! A packed entry, as ingest puts it into Redis: `[length, block, dictionary]` behind the tag. One
//! entry alone repeats little of itself, so the block may go back into a dictionary: what most
//! entries have in common, laid before each.

use super::pack::{LENGTH_MAX, SEEN_BITS, block, note};
use super::unpack::{RATIO_MAX, UnpackProblem, open};
use crate::cbor::{MAGIC, Writer};

/// The number of [`DICTIONARY`]. Another one gets another number: entries are kept for days.
const NUMBER: u64 = 1;

/// Names and values as they stand in entries, the keys before them. It never changes.
pub const DICTIONARY: &[u8] = include_bytes!("entry-1.dictionary");

/// Bytes of a packed entry beside its block: the opening, two lengths, the number.
const PARTS_MAX: usize = 16;

/// What a packed entry begins with: the tag, and the head of an array of three.
const OPENING: [u8; 4] = [MAGIC[0], MAGIC[1], MAGIC[2], 0x83];

/// Packs entries, one after the other in the same memory.
#[derive(Debug, Clone)]
pub struct EntryPacker {
    /// The dictionary, and the entry behind it.
    input: Vec<u8>,
    /// The beginnings of repeats in the dictionary.
    of_dictionary: Vec<u16>,
    /// The same, and those in the entry.
    seen: Vec<u16>,
}

impl Default for EntryPacker {
    fn default() -> Self {
        let mut seen = vec![0; 1 << SEEN_BITS];
        for at in 0..DICTIONARY.len() {
            note(&mut seen, DICTIONARY, at);
        }
        Self { input: DICTIONARY.to_vec(), of_dictionary: seen.clone(), seen }
    }
}

impl EntryPacker {
    /// `entry` packed; `None` where that is not shorter.
    pub fn pack(&mut self, entry: &[u8]) -> Option<Vec<u8>> {
        if DICTIONARY.len() + entry.len() > LENGTH_MAX {
            return None;
        }
        self.input.truncate(DICTIONARY.len());
        self.input.extend_from_slice(entry);
        self.seen.copy_from_slice(&self.of_dictionary);
        let block = block(&self.input, DICTIONARY.len(), &mut self.seen);
        let mut out = Writer::with_capacity(block.len() + PARTS_MAX);
        out.raw(&MAGIC);
        out.array(3);
        out.uint(entry.len() as u64);
        out.bytes(&block);
        out.uint(NUMBER);
        (out.as_bytes().len() < entry.len()).then(|| out.into_bytes())
    }
}

/// The entry in `bytes`, of at most `max` bytes, if that is a packed one; `None` for any other.
///
/// # Errors
/// When it is packed wrongly, with a dictionary that is not known here, or would be longer.
pub fn unpack_entry(bytes: &[u8], max: usize) -> Result<Option<Vec<u8>>, UnpackProblem> {
    if !bytes.starts_with(&OPENING) {
        return Ok(None);
    }
    let (length, block, mut rest) = open(bytes)?;
    match rest.uint() {
        Ok(NUMBER) if rest.is_at_end() => {}
        _ => return Err(UnpackProblem::Malformed("1, the number of a dictionary, last")),
    }
    let length = match usize::try_from(length) {
        Ok(length) if length <= max => length,
        _ => return Err(UnpackProblem::TooLarge { length, max }),
    };
    let problem = UnpackProblem::Block { length };
    if length > block.len().saturating_mul(RATIO_MAX) {
        return Err(problem);
    }
    let mut entry = vec![0; length];
    match lz4_flex::block::decompress_into_with_dict(block, &mut entry, DICTIONARY) {
        Ok(written) if written == length => Ok(Some(entry)),
        _ => Err(problem),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_dictionary_never_changes() {
        // FNV-1a; whatever differs, differs in it.
        let hash = DICTIONARY.iter().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
            (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3)
        });
        assert_eq!((DICTIONARY.len(), hash), (1488, 8_130_578_274_239_910_302));
    }

    #[test]
    fn what_is_wrong_is_told() {
        let entry = DICTIONARY.repeat(3);
        let packed = EntryPacker::default().pack(&entry).expect("shorter");
        assert_eq!(unpack_entry(&packed, 10_000), Ok(Some(entry)));
        assert_eq!(unpack_entry(b"\xd9\xd9\xf7\xa0", 10), Ok(None));
        assert!(matches!(unpack_entry(&packed, 10), Err(UnpackProblem::TooLarge { .. })));
        let mut other = packed.clone();
        *other.last_mut().expect("some") = 2;
        assert!(matches!(unpack_entry(&other, 10_000), Err(UnpackProblem::Malformed(_))));
        for cut in 4..packed.len() {
            assert!(unpack_entry(&packed[..cut], 10_000).is_err(), "cut at {cut}");
        }
    }
}
