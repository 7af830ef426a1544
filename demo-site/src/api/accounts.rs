//! The customer's accounts and recent payments.

use actix_web::HttpResponse;
use serde::Serialize;
use time::Duration;

use super::bank::{Account, BOOKS, Label, iso, today};

#[derive(Debug, Serialize)]
struct Overview {
    accounts: &'static [Account],
    payments: Vec<Payment>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Payment {
    date: String,
    label: &'static Label,
    category: &'static str,
    amount_minor: i64,
}

pub(super) async fn accounts() -> HttpResponse {
    let today = today();
    let payments = BOOKS
        .payments
        .iter()
        .map(|payment| Payment {
            date: iso(today - Duration::days(payment.days_ago)),
            label: &payment.label,
            category: &payment.category,
            amount_minor: payment.amount_minor,
        })
        .collect();
    HttpResponse::Ok().json(Overview { accounts: &BOOKS.accounts, payments })
}
