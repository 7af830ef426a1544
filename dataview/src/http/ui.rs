//! The web UI: plain files that are part of the program.
//!
//! The page names everything below `/assets/{version}/`, where `version` is a hash of all files
//! together. So files are kept by browsers for good, the page itself is asked for each time and
//! mostly answered with 304, and files of two versions never meet. Modules name each other by
//! relative addresses, which needs no build step.

use super::{Code, Problem};
use actix_web::http::header::{self, ETag, EntityTag, IfNoneMatch};
use actix_web::{HttpResponse, HttpResponseBuilder, web};
use sha2::{Digest, Sha256};
use std::sync::LazyLock;

macro_rules! files {
    ($($path:literal)*) => { [ $( ($path, include_bytes!(concat!("../../ui/", $path)).as_slice()), )* ] };
}

/// Every file of the UI but the page and the policy.
static FILES: &[(&str, &[u8])] = &files! {
    "css/base.css"
    "css/frame.css"
    "css/pages.css"
    "css/parts.css"
    "icon.svg"
    "js/address.js"
    "js/api.js"
    "js/dom.js"
    "js/early.js"
    "js/format.js"
    "js/frame.js"
    "js/keyboard.js"
    "js/main.js"
    "js/pages.js"
    "js/pages/accounts.js"
    "js/pages/audit.js"
    "js/pages/baselines.js"
    "js/pages/chain.js"
    "js/pages/dead-letters.js"
    "js/pages/error.js"
    "js/pages/errors.js"
    "js/pages/find.js"
    "js/pages/incident.js"
    "js/pages/incidents.js"
    "js/pages/missing.js"
    "js/pages/overview.js"
    "js/pages/password.js"
    "js/pages/rules.js"
    "js/pages/session.js"
    "js/pages/sessions.js"
    "js/pages/sign-in.js"
    "js/pages/subscriptions.js"
    "js/pages/trace.js"
    "js/parts/band.js"
    "js/parts/breakdown.js"
    "js/parts/chart.js"
    "js/parts/customers.js"
    "js/parts/dialog.js"
    "js/parts/event-title.js"
    "js/parts/range.js"
    "js/parts/session-table.js"
    "js/parts/states.js"
    "js/parts/subscription-form.js"
    "js/parts/table.js"
    "js/parts/tiles.js"
    "js/parts/timeline.js"
    "js/parts/tools.js"
    "js/parts/waterfall.js"
    "js/screen.js"
    "js/texts/en.js"
    "js/texts/en/alerts.js"
    "js/texts/en/codes.js"
    "js/texts/en/customers.js"
    "js/texts/en/experience.js"
    "js/texts/en/frame.js"
    "js/texts/en/operation.js"
    "js/texts/zh.js"
    "js/texts/zh/alerts.js"
    "js/texts/zh/codes.js"
    "js/texts/zh/customers.js"
    "js/texts/zh/experience.js"
    "js/texts/zh/frame.js"
    "js/texts/zh/operation.js"
    "js/times.js"
    "js/words.js"
    "vendor/uplot/LICENSE"
    "vendor/uplot/uPlot.iife.min.js"
    "vendor/uplot/uPlot.min.css"
};

/// The addresses of the pages, as `js/pages.js` has them, and where they begin.
const PAGES: &[&str] = &[
    "/",
    "/sign-in",
    "/overview",
    "/incidents",
    "/incidents/{id}",
    "/rules",
    "/baselines",
    "/errors",
    "/errors/{fingerprint}",
    "/sessions",
    "/sessions/{id}",
    "/find",
    "/traces/{id}",
    "/subscriptions",
    "/chain",
    "/dead-letters",
    "/access",
    "/audit",
];

/// What a page may do: nothing from elsewhere, no script or style in the markup, and no text becomes
/// markup. In a file of its own because the tests' double serves it too.
const POLICY: &str = include_str!("../../ui/policy.txt");

/// A hash of all files together.
static VERSION: LazyLock<String> = LazyLock::new(|| {
    let mut hash = Sha256::new();
    for (path, bytes) in FILES {
        hash.update(path.as_bytes());
        hash.update([0]);
        hash.update(Sha256::digest(bytes));
    }
    hash.update(include_bytes!("../../ui/index.html"));
    hash.finalize()[..8].iter().map(|byte| format!("{byte:02x}")).collect()
});

/// The page, with the addresses of its files. Modules are asked for at once, not one after another
/// as they name each other.
static PAGE: LazyLock<String> = LazyLock::new(|| {
    let modules = FILES.iter().map(|(path, _)| *path);
    let modules = modules.filter(|path| path.starts_with("js/") && *path != "js/early.js");
    let preloads: Vec<_> = modules
        .map(|path| format!("<link rel=\"modulepreload\" href=\"{{assets}}/{path}\">"))
        .collect();
    include_str!("../../ui/index.html")
        .replace("{preloads}", &preloads.join("\n    "))
        .replace("{assets}", &format!("/assets/{}", *VERSION))
});

/// Mounts the pages and their files.
pub(super) fn routes(service: &mut web::ServiceConfig) {
    for path in PAGES {
        service.service(super::asked(path).get(page));
    }
    service.service(super::asked("/assets/{version}/{path:.*}").get(file));
}

/// Every page is the same document: what it shows is in its address.
async fn page(known: Option<web::Header<IfNoneMatch>>) -> HttpResponse {
    let tag = EntityTag::new_strong((*VERSION).clone());
    if matches!(known, Some(web::Header(IfNoneMatch::Items(tags))) if tags.iter().any(|one| one.weak_eq(&tag)))
    {
        return described(&mut HttpResponse::NotModified(), tag).finish();
    }
    described(&mut HttpResponse::Ok(), tag)
        .content_type("text/html; charset=utf-8")
        .insert_header((header::CONTENT_SECURITY_POLICY, POLICY.trim()))
        // Addresses name sessions and pseudonyms.
        .insert_header((header::REFERRER_POLICY, "no-referrer"))
        .insert_header(("Cross-Origin-Opener-Policy", "same-origin"))
        .body(PAGE.as_str())
}

fn described(response: &mut HttpResponseBuilder, tag: EntityTag) -> &mut HttpResponseBuilder {
    response.insert_header(ETag(tag)).insert_header((header::CACHE_CONTROL, "no-cache"))
}

/// A file of this version; one of another is not here, and a page that wants it is loaded anew.
async fn file(asked: web::Path<(String, String)>) -> Result<HttpResponse, Problem> {
    let (version, path) = asked.into_inner();
    let found = FILES.iter().find(|(name, _)| *name == path);
    let Some((name, bytes)) = found.filter(|_| version == *VERSION) else {
        return Err(Problem::new(Code::NotFound, "no such file of this version"));
    };
    Ok(HttpResponse::Ok()
        .content_type(kind(name))
        .insert_header((header::CACHE_CONTROL, "public, max-age=31536000, immutable"))
        .body(*bytes))
}

fn kind(name: &str) -> &'static str {
    match name.rsplit('.').next() {
        Some("js") => "text/javascript; charset=utf-8",
        Some("css") => "text/css; charset=utf-8",
        Some("svg") => "image/svg+xml",
        _ => "text/plain; charset=utf-8",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use actix_web::test::{TestRequest, call_service, init_service, read_body};
    use std::collections::BTreeSet;
    use std::path::Path;

    fn in_folder(folder: &Path, root: &Path, found: &mut BTreeSet<String>) {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                in_folder(&path, root, found);
            } else {
                found.insert(path.strip_prefix(root).unwrap().to_str().unwrap().to_owned());
            }
        }
    }

    #[test]
    fn every_file_of_the_folder_is_served() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("ui");
        let mut files = BTreeSet::new();
        in_folder(&root, &root, &mut files);
        for apart in ["index.html", "policy.txt"] {
            assert!(files.remove(apart), "{apart}");
        }
        let served: BTreeSet<_> = FILES.iter().map(|(path, _)| (*path).to_owned()).collect();
        assert_eq!(served, files);
    }

    #[test]
    fn the_pages_are_those_of_the_ui() {
        let source = include_str!("../../ui/js/pages.js");
        let table = source.split("const PAGES = [").nth(1).unwrap().split("];").next().unwrap();
        let theirs: BTreeSet<_> =
            table.split("['").skip(1).map(|row| row.split('\'').next().unwrap()).collect();
        let shape = |path: &&str| {
            let parts = path.split('/').map(|part| match part.strip_prefix('{') {
                Some(name) => format!(":{}", name.trim_end_matches('}')),
                None => part.to_owned(),
            });
            parts.collect::<Vec<_>>().join("/")
        };
        let ours: BTreeSet<_> = PAGES.iter().skip(2).map(shape).collect();
        assert_eq!(ours, theirs.into_iter().map(str::to_owned).collect());
    }

    #[test]
    fn nothing_is_fetched_from_elsewhere() {
        for (path, bytes) in FILES.iter().filter(|(path, _)| !path.ends_with("LICENSE")) {
            let text = std::str::from_utf8(bytes).unwrap();
            for (at, _) in text.match_indices("https://") {
                let before = text[..at].rsplit('\n').next().unwrap();
                let said = ["//", "/*", "placeholder"].iter().any(|one| before.contains(one));
                assert!(said, "{path}: {before}");
            }
        }
        assert!(POLICY.starts_with("default-src 'none';"));
        assert!(!POLICY.contains("unsafe"));
    }

    #[actix_web::test]
    async fn the_page_is_asked_for_each_time_and_its_files_once() {
        let app = init_service(actix_web::App::new().configure(routes)).await;
        let get = |path: &str| TestRequest::get().uri(path);
        let answer = call_service(&app, get("/sessions/0a1b").to_request()).await;
        assert_eq!(answer.status(), 200);
        assert_eq!(answer.headers().get("cache-control").unwrap(), "no-cache");
        assert_eq!(answer.headers().get("content-security-policy").unwrap(), POLICY.trim());
        let tag = answer.headers().get("etag").unwrap().clone();
        let body = read_body(answer).await;
        let page = std::str::from_utf8(&body).unwrap();
        let addresses: Vec<_> =
            page.split(['"']).filter(|part| part.starts_with("/assets/")).collect();
        assert!(addresses.len() > 40, "{page}");
        assert!(!page.contains("{assets}") && !page.contains("{preloads}"), "{page}");
        for address in addresses {
            let answer = call_service(&app, get(address).to_request()).await;
            assert_eq!(answer.status(), 200, "{address}");
            let kept = answer.headers().get("cache-control").unwrap().to_str().unwrap();
            assert!(kept.contains("immutable"), "{address}");
        }
        let again = get("/overview").insert_header(("if-none-match", tag)).to_request();
        let answer = call_service(&app, again).await;
        assert_eq!(answer.status(), 304);
        assert!(read_body(answer).await.is_empty());
        let old = get("/assets/0123456789abcdef/js/main.js").to_request();
        assert_eq!(call_service(&app, old).await.status(), 404);
    }
}
