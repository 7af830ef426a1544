//! One event of JSON.

use super::scan::{Scan, Step, Stop, whole};
use super::values::{number, text};
use crate::field::Field;
use crate::model::{Body, Event};
use crate::problem::{FieldError, FieldProblem};
use std::borrow::Cow;

/// An event, `None` of an unknown kind, or why it is refused.
type Read = Result<Option<Event>, FieldError>;

/// Reads the next value as an event; unknown names are passed over and counted. What is behind
/// something that is wrong with it is passed over too, so that the frame can be read on.
///
/// # Errors
/// When the frame is no JSON.
pub(super) fn read(scan: &mut Scan<'_>, skipped_keys: &mut u32) -> Result<Read, Stop> {
    if !scan.opens_with(b'{') {
        scan.pass()?;
        return Ok(Err(wrong("event", FieldProblem::WrongType("an object"))));
    }
    let mut reader = EventReader {
        kind: None,
        time: None,
        view: None,
        body: Content::Missing,
        skipped_keys,
        problem: None,
    };
    scan.members(|scan, name| match reader.problem {
        None => reader.member(scan, name),
        Some(_) => scan.pass(),
    })?;
    Ok(reader.finish())
}

/// An event's members as they come.
struct EventReader<'a, 'k> {
    kind: Option<Cow<'a, str>>,
    time: Option<f64>,
    view: Option<usize>,
    body: Content<'a>,
    skipped_keys: &'k mut u32,
    /// The first thing that is wrong.
    problem: Option<FieldError>,
}

/// An event's body.
enum Content<'a> {
    Missing,
    /// It came before the kind.
    Raw(&'a str),
    Read(Body),
    /// Of a kind that is not known.
    Passed,
}

impl<'a> EventReader<'a, '_> {
    fn member(&mut self, scan: &mut Scan<'a>, name: &str) -> Step {
        let result = match name {
            "kind" => once(&mut self.kind, text(scan.value()?, 64)).map_err(of("kind")),
            "time" => {
                let time = number(scan.value()?).and_then(crate::cbor::event_time);
                once(&mut self.time, time).map_err(of("time"))
            }
            "view" => {
                let view = u64::from_json(scan.value()?);
                let view = view.map(|view| usize::try_from(view).unwrap_or(usize::MAX));
                once(&mut self.view, view).map_err(of("view"))
            }
            "body" if matches!(self.body, Content::Missing) => return self.body(scan),
            "body" => {
                scan.pass()?;
                Err(wrong("body", FieldProblem::Repeated))
            }
            _ => {
                *self.skipped_keys += 1;
                return scan.pass();
            }
        };
        self.problem = result.err();
        Ok(())
    }

    fn body(&mut self, scan: &mut Scan<'a>) -> Step {
        let Some(kind) = &self.kind else {
            self.body = Content::Raw(scan.value()?);
            return Ok(());
        };
        let Some(body) = Body::empty(kind) else {
            self.body = Content::Passed;
            return scan.pass();
        };
        match read_body(scan, body, self.skipped_keys)? {
            Ok(body) => self.body = Content::Read(body),
            Err(error) => self.problem = Some(error),
        }
        Ok(())
    }

    /// The event, when all of it was read.
    fn finish(self) -> Read {
        let Self { kind, time, view, body, skipped_keys, problem } = self;
        if let Some(problem) = problem {
            return Err(problem);
        }
        let missing = |field| wrong(field, FieldProblem::Missing);
        let kind = kind.ok_or_else(|| missing("kind"))?;
        let body = match body {
            Content::Missing => return Err(missing("body")),
            Content::Passed => return Ok(None),
            Content::Read(body) => body,
            Content::Raw(raw) => {
                let Some(body) = Body::empty(&kind) else { return Ok(None) };
                let mut read = Err(no_object());
                // It was passed over before, so it is well-formed.
                let _ = whole(raw, |scan| {
                    read = read_body(scan, body, skipped_keys)?;
                    Ok(())
                });
                read?
            }
        };
        body.check_required()?;
        let time = time.ok_or_else(|| missing("time"))?;
        Ok(Some(Event { time, view: view.unwrap_or(0), body }))
    }
}

/// Puts what was read into its place, where nothing may be yet.
fn once<T>(place: &mut Option<T>, read: Result<T, FieldProblem>) -> Result<(), FieldProblem> {
    if place.is_some() {
        return Err(FieldProblem::Repeated);
    }
    *place = Some(read?);
    Ok(())
}

/// Reads the next value into an empty body.
fn read_body(
    scan: &mut Scan<'_>,
    mut body: Body,
    skipped_keys: &mut u32,
) -> Result<Result<Body, FieldError>, Stop> {
    if !scan.opens_with(b'{') {
        scan.pass()?;
        return Ok(Err(no_object()));
    }
    let mut problem = None;
    scan.members(|scan, name| {
        let value = scan.value()?;
        if problem.is_none() {
            let known = body.read_json(name, value);
            *skipped_keys += u32::from(known == Ok(false));
            problem = known.err();
        }
        Ok(())
    })?;
    Ok(problem.map_or(Ok(body), Err))
}

fn wrong(field: &'static str, problem: FieldProblem) -> FieldError {
    FieldError { field, problem }
}

fn of(field: &'static str) -> impl Fn(FieldProblem) -> FieldError {
    move |problem| wrong(field, problem)
}

fn no_object() -> FieldError {
    wrong("body", FieldProblem::WrongType("an object"))
}
