//! `GET /v1/config?key=…`: what the pages of an application are told, signed.
//!
//! `{"config": "{\"key\": …, \"issued_at\": …, \"enabled\": …, \"sample_rate\": …}", "signature": "…"}`:
//! the configuration is a text of JSON, and the signature, in base64, is that of the text's bytes.
//! Both are made once, when the configuration is taken over: answering costs no more than any other page.

use super::codes::Code;
use super::head::Head;
use super::pages::{READ, wrong_method};
use super::take::{check_origin, wrong_key};
use super::{Door, Problem, Rules};
use crate::config::{AppsConfig, RemoteValues, SigningKey};
use actix_web::http::header::{
    ACCESS_CONTROL_ALLOW_ORIGIN, CACHE_CONTROL, ETAG, IF_NONE_MATCH, VARY,
};
use actix_web::middleware::DefaultHeaders;
use actix_web::{HttpRequest, HttpResponse, Resource, web};
use bytes::Bytes;
use serde::{Deserialize, Serialize};
use std::collections::HashMap;

/// The path.
const CONFIG_PATH: &str = "/v1/config";

/// A browser asks once a minute at most, however many pages it shows; so long may it take until a
/// change is known.
const FRESH: &str = "public, max-age=60";

/// What is served for a key.
struct Signed {
    body: Bytes,
    etag: String,
}

/// What is served for each key; nothing when nothing signs it.
#[derive(Default)]
pub(super) struct RemoteConfigs(HashMap<String, Signed>);

impl RemoteConfigs {
    /// Signs what each application's pages are told, as issued `now`.
    pub(super) fn new(key: Option<&SigningKey>, apps: &AppsConfig, now: u64) -> Self {
        let Some(signer) = key else { return Self::default() };
        let each = apps.0.iter().flat_map(|app| app.keys.iter().map(move |key| (app, key)));
        Self(
            each.map(|(app, key)| (key.key.clone(), signed(signer, &key.key, &app.remote, now)))
                .collect(),
        )
    }
}

/// What is signed. Clients ignore members that they do not know.
#[derive(Serialize)]
struct Told<'a> {
    /// Whose it is: that of another application is right by its signature too.
    key: &'a str,
    /// In ms since the Unix epoch: clients go back to no older one.
    issued_at: u64,
    enabled: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    sample_rate: Option<f64>,
}

fn signed(signer: &SigningKey, key: &str, values: &RemoteValues, now: u64) -> Signed {
    let RemoteValues { enabled, sample_rate } = *values;
    // Texts, numbers and booleans always have a JSON form.
    let config = serde_json::to_string(&Told { key, issued_at: now, enabled, sample_rate });
    let config = config.unwrap_or_default();
    let signature = signer.sign(&config);
    let etag = format!("\"{}\"", &signature[..22]);
    let body = serde_json::json!({"config": config, "signature": signature});
    Signed { body: body.to_string().into(), etag }
}

/// The path, with the CORS headers of beacons.
pub(super) fn resource() -> Resource<
    impl actix_web::dev::ServiceFactory<
        actix_web::dev::ServiceRequest,
        Config = (),
        Response = actix_web::dev::ServiceResponse,
        Error = actix_web::Error,
        InitError = (),
    >,
> {
    // What a page of an origin that is not allowed was answered is not for another's.
    let headers =
        DefaultHeaders::new().add((ACCESS_CONTROL_ALLOW_ORIGIN, "*")).add((VARY, "Origin"));
    web::resource(CONFIG_PATH).get(get).default_service(wrong_method(READ)).wrap(headers)
}

#[derive(Deserialize)]
struct Asked {
    #[serde(default)]
    key: String,
}

async fn get(
    request: HttpRequest,
    asked: Option<web::Query<Asked>>,
    door: web::Data<Door>,
) -> HttpResponse {
    let key = asked.map(|asked| asked.into_inner().key).unwrap_or_default();
    match find(&request, &key, &door.rules(), (door.now)()) {
        Ok(Signed { body, etag }) => {
            let known = request.headers().get(IF_NONE_MATCH).and_then(|value| value.to_str().ok());
            let known = known.is_some_and(|known| known.contains(etag));
            let mut answer = if known { HttpResponse::NotModified() } else { HttpResponse::Ok() };
            answer.insert_header((ETAG, etag.as_str())).insert_header((CACHE_CONTROL, FRESH));
            if known {
                return answer.finish();
            }
            answer.content_type("application/json").body(body.clone())
        }
        Err(problem) => door.refuse(problem, READ),
    }
}

fn find<'a>(
    request: &HttpRequest,
    key: &str,
    rules: &'a Rules,
    now: u64,
) -> Result<&'a Signed, Problem> {
    if rules.remote.0.is_empty() {
        let detail = "this server signs no configuration; `remote_config.signing_key_file` does";
        return Err(Problem::new(Code::NotFound, detail));
    }
    let sender = rules.apps.by_key(key, now).map_err(|error| wrong_key("key", key, error))?;
    check_origin(&Head::from(request.head()), sender.app)?;
    // Every key of an application has one.
    rules.remote.0.get(key).ok_or_else(|| Problem::plain(Code::Internal))
}
