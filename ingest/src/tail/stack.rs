//! A stack below its event, as the source has it.

use super::escape::Escaped;
use anstyle::Style;
use dna_source_maps::{Line, Stack};
use std::io::{self, Write};

/// Frames whose source is shown: the first tells where it happened, the others how it came there.
const SHOWN_MAX: usize = 3;

/// Writes a line a frame, with the source of the first ones.
pub(super) fn write(out: &mut impl Write, stack: &Stack) -> io::Result<()> {
    let (dim, bold) = (Style::new().dimmed(), Style::new().bold());
    let mut shown = 0;
    for frame in &stack.0 {
        let (function, source, place, context) = match frame {
            Line::Raw(text) => {
                writeln!(out, "    {dim}{}{dim:#}", Escaped(text.trim()))?;
                continue;
            }
            Line::Resolved { function, source, line, column, context } => {
                (function, source, (*line, *column), context)
            }
        };
        let name = if function.is_empty() { "(anonymous)" } else { function };
        let (line, column) = place;
        writeln!(
            out,
            "    at {bold}{}{bold:#} ({}:{line}:{column})",
            Escaped(name),
            Escaped(source)
        )?;
        shown += 1;
        for (number, text) in context.iter().take(if shown <= SHOWN_MAX { usize::MAX } else { 0 }) {
            let mark = if *number == line { '>' } else { ' ' };
            writeln!(out, "    {dim}{mark} {number:>5} |{dim:#} {}", Escaped(text))?;
        }
    }
    Ok(())
}
