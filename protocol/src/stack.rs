//! Stacks of exceptions as Chromium, Firefox and Safari write them, for those who read events. A
//! client sends the text as it is.

/// A place in a stack.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Frame<'a> {
    /// The engine's name of the function; empty where it has none.
    pub function: &'a str,
    /// Address of the script.
    pub file: &'a str,
    /// Line in the script, from 1.
    pub line: u32,
    /// Column in the line, from 1; 0 where the engine does not tell.
    pub column: u32,
}

/// The frames of a stack that have a place, the innermost first.
pub fn frames(stack: &str) -> impl Iterator<Item = Frame<'_>> {
    stack.lines().filter_map(frame)
}

/// The frame in one line of a stack; `None` for a message, and for code without a place.
#[must_use]
pub fn frame(line: &str) -> Option<Frame<'_>> {
    let line = line.trim();
    match line.strip_prefix("at ") {
        Some(rest) => chromium(rest),
        None => gecko(line),
    }
}

/// `function (file:1:2)`, `file:1:2`, and for evaluated code `eval (eval at f (file:1:2), …)`,
/// whose place is where it was evaluated.
fn chromium(text: &str) -> Option<Frame<'_>> {
    let text = text.strip_prefix("async ").unwrap_or(text);
    let Some(inside) = text.strip_suffix(')') else { return place(text, "") };
    let (function, mut inside) = inside.split_once(" (")?;
    if inside.starts_with("eval at ") {
        inside = inside.rsplit_once('(')?.1.split_once(')')?.0;
    }
    place(inside, function)
}

/// `function@file:1:2`. Safari leaves the function out with its `@`; both mark evaluated and
/// asynchronous code.
fn gecko(text: &str) -> Option<Frame<'_>> {
    let (function, file) = text.split_once('@').unwrap_or(("", text));
    // A message may have an @ and numbers too.
    let is_message = function.contains(": ") || (function.is_empty() && file.contains(' '));
    // `file line 3 > eval:1:1`: where it was evaluated.
    if let Some((file, rest)) = file.split_once(" line ") {
        let digits = rest.find(|c: char| !c.is_ascii_digit())?;
        let line = rest[..digits].parse().ok()?;
        let known = rest[digits..].starts_with(" > ") && is_address(file);
        return known.then_some(Frame { function: bare(function), file, line, column: 0 });
    }
    if is_message { None } else { place(file, function) }
}

/// A file with its line, and perhaps its column.
fn place<'a>(text: &'a str, function: &'a str) -> Option<Frame<'a>> {
    let (before, last) = number(text)?;
    let (file, line, column) = match number(before) {
        Some((file, line)) => (file, line.parse().ok()?, last.parse().ok()?),
        None => (before, last.parse().ok()?, 0),
    };
    (is_address(file) && line > 0).then(|| Frame { function: bare(function), file, line, column })
}

/// What stands before a colon and digits, and those.
fn number(text: &str) -> Option<(&str, &str)> {
    let (before, digits) = text.rsplit_once(':')?;
    let are_digits = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
    are_digits.then_some((before, digits))
}

fn is_address(file: &str) -> bool {
    file.contains("://") || file.starts_with('/') || file.starts_with("blob:")
}

/// A function's name without what engines add to it.
fn bare(function: &str) -> &str {
    let function = function.rsplit_once('*').map_or(function, |(_, name)| name);
    match function.trim_end_matches(['/', '<']) {
        "<anonymous>" | "anonymous" | "global code" | "module code" | "eval code" => "",
        name => name,
    }
}
