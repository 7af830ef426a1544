//! Steps of the application's, from their beginning to their end.
#![allow(clippy::unwrap_used, reason = "a test fails where it unwraps nothing")]

use dna_sdk_wasm::limits::{TRANSACTION_AGE_MAX, TRANSACTIONS_OPEN_MAX};
use dna_sdk_wasm::transactions::{Ended, Transactions};

fn begin(open: &mut Transactions<u32>, name: &str, now: f64, with: u32) -> Option<Ended<u32>> {
    open.begin(name.to_owned(), now, with)
}

#[test]
fn a_step_ends_as_it_is_told_and_once() {
    let mut open = Transactions::default();
    assert_eq!(begin(&mut open, "sms", 100.0, 7), None);
    assert_eq!(begin(&mut open, "limit", 150.0, 8), None);
    assert_eq!(open.end("other", 200.0, "ok"), None);
    let ended = open.end("sms", 4_100.0, "error").unwrap();
    let expected =
        Ended { name: "sms".into(), start: 100.0, duration: 4_000.0, outcome: "error", with: 7 };
    assert_eq!(ended, expected);
    assert_eq!(open.end("sms", 4_200.0, "ok"), None);
    assert_eq!(open.end("limit", 4_200.0, "ok").unwrap().with, 8);
}

#[test]
fn a_name_is_open_once() {
    let mut open = Transactions::default();
    begin(&mut open, "sms", 0.0, 1);
    let before = begin(&mut open, "sms", 500.0, 2).unwrap();
    assert_eq!((before.outcome, before.duration, before.with), ("abandoned", 500.0, 1));
    let ended = open.end("sms", 600.0, "ok").unwrap();
    assert_eq!((ended.duration, ended.with), (100.0, 2));
}

#[test]
fn nobody_waits_longer_than_ten_minutes() {
    let mut open = Transactions::default();
    assert_eq!(open.due(), f64::INFINITY);
    begin(&mut open, "first", 1_000.0, 1);
    begin(&mut open, "second", 2_000.0, 2);
    assert_eq!(open.due(), 1_000.0 + TRANSACTION_AGE_MAX);
    assert_eq!(open.expire(open.due() - 1.0), None);
    // The timer of a page in the background rings late.
    let late = open.due() + 500.0;
    let over = open.expire(late).unwrap();
    assert_eq!(
        (&*over.name, over.outcome, over.duration),
        ("first", "timeout", TRANSACTION_AGE_MAX)
    );
    assert_eq!(open.expire(late), None);
    assert_eq!(open.due(), 2_000.0 + TRANSACTION_AGE_MAX);
}

#[test]
fn a_page_that_begins_without_end_is_bounded_and_nothing_is_untold() {
    let mut open = Transactions::default();
    let mut told = 0;
    for number in 0..100 {
        if let Some(before) = begin(&mut open, &number.to_string(), 0.0, number) {
            assert_eq!((before.outcome, before.with), ("abandoned", told));
            told += 1;
        }
    }
    assert_eq!(told as usize, 100 - TRANSACTIONS_OPEN_MAX);
    let mut left = 0;
    while open.abandon(10.0).is_some() {
        left += 1;
    }
    assert_eq!(left, TRANSACTIONS_OPEN_MAX);
}
