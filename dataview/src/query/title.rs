//! What a person reads of an event, and whether it went well.

use dna_protocol::model::{Body, Exception};

/// One line in English. Interfaces in other languages make theirs from kind and fields.
#[must_use]
#[expect(clippy::too_many_lines, reason = "one arm a kind")]
pub(super) fn title(body: &Body, page: Option<&str>) -> String {
    let page = page.map_or("a page", path);
    match body {
        Body::PageView(_) => format!("Opened {page}"),
        Body::RouteChange(route) => match route.name.as_deref() {
            Some(name) => format!("Went to {name}"),
            None => format!("Went to {page}"),
        },
        Body::PageLoad(_) => format!("Page ready: {page}"),
        Body::AppLaunch(launch) => {
            format!("Mini program opened ({})", words(&[launch.r#type.as_deref()], "start"))
        }
        Body::WebVital(vital) => match (vital.name.as_deref(), vital.value) {
            (Some(name), Some(value)) if name.eq_ignore_ascii_case("cls") => {
                format!("{} {:.3}", name.to_uppercase(), value.get())
            }
            (Some(name), Some(value)) => format!("{} {:.0} ms", name.to_uppercase(), value.get()),
            _ => "Web Vital".to_owned(),
        },
        Body::Exception(thrown) => thrown_title("Exception", thrown),
        Body::UnhandledRejection(thrown) => thrown_title("Rejection", thrown),
        Body::ResourceFailure(failed) => {
            let element = failed.element.as_deref().unwrap_or("resource");
            format!("Did not load: {element} {}", failed.url.as_deref().map_or("", path))
        }
        Body::ApiCall(call) => {
            let method = call.method.as_deref().unwrap_or("GET");
            let url = call.url.as_deref().map_or("", path);
            match (call.status, call.error.as_deref()) {
                (Some(status), _) => format!("{method} {url} → {status}"),
                (None, error) => format!("{method} {url} → {}", error.unwrap_or("no answer")),
            }
        }
        Body::Resource(resource) => {
            let what = resource.initiator.as_deref().unwrap_or("resource");
            format!("Loaded {what} {}", resource.url.as_deref().map_or("", path))
        }
        Body::UserAction(action) => {
            let what = action.name.as_deref().or(action.element.as_deref()).unwrap_or("something");
            let how = action.r#type.as_deref().unwrap_or("click");
            match action.frustration.as_deref() {
                Some(frustration) => format!("{how} on {what} ({frustration})"),
                None => format!("{how} on {what}"),
            }
        }
        Body::Transaction(step) => {
            let name = step.name.as_deref().unwrap_or("transaction");
            format!("{name}: {}", step.outcome.as_deref().unwrap_or("ended"))
        }
        Body::Custom(custom) => custom.name.as_deref().unwrap_or("event").to_owned(),
        Body::Mark(mark) => mark.name.as_deref().unwrap_or("mark").to_owned(),
        Body::Identity(who) if who.hash.is_some() => {
            format!(
                "Signed in{}",
                who.tier.as_deref().map(|tier| format!(" ({tier})")).unwrap_or_default()
            )
        }
        Body::Identity(_) => "Signed out".to_owned(),
        Body::LongFrame(_) => "Page was busy".to_owned(),
        Body::Report(report) => {
            format!(
                "Browser: {}",
                words(&[report.r#type.as_deref(), report.id.as_deref()], "report")
            )
        }
        Body::Console(line) => {
            format!("Console: {}", line.message.as_deref().unwrap_or("error"))
        }
        Body::Visibility(seen) => match seen.state.as_deref() {
            Some("hidden") => "Page covered".to_owned(),
            _ => "Page seen again".to_owned(),
        },
        Body::CodeLoad(code) => {
            format!("Code: {}", words(&[code.r#type.as_deref(), code.package.as_deref()], "loaded"))
        }
        Body::DataUpdate(update) => {
            format!("Data updated: {}", update.component.as_deref().unwrap_or("page"))
        }
        Body::MemoryWarning(_) => "Memory runs short".to_owned(),
        Body::NetworkChange(network) => {
            let now = words(&[network.r#type.as_deref(), network.state.as_deref()], "changed");
            format!("Network: {now}")
        }
    }
}

fn thrown_title(what: &str, thrown: &Exception) -> String {
    let parts: Vec<&str> =
        [thrown.r#type.as_deref(), thrown.message.as_deref()].into_iter().flatten().collect();
    if parts.is_empty() { what.to_owned() } else { parts.join(": ") }
}

/// The first of `parts` that is there and all after it, or `none`.
fn words(parts: &[Option<&str>], none: &str) -> String {
    let there: Vec<&str> = parts.iter().copied().flatten().collect();
    if there.is_empty() { none.to_owned() } else { there.join(" ") }
}

/// An address without scheme and host.
fn path(url: &str) -> &str {
    let Some((_, rest)) = url.split_once("://") else { return url };
    rest.find('/').map_or("/", |at| &rest[at..])
}
