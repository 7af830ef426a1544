//! The monthly statement, slow on purpose: the archive that every bank has.

use std::time::Duration;

use actix_web::{HttpRequest, HttpResponse, web};
use serde::{Deserialize, Serialize};
use serde_json::json;
use time::{Date, Month};

use super::bank::{BOOKS, Label, iso, today};

/// Slow enough to annoy, as long as nobody asks for another time.
const WAIT_MS: u64 = 1_800;

/// Beyond this a browser's own limits would be tested instead of ours.
const WAIT_MS_MAX: u64 = 10_000;

const MONTHS_BACK_MAX: u8 = 3;

#[derive(Debug, Deserialize)]
struct Query {
    ms: Option<u64>,
    /// How many months ago; 1 is last month.
    back: Option<u8>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Statement {
    month: String,
    opening_minor: i64,
    in_minor: i64,
    out_minor: i64,
    closing_minor: i64,
    lines: Vec<Line>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Line {
    date: String,
    label: &'static Label,
    amount_minor: i64,
    balance_minor: i64,
}

pub(super) async fn statement(request: HttpRequest) -> HttpResponse {
    let Ok(query) = web::Query::<Query>::from_query(request.query_string()) else {
        return refused();
    };
    let (wait_ms, back) = (query.ms.unwrap_or(WAIT_MS), query.back.unwrap_or(1));
    if wait_ms > WAIT_MS_MAX || !(1..=MONTHS_BACK_MAX).contains(&back) {
        return refused();
    }
    actix_web::rt::time::sleep(Duration::from_millis(wait_ms)).await;
    match month_back(today(), back).and_then(|first| Statement::of(first, back)) {
        Some(statement) => HttpResponse::Ok().json(statement),
        // No clock leads here; answered rather than assumed.
        None => HttpResponse::InternalServerError().json(json!({ "code": "calendar" })),
    }
}

fn refused() -> HttpResponse {
    HttpResponse::BadRequest().json(json!({
        "code": "query",
        "message":
            format!("allowed: ms from 0 to {WAIT_MS_MAX}, back from 1 to {MONTHS_BACK_MAX}"),
    }))
}

/// The statement of the month before this one; nothing where the calendar ends.
pub(super) fn last_month() -> Option<Statement> {
    Statement::of(month_back(today(), 1)?, 1)
}

impl Statement {
    /// Date, amount and balance of each line, in hundredths.
    pub(super) fn rows(&self) -> impl Iterator<Item = (&str, i64, i64)> {
        self.lines.iter().map(|line| (line.date.as_str(), line.amount_minor, line.balance_minor))
    }

    fn of(first: Date, back: u8) -> Option<Self> {
        let mut balance_minor = BOOKS.statement_opening_minor - 84_215 * i64::from(back);
        let opening_minor = balance_minor;
        let mut lines = Vec::with_capacity(BOOKS.statement.len());
        for line in &BOOKS.statement {
            let amount_minor = varied(line.amount_minor, back);
            balance_minor += amount_minor;
            let date = iso(first.replace_day(line.day).ok()?);
            lines.push(Line { date, label: &line.label, amount_minor, balance_minor });
        }
        let sum = |wanted: fn(&i64) -> bool| {
            lines.iter().map(|line| line.amount_minor).filter(wanted).sum()
        };
        let (in_minor, out_minor) = (sum(|amount| *amount > 0), sum(|amount| *amount < 0));
        let month = iso(first)[..7].to_owned();
        let closing_minor = balance_minor;
        Some(Self { month, opening_minor, in_minor, out_minor, closing_minor, lines })
    }
}

/// Round sums (salary, rent) stay; the small spending differs from month to month.
fn varied(amount_minor: i64, back: u8) -> i64 {
    if amount_minor % 10_000 == 0 { amount_minor } else { amount_minor - i64::from(back) * 173 }
}

/// The first day of the month that is `back` months before `date`.
fn month_back(date: Date, back: u8) -> Option<Date> {
    let (mut year, mut month) = (date.year(), date.month());
    for _ in 0..back {
        month = month.previous();
        if month == Month::December {
            year -= 1;
        }
    }
    Date::from_calendar_date(year, month, 1).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn months_are_counted_across_the_year() {
        let january = Date::from_calendar_date(2026, Month::January, 31).unwrap();
        assert_eq!(iso(month_back(january, 1).unwrap()), "2025-12-01");
        assert_eq!(iso(month_back(january, 3).unwrap()), "2025-10-01");
    }

    #[test]
    fn the_sums_are_those_of_the_lines() {
        for back in 1..=MONTHS_BACK_MAX {
            let february = Date::from_calendar_date(2026, Month::February, 1).unwrap();
            let statement = Statement::of(february, back).unwrap();
            let moved = statement.in_minor + statement.out_minor;
            assert_eq!(statement.closing_minor, statement.opening_minor + moved);
            assert_eq!(statement.lines.last().unwrap().balance_minor, statement.closing_minor);
        }
    }
}
