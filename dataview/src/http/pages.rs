//! What is said for people, and where nothing is.

use super::codes::Code;
use super::problem::Problem;
use actix_web::{HttpRequest, HttpResponse, Route, web};

/// `GET /problems/{code}`: where the `type` of a problem leads.
pub(super) async fn problem(code: web::Path<String>) -> Result<HttpResponse, Problem> {
    let Some(code) = Code::by_name(&code) else {
        let known: Vec<_> = Code::ALL.iter().map(|code| code.name()).collect();
        let detail = format!("there is no such problem; known: {}", known.join(", "));
        return Err(Problem::new(Code::NotFound, detail));
    };
    Ok(HttpResponse::Ok().content_type("text/plain; charset=utf-8").body(format!(
        "{} (status {})\n\n{}\n",
        code.title(),
        code.status(),
        code.explanation()
    )))
}

/// What a resource answers to other methods than `allowed`.
pub(super) fn wrong_method(allowed: &'static str) -> Route {
    web::to(move || async move { refused(Problem::method_not_allowed(allowed)) })
}

/// Everything else.
pub(super) async fn not_found(request: HttpRequest) -> Result<HttpResponse, Problem> {
    refused(Problem::new(Code::NotFound, format!("nothing at {:?}", request.path())))
}

fn refused(problem: Problem) -> Result<HttpResponse, Problem> {
    Err(problem)
}
