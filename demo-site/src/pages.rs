//! The pages: a shell with the script tag, and one embedded fragment a page.

use actix_web::http::header::{ACCEPT, CACHE_CONTROL, SET_COOKIE, VARY};
use actix_web::http::{Method, StatusCode};
use actix_web::{HttpRequest, HttpResponse, web};
use serde::Deserialize;

use crate::html::{escape, fill};
use crate::language::Language;
use crate::site::Site;
use crate::tag::script_tag;

/// A page: its path is `/` and its name, except for the sign-in page at `/` and for routes, which a script adds to.
struct Page {
    name: &'static str,
    path: &'static str,
    body: &'static str,
}

macro_rules! page {
    ($path:literal, $name:literal) => {
        Page {
            name: $name,
            path: $path,
            body: include_str!(concat!("../web/pages/", $name, ".html")),
        }
    };
}

const PAGES: &[Page] = &[
    page!("/", "sign-in"),
    page!("/accounts", "accounts"),
    page!("/transfer", "transfer"),
    page!("/statement", "statement"),
    page!("/throws", "throws"),
    page!("/broken-image", "broken-image"),
    page!("/failing-api", "failing-api"),
    page!("/traces", "traces"),
    page!("/consent", "consent"),
    page!("/routes{order:(?:/orders/[0-9]+)?}", "routes"),
    page!("/vitals", "vitals"),
    page!("/resources", "resources"),
    page!("/long-frames", "long-frames"),
    page!("/reports", "reports"),
    page!("/actions", "actions"),
    page!("/transactions", "transactions"),
    page!("/console", "console"),
];
const NOT_FOUND: Page = page!("", "not-found");
const SHELL: &str = include_str!("../web/shell.html");

/// Thrown on the line after the tag: the earliest error that a customer's page can have.
const THROW_NOW: &str =
    "<script>throw new Error('demo-site: thrown on the line after the tag')</script>";

/// Headers of single pages, by name: what makes their signal.
const HEADERS: &[(&str, (&str, &str))] = &[
    ("resources", ("server-timing", "books;dur=53.2, cache;desc=hit")),
    ("reports", ("content-security-policy", "img-src 'self'")),
];

/// What a page's address may say; the rest of the query belongs to the page's own script.
#[derive(Debug, Default, Deserialize)]
struct Query {
    lang: Option<String>,
    now: Option<String>,
}

pub(crate) fn routes(config: &mut web::ServiceConfig) {
    for page in PAGES {
        config.service(web::resource(page.path).get(
            move |request: HttpRequest, site: web::Data<Site>| async move {
                answer(&request, &site, page, StatusCode::OK)
            },
        ));
    }
    config.service(web::resource("/blank").get(blank));
    config.default_service(web::to(not_found));
}

/// A document with nothing but the tag, for tests that bring their own content.
async fn blank(site: web::Data<Site>) -> HttpResponse {
    let tag = script_tag(&site.settings, "");
    let document = format!(
        "<!doctype html>\n<html lang=\"en\">\n<head>\n{tag}\n<meta charset=\"utf-8\">\n\
         <title>blank</title>\n</head>\n<body></body>\n</html>\n"
    );
    html(StatusCode::OK).body(document)
}

/// A page for people, one line for programs (an `<img>`, a script, curl).
pub(crate) async fn not_found(request: HttpRequest) -> HttpResponse {
    let accepts = request.headers().get(ACCEPT).and_then(|value| value.to_str().ok());
    let person =
        request.method() == Method::GET && accepts.is_some_and(|types| types.contains("text/html"));
    match request.app_data::<web::Data<Site>>() {
        Some(site) if person => answer(&request, site, &NOT_FOUND, StatusCode::NOT_FOUND),
        _ => HttpResponse::NotFound()
            .insert_header((CACHE_CONTROL, "no-store"))
            .content_type("text/plain; charset=utf-8")
            .body("not found\n"),
    }
}

fn answer(request: &HttpRequest, site: &Site, page: &Page, status: StatusCode) -> HttpResponse {
    let query = web::Query::<Query>::from_query(request.query_string())
        .map_or_else(|_| Query::default(), web::Query::into_inner);
    let language = Language::of(request, query.lang.as_deref());
    let throw_now = page.name == "throws" && query.now.as_deref() == Some("1");

    let mut answer = html(status);
    if query.lang.as_deref().and_then(Language::from_code).is_some() {
        answer.insert_header((SET_COOKIE, language.cookie()));
    }
    answer.insert_header((VARY, "Cookie, Accept-Language"));
    if let Some((_, header)) = HEADERS.iter().find(|(name, _)| *name == page.name) {
        answer.insert_header(*header);
    }
    let other = other_language_address(request.query_string(), language);
    answer.body(render(site, page, language, &other, throw_now))
}

/// `no-cache` rather than `no-store`: a page that may not be stored is also kept out of the
/// browser's back-forward cache, and the SDK is to be seen there too.
fn html(status: StatusCode) -> actix_web::HttpResponseBuilder {
    let mut answer = HttpResponse::build(status);
    answer.content_type("text/html; charset=utf-8").insert_header((CACHE_CONTROL, "no-cache"));
    answer
}

fn render(
    site: &Site,
    page: &Page,
    language: Language,
    other_language_address: &str,
    throw_now: bool,
) -> String {
    let text = |name: &str| {
        let key = name.strip_prefix("t.")?;
        language.text(key).map(escape)
    };
    let content = fill(page.body, |name| match name {
        "ingest" => Some(escape(&site.settings.ingest)),
        "unreachable_port" => Some(site.unreachable_port().to_string()),
        _ => text(name),
    });
    fill(SHELL, |name| match name {
        "tag" => Some(script_tag(&site.settings, wishes(page))),
        "throw_now" => Some(if throw_now { THROW_NOW.to_owned() } else { String::new() }),
        "lang" => Some(language.tag().to_owned()),
        "other_lang" => Some(language.other().tag().to_owned()),
        "other_lang_name" => Some(language.other().own_name().to_owned()),
        "other_lang_address" => Some(escape(other_language_address)),
        "page" => Some(page.name.to_owned()),
        "title" => language.text(&format!("{}.title", page.name)).map(escape),
        "content" => Some(content.clone()),
        "texts" => Some(texts_for_scripts(language)),
        "live" => Some(format!("{}/live", escape(&site.settings.ingest))),
        _ => match name.strip_prefix("current.") {
            Some(this) if this == page.name => Some("aria-current=\"page\"".to_owned()),
            Some(_) => Some(String::new()),
            None => text(name),
        },
    })
}

/// What a page's tag says beyond the site's own values.
fn wishes(page: &Page) -> &'static str {
    match page.name {
        "consent" => r#" data-consent="pending" data-visitor="true""#,
        // What is written to the console is told only where a page asks for it.
        "console" => r#" data-console="error,warn""#,
        _ => "",
    }
}

/// The texts whose key starts with `js.`, as JSON that is safe inside a `<script>` element.
fn texts_for_scripts(language: Language) -> String {
    let texts: serde_json::Map<_, _> = language
        .texts()
        .iter()
        .filter_map(|(key, text)| Some((key.strip_prefix("js.")?.to_owned(), text.clone().into())))
        .collect();
    serde_json::Value::Object(texts).to_string().replace('<', "\\u003c")
}

/// The same page in the other language: the query as it is, but for `lang`.
fn other_language_address(query: &str, language: Language) -> String {
    let kept = query.split('&').filter(|pair| !pair.is_empty() && !pair.starts_with("lang="));
    let lang = format!("lang={}", language.other().code());
    let pairs: Vec<&str> = kept.chain([lang.as_str()]).collect();
    format!("?{}", pairs.join("&"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_language_switch_keeps_the_rest_of_the_query() {
        assert_eq!(other_language_address("", Language::English), "?lang=zh");
        assert_eq!(
            other_language_address("ms=0&lang=zh&now=1", Language::Chinese),
            "?ms=0&now=1&lang=en"
        );
    }
}
