//! Lists of sessions.

use crate::made::{ALWAYS, APP, DAY, HOUR, MINUTE, Made, NOON, error, frame, known, session};
use dataview::model::{Dimension, SessionId, UserChange};
use dataview::store::{Filter, Range, SessionsAsk, Store, StoreError};

fn ask() -> SessionsAsk {
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

async fn ids(made: &Made, ask: SessionsAsk) -> Vec<SessionId> {
    made.store.sessions(ask).await.unwrap().items.into_iter().map(|row| row.id).collect()
}

#[tokio::test]
async fn pages_of_a_list_have_every_session_once() {
    let made = Made::new();
    // Each session has frames on three days.
    let frames = (0..60_u64).map(|n| frame((n % 20) as u8, n, NOON - (n / 20) * DAY - n * MINUTE));
    made.append(frames.collect()).await;
    let whole = ids(&made, ask()).await;
    assert_eq!(whole, (0..20).map(session).collect::<Vec<_>>());
    for limit in [1, 3, 7, 20] {
        let (mut parts, mut cursor) = (Vec::new(), None);
        loop {
            let part = made.store.sessions(SessionsAsk { limit, cursor, ..ask() }).await.unwrap();
            assert!(part.items.len() <= limit);
            for row in &part.items {
                assert_eq!(row.facts.events, 9, "all three days of it");
            }
            parts.extend(part.items.into_iter().map(|row| row.id));
            cursor = part.next;
            if cursor.is_none() {
                break;
            }
        }
        assert_eq!(parts, whole, "{limit} at a time");
    }
    let wrong = SessionsAsk { cursor: Some("x".to_owned()), ..ask() };
    assert!(matches!(made.store.sessions(wrong).await, Err(StoreError::Wrong(_))));
}

#[tokio::test]
async fn a_user_is_found_in_all_days() {
    let made = Made::new();
    let mut frames: Vec<_> = (0..9).map(|n| frame(n, 0, NOON - u64::from(n) * DAY)).collect();
    for n in [2, 5, 8] {
        known(&mut frames[n], "alice");
    }
    // After midnight the session goes on without saying who it is.
    frames.push(frame(5, 1, NOON - 4 * DAY));
    made.append(frames).await;
    let of = |user: &str| SessionsAsk { user: Some(user.to_owned()), ..ask() };
    assert_eq!(ids(&made, of("alice")).await, [session(2), session(5), session(8)]);
    assert_eq!(ids(&made, of("bob")).await, []);
    let part = SessionsAsk { range: Range { from_ms: NOON - 3 * DAY, to_ms: NOON }, ..of("alice") };
    let found = made.store.sessions(part).await.unwrap().items;
    assert_eq!(found.len(), 1);
    let tier = Some("vip".to_owned());
    assert_eq!(found[0].facts.user, UserChange::Known { hash: "alice".to_owned(), tier });
}

#[tokio::test]
async fn filters_leave_out_what_is_else() {
    let made = Made::new();
    let mut frames: Vec<_> = (0..6).map(|n| frame(n, 0, NOON - u64::from(n) * MINUTE)).collect();
    frames[1].of_session.region = Some("Beijing".to_owned());
    frames[2].of_session.os = Some("Android Go 1".to_owned());
    frames[3].of_session.os = Some("iOS 18".to_owned());
    error(&mut frames[4], 1, "broken");
    frames[5].of_session.calls_failed = 1;
    made.append(frames).await;
    let filtered = |dimension, value: &str| SessionsAsk {
        filters: vec![Filter { dimension, value: value.to_owned() }],
        ..ask()
    };
    let all = |numbers: &[u8]| numbers.iter().map(|n| session(*n)).collect::<Vec<_>>();
    assert_eq!(ids(&made, filtered(Dimension::Region, "Beijing")).await, all(&[1]));
    assert_eq!(ids(&made, filtered(Dimension::Os, "iOS")).await, all(&[3]));
    assert_eq!(ids(&made, filtered(Dimension::Os, "Android Go")).await, all(&[2]));
    assert_eq!(ids(&made, filtered(Dimension::Os, "*")).await, []);
    assert_eq!(ids(&made, filtered(Dimension::Browser, "Chrome")).await.len(), 6);
    assert_eq!(ids(&made, filtered(Dimension::Page, "/page/1")).await, all(&[1, 4]));
    assert_eq!(ids(&made, SessionsAsk { troubled: true, ..ask() }).await, all(&[4, 5]));
}

#[tokio::test]
async fn the_newest_come_first_though_late_frames_make_days_reach_back() {
    let made = Made::new();
    let mut frames: Vec<_> = (0..6).map(|n| frame(n, 0, NOON - u64::from(n) * DAY)).collect();
    // The last of a session of a week ago comes today, that of another the day before yesterday.
    for (number, days) in [(6, 0), (7, 2)] {
        frames.push(frame(number, 0, NOON - 7 * DAY));
        let mut late = frame(number, 1, NOON - 7 * DAY + MINUTE);
        late.received_at_ms = NOON - days * DAY;
        frames.push(late);
    }
    made.append(frames).await;
    let whole = made.store.sessions(ask()).await.unwrap().items;
    let found: Vec<_> = whole.iter().map(|row| (row.id, row.facts.events)).collect();
    let once = (0..6).map(|n| (session(n), 3));
    let both_days = [(session(7), 6), (session(6), 6)];
    assert_eq!(found, once.chain(both_days).collect::<Vec<_>>());
    for limit in 1..3 {
        let first = ids(&made, SessionsAsk { limit, ..ask() }).await;
        assert_eq!(first, (0..limit as u8).map(session).collect::<Vec<_>>(), "{limit} of them");
    }
}

#[tokio::test]
async fn a_session_that_goes_on_for_days_is_one() {
    let made = Made::new();
    // It says who it is on the third of five days, and where it runs on all but the last.
    let mut frames: Vec<_> = (0..5).map(|n| frame(1, n, NOON - (4 - n) * 24 * HOUR)).collect();
    known(&mut frames[2], "alice");
    frames[4].of_session.region = None;
    frames[3].of_session.region = Some("Beijing".to_owned());
    made.append(frames).await;
    let user = Some("alice".to_owned());
    let found = made.store.sessions(SessionsAsk { user, ..ask() }).await.unwrap().items;
    assert_eq!(found.len(), 1);
    let facts = &found[0].facts;
    assert_eq!((facts.events, facts.last_at_ms), (15, NOON));
    assert_eq!(facts.region.as_deref(), Some("Beijing"), "what the newest says that says it");
}
