//! Asks, and holds every answer against the OpenAPI document.

use jsonschema::Validator;
use reqwest::header::HeaderMap;
use serde_json::{Value, json};
use std::net::SocketAddr;
use std::sync::LazyLock;

pub(crate) struct Client {
    pub(crate) address: SocketAddr,
    http: reqwest::Client,
    runtime: tokio::runtime::Runtime,
    pub(crate) headers: HeaderMap,
}

pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Value,
}

static DOCUMENT: LazyLock<Value> =
    LazyLock::new(|| serde_json::from_str(&dataview::http::openapi::document()).unwrap());

impl Client {
    /// One that says nothing of who asks.
    pub(crate) fn new(address: SocketAddr) -> Self {
        // Of no use here, but the client is not made without.
        drop(rustls::crypto::ring::default_provider().install_default());
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        Self { address, http: reqwest::Client::new(), runtime, headers: HeaderMap::new() }
    }

    /// Where the server is.
    pub(crate) fn address(&self) -> SocketAddr {
        self.address
    }

    /// One that asks with a header more.
    pub(crate) fn with(&self, name: &'static str, value: &str) -> Self {
        let mut headers = self.headers.clone();
        headers.insert(name, value.parse().unwrap());
        Self { headers, ..Self::new(self.address) }
    }

    /// One that asks with a token.
    pub(crate) fn with_token(&self, token: &str) -> Self {
        self.with("authorization", &format!("Bearer {token}"))
    }

    /// The answer to `path` with its query, which is as the document says.
    pub(crate) fn get(&self, path: &str) -> Answer {
        self.request("GET", path, None)
    }

    /// The answer to JSON that is sent to `path`.
    #[expect(clippy::needless_pass_by_value, reason = "a test writes `json!(…)`")]
    pub(crate) fn post(&self, path: &str, body: Value) -> Answer {
        self.request("POST", path, Some(body.to_string()))
    }

    /// What `path` answers; `body` is sent as JSON.
    pub(crate) fn request(&self, method: &str, path: &str, body: Option<String>) -> Answer {
        let name = reqwest::Method::from_bytes(method.as_bytes()).unwrap();
        let mut request = self.http.request(name, format!("http://{}{path}", self.address));
        if let Some(body) = body {
            request = request.header("content-type", "application/json").body(body);
        }
        let answer = self.send(request.headers(self.headers.clone()));
        if answer.status < 300 {
            check(path, &method.to_ascii_lowercase(), &answer);
        } else {
            check_problem(&answer);
        }
        answer
    }

    /// The text of a 200 at `path`, which is not in the document.
    pub(crate) fn text(&self, path: &str) -> String {
        let request = self.http.get(format!("http://{}{path}", self.address));
        self.runtime.block_on(async {
            let response = request.send().await.unwrap();
            assert_eq!(response.status(), 200, "{path}");
            response.text().await.unwrap()
        })
    }

    fn send(&self, request: reqwest::RequestBuilder) -> Answer {
        self.runtime.block_on(async {
            let response = request.send().await.unwrap();
            let (status, headers) = (response.status().as_u16(), response.headers().clone());
            let text = response.text().await.unwrap();
            let body = serde_json::from_str(&text).unwrap_or(Value::String(text));
            Answer { status, headers, body }
        })
    }
}

/// Every path of the document with its methods.
pub(crate) fn documented() -> Vec<(String, String)> {
    let paths = DOCUMENT["paths"].as_object().unwrap().iter();
    let methods = paths.flat_map(|(path, methods)| {
        methods.as_object().unwrap().keys().map(|method| (path.clone(), method.clone()))
    });
    methods.collect()
}

/// Holds `answer` against what the document says that `method path` answers.
fn check(path: &str, method: &str, answer: &Answer) {
    let body = &answer.body;
    let path = path.split('?').next().unwrap();
    if path == "/api/v1/openapi.json" || path.starts_with("/problems/") {
        return;
    }
    let paths = DOCUMENT["paths"].as_object().unwrap();
    let (_, described) = paths
        .iter()
        .find(|(template, _)| matches(template, path))
        .unwrap_or_else(|| panic!("{path} is not in the document"));
    let told = &described[method]["responses"][answer.status.to_string()];
    assert!(
        told.is_object(),
        "the document does not say that {method} {path} is {}",
        answer.status
    );
    let Some(content) = told.get("content") else {
        assert_eq!(*body, "", "{method} {path}");
        return;
    };
    if content.get("text/event-stream").is_some() {
        return;
    }
    // Of lines the last one has a shape of its own; the others are of any.
    let last = body.as_str().and_then(|text| serde_json::from_str(text.lines().last()?).ok());
    let (schema, body) = match content.get("application/x-ndjson") {
        Some(lines) => (&lines["schema"], last.as_ref().unwrap_or(body)),
        None => (&content["application/json"]["schema"], body),
    };
    assert!(schema.is_object(), "the document does not say what {method} {path} answers");
    let mut whole = schema.clone();
    whole["components"] = strict(DOCUMENT["components"].clone());
    let validator: Validator = jsonschema::validator_for(&whole).unwrap();
    let wrong: Vec<_> = validator.iter_errors(body).map(|error| error.to_string()).collect();
    assert!(wrong.is_empty(), "{method} {path}: {wrong:?}\n{body:#}");
}

/// The same schemas, which allow nothing that they do not name. Those that are parts of others
/// cannot say so themselves.
fn strict(mut components: Value) -> Value {
    let schemas = components["schemas"].as_object_mut().unwrap();
    let parts: Vec<String> = schemas
        .values()
        .filter_map(|schema| schema["allOf"].as_array())
        .flatten()
        .filter_map(|part| Some(part["$ref"].as_str()?.rsplit('/').next()?.to_owned()))
        .collect();
    for (name, schema) in schemas {
        if schema.get("allOf").is_some() {
            schema["unevaluatedProperties"] = json!(false);
        } else if schema.get("properties").is_some() && !parts.contains(name) {
            schema["additionalProperties"] = json!(false);
        }
    }
    components
}

/// Whether `path` is one of those that `template` stands for.
fn matches(template: &str, path: &str) -> bool {
    let (left, right): (Vec<_>, Vec<_>) =
        (template.split('/').collect(), path.split('/').collect());
    left.len() == right.len()
        && left.iter().zip(right).all(|(part, found)| part.starts_with('{') || *part == found)
}

/// Holds a refusal against RFC 9457 and the table of problems.
fn check_problem(answer: &Answer) {
    assert_eq!(answer.headers["content-type"], "application/problem+json", "{}", answer.body);
    let body = &answer.body;
    let code = body["type"].as_str().unwrap().strip_prefix("/problems/").unwrap();
    let code = dataview::http::Code::by_name(code).unwrap_or_else(|| panic!("{code} is unknown"));
    assert_eq!(body["status"], code.status());
    assert_eq!(answer.status, code.status());
    assert_eq!(body["title"], code.title());
    assert!(!body["detail"].as_str().unwrap().is_empty());
}
