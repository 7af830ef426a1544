//! A bank with its settings chosen by the test, and one way to ask it.

use std::net::Ipv4Addr;
use std::path::Path;

use actix_web::body::to_bytes;
use actix_web::http::StatusCode;
use actix_web::http::header::HeaderMap;
use actix_web::test::{self, TestRequest};
use actix_web::{App, web};
use demo_site::{Settings, Site};

/// What came back.
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Vec<u8>,
}

impl Answer {
    pub(crate) fn text(&self) -> &str {
        std::str::from_utf8(&self.body).expect("the bank writes UTF-8")
    }

    pub(crate) fn json(&self) -> serde_json::Value {
        serde_json::from_slice(&self.body).expect("the API writes JSON")
    }

    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().expect("plain header"))
    }
}

pub(crate) fn settings(sdk_dir: &Path) -> Settings {
    Settings {
        ingest: "http://127.0.0.1:7070".to_owned(),
        sdk_dir: sdk_dir.to_owned(),
        app_key: "demo-bank".to_owned(),
        release: "demo@1.0.0".to_owned(),
        core: None,
    }
}

/// Asks a bank that has no SDK folder.
pub(crate) async fn ask(request: TestRequest) -> Answer {
    ask_with(settings(Path::new("/nowhere")), request).await
}

pub(crate) async fn ask_with(settings: Settings, request: TestRequest) -> Answer {
    let site = Site::new(settings, Ipv4Addr::LOCALHOST.into()).expect("a free port");
    let app = App::new().app_data(web::Data::new(site)).configure(Site::routes);
    let app = test::init_service(app).await;
    let response = test::call_service(&app, request.to_request()).await;
    let (status, headers) = (response.status(), response.headers().clone());
    let body = to_bytes(response.into_body()).await.expect("a whole body").to_vec();
    Answer { status, headers, body }
}

pub(crate) fn get(address: &str) -> TestRequest {
    TestRequest::get().uri(address)
}
