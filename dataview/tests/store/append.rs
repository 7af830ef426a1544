//! Appending: once, whatever comes again.

use crate::made::{APP, DAY, HOUR, MINUTE, Made, NOON, counted, frame, session};
use dataview::model::ViewId;
use dataview::store::{Appended, Batch, Store, StoreError};

#[tokio::test]
async fn a_frame_is_found_as_it_was() {
    let made = Made::new();
    let frames = vec![frame(1, 0, NOON), frame(1, 1, NOON + 5_000), frame(2, 0, NOON)];
    let appended = made.append(frames.clone()).await;
    assert_eq!(appended, Appended { frames: 3, events: 9, ..Appended::default() });
    let made = made.again();
    let (row, stored) =
        made.store.session(APP.to_owned(), session(1), 10).await.unwrap().expect("it is there");
    assert_eq!((row.facts.events, row.facts.views), (6, 2));
    assert_eq!((row.facts.first_at_ms, row.facts.last_at_ms), (NOON - 1_000, NOON + 5_000));
    let entries: Vec<_> = stored.iter().map(|frame| frame.entry.clone()).collect();
    assert_eq!(entries, [frames[0].entry.clone(), frames[1].entry.clone()]);
    assert_eq!(made.store.session(APP.to_owned(), session(3), 10).await.unwrap(), None);
}

#[tokio::test]
async fn what_comes_again_counts_once() {
    let made = Made::new();
    made.append(vec![frame(1, 0, NOON)]).await;
    // In the same batch, in another one, after a restart, and received at another time.
    let again = vec![frame(1, 0, NOON), frame(1, 1, NOON), frame(1, 1, NOON)];
    let appended = made.append(again).await;
    assert_eq!((appended.frames, appended.duplicates), (1, 2));
    let made = made.again();
    let appended = made.append(vec![frame(1, 0, NOON), frame(1, 1, NOON + MINUTE)]).await;
    assert_eq!((appended.frames, appended.duplicates), (0, 2));
    assert_eq!(counted(&made.store).await, 2);
}

#[tokio::test]
async fn a_repeat_after_midnight_is_known_on_both_sides() {
    let midnight = NOON + DAY / 2;
    let made = Made::new();
    made.append(vec![frame(1, 0, midnight - MINUTE)]).await;
    let appended = made.append(vec![frame(1, 0, midnight + MINUTE)]).await;
    assert_eq!((appended.frames, appended.duplicates), (0, 1));
    // And when the later one is stored first, as a spool that is replayed makes it.
    made.append(vec![frame(2, 0, midnight + MINUTE)]).await;
    let appended = made.append(vec![frame(2, 0, midnight - MINUTE)]).await;
    assert_eq!((appended.frames, appended.duplicates), (0, 1));
    // And within one batch.
    let both = vec![frame(3, 0, midnight - MINUTE), frame(3, 0, midnight + MINUTE)];
    let appended = made.append(both).await;
    assert_eq!((appended.frames, appended.duplicates), (1, 1));
    assert_eq!(counted(&made.store).await, 3);
}

#[tokio::test]
async fn a_view_counts_once_whichever_day_tells_it() {
    let midnight = NOON + DAY / 2;
    let made = Made::new();
    let told = |sequence, at_ms| {
        let mut frame = frame(1, sequence, at_ms);
        frame.measures.iter_mut().for_each(|measure| measure.once = Some(ViewId([7; 8])));
        frame
    };
    made.append(vec![told(0, midnight - MINUTE), told(1, midnight - MINUTE)]).await;
    made.append(vec![told(2, midnight - MINUTE), told(3, midnight + MINUTE)]).await;
    assert_eq!(counted(&made.store).await, 1);
    let found = made.store.session(APP.to_owned(), session(1), 10).await.unwrap();
    assert_eq!(found.expect("it is there").0.facts.views, 1, "as the session says itself");
    let mut other = told(4, midnight + MINUTE);
    other.measures.iter_mut().for_each(|measure| measure.once = Some(ViewId([8; 8])));
    made.append(vec![other]).await;
    assert_eq!(counted(&made.store).await, 2);
}

#[tokio::test]
async fn many_at_once_are_all_counted() {
    let made = Made::new();
    let appends = (0..40_u8).map(|number| {
        let frames = (0..20).map(|n| frame(number % 10, u64::from(number) * 20 + n, NOON + n));
        made.append(frames.collect())
    });
    let appended = futures_util::future::join_all(appends).await;
    assert_eq!(appended.iter().map(|one| one.frames).sum::<u64>(), 800);
    assert_eq!(counted(&made.store).await, 800);
}

#[tokio::test]
async fn an_empty_batch_is_nothing() {
    let made = Made::new();
    assert_eq!(made.append(Vec::new()).await, Appended::default());
    assert_eq!(made.store.days().await.unwrap(), []);
    made.append(vec![frame(1, 0, NOON), frame(1, 1, NOON - 26 * HOUR)]).await;
    let days = made.store.days().await.unwrap();
    let names: Vec<_> = days.iter().map(|day| (day.name.as_str(), day.frames)).collect();
    assert_eq!(names, [("2026-11-25.db", 1), ("2026-11-26.db", 1)]);
}

/// What of it was stored before it failed is new to whoever counts when it comes again.
#[tokio::test]
async fn a_group_of_which_one_day_failed_is_told_once() {
    let made = Made::new();
    let frames = vec![frame(1, 1, NOON - DAY), frame(1, 2, NOON - DAY), frame(1, 3, NOON)];
    made.append(vec![frame(2, 1, NOON)]).await;
    let path = made.folder.path().join("store/2026-11-26.db");
    let other = rusqlite::Connection::open(path).unwrap();
    other.execute_batch("BEGIN IMMEDIATE").unwrap();
    let batch = || Batch { frames: frames.clone(), ..Batch::default() };
    assert!(matches!(made.store.append(batch()).await, Err(StoreError::Unavailable(_))));
    other.execute_batch("ROLLBACK").unwrap();
    let told = |appended: Appended| (appended.frames, appended.events, appended.duplicates);
    // As a consumer that halves its batch.
    assert_eq!(told(made.append(frames[..1].to_vec()).await), (1, 3, 0));
    assert_eq!(told(made.append(frames.clone()).await), (2, 6, 1));
    assert_eq!(told(made.append(frames.clone()).await), (0, 0, 3));
}

#[tokio::test]
async fn a_day_that_is_over_is_its_file_alone_while_readers_keep_it_open() {
    let made = Made::new();
    for days in (0..6).rev() {
        made.append(vec![frame(1, days, NOON - days * DAY)]).await;
        assert_eq!(counted(&made.store).await, 6 - days, "each is read as soon as it is written");
    }
    let folder = made.folder.path().join("store");
    let log =
        |day: &str| folder.join(format!("{day}.db-wal")).metadata().map_or(0, |log| log.len());
    assert_eq!([log("2026-11-21"), log("2026-11-22")], [0, 0]);
    let copy = Made::new().again_after(|copy| {
        std::fs::copy(folder.join("2026-11-21.db"), copy.join("2026-11-21.db")).unwrap();
    });
    assert_eq!(counted(&copy.store).await, 1);
}
