//! Which register of a HyperLogLog a hash falls into, and with which rank.
//!
//! Apache DataSketches hashes what is given to it once more (MurmurHash3, 128 bits, seed 9001); the
//! low bits of the first half name the register, the leading zeros of the second half are the rank.
//! Of all things of a register only one of the highest rank matters. So ClickHouse gives one of them
//! for each register, and the sketch made of those is the sketch made of all.

/// 2^14 registers, as [`Uniques`](crate::sketch::Uniques) has.
const REGISTERS: u64 = 1 << 14;

const SEED: u64 = 9001;

/// The register of `hash`, and its rank in it.
pub(super) fn register(hash: u64) -> (u16, u8) {
    let (low, high) = murmur3(hash);
    let register = u16::try_from(low % REGISTERS).expect("a remainder of 2^14");
    let rank = u8::try_from(high.leading_zeros()).expect("at most 64");
    (register, rank)
}

/// MurmurHash3_x64_128 (Appleby) of eight bytes.
fn murmur3(value: u64) -> (u64, u64) {
    const C1: u64 = 0x87c3_7b91_1142_53d5;
    const C2: u64 = 0x4cf5_ad43_2745_937f;
    const LENGTH: u64 = 8;
    let k = value.wrapping_mul(C1).rotate_left(31).wrapping_mul(C2);
    let (mut low, mut high) = (SEED ^ k ^ LENGTH, SEED ^ LENGTH);
    low = low.wrapping_add(high);
    high = high.wrapping_add(low);
    (low, high) = (mixed(low), mixed(high));
    low = low.wrapping_add(high);
    high = high.wrapping_add(low);
    (low, high)
}

fn mixed(mut half: u64) -> u64 {
    half = (half ^ (half >> 33)).wrapping_mul(0xff51_afd7_ed55_8ccd);
    half = (half ^ (half >> 33)).wrapping_mul(0xc4ce_b9fe_1a85_ec53);
    half ^ (half >> 33)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sketch::Uniques;
    use std::collections::HashMap;

    /// Things whose number is `count`, and one of each register.
    fn both(count: u64) -> (Uniques, Uniques) {
        let (mut all, mut few) = (Uniques::default(), Uniques::default());
        let mut best: HashMap<u16, (u8, u64)> = HashMap::new();
        for thing in (0..count).map(|number| number.wrapping_mul(0x9e37_79b9_7f4a_7c15)) {
            all.add(thing);
            let (register, rank) = register(thing);
            let kept = best.entry(register).or_insert((rank, thing));
            if rank > kept.0 {
                *kept = (rank, thing);
            }
        }
        assert!(best.len() <= 1 << 14);
        best.values().for_each(|(_, thing)| few.add(*thing));
        (all, few)
    }

    #[test]
    fn one_thing_of_each_register_makes_the_same_sketch() {
        let (all, few) = both(1_000_000);
        assert_eq!(all.estimate(), few.estimate());
        assert!(all.estimate().abs_diff(1_000_000) <= 20_000, "{all:?}");
    }
}
