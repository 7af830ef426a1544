//! `/assets/*`: the bank's own style sheet, scripts and drawings, embedded in the binary.

use actix_web::{HttpRequest, HttpResponse, web};

use crate::caching::answer_file;
use crate::pages;

macro_rules! embedded {
    ($($name:literal),* $(,)?) => {
        &[$(($name, include_str!(concat!("../web/assets/", $name)))),*]
    };
}

/// Every file of `web/assets`; a test compares the list with the folder.
const FILES: &[(&str, &str)] = embedded![
    "accounts.js",
    "actions.js",
    "bank.css",
    "bank.js",
    "consent.js",
    "console.js",
    "dom.js",
    "failing-api.js",
    "harbour.svg",
    "http.js",
    "icons.svg",
    "logo.svg",
    "long-frames.js",
    "reports.js",
    "resources.js",
    "routes.js",
    "session.js",
    "sign-in.js",
    "statement.js",
    "texts.js",
    "throws.js",
    "traces.js",
    "transactions.js",
    "transfer.js",
    "vitals.js",
];

pub(crate) fn routes(config: &mut web::ServiceConfig) {
    config.service(web::resource("/assets/{name}").get(asset));
}

async fn asset(request: HttpRequest, name: web::Path<String>) -> HttpResponse {
    match FILES.iter().find(|(file, _)| *file == name.as_str()) {
        Some((file, text)) => answer_file(&request, file, *text),
        None => pages::not_found(request).await,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_file_of_the_folder_is_served() {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/web/assets");
        let mut found: Vec<String> = std::fs::read_dir(folder)
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        found.sort();
        assert_eq!(found, FILES.iter().map(|(name, _)| *name).collect::<Vec<_>>());
    }
}
