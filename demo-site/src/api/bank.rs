//! The bank's books: made-up accounts and payments, the same for every customer.

use std::sync::LazyLock;

use serde::{Deserialize, Serialize};
use time::Date;

/// A text that the page shows in its own language.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Label {
    en: String,
    zh: String,
}

/// An account; of its number only the last four digits exist here.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Account {
    pub(super) id: String,
    kind: String,
    name: Label,
    note: Label,
    last_digits: String,
    currency: String,
    /// In hundredths of the currency; below zero for what is owed.
    pub(super) balance_minor: i64,
}

/// A recent payment, dated from today so that the page never looks old.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Payment {
    pub(super) days_ago: i64,
    pub(super) label: Label,
    pub(super) category: String,
    pub(super) amount_minor: i64,
}

/// A line of the monthly statement.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Line {
    pub(super) day: u8,
    pub(super) label: Label,
    pub(super) amount_minor: i64,
}

/// Everything in the books.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Books {
    pub(super) accounts: Vec<Account>,
    pub(super) payments: Vec<Payment>,
    pub(super) statement_opening_minor: i64,
    pub(super) statement: Vec<Line>,
}

pub(super) static BOOKS: LazyLock<Books> = LazyLock::new(|| {
    serde_json::from_str(include_str!("../../web/data/books.json"))
        .expect("the embedded books are JSON; a test reads them")
});

/// Today by the server's clock, the only clock of the API.
pub(super) fn today() -> Date {
    time::OffsetDateTime::now_utc().date()
}

/// `2025-11-23`, whatever the page's language makes of it.
pub(super) fn iso(date: Date) -> String {
    format!("{:04}-{:02}-{:02}", date.year(), u8::from(date.month()), date.day())
}
