//! Which sessions are kept: decided once a session, so that a journey is whole or absent.

/// Whether a session is among the `percent` that are kept; `roll` is random.
pub(crate) fn keeps(percent: u8, roll: u32) -> bool {
    roll % 100 < u32::from(percent)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_share_is_kept() {
        for percent in [0, 1, 25, 99, 100] {
            let kept = (0..10_000).filter(|roll| keeps(percent, *roll)).count();
            assert_eq!(kept, usize::from(percent) * 100);
        }
    }
}
