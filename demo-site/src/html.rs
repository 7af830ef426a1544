//! HTML text: escaping, and templates with `{{name}}` places.

use std::fmt::Write as _;

/// Escapes text for element content and for double- or single-quoted attributes.
pub(crate) fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            other => escaped.push(other),
        }
    }
    escaped
}

/// Fills each `{{name}}` of a template with the HTML that `value` gives for the name.
///
/// What is filled in is not looked at again, so a value cannot bring in further places. A name
/// that `value` does not know stays visible as a comment; a test looks for such comments.
pub(crate) fn fill(template: &str, value: impl Fn(&str) -> Option<String>) -> String {
    let mut filled = String::with_capacity(template.len() * 2);
    let mut rest = template;
    while let Some((before, after)) = rest.split_once("{{") {
        let Some((name, tail)) = after.split_once("}}") else { break };
        filled.push_str(before);
        match value(name) {
            Some(html) => filled.push_str(&html),
            None => drop(write!(filled, "<!-- unknown place: {} -->", escape(name))),
        }
        rest = tail;
    }
    filled.push_str(rest);
    filled
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escaping_covers_content_and_attributes() {
        assert_eq!(escape(r#"<a b="c" d='e'>&"#), "&lt;a b=&quot;c&quot; d=&#39;e&#39;&gt;&amp;");
        assert_eq!(escape("港湾银行"), "港湾银行");
    }

    #[test]
    fn places_are_filled_once() {
        let value = |name: &str| (name == "a").then(|| "{{b}}".to_owned());
        assert_eq!(fill("x{{a}}y", value), "x{{b}}y");
        assert_eq!(fill("{{c}}", value), "<!-- unknown place: c -->");
        assert_eq!(fill("open {{a", value), "open {{a");
    }
}
