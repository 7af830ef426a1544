//! The first frames of a day, and files that were never complete.

use crate::made::{ALWAYS, APP, DAY, Made, NOON, counted, frame, session};
use dataview::model::TraceId;
use dataview::store::{DayState, FeedCursor, Feeder, SessionsAsk, Store};
use std::fs;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

fn listed() -> SessionsAsk {
    SessionsAsk {
        app: APP.to_owned(),
        range: ALWAYS,
        user: None,
        filters: Vec::new(),
        troubled: false,
        limit: 100,
        cursor: None,
    }
}

async fn damaged(made: &Made) -> Vec<String> {
    let days = made.store.days().await.unwrap();
    let damaged = days.into_iter().filter(|day| matches!(day.state, DayState::Damaged(_)));
    damaged.map(|day| day.name).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn who_asks_while_a_day_begins_damages_nothing() {
    const DAYS: u8 = 25;
    let made = Arc::new(Made::new());
    let is_over = Arc::new(AtomicBool::new(false));
    let readers: Vec<_> = (0..4)
        .map(|_| {
            let (made, is_over) = (Arc::clone(&made), Arc::clone(&is_over));
            tokio::spawn(async move {
                let store = &made.store;
                let mut rounds = 0_u64;
                while !is_over.load(Ordering::Acquire) {
                    store.session(APP.to_owned(), session(0), 9).await.unwrap();
                    store.sessions(listed()).await.unwrap();
                    store.trace(TraceId([7; 16]), NOON - 60 * DAY).await.unwrap();
                    store.apps(ALWAYS).await.unwrap();
                    store.feed(FeedCursor::default(), 100).await.unwrap();
                    store.errors(APP.to_owned(), ALWAYS).await.unwrap();
                    counted(store).await;
                    rounds += 1;
                }
                rounds
            })
        })
        .collect();
    for day in 0..DAYS {
        made.append(vec![frame(day, 0, NOON - u64::from(day) * DAY)]).await;
    }
    is_over.store(true, Ordering::Release);
    for reader in readers {
        assert!(reader.await.unwrap() > 0);
    }
    assert_eq!(damaged(&made).await, Vec::<String>::new());
    assert_eq!(made.store.sessions(listed()).await.unwrap().items.len(), usize::from(DAYS));
    assert_eq!(counted(&made.store).await, u64::from(DAYS));
}

#[tokio::test]
async fn a_file_has_its_name_when_it_has_its_tables() {
    let made = Made::new();
    made.append(vec![frame(1, 0, NOON)]).await;
    // The log has the frame; the file itself is a whole one already.
    let file = made.folder.path().join("store/2026-11-26.db");
    let alone = made.folder.path().join("copy");
    fs::copy(&file, &alone).unwrap();
    let copy = rusqlite::Connection::open(&alone).unwrap();
    let days: i64 = copy.query_row("SELECT count(*) FROM day", [], |row| row.get(0)).unwrap();
    assert_eq!(days, 1);
}

#[tokio::test]
async fn frames_that_are_in_the_log_alone_are_there_after_a_crash() {
    let made = Made::new();
    made.append(vec![frame(1, 0, NOON)]).await;
    let crashed = Made::new().again_after(|folder| {
        for name in ["2026-11-26.db", "2026-11-26.db-wal"] {
            fs::copy(made.folder.path().join("store").join(name), folder.join(name)).unwrap();
        }
    });
    assert_eq!(damaged(&crashed).await, Vec::<String>::new());
    assert_eq!(crashed.append(vec![frame(1, 0, NOON), frame(1, 1, NOON)]).await.duplicates, 1);
    assert_eq!(counted(&crashed.store).await, 2);
}

#[tokio::test]
async fn a_log_whose_file_is_empty_or_gone_is_left_for_whoever_can_mend_it() {
    let made = Made::new();
    made.append(vec![frame(1, 0, NOON)]).await;
    let log = made.folder.path().join("store/2026-11-26.db-wal");
    let bytes = fs::read(&log).unwrap();
    for has_file in [true, false] {
        let found = Made::new().again_after(|folder| {
            fs::write(folder.join("2026-11-26.db-wal"), &bytes).unwrap();
            if has_file {
                fs::write(folder.join("2026-11-26.db"), "").unwrap();
            }
        });
        assert_eq!(damaged(&found).await, ["2026-11-26.db"], "{has_file}");
        assert_eq!(found.append(vec![frame(2, 0, NOON)]).await.frames, 1);
        assert_eq!(counted(&found.store).await, 1);
        let kept = fs::read(found.folder.path().join("store/2026-11-26.db-wal")).unwrap();
        assert!(kept == bytes, "{has_file}");
    }
}
