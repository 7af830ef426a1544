//! The customer's accounts and recent payments.

use std::borrow::Cow;

use actix_web::{HttpRequest, HttpResponse, web};
use serde::Serialize;
use time::Duration;

use crate::site::Site;

use super::bank::{Account, BOOKS, Label, iso, today};

#[derive(Debug, Serialize)]
struct Overview {
    accounts: Cow<'static, [Account]>,
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

pub(super) async fn accounts(site: web::Data<Site>, request: HttpRequest) -> HttpResponse {
    let accounts = match &site.settings.core {
        None => Cow::Borrowed(&BOOKS.accounts[..]),
        Some(core) => match core.call(&request, "/accounts", None).await {
            Ok(accounts) => Cow::Owned(accounts),
            Err(error) => return error.answer(),
        },
    };
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
    HttpResponse::Ok().json(Overview { accounts, payments })
}
