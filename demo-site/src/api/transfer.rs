//! A transfer: checked like a real one, then forgotten.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU32, Ordering};

use actix_web::{HttpRequest, HttpResponse, web};
use serde::Deserialize;
use serde_json::{Value, json};

use super::bank::BOOKS;
use crate::core::CoreError;
use crate::site::Site;

/// What one transfer may move, in hundredths: 50,000.00.
const AMOUNT_MINOR_MAX: i64 = 5_000_000;

const PAYEE_CHARS_MAX: usize = 60;

/// Counts up, so that two transfers of one run have two references.
static TRANSFERS: AtomicU32 = AtomicU32::new(1);

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Order {
    from: String,
    payee: String,
    payee_account: String,
    amount_minor: i64,
}

pub(super) async fn transfer(
    site: web::Data<Site>,
    request: HttpRequest,
    order: web::Json<Order>,
) -> HttpResponse {
    let wrong = order.check();
    if !wrong.is_empty() {
        return HttpResponse::UnprocessableEntity()
            .json(json!({ "code": "fields", "fields": wrong }));
    }
    if let Some(core) = &site.settings.core {
        let content = json!({ "from": order.from, "amountMinor": order.amount_minor });
        return match core.call::<Value>(&request, "/transfers", Some(&content)).await {
            Ok(done) => HttpResponse::Ok().json(done),
            // Earlier transfers have left less than the books say.
            Err(CoreError::Status(409)) => HttpResponse::UnprocessableEntity().json(json!({
                "code": "fields",
                "fields": { "amountMinor": "more than the account holds" },
            })),
            Err(error) => error.answer(),
        };
    }
    let number = TRANSFERS.fetch_add(1, Ordering::Relaxed);
    HttpResponse::Ok().json(json!({ "reference": format!("HB{number:08}") }))
}

impl Order {
    /// What is wrong, by field; empty when the order can be carried out.
    fn check(&self) -> BTreeMap<&'static str, &'static str> {
        let mut wrong = BTreeMap::new();
        let from = BOOKS.accounts.iter().find(|account| account.id == self.from);
        if from.is_none() {
            wrong.insert("from", "not an account of this customer");
        }
        let payee = self.payee.trim().chars().count();
        if payee == 0 || payee > PAYEE_CHARS_MAX {
            wrong.insert("payee", "allowed: 1 to 60 characters");
        }
        let digits = self.payee_account.chars().filter(|c| *c != ' ');
        if !digits.clone().all(|c| c.is_ascii_digit()) || !(8..=24).contains(&digits.count()) {
            wrong.insert("payeeAccount", "allowed: 8 to 24 digits");
        }
        if !(1..=AMOUNT_MINOR_MAX).contains(&self.amount_minor) {
            wrong.insert("amountMinor", "allowed: 0.01 to 50,000.00");
        } else if from.is_some_and(|account| account.balance_minor < self.amount_minor) {
            wrong.insert("amountMinor", "more than the account holds");
        }
        wrong
    }
}
