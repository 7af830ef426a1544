//! What went wrong in the client.

use super::Frame;
use super::fingerprint::{self, Thrown};
use super::measures::Measures;
use crate::model::{Dimension, ErrorFact, Metric, Value};
use dna_protocol::{Body, Event};

pub(super) fn read(frame: &Frame<'_>, measures: &mut Measures) -> Vec<ErrorFact> {
    let mut errors = Vec::new();
    for event in frame.events {
        let Some(error) = error(frame, event) else { continue };
        if counts(&event.body) {
            let by = [(Dimension::Page, frame.page(event))];
            measures.add(Metric::Errors, error.at_ms, Value::Count(1), &by);
        }
        errors.push(error);
    }
    errors
}

/// Whether it is counted as an error; what the application caught and reported is only listed.
fn counts(body: &Body) -> bool {
    !matches!(body, Body::Exception(exception) if exception.mechanism.is_some())
}

fn error(frame: &Frame<'_>, event: &Event) -> Option<ErrorFact> {
    let (fingerprint, r#type, message) = said(&event.body)?;
    Some(ErrorFact {
        view: frame.view(event),
        at_ms: frame.clock.at(event),
        fingerprint,
        kind: event.body.name(),
        r#type: r#type.to_owned(),
        message: message.unwrap_or_default().to_owned(),
        page: frame.page(event).unwrap_or_default().to_owned(),
    })
}

/// What the errors that are one with `body` are grouped by; `None` when it is no error.
#[must_use]
pub fn fingerprint_of(body: &Body) -> Option<u64> {
    Some(said(body)?.0)
}

/// Fingerprint, type and message of an error.
fn said(body: &Body) -> Option<(u64, &str, Option<&str>)> {
    match body {
        Body::Exception(thrown) | Body::UnhandledRejection(thrown) => {
            let (name, message) = (thrown.r#type.as_deref(), thrown.message.as_deref());
            let fingerprint = fingerprint::of_thrown(&Thrown {
                kind: body.name(),
                name: name.unwrap_or_default(),
                message: message.unwrap_or_default(),
                stack: thrown.stacktrace.as_deref().unwrap_or_default(),
                file: thrown.file.as_deref().unwrap_or_default(),
            });
            Some((fingerprint, name.unwrap_or("Error"), message))
        }
        Body::ResourceFailure(failure) => {
            let (element, url) = (failure.element.as_deref(), failure.url.as_deref());
            let element = element.unwrap_or("resource");
            Some((fingerprint::of_resource(element, url.unwrap_or_default()), element, url))
        }
        _ => None,
    }
}
