//! What waits is written together, and answered by itself.

use crate::store::{Appended, Batch, StoreError};

/// Writes `batches` together; what became of each. When it is one of them that cannot be written,
/// each is written by itself: nobody's batch fails for another's.
pub(super) fn write(
    batches: &[Batch],
    mut together: impl FnMut(&[Batch]) -> Result<Vec<Appended>, StoreError>,
) -> Vec<Result<Appended, StoreError>> {
    match together(batches) {
        Ok(appended) => appended.into_iter().map(Ok).collect(),
        // The store takes none now.
        Err(error @ StoreError::Unavailable(_)) => {
            batches.iter().map(|_| Err(error.clone())).collect()
        }
        Err(error) if batches.len() == 1 => vec![Err(error)],
        Err(_) => {
            let alone = batches.iter().map(std::slice::from_ref);
            let sum = |one: Vec<Appended>| one.into_iter().next().unwrap_or_default();
            alone.map(|batch| together(batch).map(sum)).collect()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_batch_that_cannot_be_written_fails_alone() {
        let batches = vec![Batch::default(); 3];
        let poison = &raw const batches[1];
        let wrong = StoreError::Wrong("it panicked".to_owned());
        let written = write(&batches, |group| {
            if group.as_ptr_range().contains(&poison) {
                return Err(wrong.clone());
            }
            Ok(vec![Appended { frames: 1, ..Appended::default() }; group.len()])
        });
        let one = Appended { frames: 1, ..Appended::default() };
        assert_eq!(written, [Ok(one), Err(wrong), Ok(one)]);
    }

    #[test]
    fn a_full_disk_is_not_asked_again_for_each_batch() {
        let mut asked = 0;
        let full = StoreError::Unavailable("the disk is full".to_owned());
        let written = write(&vec![Batch::default(); 3], |_| {
            asked += 1;
            Err(full.clone())
        });
        assert_eq!((asked, written), (1, vec![Err(full); 3]));
    }
}
