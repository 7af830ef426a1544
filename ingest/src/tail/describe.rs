//! What matters of an event, in a few words.

use super::escape::Escaped;
use anstyle::{AnsiColor, Style};
use dna_protocol::field::{AttributeValue, Attributes, Millis, Number};
use dna_protocol::model::{
    ApiCall, AppLaunch, Body, CodeLoad, Console, Custom, DataUpdate, Event, Exception, Header,
    Identity, LongFrame, Mark, NetworkChange, PageLoad, PageView, Report, Resource,
    ResourceFailure, RouteChange, Transaction, UserAction, WebVital,
};
use std::fmt::{self, Write};

/// The short name of a kind and its colour: red for what failed.
pub(super) fn label(body: &Body) -> (&'static str, Style) {
    let (name, color) = match body {
        Body::PageView(_) => ("page", AnsiColor::Green),
        Body::WebVital(_) => ("vital", AnsiColor::Cyan),
        Body::Exception(_) => ("error", AnsiColor::Red),
        Body::UnhandledRejection(_) => ("rejection", AnsiColor::Red),
        Body::ResourceFailure(_) => ("resource", AnsiColor::Yellow),
        Body::ApiCall(call) if failed(call) => ("api", AnsiColor::Red),
        Body::ApiCall(_) => ("api", AnsiColor::Blue),
        Body::Custom(_) => ("custom", AnsiColor::Magenta),
        Body::Identity(_) => ("user", AnsiColor::Magenta),
        Body::RouteChange(_) => ("route", AnsiColor::Green),
        Body::Resource(_) => ("resource", AnsiColor::Blue),
        Body::LongFrame(_) => ("busy", AnsiColor::Yellow),
        Body::Report(_) => ("report", AnsiColor::Red),
        Body::Console(_) => ("console", AnsiColor::Red),
        Body::UserAction(action) if action.frustration.is_some() => ("action", AnsiColor::Red),
        Body::UserAction(_) => ("action", AnsiColor::Cyan),
        Body::Transaction(_) => ("step", AnsiColor::Magenta),
        Body::Mark(_) => ("mark", AnsiColor::Magenta),
        Body::Visibility(_) => ("seen", AnsiColor::Cyan),
        Body::AppLaunch(_) => ("launch", AnsiColor::Green),
        Body::PageLoad(_) => ("shown", AnsiColor::Green),
        Body::CodeLoad(_) => ("code", AnsiColor::Blue),
        Body::DataUpdate(_) => ("setData", AnsiColor::Yellow),
        Body::MemoryWarning(_) => ("memory", AnsiColor::Red),
        Body::NetworkChange(_) => ("network", AnsiColor::Yellow),
    };
    (name, Style::new().fg_color(Some(color.into())))
}

fn failed(call: &ApiCall) -> bool {
    call.status.is_none_or(|status| status >= 400)
}

/// The words, harmless for a terminal.
pub(super) fn words(header: &Header, event: &Event) -> String {
    let mut words = String::new();
    let url = header.url_of(event).unwrap_or_default();
    let written = match &event.body {
        Body::PageView(view) => page_view(&mut words, url, view),
        Body::WebVital(vital) => web_vital(&mut words, vital),
        Body::Exception(exception) | Body::UnhandledRejection(exception) => {
            self::exception(&mut words, exception)
        }
        Body::ResourceFailure(failure) => resource_failure(&mut words, failure),
        Body::ApiCall(call) => api_call(&mut words, call),
        Body::Custom(custom) => self::custom(&mut words, custom),
        Body::Identity(identity) => self::identity(&mut words, identity),
        Body::RouteChange(route) => route_change(&mut words, url, route),
        Body::Resource(resource) => self::resource(&mut words, resource),
        Body::LongFrame(frame) => long_frame(&mut words, frame),
        Body::Report(report) => self::report(&mut words, report),
        Body::Console(console) => self::console(&mut words, console),
        Body::UserAction(action) => user_action(&mut words, action),
        Body::Transaction(transaction) => self::transaction(&mut words, transaction),
        Body::Mark(mark) => self::mark(&mut words, mark),
        Body::Visibility(visibility) => write!(words, "{}", text(visibility.state.as_ref())),
        Body::AppLaunch(launch) => app_launch(&mut words, launch),
        Body::PageLoad(load) => page_load(&mut words, url, load),
        Body::CodeLoad(load) => code_load(&mut words, load),
        Body::DataUpdate(update) => data_update(&mut words, update),
        Body::MemoryWarning(warning) => write!(words, "level {}", warning.level.unwrap_or(0)),
        Body::NetworkChange(change) => network_change(&mut words, change),
    };
    written.expect("writing to a String does not fail");
    words
}

fn text<const MAX: usize, K>(text: Option<&dna_protocol::field::Text<MAX, K>>) -> Escaped<'_> {
    Escaped(text.map_or("", |text| text))
}

/// An address without its scheme and host.
fn path(url: &str) -> &str {
    let Some((_, rest)) = url.split_once("://") else { return url };
    rest.find('/').map_or("/", |slash| &rest[slash..])
}

fn page_view(out: &mut String, url: &str, view: &PageView) -> fmt::Result {
    write!(out, "{}", Escaped(path(url)))?;
    match view.load_event_end {
        Some(load) => write!(out, "  load {:.0} ms", load.get())?,
        None => out.push_str("  left before it had loaded"),
    }
    if let Some(first_byte) = view.response_start {
        write!(out, ", first byte {:.0} ms", first_byte.get())?;
    }
    match view.response_status {
        Some(status) if status >= 400 => write!(out, ", status {status}"),
        _ => Ok(()),
    }
}

fn route_change(out: &mut String, url: &str, route: &RouteChange) -> fmt::Result {
    write!(out, "{}", Escaped(route.template.as_deref().unwrap_or_else(|| path(url))))?;
    match &route.name {
        Some(name) => write!(out, "  {}", Escaped(name)),
        None => Ok(()),
    }
}

fn web_vital(out: &mut String, vital: &WebVital) -> fmt::Result {
    let value = vital.value.map_or(0.0, Number::get);
    // CLS is a score; the others are milliseconds.
    match vital.name.as_deref() {
        Some("CLS") => write!(out, "CLS {value:.3}"),
        _ => write!(out, "{} {value:.0} ms", text(vital.name.as_ref())),
    }
}

fn exception(out: &mut String, exception: &Exception) -> fmt::Result {
    // A promise may be rejected with a mere text.
    if let Some(name) = &exception.r#type {
        write!(out, "{}: ", Escaped(name))?;
    }
    write!(out, "{}", text(exception.message.as_ref()))?;
    if let Some(file) = &exception.file {
        write!(out, "  @{}", Escaped(path(file)))?;
        if let Some(line) = exception.line {
            write!(out, ":{line}")?;
        }
    }
    Ok(())
}

fn resource_failure(out: &mut String, failure: &ResourceFailure) -> fmt::Result {
    write!(out, "{} {}", text(failure.element.as_ref()), text(failure.url.as_ref()))
}

fn api_call(out: &mut String, call: &ApiCall) -> fmt::Result {
    write!(out, "{} {}", text(call.method.as_ref()), text(call.url.as_ref()))?;
    match call.status {
        Some(status) => write!(out, "  {status}")?,
        None => write!(out, "  no answer {}", text(call.error.as_ref()))?,
    }
    lasted(out, call.duration)
}

/// A duration, if there is one.
fn lasted(out: &mut String, duration: Option<Millis>) -> fmt::Result {
    match duration {
        Some(duration) => write!(out, "  {:.0} ms", duration.get()),
        None => Ok(()),
    }
}

fn resource(out: &mut String, resource: &Resource) -> fmt::Result {
    if let Some(count) = resource.count {
        write!(out, "{count} × ")?;
    }
    write!(out, "{} {}", text(resource.initiator.as_ref()), text(resource.url.as_ref()))?;
    if let Some(status) = resource.status.filter(|status| *status >= 400) {
        write!(out, "  {status}")?;
    }
    lasted(out, resource.duration)
}

fn long_frame(out: &mut String, frame: &LongFrame) -> fmt::Result {
    write!(out, "{}", text(frame.entry_type.as_ref()))?;
    lasted(out, frame.duration)?;
    match &frame.script_url {
        Some(url) => write!(out, "  {}", Escaped(path(url))),
        None => Ok(()),
    }
}

fn report(out: &mut String, report: &Report) -> fmt::Result {
    write!(out, "{} {}", text(report.r#type.as_ref()), text(report.id.as_ref()))?;
    write!(out, "  {}{}", text(report.blocked_url.as_ref()), text(report.message.as_ref()))
}

fn console(out: &mut String, console: &Console) -> fmt::Result {
    write!(out, "{} {}", text(console.severity.as_ref()), text(console.message.as_ref()))
}

fn user_action(out: &mut String, action: &UserAction) -> fmt::Result {
    let named = action.name.as_deref().or(action.element.as_deref()).unwrap_or_default();
    write!(out, "{} {}", text(action.r#type.as_ref()), Escaped(named))?;
    if let Some(frustration) = &action.frustration {
        write!(out, "  {}", Escaped(frustration))?;
    }
    lasted(out, action.duration)
}

fn transaction(out: &mut String, transaction: &Transaction) -> fmt::Result {
    write!(out, "{}", text(transaction.name.as_ref()))?;
    write!(out, "  {}", text(transaction.outcome.as_ref()))?;
    lasted(out, transaction.duration)?;
    attributes(out, transaction.attributes.as_ref())
}

fn mark(out: &mut String, mark: &Mark) -> fmt::Result {
    write!(out, "{}", text(mark.name.as_ref()))?;
    lasted(out, mark.duration)
}

fn app_launch(out: &mut String, launch: &AppLaunch) -> fmt::Result {
    write!(out, "{} {}", text(launch.r#type.as_ref()), text(launch.path.as_ref()))?;
    lasted(out, launch.duration)?;
    write!(out, "  scene {}", text(launch.scene.as_ref()))
}

fn page_load(out: &mut String, url: &str, load: &PageLoad) -> fmt::Result {
    write!(out, "{}  {}", Escaped(path(url)), text(load.navigation_type.as_ref()))?;
    lasted(out, load.duration)
}

fn code_load(out: &mut String, load: &CodeLoad) -> fmt::Result {
    write!(out, "{} {}", text(load.r#type.as_ref()), text(load.package.as_ref()))?;
    lasted(out, load.duration)
}

fn data_update(out: &mut String, update: &DataUpdate) -> fmt::Result {
    write!(out, "{} × {}", update.count.unwrap_or(1), text(update.component.as_ref()))?;
    lasted(out, update.duration)?;
    write!(out, "  {}", text(update.paths.as_ref()))
}

fn network_change(out: &mut String, change: &NetworkChange) -> fmt::Result {
    write!(out, "{} {}", text(change.state.as_ref()), text(change.r#type.as_ref()))
}

fn custom(out: &mut String, custom: &Custom) -> fmt::Result {
    write!(out, "{}", text(custom.name.as_ref()))?;
    attributes(out, custom.attributes.as_ref())
}

fn identity(out: &mut String, identity: &Identity) -> fmt::Result {
    match &identity.hash {
        // The pseudonym's first digits tell users apart well enough for the eye.
        Some(hash) => write!(out, "{}", Escaped(&hash[..hash.floor_char_boundary(12)]))?,
        None => out.push_str("signed out"),
    }
    if let Some(tier) = &identity.tier {
        write!(out, "  tier {}", Escaped(tier))?;
    }
    attributes(out, identity.attributes.as_ref())
}

fn attributes(out: &mut String, attributes: Option<&Attributes>) -> fmt::Result {
    for (name, value) in attributes.into_iter().flat_map(Attributes::iter) {
        write!(out, "  {}=", Escaped(name))?;
        match value {
            AttributeValue::Text(text) => write!(out, "{}", Escaped(text))?,
            AttributeValue::Number(number) => write!(out, "{}", number.get())?,
            AttributeValue::Bool(value) => write!(out, "{value}")?,
        }
    }
    Ok(())
}
