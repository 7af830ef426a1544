//! Puts the table of sizes into README.md, so that its figures are never typed by hand.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result, ensure};

const BEGIN: &str = "<!-- size:begin -->";
const END: &str = "<!-- size:end -->";

/// Replaces what is between the two comments of `file`.
pub(crate) fn update(file: &Path, table: &str) -> Result<()> {
    let text =
        fs::read_to_string(file).with_context(|| format!("cannot read {}", file.display()))?;
    let new = replaced(&text, table).with_context(|| format!("in {}", file.display()))?;
    fs::write(file, new).with_context(|| format!("cannot write {}", file.display()))
}

fn replaced(text: &str, table: &str) -> Result<String> {
    let begin = text.find(BEGIN).map(|at| at + BEGIN.len());
    let end = text.find(END);
    let (Some(begin), Some(end)) = (begin, end) else {
        anyhow::bail!("the table's place is missing: add the lines `{BEGIN}` and `{END}`");
    };
    ensure!(begin <= end, "`{END}` stands before `{BEGIN}`: swap them");
    Ok(format!("{}\n{table}{}", &text[..begin], &text[end..]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_block_changes_and_a_second_time_nothing() {
        let text = format!("# DNA\n\n{BEGIN}\nold\n{END}\n\nmore\n");
        let new = replaced(&text, "| a |\n").unwrap();
        assert_eq!(new, format!("# DNA\n\n{BEGIN}\n| a |\n{END}\n\nmore\n"));
        assert_eq!(replaced(&new, "| a |\n").unwrap(), new);
    }

    #[test]
    fn a_readme_without_the_block_says_what_to_add() {
        let error = replaced("# DNA\n", "").unwrap_err().to_string();
        assert!(error.contains(BEGIN) && error.contains(END), "{error}");
        assert!(replaced(&format!("{END}{BEGIN}"), "").is_err());
    }
}
