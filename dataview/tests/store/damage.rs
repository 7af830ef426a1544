//! Damaged files, newer files, a folder that is used already.

use crate::made::{ALWAYS, APP, DAY, Made, NOON, counted, frame, options, session};
use dataview::store::sqlite::SqliteStore;
use dataview::store::{DayState, SessionsAsk, Store, StoreError};
use std::fs;
use std::path::Path;

/// Overwrites `file` from `at` on.
fn spoil(file: &Path, at: usize) {
    let mut bytes = fs::read(file).unwrap();
    bytes[at..].fill(0x5A);
    fs::write(file, bytes).unwrap();
}

async fn filled() -> Made {
    let made = Made::new();
    let frames = (0..9_u64).map(|n| frame(n as u8, 0, NOON - (n % 3) * DAY));
    made.append(frames.collect()).await;
    made
}

async fn sessions(made: &Made) -> usize {
    let ask = SessionsAsk {
        app: APP.to_owned(),
        range: ALWAYS,
        user: None,
        filters: Vec::new(),
        troubled: false,
        limit: 100,
        cursor: None,
    };
    made.store.sessions(ask).await.unwrap().items.len()
}

async fn damaged(made: &Made) -> Vec<String> {
    let days = made.store.days().await.unwrap();
    let damaged = days.into_iter().filter(|day| matches!(day.state, DayState::Damaged(_)));
    damaged.map(|day| day.name).collect()
}

#[tokio::test]
async fn the_days_that_are_not_damaged_serve() {
    // The head of a file, its first tables, and all but its first page.
    for at in [0, 100, 4_096] {
        let made = filled().await.again_after(|folder| spoil(&folder.join("2026-11-25.db"), at));
        assert_eq!(sessions(&made).await, 6, "spoilt from {at} on");
        assert_eq!(counted(&made.store).await, 6);
        assert!(made.store.session(APP.to_owned(), session(0), 9).await.unwrap().is_some());
        assert_eq!(made.store.session(APP.to_owned(), session(1), 9).await.unwrap(), None);
        assert_eq!(damaged(&made).await, ["2026-11-25.db"]);
        made.store.tidy().await.unwrap();
    }
}

#[tokio::test]
async fn a_fresh_file_is_begun_beside_a_damaged_one_of_today() {
    for at in [0, 100, 4_096] {
        let made = filled().await.again_after(|folder| spoil(&folder.join("2026-11-26.db"), at));
        let more = vec![frame(20, 0, NOON), frame(20, 1, NOON), frame(1, 1, NOON)];
        assert_eq!(made.append(more.clone()).await.frames, 3);
        assert_eq!(damaged(&made).await, ["2026-11-26.db"]);
        let made = made.again();
        assert_eq!(made.append(more).await.duplicates, 3, "the fresh file knows its frames");
        assert_eq!(counted(&made.store).await, 9);
        let names: Vec<_> =
            made.store.days().await.unwrap().into_iter().map(|day| day.name).collect();
        assert_eq!(names, ["2026-11-24.db", "2026-11-25.db", "2026-11-26.db", "2026-11-26.2.db"]);
    }
}

#[tokio::test]
async fn a_file_of_a_newer_version_is_not_touched() {
    let Made { store, folder } = filled().await;
    drop(store);
    let path = folder.path().join("store/2026-11-25.db");
    let file = rusqlite::Connection::open(&path).unwrap();
    file.pragma_update(None, "user_version", 99).unwrap();
    drop(file);
    let error = SqliteStore::open(options(&folder, |_| {})).unwrap_err();
    assert!(matches!(&error, StoreError::Newer { found: 99, .. }), "{error}");
    assert!(error.to_string().contains("2026-11-25.db"), "{error}");
}

#[tokio::test]
async fn a_folder_is_used_once() {
    let made = Made::new();
    let again = SqliteStore::open(options(&made.folder, |_| {}));
    assert!(matches!(again, Err(StoreError::InUse { .. })));
    made.again();
}

#[tokio::test]
async fn a_day_whose_making_was_interrupted_is_made() {
    let made = filled().await.again_after(|folder| {
        fs::write(folder.join("2026-11-23.db"), "").unwrap();
    });
    assert_eq!(damaged(&made).await, Vec::<String>::new());
    assert_eq!(sessions(&made).await, 9);
    assert_eq!(made.append(vec![frame(30, 0, NOON - 3 * DAY)]).await.frames, 1);
    assert_eq!(sessions(&made).await, 10);
    assert_eq!(made.store.days().await.unwrap().len(), 4);
}

#[tokio::test]
async fn a_file_that_the_disk_does_not_give_is_one_damaged_day() {
    let made = filled().await.again_after(|folder| {
        fs::remove_file(folder.join("2026-11-25.db")).unwrap();
        fs::create_dir(folder.join("2026-11-25.db")).unwrap();
    });
    assert_eq!(damaged(&made).await, ["2026-11-25.db"]);
    assert_eq!(sessions(&made).await, 6);
    assert_eq!(made.append(vec![frame(40, 0, NOON)]).await.frames, 1);
}

#[tokio::test]
async fn a_day_that_cannot_be_read_holds_up_no_frame_of_the_day_beside_it() {
    let made = Made::new();
    made.append(vec![frame(1, 0, NOON - DAY)]).await;
    let file = made.folder.path().join("store/2026-11-25.db");
    fs::remove_file(&file).unwrap();
    fs::create_dir(&file).unwrap();
    assert_eq!(made.append(vec![frame(1, 1, NOON)]).await.frames, 1);
    assert_eq!(damaged(&made).await, ["2026-11-25.db"]);
    assert_eq!(sessions(&made).await, 1);
}
