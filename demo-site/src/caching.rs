//! Answers with a file: content type by extension, and revalidation in place of guessing.

use std::hash::{DefaultHasher, Hash, Hasher};

use actix_web::http::header::{CACHE_CONTROL, ETAG, IF_NONE_MATCH};
use actix_web::{HttpRequest, HttpResponse};

/// Our file names carry no hash, so a copy is kept but asked about: a rebuilt SDK is seen on
/// the next load, and an unchanged one costs a 304.
const KEEP_AND_ASK: &str = "no-cache";

/// Answers with a file's bytes, or with 304 when the browser has them.
pub(crate) fn answer_file<B>(request: &HttpRequest, name: &str, bytes: B) -> HttpResponse
where
    B: AsRef<[u8]> + actix_web::body::MessageBody + 'static,
{
    let tag = entity_tag(bytes.as_ref());
    let known = request.headers().get(IF_NONE_MATCH).and_then(|value| value.to_str().ok());
    let has_it = known.is_some_and(|list| list.split(',').any(|one| one.trim() == tag));
    let mut answer = if has_it { HttpResponse::NotModified() } else { HttpResponse::Ok() };
    answer.insert_header((ETAG, tag)).insert_header((CACHE_CONTROL, KEEP_AND_ASK));
    if has_it { answer.finish() } else { answer.content_type(content_type(name)).body(bytes) }
}

/// Weak, because the same file travels compressed and not.
fn entity_tag(bytes: &[u8]) -> String {
    let mut hasher = DefaultHasher::new();
    bytes.hash(&mut hasher);
    format!("W/\"{:016x}\"", hasher.finish())
}

fn content_type(name: &str) -> &'static str {
    match name.rsplit_once('.').map_or("", |(_, extension)| extension) {
        "js" | "mjs" => "text/javascript; charset=utf-8",
        "css" => "text/css; charset=utf-8",
        "svg" => "image/svg+xml",
        "wasm" => "application/wasm",
        "json" | "map" => "application/json",
        "ts" => "text/plain; charset=utf-8",
        _ => "application/octet-stream",
    }
}
