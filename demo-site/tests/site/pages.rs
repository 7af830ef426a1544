//! Every page carries the tag first, in both languages, whatever its values are.

use std::path::Path;

use actix_web::http::StatusCode;
use actix_web::test::TestRequest;

use crate::support::{ask, ask_with, get, settings};

const PAGES: &[&str] = &[
    "/",
    "/accounts",
    "/transfer",
    "/statement",
    "/throws",
    "/broken-image",
    "/failing-api",
    "/routes",
    "/vitals",
    "/traces",
    "/routes/orders/4711",
    "/resources",
    "/long-frames",
    "/reports",
    "/actions",
    "/transactions",
    "/console",
    "/blank",
];

const TAG: &str = "<head>\n<script src=\"/sdk/dna.js\" data-key=\"demo-bank\" \
                   data-endpoint=\"http://127.0.0.1:7070/v1/beacon\" \
                   data-release=\"demo@1.0.0\" data-sample-rate=\"1\" \
                   data-trace-origins=\"self\"";

#[actix_web::test]
async fn every_page_has_the_tag_first_in_its_head() {
    for page in PAGES {
        for lang in ["en", "zh"] {
            let answer = ask(get(&format!("{page}?lang={lang}"))).await;
            assert_eq!(answer.status, StatusCode::OK, "{page}");
            assert_eq!(answer.header("content-type"), "text/html; charset=utf-8");
            assert!(answer.text().contains(TAG), "{page}: {}", answer.text());
            assert!(!answer.text().contains("unknown place"), "{page}: {}", answer.text());
            assert!(!answer.text().contains("{{"), "{page}: {}", answer.text());
        }
    }
}

#[actix_web::test]
async fn only_the_page_about_the_console_tells_of_it() {
    for page in PAGES {
        let asks = ask(get(page)).await.text().contains("data-console");
        assert_eq!(asks, *page == "/console", "{page}");
    }
}

#[actix_web::test]
async fn the_page_that_asks_for_consent_says_that_nobody_has_decided() {
    for lang in ["en", "zh"] {
        let answer = ask(get(&format!("/consent?lang={lang}"))).await;
        let wishes =
            "data-trace-origins=\"self\" data-consent=\"pending\" data-visitor=\"true\"></script>";
        assert!(answer.text().contains(wishes), "{}", answer.text());
        assert!(!answer.text().contains("unknown place"), "{}", answer.text());
        assert!(!answer.text().contains("{{"), "{}", answer.text());
    }
}

#[actix_web::test]
async fn values_of_the_tag_are_escaped() {
    let mut hostile = settings(Path::new("/nowhere"));
    hostile.release = "\"><script>alert('1')</script>&".to_owned();
    hostile.ingest = "http://h/'\"<".to_owned();
    for page in PAGES {
        let answer = ask_with(hostile.clone(), get(page)).await;
        let release = "&quot;&gt;&lt;script&gt;alert(&#39;1&#39;)&lt;/script&gt;&amp;";
        assert!(answer.text().contains(&format!("data-release=\"{release}\"")), "{page}");
        let endpoint = "data-endpoint=\"http://h/&#39;&quot;&lt;/v1/beacon\"";
        assert!(answer.text().contains(endpoint), "{page}");
        assert!(!answer.text().contains("alert('1')"), "{page}");
        assert!(!answer.text().contains("http://h/'"), "{page}");
    }
}

#[actix_web::test]
async fn what_the_browser_tests_hold_on_to_is_there() {
    for (page, ids) in [
        ("/", &["user-id", "password", "sign-in", "sign-out", "language", "live-view"][..]),
        ("/transfer", &["transfer-form", "transfer-submit", "transfer-result"]),
        ("/statement", &["load-statement", "statement"]),
        ("/throws", &["throw-error", "reject-promise"]),
        ("/broken-image", &["broken"]),
        ("/consent", &["consent-granted", "consent-denied", "consent-pending", "stored"]),
        ("/failing-api", &["call-failing-api", "call-unreachable-api"]),
        ("/resources", &["load-many", "load-slow", "load-missing"]),
        ("/long-frames", &["block", "force-layout"]),
        ("/reports", &["violate", "use-deprecated"]),
        ("/actions", &["dead", "error", "good", "quiet-call", "balance", "masked"]),
        ("/transactions", &["send-code", "sms-code", "check-code", "set-mark", "report-error"]),
        ("/console", &["write-error"]),
        ("/traces", &["call-traced", "throw-caused"]),
    ] {
        let answer = ask(get(page)).await;
        for id in ids {
            let found = answer.text().matches(&format!("id=\"{id}\"")).count();
            assert_eq!(found, 1, "{id} on {page}");
        }
    }
}

#[actix_web::test]
async fn the_early_error_stands_on_the_line_after_the_tag() {
    let early = "data-trace-origins=\"self\"></script>\n<script>throw new Error(";
    assert!(ask(get("/throws?now=1")).await.text().contains(early));
    for without in ["/throws", "/throws?now=0", "/accounts?now=1", "/blank?now=1"] {
        assert!(!ask(get(without)).await.text().contains("throw new Error"), "{without}");
    }
}

#[actix_web::test]
async fn a_chosen_language_is_remembered() {
    let chosen = ask(get("/accounts?ms=5&lang=zh")).await;
    assert!(chosen.text().contains("<html lang=\"zh-CN\">"));
    assert!(chosen.text().contains("href=\"?ms=5&amp;lang=en\""));
    let cookie = chosen.header("set-cookie").to_owned();
    assert!(cookie.starts_with("lang=zh;"), "{cookie}");

    let later = ask(get("/transfer").insert_header(("cookie", "lang=zh"))).await;
    assert!(later.text().contains("<html lang=\"zh-CN\">"));
    assert_eq!(later.header("set-cookie"), "");

    let unknown = ask(get("/?lang=%22%3E%3Cb%3E")).await;
    assert!(unknown.text().contains("<html lang=\"en\">"));
    assert_eq!(unknown.header("set-cookie"), "");
}

#[actix_web::test]
async fn a_query_that_cannot_be_read_does_not_break_a_page() {
    for query in ["?%", "?lang=en&lang=zh", "?lang=%FF", "?=&&="] {
        assert_eq!(ask(get(&format!("/{query}"))).await.status, StatusCode::OK, "{query}");
    }
}

#[actix_web::test]
async fn the_rest_is_404_for_people_and_for_programs() {
    let person = ask(get("/nowhere").insert_header(("accept", "text/html,*/*"))).await;
    assert_eq!(person.status, StatusCode::NOT_FOUND);
    assert!(person.text().contains(TAG));
    for path in ["/nowhere", "/images/lighthouse-quay.jpg", "/accounts/1", "/assets/none.js"] {
        let program = ask(get(path).insert_header(("accept", "image/avif,*/*"))).await;
        assert_eq!((program.status, program.text()), (StatusCode::NOT_FOUND, "not found\n"));
    }
}

#[actix_web::test]
async fn a_page_is_only_read() {
    for page in PAGES {
        let answer = ask(TestRequest::post().uri(page)).await;
        assert_eq!(answer.status, StatusCode::METHOD_NOT_ALLOWED, "{page}");
    }
}

#[actix_web::test]
async fn what_a_page_asks_for_is_served_and_asked_about_again() {
    for page in PAGES {
        let document = ask(get(page)).await;
        for asset in document.text().split('"').filter(|part| part.starts_with("/assets/")) {
            let file = asset.split('#').next().unwrap_or(asset);
            let first = ask(get(file)).await;
            assert_eq!(first.status, StatusCode::OK, "{file} of {page}");
            let again = get(file).insert_header(("if-none-match", first.header("etag")));
            assert_eq!(ask(again).await.status, StatusCode::NOT_MODIFIED, "{file}");
        }
    }
}
