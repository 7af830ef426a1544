//! `/sdk/*`: the built SDK from its folder, read at each request so that a rebuild shows.

use std::path::{Path, PathBuf};

use actix_web::{HttpRequest, HttpResponse, web};

use crate::caching::answer_file;
use crate::pages;
use crate::site::Site;

pub(crate) fn routes(config: &mut web::ServiceConfig) {
    config.service(web::resource("/sdk/{path:.*}").get(sdk_file));
}

async fn sdk_file(
    request: HttpRequest,
    path: web::Path<String>,
    site: web::Data<Site>,
) -> HttpResponse {
    let Some(file) = inside(&site.settings.sdk_dir, &path) else {
        return pages::not_found(request).await;
    };
    // Not built yet, or not a file: the page works without it, so one answer serves both.
    match tokio::fs::read(&file).await {
        Ok(bytes) => answer_file(&request, &path, bytes),
        Err(_) => pages::not_found(request).await,
    }
}

/// The file that a decoded request path names, if every step of it is a plain name: what is
/// not on the list of allowed characters (`/`, `\`, NUL, …) cannot lead out of the folder.
fn inside(folder: &Path, path: &str) -> Option<PathBuf> {
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
    let allowed =
        |step: &str| !step.is_empty() && !step.starts_with('.') && step.chars().all(plain);
    path.split('/').all(allowed).then(|| folder.join(path))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_plain_names_lead_to_a_file() {
        let folder = Path::new("/sdk");
        assert_eq!(inside(folder, "dna.js"), Some(PathBuf::from("/sdk/dna.js")));
        assert_eq!(inside(folder, "mini/dna.wasm"), Some(PathBuf::from("/sdk/mini/dna.wasm")));
        for refused in
            ["", ".", "..", "../a", "a/../b", "a//b", "/etc/passwd", ".env", "a\\b", "a\0", "C:a"]
        {
            assert_eq!(inside(folder, refused), None, "{refused:?}");
        }
    }
}
