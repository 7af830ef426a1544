//! What is old goes: raw data first, roll-ups later.

use crate::made::{ALWAYS, APP, DAY, Made, NOON, counted, error, frame, options};
use dataview::store::sqlite::{Retention, SqliteStore};
use dataview::store::{DayState, SessionsAsk, Store};

/// A session a day, `days` days back.
async fn filled(days: u64) -> Made {
    let made = Made::new();
    let frames = (0..days).map(|n| {
        let mut frame = frame((n % 200) as u8, n, NOON - n * DAY);
        error(&mut frame, 5, "broken");
        frame
    });
    made.append(frames.collect()).await;
    made
}

fn opened(made: Made, retention: Retention) -> Made {
    let Made { store, folder } = made;
    drop(store);
    let store = SqliteStore::open(options(&folder, |options| options.retention = retention));
    Made { store: store.unwrap(), folder }
}

async fn sessions(made: &Made) -> usize {
    let ask = SessionsAsk {
        app: APP.to_owned(),
        range: ALWAYS,
        user: None,
        filters: Vec::new(),
        troubled: false,
        limit: 1_000,
        cursor: None,
    };
    made.store.sessions(ask).await.unwrap().items.len()
}

async fn states(made: &Made) -> (usize, usize) {
    let days = made.store.days().await.unwrap();
    let rolled_up = days.iter().filter(|day| day.state == DayState::RolledUp).count();
    (days.len() - rolled_up, rolled_up)
}

#[tokio::test]
async fn raw_data_go_and_figures_stay() {
    let retention = Retention { raw_days: 3, rollup_days: 8, bytes_max: None };
    let made = opened(filled(12).await, retention);
    made.store.tidy().await.unwrap();
    assert_eq!(states(&made).await, (4, 5), "today and three days; five more of roll-ups");
    assert_eq!(sessions(&made).await, 4);
    assert_eq!(counted(&made.store).await, 9);
    let errors = made.store.errors(APP.to_owned(), ALWAYS).await.unwrap();
    assert_eq!((errors[0].count, errors[0].sessions), (9, 9));
    let made = opened(made, retention);
    assert_eq!(counted(&made.store).await, 9);
    assert_eq!(states(&made).await, (4, 5));
}

#[tokio::test]
async fn what_comes_again_when_its_marks_are_gone_is_not_counted_again() {
    let retention = Retention { raw_days: 3, rollup_days: 8, bytes_max: None };
    let made = opened(filled(6).await, retention);
    // Not rolled up yet, and older than raw data are kept.
    let late = made.append(vec![frame(7, 7, NOON - 4 * DAY), frame(7, 8, NOON)]).await;
    assert_eq!((late.frames, late.too_old), (1, 1));
    made.store.tidy().await.unwrap();
    assert_eq!(counted(&made.store).await, 7);
    let again: Vec<_> = (0..6_u64).map(|n| frame(n as u8, n, NOON - n * DAY)).collect();
    let appended = made.append(again.clone()).await;
    assert_eq!((appended.frames, appended.duplicates, appended.too_old), (0, 4, 2));
    assert_eq!(counted(&made.store).await, 7);
    assert_eq!(states(&made).await, (4, 2));
    // Raw data that went before their time.
    let made = opened(made, Retention { bytes_max: Some(1), ..retention });
    made.store.tidy().await.unwrap();
    assert_eq!(states(&made).await, (1, 0));
    let made = opened(filled(3).await.again(), Retention::default());
    let bytes: u64 = made.store.days().await.unwrap().iter().map(|day| day.bytes).sum();
    let made = opened(made, Retention { bytes_max: Some(bytes * 9 / 10), ..retention });
    made.store.tidy().await.unwrap();
    assert_eq!(states(&made).await, (2, 1));
    let appended = made.append(again[..3].to_vec()).await;
    assert_eq!((appended.duplicates, appended.too_old), (2, 1));
}

#[tokio::test]
async fn a_store_that_is_too_large_lets_the_oldest_go() {
    // Opened again, its write-ahead logs are in the files.
    let made = filled(10).await.again();
    let bytes: u64 = made.store.days().await.unwrap().iter().map(|day| day.bytes).sum();
    let retention = |bytes_max| Retention { bytes_max: Some(bytes_max), ..Retention::default() };
    let made = opened(made, retention(bytes * 9 / 10));
    made.store.tidy().await.unwrap();
    let (raw, rolled_up) = states(&made).await;
    assert_eq!(raw + rolled_up, 10);
    assert!(rolled_up > 0 && raw > 1, "{raw} and {rolled_up}");
    assert_eq!(counted(&made.store).await, 10);
    // Today's never goes.
    let made = opened(made, retention(1));
    made.store.tidy().await.unwrap();
    assert_eq!(states(&made).await, (1, 0));
    assert_eq!(sessions(&made).await, 1);
}

#[tokio::test]
async fn what_was_interrupted_is_done_again() {
    let made = filled(6).await;
    let retention = Retention { raw_days: 3, rollup_days: 9, bytes_max: None };
    // Roll-ups that are complete beside raw data that did not come to go, and others half made.
    let Made { store, folder } = made;
    let raw = folder.path().join("store/2026-11-21.db");
    drop(store);
    let kept = std::fs::read(&raw).unwrap();
    let store = SqliteStore::open(options(&folder, |options| options.retention = retention));
    store.as_ref().unwrap().tidy().await.unwrap();
    drop(store);
    assert!(!raw.exists());
    std::fs::write(&raw, kept).unwrap();
    std::fs::write(folder.path().join("store/2026-11-22.rollups.making"), "half").unwrap();
    let store = SqliteStore::open(options(&folder, |options| options.retention = retention));
    let made = Made { store: store.unwrap(), folder };
    assert!(!raw.exists());
    assert_eq!(counted(&made.store).await, 6);
}

#[tokio::test]
async fn a_day_that_cannot_be_tidied_keeps_no_other_from_it() {
    let retention = Retention { raw_days: 3, rollup_days: 8, bytes_max: None };
    let made = opened(filled(12).await, retention);
    let folder = made.folder.path().join("store");
    // No room for the roll-ups of one day, and another, of yesterday, that cannot be written.
    std::fs::create_dir(folder.join("2026-11-18.rollups.making")).unwrap();
    std::fs::remove_file(folder.join("2026-11-25.db")).unwrap();
    std::fs::create_dir(folder.join("2026-11-25.db")).unwrap();
    let error = made.store.tidy().await.unwrap_err();
    assert!(error.to_string().contains("2026-11-18"), "{error}");
    assert_eq!(states(&made).await, (5, 4), "of nine days four are rolled up");
    // Hours of the days behind the one that cannot be written were made.
    let today = rusqlite::Connection::open(folder.join("2026-11-24.db")).unwrap();
    let dirty: i64 = today.query_row("SELECT count(*) FROM dirty", [], |row| row.get(0)).unwrap();
    assert_eq!(dirty, 0);
    std::fs::remove_dir(folder.join("2026-11-18.rollups.making")).unwrap();
    made.store.tidy().await.unwrap_err();
    assert_eq!(states(&made).await, (4, 5));
}

#[tokio::test]
async fn what_is_too_old_goes_though_another_day_cannot_be_written() {
    let retention = Retention { raw_days: 2, rollup_days: 2, bytes_max: None };
    let made = opened(filled(5).await, retention);
    let yesterday = made.folder.path().join("store/2026-11-25.db");
    std::fs::remove_file(&yesterday).unwrap();
    std::fs::create_dir(&yesterday).unwrap();
    let error = made.store.tidy().await.unwrap_err();
    assert!(error.to_string().contains("2026-11-25"), "{error}");
    assert_eq!(states(&made).await, (3, 0));
}
