//! Files in both directions: the statement as one, and papers that a customer sends.

use std::fmt::Write as _;

use actix_web::http::header::CONTENT_DISPOSITION;
use actix_web::{HttpResponse, web};
use serde_json::json;

use super::statement::last_month;

/// A photograph as phones take it; what is longer is refused with 413.
pub(super) const PAPERS_BYTES_MAX: usize = 8 * 1024 * 1024;

/// Last month's statement, one line a movement, amounts in hundredths.
pub(super) async fn statement_file() -> HttpResponse {
    let Some(statement) = last_month() else {
        // No clock leads here; answered rather than assumed.
        return HttpResponse::InternalServerError().json(json!({ "code": "calendar" }));
    };
    let mut text = String::from("date,amount_minor,balance_minor\n");
    for (date, amount_minor, balance_minor) in statement.rows() {
        // Writing to a String does not fail.
        let _ = writeln!(text, "{date},{amount_minor},{balance_minor}");
    }
    HttpResponse::Ok()
        .insert_header((CONTENT_DISPOSITION, "attachment; filename=\"statement.csv\""))
        .content_type("text/csv; charset=utf-8")
        .body(text)
}

/// Takes papers and forgets them: what is shown is the upload.
pub(super) async fn papers(form: web::Bytes) -> HttpResponse {
    if form.is_empty() {
        let message = "allowed: a form with a file in it";
        return HttpResponse::BadRequest().json(json!({ "code": "empty", "message": message }));
    }
    HttpResponse::NoContent().finish()
}
