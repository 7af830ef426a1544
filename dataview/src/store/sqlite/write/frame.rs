//! Writes a frame and its facts.

use super::day::{Gathered, KnownOfDay};
use super::once::{Beside, Verdict, may_change};
use super::placed::Placed;
use crate::model::{Dimension, ErrorFact, FrameFacts, Metric};
use crate::rollup::{LabelId, minute_of};
use crate::store::sqlite::fault::Fault;
use crate::store::sqlite::file::signed;
use crate::store::sqlite::limits::ERROR_CHARS_MAX;
use rusqlite::Connection;
use std::collections::BTreeSet;

/// Writes `frame`; `false` when it was there already, in this day or one beside it.
pub(super) fn write(
    write: &Connection,
    known: &mut KnownOfDay,
    gathered: &mut Gathered,
    frame: &FrameFacts,
) -> Result<bool, Fault> {
    let app = known.app(write, &frame.app)?;
    let session = gathered.sessions.open(write, app, &frame.app, frame.session)?;
    if session.is_beside(frame.sequence)? {
        return Ok(false);
    }
    let pk = session.pk(write, app, frame.session)?;
    let packed = known.packer.pack(&frame.entry);
    let is_new = write
        .prepare_cached(
            "INSERT INTO frames (session, sequence, received_at, entry) VALUES (?, ?, ?, ?) \
             ON CONFLICT DO NOTHING",
        )?
        .execute((
            pk,
            frame.sequence.cast_signed(),
            signed(frame.received_at_ms),
            packed.as_deref().unwrap_or(&frame.entry),
        ))?
        > 0;
    if !is_new {
        return Ok(false);
    }
    gathered.facts.frames += 1;
    write_calls(write, pk, frame)?;
    for error in &frame.errors {
        write_error(write, app, pk, frame.sequence, error)?;
    }
    let again = measure(write, known, gathered, app, pk, frame)?;
    let mut of_session = frame.of_session.clone();
    of_session.views = of_session.views.saturating_sub(again);
    gathered.sessions.open(write, app, &frame.app, frame.session)?.merge(&of_session);
    Ok(true)
}

fn write_calls(write: &Connection, session: i64, frame: &FrameFacts) -> Result<(), Fault> {
    for call in &frame.calls {
        let Some((trace, span)) = call.trace else { continue };
        write
            .prepare_cached(
                "INSERT INTO calls (trace, span, session, view, at, duration, api, status, ok) \
                 VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING",
            )?
            .execute((
                trace.0,
                span.0,
                session,
                call.view.map(|view| view.0),
                signed(call.at_ms),
                call.duration_ms,
                &call.api,
                call.status,
                call.ok,
            ))?;
    }
    Ok(())
}

fn write_error(
    write: &Connection,
    app: i64,
    session: i64,
    sequence: u64,
    error: &ErrorFact,
) -> Result<(), Fault> {
    write
        .prepare_cached(
            "INSERT INTO errors (app, fingerprint, at, session, sequence, kind, type, message, \
             page) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
        )?
        .execute((
            app,
            error.fingerprint.cast_signed(),
            signed(error.at_ms),
            session,
            sequence.cast_signed(),
            error.kind,
            short(&error.r#type),
            short(&error.message),
            short(&error.page),
        ))?;
    write
        .prepare_cached(
            "INSERT INTO dirty (step, app, at) VALUES (0, ?, 0) ON CONFLICT DO NOTHING",
        )?
        .execute([app])?;
    Ok(())
}

fn short(text: &str) -> &str {
    text.char_indices().nth(ERROR_CHARS_MAX).map_or(text, |(end, _)| &text[..end])
}

/// Adds the frame's measures to the roll-ups, and the session to the pages, APIs and transactions
/// that it had. Answers how many of its views another frame has told already.
fn measure(
    write: &Connection,
    known: &mut KnownOfDay,
    gathered: &mut Gathered,
    app: i64,
    session: i64,
    frame: &FrameFacts,
) -> Result<u32, Fault> {
    let beside = gathered.sessions.beside(app, frame.session);
    let mut of_session: BTreeSet<LabelId> = BTreeSet::new();
    let mut labels: Vec<(Dimension, LabelId)> = Vec::new();
    let (mut new, mut told) = (BTreeSet::new(), BTreeSet::new());
    for measure in &frame.measures {
        if let Some(id) = measure.once {
            let beside = Beside { app, session, days: beside };
            let view = gathered.once.view(write, known, &beside, id)?;
            let verdict = view.judge(measure, frame.sequence);
            if measure.metric == Metric::PageViews {
                told.insert(id.0);
                new.extend((verdict == Verdict::Counts).then_some(id.0));
            }
            if let Verdict::Replaces(before) | Verdict::Revokes(before) = &verdict {
                let (metric, value) = before.what(measure);
                gathered.table.remove(app, before.minute, &before.labels, metric, value);
            }
            if matches!(verdict, Verdict::Not | Verdict::Revokes(_)) {
                continue;
            }
        }
        labels.clear();
        for (dimension, text) in &measure.dimensions {
            if *dimension == Dimension::All {
                continue;
            }
            let label = known.label(write, app, *dimension, text)?;
            labels.push((*dimension, label));
            if matches!(dimension, Dimension::Page | Dimension::Api | Dimension::Transaction) {
                of_session.insert(label);
            }
        }
        let minute = minute_of(measure.at_ms, frame.received_at_ms);
        gathered.table.add(app, minute, &labels, measure.metric, measure.value);
        if let Some(id) = measure.once.filter(|_| may_change(measure.metric)) {
            let beside = Beside { app, session, days: beside };
            let placed = Placed::new(measure, frame.sequence, minute, &labels);
            gathered.once.view(write, known, &beside, id)?.keep(placed);
        }
    }
    for label in of_session {
        write
            .prepare_cached(
                "INSERT INTO session_labels (label, session) VALUES (?, ?) ON CONFLICT DO NOTHING",
            )?
            .execute((label, session))?;
    }
    // A frame has at most 1,000 events.
    Ok((told.len() - new.len()) as u32)
}
