//! `cargo xtask size`: how many bytes a page downloads, as a table for people (stdout, README)
//! and as figures for programs (target/bench/size.json).

mod measure;
mod readme;

use std::fs;

use anyhow::{Context, Result};
use serde_json::json;

use self::measure::{Row, measure, total};
use crate::progress::note;
use crate::wasm;
use crate::workspace::Workspace;

/// Arguments of `cargo xtask size`.
#[derive(clap::Args)]
pub(crate) struct Args {
    /// Put the table into README.md, between its size:begin and size:end comments.
    #[arg(long)]
    update_readme: bool,
}

/// Runs `cargo xtask size`.
pub(crate) fn main(workspace: &Workspace, args: &Args) -> Result<()> {
    let dist = wasm::build(workspace)?;
    let row = |name: &&str| measure(name, &dist.join(name));
    let mut rows = wasm::DOWNLOADS.iter().map(row).collect::<Result<Vec<Row>>>()?;
    rows.push(total(&rows));
    for name in &wasm::ON_DEMAND {
        rows.push(Row { name: format!("{name}, where needed"), ..row(name)? });
    }
    let table = table(&rows);
    print!("{table}");
    write_json(workspace, &rows)?;
    if args.update_readme {
        readme::update(&workspace.path("README.md"), &table)?;
    }
    Ok(())
}

fn table(rows: &[Row]) -> String {
    let mut table = String::from(
        "| file | raw | gzip -9 | brotli -q 11 |\n\
         | --- | ---: | ---: | ---: |\n",
    );
    for Row { name, raw, gzip, brotli } in rows {
        let cells = [raw, gzip, brotli].map(|bytes| grouped(*bytes));
        table += &format!("| {name} | {} |\n", cells.join(" | "));
    }
    table
}

/// `12345` as `12,345`.
fn grouped(bytes: usize) -> String {
    let digits = bytes.to_string();
    let mut text = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

fn write_json(workspace: &Workspace, rows: &[Row]) -> Result<()> {
    let rows: Vec<_> = rows
        .iter()
        .map(|row| {
            json!({
                "name": row.name,
                "raw_bytes": row.raw,
                "gzip_bytes": row.gzip,
                "brotli_bytes": row.brotli,
            })
        })
        .collect();
    let machine = json!({
        "os": std::env::consts::OS,
        "arch": std::env::consts::ARCH,
        "compiler": wasm::compiler(workspace)?,
    });
    let figures = json!({ "machine": machine, "rows": rows, "targets": [] });
    let folder = workspace.target().join("bench");
    let file = folder.join("size.json");
    fs::create_dir_all(&folder)
        .and_then(|()| fs::write(&file, format!("{figures:#}\n")))
        .with_context(|| format!("cannot write {}", file.display()))?;
    note(&format!("{}", file.display()));
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_are_grouped_by_thousands() {
        let check = |bytes, expected| assert_eq!(grouped(bytes), expected);
        check(0, "0");
        check(999, "999");
        check(1_000, "1,000");
        check(49_425, "49,425");
        check(1_234_567, "1,234,567");
    }

    #[test]
    fn the_table_is_markdown() {
        let row = Row { name: "dna.js".into(), raw: 4_096, gzip: 1_500, brotli: 1_300 };
        assert!(table(&[row]).ends_with("| ---: |\n| dna.js | 4,096 | 1,500 | 1,300 |\n"));
    }
}
