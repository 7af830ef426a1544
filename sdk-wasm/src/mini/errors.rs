//! Exceptions, and the reasons of rejections.

use super::record::{Record, kind};
use dna_protocol::model::Exception;
use dna_protocol::privacy::clean_text;
use dna_protocol::{Draft, Kind};

/// What platforms put before an error's own words.
const PREFIXES: [&str; 3] = ["MiniProgramError", "thirdScriptError", "APP-SERVICE-SDK:"];

/// What was thrown: name, message and stack, or all in the message, as `onError` of WeChat and
/// Douyin tells it.
pub(super) fn thrown(record: &mut Record<'_>) -> Draft {
    let rejected = record.kind == kind::REJECTION;
    let draft = Draft::new(if rejected { Kind::UnhandledRejection } else { Kind::Exception });
    described(draft, record)
}

/// What the application has caught itself, and tells all the same.
pub(super) fn reported(record: &mut Record<'_>) -> Draft {
    let mut draft = described(Draft::new(Kind::Exception), record);
    draft.fields.text(Exception::mechanism, "reported");
    draft
}

fn described(mut draft: Draft, record: &mut Record<'_>) -> Draft {
    let (mut name, mut message, mut stack) = (record.text(), record.text(), record.text());
    if name.is_empty() && stack.is_empty() {
        (name, message, stack) = taken_apart(message);
    } else if name.is_empty() {
        // Alipay tells message and stack; V8's begins with the name.
        (name, _) = named(stack.lines().next().unwrap_or_default()).unwrap_or_default();
    }
    let fields = &mut draft.fields;
    fields.text(Exception::r#type, &clean_text(name));
    fields.text(Exception::message, &clean_text(message));
    fields.text(Exception::stacktrace, &clean_text(stack));
    draft
}

/// Name, message and stack of a text that has them all.
///
/// WeChat writes `MiniProgramError`, then the message, then the stack, which begins with the name
/// and the message again, as V8's do; JavaScriptCore's begin with the first frame.
fn taken_apart(text: &str) -> (&str, &str, &str) {
    let mut rest = text.trim_start();
    for prefix in PREFIXES {
        rest = rest.strip_prefix(prefix).unwrap_or(rest).trim_start();
    }
    let (first, stack) = rest.split_once('\n').unwrap_or((rest, ""));
    // The name stands in the line that the stack begins with, or in the message itself.
    let head = stack.split('\n').next().unwrap_or_default();
    let (name, message) = named(head).or_else(|| named(first)).unwrap_or(("", first));
    (name, message, if stack.is_empty() { "" } else { stack })
}

/// `TypeError: message` as its two parts.
fn named(line: &str) -> Option<(&str, &str)> {
    let (name, message) = line.split_once(": ")?;
    let is_name = name.ends_with("Error") || name.ends_with("Exception");
    (is_name && !name.contains(' ')).then_some((name, message))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_text_is_taken_apart() {
        for (text, expected) in [
            (
                "MiniProgramError\nx is not defined\nReferenceError: x is not defined\n    at a (app.js:1:2)",
                (
                    "ReferenceError",
                    "x is not defined",
                    "ReferenceError: x is not defined\n    at a (app.js:1:2)",
                ),
            ),
            (
                "thirdScriptError\nboom;at pages/a/a page onLoad function\nError: boom\n    at b",
                ("Error", "boom", "Error: boom\n    at b"),
            ),
            ("TypeError: y\na@app.js:1:2", ("TypeError", "y", "a@app.js:1:2")),
            ("only words: they are", ("", "only words: they are", "")),
            ("", ("", "", "")),
        ] {
            assert_eq!(taken_apart(text), expected, "{text}");
        }
    }
}
