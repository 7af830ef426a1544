//! The contract of the buffer, apart from where it keeps things.

mod fairness;
mod group_commit;
mod moves;

use dna_buffer::shard_of;

#[test]
fn the_shard_is_the_documented_one() {
    assert_eq!(crc32c::crc32c(b"123456789"), 0xe306_9283, "CRC-32C's check value");
    let id = *b"0123456789abcdef";
    // What is deployed: another result would move sessions between streams.
    assert_eq!((shard_of(&id, 1), shard_of(&id, 4), shard_of(&id, 1024)), (0, 2, 414));
}

#[test]
fn sessions_spread_evenly() {
    let mut counts = [0u32; 4];
    for n in 0u128..4000 {
        let id = n.wrapping_mul(0x9e37_79b9_7f4a_7c15_f39c_c060_5ced_c835).to_le_bytes();
        counts[usize::from(shard_of(&id, 4))] += 1;
    }
    assert!(counts.iter().all(|count| (800..1200).contains(count)), "{counts:?}");
}
